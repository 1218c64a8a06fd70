"""The learner's own certificate."""

from flask import Response
from sqlalchemy import select

from course.cohorts.models import Seat
from course.completions.queries import documents
from course.learner.views.desk import blueprint
from course.web import access, transaction
from course.web.access import Unit, Who, enter
from course.web.documents import certificate_response


@blueprint.get("/seats/<int:seat_id>/certificate.pdf")
@enter(Who.LEARNER, Unit.OWN)
def certificate(seat_id: int) -> Response:
    with transaction.unit(write=False) as session:
        own = select(Seat.id).where(Seat.id == seat_id, Seat.person_id == access.viewer().person_id)
        access.found(session.execute(own).scalar_one_or_none())
        document = access.found(documents.certificate_of_seat(session, seat_id))
    return certificate_response(document)
