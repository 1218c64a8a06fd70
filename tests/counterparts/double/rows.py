"""The double as Oneday knows it once an admin has confirmed it."""

from sqlalchemy.orm import Session

from course import clock
from course.platforms.models import Deployment, Platform
from course.platforms.rules import State
from tests.counterparts.double.platform import CLIENT, Double


def connect(session: Session, double: Double, *, organisation_id: int | None = None, client: str = CLIENT) -> Platform:
    """Add the rows of a client of the double and of its deployment, both active."""
    platform = Platform(
        name="Double",
        issuer=double.issuer,
        client_id=client,
        auth_url=f"{double.issuer}/auth.php",
        token_url=f"{double.issuer}/token.php",
        keys_url=f"{double.issuer}/certs.php",
        family=double.family,
        organisation_id=organisation_id,
        state=State.ACTIVE,
        created_at=clock.now(),
        confirmed_at=clock.now(),
    )
    session.add(platform)
    session.flush()
    session.add(
        Deployment(
            platform_id=platform.id,
            name=double.client(client).deployment,
            organisation_id=organisation_id,
            state=State.ACTIVE,
            created_at=clock.now(),
            confirmed_at=clock.now(),
        )
    )
    session.flush()
    return platform
