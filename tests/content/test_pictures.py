"""Pictures by their content, and the SVGs that are not let in."""

import pytest

from course.content.pictures import by_name, media_type, svg_refusals

OPEN = b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">\n'


def svg(inside: str) -> bytes:
    return OPEN + inside.encode() + b"\n</svg>\n"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe1...", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (svg("<g/>"), "image/svg+xml"),
        (b"GIF89a", None),
        (b"", None),
    ],
)
def test_media_type_by_content(data: bytes, kind: str | None) -> None:
    assert media_type(data) == kind


def test_media_type_by_name() -> None:
    names = ("a.png", "a.JPG", "a.jpeg", "a.webp", "a.svg", "a.gif", "png")
    assert [by_name(name) for name in names] == [
        "image/png",
        "image/jpeg",
        "image/jpeg",
        "image/webp",
        "image/svg+xml",
        None,
        None,
    ]


@pytest.mark.parametrize(
    "inside",
    [
        '<circle r="3" fill="url(#g)"/>',
        '<use href="#a"/>',
        '<use xlink:href="#a"/>',
        '<style>.a { fill: red }</style><text class="a">url(words)</text>',
        '<path d="M0 0" style="fill: url(#a)"/>',
    ],
)
def test_a_harmless_svg_is_let_in(inside: str) -> None:
    assert svg_refusals(svg(inside)) == []


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ("<script>1</script>", "The element `script`"),
        ("<foreignObject/>", "The element `foreignObject`"),
        ('<image href="#a"/>', "The element `image`"),
        ('<animate attributeName="href"/>', "The element `animate`"),
        ('<a href="#x"/>', "The element `a`"),
        ('<x:g xmlns:x="http://example.org"/>', "The element `g`"),
        ('<g onload="x()"/>', "The attribute `onload`"),
        ('<use href="https://example.org/#a"/>', "A link (`href`) to something outside"),
        ('<use xlink:href="data:image/svg+xml,x"/>', "A link (`href`) to something outside"),
        ('<g style="fill: URL( https://example.org/a )"/>', "A reference to something outside (in `style`)"),
        ('<g fill="url(other.svg#a)"/>', "A reference to something outside (in `fill`)"),
        ("<style>@import 'a.css';</style>", "A reference to something outside (in `style`)"),
        ("<style>a { fill: u\\72l(a) }</style>", "A reference to something outside (in `style`)"),
        ("<?xml-stylesheet href='a.css'?>", "A processing instruction"),
    ],
)
def test_an_svg_that_runs_or_loads_is_refused(inside: str, what: str) -> None:
    assert svg_refusals(svg(inside)) == [(2, f"{what} is not allowed in an SVG. Export it as plain SVG.")]


def test_entities_and_broken_xml_are_refused() -> None:
    bomb = b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n' + svg("<text>&b;</text>")
    assert [line for line, _ in svg_refusals(bomb)] == [1, 1, 1]
    assert [line for line, _ in svg_refusals(svg("<g>"))] == [3]
    assert [line for line, _ in svg_refusals(b'<?xml version="1.0" encoding="nonsense"?><svg/>')] == [1]
