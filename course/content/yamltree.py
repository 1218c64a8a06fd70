"""One YAML 1.2 file as plain data, and the line on which every part of it stands."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from course.content.findings import ContentError, Finding

CORE_TAG = "tag:yaml.org,2002:"
LONGEST_NUMBER = 18
DEEPEST = 30

Plain = dict[str, "Plain"] | list["Plain"] | str | int | float | bool | None
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Tree:
    """The data of a file, with the line (from 1) of every path in it."""

    file: str
    data: Plain
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Iterable[str | int]) -> int:
        """Find the line of a path, or of the nearest part above it that is written in the file."""
        here: Path = ()
        for part in path:
            if (*here, part) in self.lines:
                here = (*here, part)
        return self.lines.get(here, 1)


def parse(text: str, file: str) -> Tree:
    """Read one file; raise ``ContentError`` with every part that cannot be taken as it stands."""
    node = _compose(text, file)
    reader = _Reader(file)
    data = reader.read(node, ())
    if reader.findings:
        raise ContentError(reader.findings)
    return Tree(file, data, reader.lines)


def _compose(text: str, file: str) -> Node:
    try:
        node: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(str(part) for part in (error.problem, error.context) if part)
        message = f"This is not YAML: {said}."
        finding = Finding(file, mark.line + 1 if mark else 1, message, "yaml")
        raise ContentError([finding]) from error
    except YAMLError as error:
        said = str(error).split("\n", maxsplit=1)[0]
        raise ContentError([Finding(file, 1, f"This is not YAML: {said}.", "yaml")]) from error
    except RecursionError as error:
        raise ContentError([_too_deep(file, 1)]) from error
    if node is None:
        raise ContentError([Finding(file, 1, "This file is empty.", "empty")])
    return node


def _too_deep(file: str, line: int) -> Finding:
    message = f"Lists and mappings stand more than {DEEPEST} deep inside each other here."
    return Finding(file, line, message, "too-deep")


class _Reader:
    """Walks the nodes of one file once; keeps lines and findings on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Path, int] = {}
        self.findings: list[Finding] = []

    def read(self, node: Node, path: Path) -> Plain:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        if node.anchor is not None:
            # An alias repeats a whole part in one word; a few of them fill the memory.
            self._find(line, "Anchors and aliases (& and *) are not used here. Write it out.", "alias")
            return None
        if len(path) > DEEPEST:
            self.findings.append(_too_deep(self.file, line))
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.read(item, (*path, place)) for place, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: MappingNode, path: Path) -> Plain:
        data: dict[str, Plain] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode) or key.tag == CORE_TAG + "merge":
                self._find(line, "A key is one plain word here.", "key")
                continue
            if key.value in data:
                first = self.lines[(*path, key.value)]
                message = f"`{key.value}` stands here twice; the first is on line {first}."
                self._find(line, message, "duplicate-key")
                continue
            self.lines[(*path, key.value)] = line
            data[key.value] = self.read(value, (*path, key.value))
        return data

    def _scalar(self, node: Node) -> Plain:
        word = str(node.value)
        match str(node.tag).removeprefix(CORE_TAG):
            case "str" | "timestamp":
                return word
            case "null":
                return None
            case "bool" if word.lower() in {"true", "false"}:
                return word.lower() == "true"
            case "int":
                return _whole_number(word)
            case "float":
                return word
            case tag:
                message = f"The type `{tag}` is not used here. Put the value in quotes."
                self._find(node.start_mark.line + 1, message, "tag")
                return None

    def _find(self, line: int, message: str, code: str) -> None:
        self.findings.append(Finding(self.file, line, message, code))


def _whole_number(word: str) -> int | str:
    digits = word.removeprefix("-").removeprefix("+")
    if digits.isdecimal() and len(digits) <= LONGEST_NUMBER:
        return int(word)
    # Other spellings (0x1F, 1_000) stay as they are written, and the schema refuses them.
    return word
