"""The pictures of a module: what they are by their content, and whether they are harmless."""

from io import BytesIO
from typing import Literal
from xml.parsers import expat

MediaType = Literal["image/png", "image/jpeg", "image/svg+xml", "image/webp"]

ENDINGS: dict[str, MediaType] = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
}
SVG_ELEMENTS = {
    *("svg", "g", "defs", "symbol", "use", "title", "desc", "metadata", "style"),
    *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "textPath"),
    *("marker", "clipPath", "mask", "pattern", "linearGradient", "radialGradient", "stop", "filter"),
    *("feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feDropShadow", "feFlood"),
    *("feFuncA", "feFuncB", "feFuncG", "feFuncR", "feGaussianBlur", "feMerge", "feMergeNode"),
    *("feMorphology", "feOffset", "feTile", "feTurbulence"),
}
SVG_NAMESPACE = "http://www.w3.org/2000/svg"


def media_type(data: bytes) -> MediaType | None:
    """Say what the bytes are, whatever the file is called; ``None`` when no known picture."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    if b"<svg" in data[:4096]:
        return "image/svg+xml"
    return None


def svg_refusals(data: bytes) -> list[tuple[int, str]]:
    """Find what an SVG holds that could run, load or link: pairs of line and sentence."""
    reader = _SvgReader()
    try:
        reader.parser.ParseFile(BytesIO(data))
    except expat.ExpatError as error:
        reader.refusals.append((error.lineno, f"This SVG is not XML: {error}."))
    except (LookupError, UnicodeError, ValueError) as error:
        reader.refusals.append((1, f"This SVG cannot be read: {error}."))
    return reader.refusals


class _SvgReader:
    """Reads an SVG with expat and keeps what it may not hold."""

    def __init__(self) -> None:
        self.refusals: list[tuple[int, str]] = []
        self.in_style = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._element
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.EntityDeclHandler = self._entity
        self.parser.ProcessingInstructionHandler = self._instruction

    def _refuse(self, what: str) -> None:
        message = f"{what} is not allowed in an SVG. Export it as plain SVG."
        self.refusals.append((self.parser.CurrentLineNumber, message))

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if namespace != SVG_NAMESPACE or local not in SVG_ELEMENTS:
            self._refuse(f"The element `{local}`")
        self.in_style += local == "style"
        for attribute, value in attributes.items():
            local = attribute.rpartition(" ")[2]
            if local.lower().startswith("on"):
                self._refuse(f"The attribute `{local}`")
            elif local in {"href", "src"} and not value.startswith("#"):
                self._refuse(f"A link (`{local}`) to something outside")
            elif _loads(value):
                self._refuse(f"A reference to something outside (in `{local}`)")

    def _end(self, name: str) -> None:
        self.in_style -= name.rpartition(" ")[2] == "style"

    def _text(self, text: str) -> None:
        if self.in_style and ("@import" in text.lower() or "\\" in text or _loads(text)):
            self._refuse("A reference to something outside (in `style`)")

    def _doctype(self, *_: object) -> None:
        self._refuse("A document type")

    def _entity(self, *_: object) -> None:
        self._refuse("An entity")

    def _instruction(self, *_: object) -> None:
        self._refuse("A processing instruction")


def _loads(value: str) -> bool:
    """Whether a value points at anything but a part of the same picture."""
    word = "".join(value.lower().split())
    own = word.replace("url(#", "").replace("url('#", "").replace('url("#', "")
    return "url(" in own or "javascript:" in own or "image-set(" in own


def by_name(name: str) -> MediaType | None:
    """Read from a file's name what it should be."""
    dot = name.rfind(".")
    return ENDINGS.get(name[dot:].lower()) if dot >= 0 else None
