"""Authors' Markdown as HTML: what is wanted comes through, what could run does not."""

import pytest

from course.content.markdown import PictureUse, pictures_in, to_html, to_line


def test_plain_parts() -> None:
    text = "Say *this* and **that**.\n\n- one\n- two\n\n> quoted\n"
    assert to_html(text) == (
        "<p>Say <em>this</em> and <strong>that</strong>.</p>\n"
        "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n<blockquote>\n<p>quoted</p>\n</blockquote>\n"
    )


def test_tables_come_through_without_inline_style() -> None:
    assert to_html("| a | b |\n| --- | ---: |\n| 1 | 2 |\n") == (
        "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n"
        "<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n"
    )


def test_headings_are_shifted_and_stop_at_six() -> None:
    assert to_html("# A\n\n##### B\n", shift=2) == "<h3>A</h3>\n<h6>B</h6>\n"
    assert to_html("# A\n") == "<h1>A</h1>\n"


def test_links_say_nothing_of_where_they_come_from() -> None:
    html = to_html("[out](https://example.org) and www.example.org")
    assert html == ('<p><a href="https://example.org" rel="noopener noreferrer">out</a> and www.example.org</p>\n')


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("a <b onclick='x'>b</b>", "<p>a &lt;b onclick=‘x’&gt;b&lt;/b&gt;</p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](ftp://a.example)", '<p><a rel="noopener noreferrer">x</a></p>\n'),
        ("![x](https://a.example/x.png)", "<p>x</p>\n"),
        ("![x](img/../../x.png)", "<p>x</p>\n"),
    ],
)
def test_what_could_run_or_load_is_words(text: str, html: str) -> None:
    assert to_html(text, picture_url=lambda path: f"/pictures/{path}") == html


def test_own_pictures_get_their_address() -> None:
    html = to_html("![Two circles](img/two.svg)", picture_url=lambda path: f"/pictures/{path.upper()}")
    assert html == '<p><img src="/pictures/IMG/TWO.SVG" alt="Two circles"></p>\n'
    assert to_html("![Two circles](img/two.svg)") == "<p>Two circles</p>\n"


def test_pictures_of_a_text_are_found_with_their_lines() -> None:
    text = "Words.\n\n![One](img/a.png)\n\n- ![](img/b.png)\n\n`![no](img/c.png)`\n"
    assert list(pictures_in(text)) == [PictureUse(2, "img/a.png", "One"), PictureUse(4, "img/b.png", "")]


def test_quotes_and_dashes_are_real_ones() -> None:
    assert to_html('"It\'s -- here..."') == "<p>“It’s – here…”</p>\n"
    assert to_line('"Let me show you *where*\nthat is..."') == "“Let me show you where that is…”"
    assert to_line("<b>") == "<b>"
