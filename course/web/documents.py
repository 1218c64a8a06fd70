"""Documents that more than one desk hands out."""

from flask import Response, url_for

from course.completions import certificate
from course.completions.queries.documents import Document


def certificate_response(document: Document) -> Response:
    """Return a certificate's PDF, made outside of any transaction."""
    content = certificate.pdf(document, verify_url=url_for("public.verify", code=document.code, _external=True))
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="certificate-{document.code}.pdf"'
    return response
