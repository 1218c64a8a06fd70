"""The base of all forms. CSRF is checked for every request that writes, so forms themselves carry no token."""

from typing import Any, TypeVar

from flask import request
from werkzeug.datastructures import CombinedMultiDict
from wtforms import Form as PlainForm
from wtforms.fields import Field


class Form(PlainForm):
    """A form of the portal: shape only, never a rule of the business."""

    def refuse(self, field: str, message: str) -> None:
        """Add an error that a service found to the field it belongs to."""
        target: Field = self[field]
        target.errors = [*target.errors, message]


F = TypeVar("F", bound=Form)


def read(form: type[F], **given: Any) -> F:  # noqa: ANN401 - WTForms takes any field's default here.
    """Return the form filled from what was sent; on a GET, from ``given``."""
    sent: CombinedMultiDict[str, Any] | None = None
    if request.method == "POST":
        sent = CombinedMultiDict([request.files, request.form])
    return form(sent, data=given or None)
