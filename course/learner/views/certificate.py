"""The learner's own certificate."""

from flask import Response
from sqlalchemy import select

from course.cohorts.models import Day, Run, Seat
from course.completions.queries import documents
from course.learner.views.desk import blueprint
from course.web import access, transaction
from course.web.access import Unit, Who, enter
from course.web.documents import certificate_response
from course.web.viewer import LTI


@blueprint.get("/seats/<int:seat_id>/certificate.pdf")
@enter(Who.LEARNER, Unit.OWN)
def certificate(seat_id: int) -> Response:
    with transaction.unit(write=False) as session:
        present = access.viewer()
        own = select(Seat.id).where(Seat.id == seat_id, Seat.person_id == present.person_id)
        if present.way == LTI:
            run_here = (
                select(Run.id).join(Day, Day.id == Run.day_id).where(Day.organisation_id == present.organisation_id)
            )
            own = own.where(Seat.run_id.in_(run_here))
        access.found(session.execute(own).scalar_one_or_none())
        document = access.found(documents.certificate_of_seat(session, seat_id))
    return certificate_response(document)
