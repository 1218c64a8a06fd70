"""The certificate's document: accessible, complete, the same bytes each time."""

import io
from datetime import UTC, datetime
from typing import Any, cast

import pypdf

from course.completions.certificate import pdf
from course.completions.queries.documents import Document

PRINTED = {
    "name": "Lena Brandt",
    "organisation": "Southeast Utilities",
    "facilitator": "Farid Haddad",
    "module": "Managing the client relationship",
    "lang": "en",
    "date": "2026-11-20",
    "minutes": 375,
    "outcomes": ["Say back the need under a demand", "Stay usable while angry"],
}
DOCUMENT = Document("7KQ2-MX4P-9ZRT", PRINTED, datetime(2026, 11, 22, 9, tzinfo=UTC))
ADDRESS = "https://oneday.example/verify/7KQ2-MX4P-9ZRT"


def test_everything_that_was_frozen_is_printed() -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf(DOCUMENT, verify_url=ADDRESS)))
    text = " ".join(page.extract_text() for page in reader.pages).replace("\n", " ")
    assert len(reader.pages) == 1
    for part in (
        "Lena Brandt",
        "Southeast Utilities",
        "Farid Haddad",
        "Managing the client relationship",
        "Friday 20 November 2026",
        "6 h 15 min",
        "Say back the need under a demand",
        "Stay usable while angry",
        "7KQ2-MX4P-9ZRT",
        ADDRESS,
    ):
        assert part in text


def test_it_claims_pdf_ua_and_is_tagged() -> None:
    content = pdf(DOCUMENT, verify_url=ADDRESS)
    root = cast(dict[str, Any], pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"])
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - pypdf's own kind of true.
    assert str(root["/Lang"]) == "en"
    metadata = root["/Metadata"].get_data()
    assert b"pdfuaid" in metadata
    assert b"Managing the client relationship: Lena Brandt" in metadata


def test_the_same_bytes_each_time() -> None:
    assert pdf(DOCUMENT, verify_url=ADDRESS) == pdf(DOCUMENT, verify_url=ADDRESS)


def test_a_name_in_another_script_is_not_refused() -> None:
    document = Document(DOCUMENT.code, PRINTED | {"name": "Łukasz Đặng Ó Súilleabháin"}, DOCUMENT.issued_at)
    text = pypdf.PdfReader(io.BytesIO(pdf(document, verify_url=ADDRESS))).pages[0].extract_text()
    assert "Łukasz Đặng Ó Súilleabháin" in text


def test_markup_in_a_name_stays_text() -> None:
    document = Document(DOCUMENT.code, PRINTED | {"name": '#image("x") *bold* $x$'}, DOCUMENT.issued_at)
    text = pypdf.PdfReader(io.BytesIO(pdf(document, verify_url=ADDRESS))).pages[0].extract_text()
    assert '#image("x") *bold* $x$' in text
