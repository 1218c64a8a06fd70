"""The certificate's document, made by typst from what was frozen when it was issued: PDF/UA-1, the same each time."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import segno
import typst
from babel.dates import format_date

from course.completions.queries.documents import Document
from course.paths import TEMPLATES

TEMPLATE = Path(TEMPLATES) / "print" / "certificate.typ"
LOCALE = "en_GB"


def pdf(document: Document, *, verify_url: str) -> bytes:
    """Return the document as PDF. ``verify_url`` is the address at which anybody confirms it.

    A name with signs that the built-in font lacks is still printed, by another font of the machine; then the
    file makes no PDF/UA claim, because the claim could not be kept.
    """
    inputs = {"certificate": json.dumps(_shown(document, verify_url), ensure_ascii=False)}
    try:
        return bytes(typst.compile(str(TEMPLATE), format="pdf", pdf_standards=["ua-1"], sys_inputs=inputs))
    except typst.TypstError:
        return bytes(typst.compile(str(TEMPLATE), format="pdf", sys_inputs=inputs))


def _shown(document: Document, verify_url: str) -> dict[str, Any]:
    printed = document.printed
    held = date.fromisoformat(printed["date"])
    drawing = io.BytesIO()
    segno.make(verify_url, error="m").save(drawing, kind="svg", border=0, dark="#2a2320")
    whole, rest = divmod(int(printed["minutes"]), 60)
    time = f"{whole} h {rest:02d} min" if rest else f"{whole} h"
    issued = document.issued_at.date()
    return {
        "title": f"{printed['module']}: {printed['name']}",
        "lang": printed["lang"],
        "organisation": printed["organisation"],
        "name": printed["name"],
        "completed": "has completed the one-day module",
        "module": printed["module"],
        "when": f"{format_date(held, 'EEEE d MMMM y', locale=LOCALE)} · {time} in the room",
        "outcomes_title": "Whoever completes it can",
        "outcomes": printed["outcomes"],
        "facilitator": printed["facilitator"],
        "facilitator_title": "Facilitator",
        "verify": f"Certificate {document.code}. Confirm it at",
        "verify_url": verify_url,
        "qr": drawing.getvalue().decode(),
        "qr_alt": f"QR code that opens {verify_url}",
        "issued": [issued.year, issued.month, issued.day],
    }
