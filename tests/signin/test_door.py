"""In from the room: the code, the name, and twelve phones at once."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from course import clock
from course.cohorts.models import Arrival, Role, Run, Seat
from course.cohorts.queries.door import room
from course.cohorts.service.door import change_code, close_door
from course.database import Engines, unit_of_work
from course.people.models import Organisation
from course.people.service import open_session
from course.signin import limits
from course.web.application import COOKIE, Application
from tests.conftest import SignIn as SignInAs
from tests.make import Cast, membership, person, seat
from tests.signin.conftest import PASSWORD, GivePassword, UseUp

Visitor = Callable[..., FlaskClient]
Door = tuple[str, str]

WRONG = "This code opens no door."
OLD = "This code is no longer good."


def send_code(phone: FlaskClient, code: str) -> tuple[int, str, str]:
    reply = phone.post("/in", data={"code": code})
    return reply.status_code, reply.headers.get("Location", ""), reply.get_data(as_text=True)


def pick(phone: FlaskClient, door: Door, seat_id: object) -> tuple[int, str, str]:
    reply = phone.post(f"/in/{door[0]}", data={"k": door[1], "seat": str(seat_id)})
    return reply.status_code, reply.headers.get("Location", ""), reply.get_data(as_text=True)


def name_of(phone: FlaskClient) -> str | None:
    page = phone.get("/account")
    found = re.findall(r"<dd>([^<]+)</dd>", page.get_data(as_text=True))
    return found[0] if page.status_code == 200 else None


def in_room(engines: Engines, run_id: int) -> list[str]:
    with unit_of_work(engines, write=False) as session:
        return sorted(one.name for one in room(session, run_id=run_id).arrived)


def wrong_codes(door: Door) -> list[str]:
    """Codes that are well formed and open nothing."""
    letters = "CDFGHJKMNPQRTVWXY34679"
    made = [f"CDF{a}{b}C" for a in letters for b in letters]
    return [code for code in made if code != door[0]]


def test_from_the_code_to_the_course_in_three_steps(engines: Engines, cast: Cast, visitor: Visitor, door: Door) -> None:
    phone = visitor()
    assert phone.get("/in").status_code == 200
    typed = f" {door[0][:3].lower()} - {door[0][3:]} "
    status, where, _page = send_code(phone, typed)
    assert (status, where) == (303, f"/in/{door[0]}?k={door[1]}")
    names = phone.get(where).get_data(as_text=True)
    assert re.findall(r'name="seat"\s+value="(\d+)"', names) == [str(cast.lena_seat), str(cast.leo_seat)]
    assert "Otto" not in names
    assert pick(phone, door, cast.lena_seat)[:2] == (303, "/in/arrived")
    page = phone.get("/in/arrived").get_data(as_text=True)
    assert "You are in, Lena Brandt" in page
    assert re.findall(r'class="button button-primary"\s+href="([^"]+)"', page) == ["/learn/small-talk/"]
    assert "<svg" in page
    assert in_room(engines, cast.run) == ["Lena Brandt"]
    assert phone.get("/facilitate/").status_code == 403


def test_the_personal_link_on_the_page_of_arrival_goes_on_elsewhere(cast: Cast, visitor: Visitor, door: Door) -> None:
    phone, laptop = visitor(), visitor()
    pick(phone, door, cast.lena_seat)
    page = phone.get("/in/arrived").get_data(as_text=True)
    [path] = re.findall(r'id="personal-link">http://localhost([^<]+)<', page)
    assert laptop.post(path).status_code == 303
    assert (name_of(laptop), name_of(phone)) == ("Lena Brandt", "Lena Brandt")
    page = phone.get("/in/arrived").get_data(as_text=True)
    assert "personal-link" not in page
    assert "Make a link" in page


def test_twelve_phones_one_corrected_one_walk_in(engines: Engines, cast: Cast, app: Application, door: Door) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    with unit_of_work(engines, write=True) as session:
        held, place = session.get_one(Run, cast.run), session.get_one(Organisation, cast.organisation)
        seats = {"Lena Brandt": cast.lena_seat, "Leo Marsh": cast.leo_seat}
        for number in range(9):
            learner = person(session, f"Technician {number}")
            membership(session, learner, Role.LEARNER, place)
            seats[learner.name] = seat(session, held, learner).id

    def token(page: str) -> str:
        found: list[str] = re.findall(r'name="csrf_token" value="([^"]+)"', page)
        return found[0]

    def come_in(name: str) -> FlaskClient:
        phone = app.test_client()
        form = phone.get("/in").get_data(as_text=True)
        sent = phone.post("/in", data={"code": door[0], "csrf_token": token(form)})
        names = phone.get(sent.headers["Location"]).get_data(as_text=True)
        common = {"k": door[1], "csrf_token": token(names)}
        reply = (
            phone.post(f"/in/{door[0]}", data={**common, "seat": seats[name]})
            if name in seats
            else phone.post(f"/in/{door[0]}/walk-in", data={**common, "name": name})
        )
        assert (reply.status_code, reply.headers.get("Location")) == (303, "/in/arrived")
        return phone

    everybody = [*seats, "Nia Cole"]
    assert len(everybody) == 12
    with ThreadPoolExecutor(6) as room_of_people:
        phones = dict(zip(everybody, room_of_people.map(come_in, everybody), strict=True))
    assert {name: name_of(phone) for name, phone in phones.items()} == {name: name for name in everybody}
    assert in_room(engines, cast.run) == sorted(everybody)

    # The phone that is in as Leo is in truth Nia's neighbour; Farid undoes it with one tap.
    with unit_of_work(engines, write=True) as session:
        token_of_farid, _id = open_session(session, person_id=cast.farid, way="password")
        [arrival] = [one.arrival_id for one in room(session, run_id=cast.run).arrived if one.name == "Leo Marsh"]
    farid = app.test_client()
    farid.set_cookie(COOKIE, token_of_farid)
    page = farid.get(f"/facilitate/runs/{cast.run}/door/").get_data(as_text=True)
    undo = f"/facilitate/runs/{cast.run}/door/arrivals/{arrival}/undo"
    assert farid.post(undo).status_code == 400
    assert farid.post(undo, data={"csrf_token": token(page)}).status_code == 303
    assert name_of(phones["Leo Marsh"]) is None
    again = come_in("Leo Marsh")
    assert name_of(again) == "Leo Marsh"
    assert in_room(engines, cast.run) == sorted(everybody)


def test_two_phones_that_pick_the_same_name_at_once(engines: Engines, cast: Cast, visitor: Visitor, door: Door) -> None:
    phones = [visitor() for _ in range(4)]
    with ThreadPoolExecutor(4) as room_of_people:
        answers = list(room_of_people.map(lambda phone: pick(phone, door, cast.lena_seat), phones))
    assert sorted(status for status, _where, _page in answers) == [303, 409, 409, 409]
    for status, _where, page in answers:
        if status == 409:
            assert "This name is taken" in page
            assert "Already in. Not you? Tell Farid Haddad." in page
    assert [name_of(phone) for phone in phones].count("Lena Brandt") == 1
    assert in_room(engines, cast.run) == ["Lena Brandt"]


@pytest.mark.parametrize("seat_id", ["", "x", "-1", "999999", "9" * 40, "²"])
def test_a_seat_that_is_none_lets_nobody_in(cast: Cast, visitor: Visitor, door: Door, seat_id: str) -> None:
    phone = visitor()
    status, _where, page = pick(phone, door, seat_id)
    assert (status, "This name is not on the list" in page) == (422, True)
    assert name_of(phone) is None
    assert pick(phone, door, cast.lena_seat)[0] == 303


def test_ottos_seat_is_no_seat_at_lenas_door(engines: Engines, cast: Cast, visitor: Visitor, door: Door) -> None:
    phone = visitor()
    status, _where, page = pick(phone, door, cast.otto_seat)
    assert (status, "Otto" in page, name_of(phone)) == (422, False, None)
    with unit_of_work(engines, write=False) as session:
        assert session.execute(select(Arrival.id)).all() == []


def test_who_has_a_password_or_another_role_is_sent_to_sign_in_and_goes_straight_in(
    engines: Engines, cast: Cast, visitor: Visitor, give_password: GivePassword, door: Door
) -> None:
    give_password(cast.lena)
    phone = visitor()
    names = phone.get(f"/in/{door[0]}?k={door[1]}").get_data(as_text=True)
    assert re.findall(r'name="seat"\s+value="(\d+)"', names) == [str(cast.leo_seat)]
    [sign_in_path] = re.findall(r'class="name"\s+href="([^"]+)"', names)
    status, _where, page = pick(phone, door, cast.lena_seat)
    assert (status, "Please sign in" in page, name_of(phone)) == (403, True, None)
    form = phone.get(sign_in_path).get_data(as_text=True)
    [wanted] = re.findall(r'name="next"[^>]*value="([^"]*)"', form)
    sent = phone.post("/sign-in", data={"address": "lena@example.org", "password": PASSWORD, "next": wanted})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/in/{door[0]}?k={door[1]}")
    for _ in range(2):
        straight = phone.get(sent.headers["Location"])
        assert (straight.status_code, straight.headers["Location"]) == (303, "/learn/small-talk/")
    assert in_room(engines, cast.run) == ["Lena Brandt"]


def test_a_facilitator_among_the_learners_is_not_impersonated(
    engines: Engines, cast: Cast, visitor: Visitor, door: Door
) -> None:
    with unit_of_work(engines, write=True) as session:
        run = session.get_one(Run, cast.run)
        session.add(Seat(run_id=run.id, day_id=run.day_id, person_id=cast.mona, way="manager", created_at=clock.now()))
        session.flush()
        place = session.execute(select(Seat.id).where(Seat.person_id == cast.mona)).scalar_one()
    phone = visitor()
    assert pick(phone, door, place)[0] == 403
    assert name_of(phone) is None


def test_somebody_else_who_is_signed_in_is_told_before_they_pick(
    engines: Engines, cast: Cast, sign_in: SignInAs, door: Door
) -> None:
    phone = sign_in(cast.farid)
    page = phone.get(f"/in/{door[0]}?k={door[1]}").get_data(as_text=True)
    assert "Picking a name signs Farid Haddad out of this device." in page
    before = phone.get_cookie(COOKIE)
    pick(phone, door, cast.lena_seat)
    assert name_of(phone) == "Lena Brandt"
    assert before is not None
    phone.set_cookie(COOKIE, before.value)
    assert name_of(phone) is None


def test_a_name_picked_by_mistake_is_given_back(engines: Engines, cast: Cast, visitor: Visitor, door: Door) -> None:
    phone, other = visitor(), visitor()
    pick(phone, door, cast.lena_seat)
    pick(other, door, cast.leo_seat)
    assert phone.post("/in/not-me").headers["Location"] == "/in"
    assert (name_of(phone), name_of(other)) == (None, "Leo Marsh")
    assert in_room(engines, cast.run) == ["Leo Marsh"]
    assert phone.post("/in/not-me").status_code == 401
    assert pick(phone, door, cast.lena_seat)[0] == 303


def test_wrong_codes_and_slips(cast: Cast, visitor: Visitor, door: Door) -> None:
    phone = visitor()
    status, _where, page = send_code(phone, wrong_codes(door)[0])
    assert (status, page.count(WRONG)) == (422, 2)
    assert f'value="{wrong_codes(door)[0]}"' in page
    for slip in ("K7M", "hello world", "O0O0O0"):
        status, _where, page = send_code(phone, slip)
        assert (status, "A code has six letters and digits" in page, WRONG in page) == (422, True, False)
    assert send_code(phone, "")[0] == 422
    assert "That is too long." in send_code(phone, "K" * 50)[2]
    assert send_code(phone, door[0])[0] == 303


def test_wrong_codes_run_out_for_one_client_and_the_room_is_not_locked_out(
    cast: Cast, visitor: Visitor, door: Door
) -> None:
    attacker, neighbour, elsewhere = visitor("10.0.0.1"), visitor("10.0.0.1"), visitor("10.0.0.2")
    guesses = wrong_codes(door)
    for code in guesses[: limits.CODE_WRONG.tries]:
        assert send_code(attacker, code)[0] == 422
    # From here on the network's codes are looked at slowly, and the right one still opens.
    assert send_code(neighbour, door[0])[:2] == (303, f"/in/{door[0]}?k={door[1]}")
    assert send_code(elsewhere, door[0])[0] == 303


def test_while_somebody_guesses_the_qr_lets_the_room_in(
    cast: Cast, visitor: Visitor, door: Door, use_up: UseUp
) -> None:
    use_up(limits.CODE_WRONG, "10.0.0.1")
    use_up(limits.CODE_SLOW, "10.0.0.1")
    neighbour, elsewhere = visitor("10.0.0.1"), visitor("10.0.0.2")
    for code in (door[0], wrong_codes(door)[0]):
        status, _where, page = send_code(neighbour, code)
        assert (status, "Many wrong codes came from this network." in page) == (429, True)
        assert f'value="{code}"' in page
    assert neighbour.get(f"/in/{door[0]}").status_code == 429
    assert neighbour.get(f"/in/{door[0]}?k={door[1]}").status_code == 200
    assert pick(neighbour, door, cast.lena_seat)[0] == 303
    assert send_code(elsewhere, door[0])[0] == 303


def test_a_wrong_key_is_a_typed_code(cast: Cast, visitor: Visitor, door: Door) -> None:
    phone = visitor()
    assert phone.get(f"/in/{door[0]}?k=wrong").headers["Location"] == f"/in/{door[0]}?k={door[1]}"
    assert phone.get(f"/in/{door[0].lower()}").headers["Location"] == f"/in/{door[0]}?k={door[1]}"
    assert phone.get(f"/in/{wrong_codes(door)[0]}?k={door[1]}").status_code == 422
    status, _where, page = pick(phone, (door[0], "wrong"), cast.lena_seat)
    assert (status, OLD in page, name_of(phone)) == (422, True, None)


def test_codes_of_before_are_no_guesses_until_they_come_in_floods(
    engines: Engines, cast: Cast, visitor: Visitor, door: Door, use_up: UseUp
) -> None:
    with unit_of_work(engines, write=True) as session:
        fresh = change_code(session, run_id=cast.run).code
    phone = visitor()
    for _ in range(limits.CODE_WRONG.tries + 2):
        status, _where, page = send_code(phone, door[0])
        assert (status, OLD in page) == (422, True)
    assert send_code(phone, fresh)[0] == 303
    use_up(limits.CODE_OLD, str(cast.run))
    assert WRONG in send_code(phone, door[0])[2]


def test_a_closed_door_lets_nobody_in_and_whoever_is_in_stays(
    engines: Engines, cast: Cast, visitor: Visitor, door: Door
) -> None:
    inside, late = visitor(), visitor()
    pick(inside, door, cast.lena_seat)
    with unit_of_work(engines, write=True) as session:
        close_door(session, run_id=cast.run)
    status, _where, page = pick(late, door, cast.leo_seat)
    assert (status, OLD in page, name_of(late)) == (422, True, None)
    assert late.post(f"/in/{door[0]}/walk-in", data={"k": door[1], "name": "Nia Cole"}).status_code == 422
    assert name_of(inside) == "Lena Brandt"


def test_a_cancelled_run_has_no_door(engines: Engines, cast: Cast, visitor: Visitor, door: Door) -> None:
    with unit_of_work(engines, write=True) as session:
        session.execute(update(Run).where(Run.id == cast.run).values(cancelled_at=clock.now()))
    assert send_code(visitor(), door[0])[0] == 422


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Please type your name."),
        ("x", "A name has 2 to 80 characters."),
        ("x" * 81, "A name has 2 to 80 characters."),
        ("LENA brandt", "This name is on the list. Pick it there, or tell Farid Haddad."),
    ],
)
def test_a_walk_ins_name_is_refused_with_what_was_typed(
    cast: Cast, visitor: Visitor, door: Door, name: str, sentence: str
) -> None:
    phone = visitor()
    reply = phone.post(f"/in/{door[0]}/walk-in", data={"k": door[1], "name": name})
    page = reply.get_data(as_text=True)
    assert (reply.status_code, sentence in page, name_of(phone)) == (422, True, None)
    assert f'value="{name}"' in page


def test_walk_ins_are_counted_for_the_run(
    engines: Engines, cast: Cast, visitor: Visitor, door: Door, use_up: UseUp
) -> None:
    first = visitor("10.0.0.1").post(f"/in/{door[0]}/walk-in", data={"k": door[1], "name": "Nia Cole"})
    assert first.status_code == 303
    use_up(limits.WALK_INS, str(cast.other_run))
    second = visitor("10.0.0.1").post(f"/in/{door[0]}/walk-in", data={"k": door[1], "name": "Tom Ek"})
    assert second.status_code == 303
    use_up(limits.WALK_INS, str(cast.run))
    third = visitor("10.0.0.9").post(f"/in/{door[0]}/walk-in", data={"k": door[1], "name": "Ida Voss"})
    assert (third.status_code, "Ask Farid Haddad to add you." in third.get_data(as_text=True)) == (429, True)
    assert in_room(engines, cast.run) == ["Nia Cole", "Tom Ek"]


def test_a_name_of_any_script_arrives_as_it_is_and_is_escaped(
    engines: Engines, cast: Cast, visitor: Visitor, door: Door
) -> None:
    for name in ("Zoë Ñandú", "李小龍", "<b>Bo</b> & Co"):
        phone = visitor()
        phone.post(f"/in/{door[0]}/walk-in", data={"k": door[1], "name": name})
        page = phone.get("/in/arrived").get_data(as_text=True)
        assert "<b>Bo" not in page
    assert in_room(engines, cast.run) == ["<b>Bo</b> & Co", "Zoë Ñandú", "李小龍"]


def test_the_list_can_be_searched_without_javascript(
    engines: Engines, cast: Cast, visitor: Visitor, door: Door
) -> None:
    with unit_of_work(engines, write=True) as session:
        held = session.get_one(Run, cast.run)
        for number in range(8):
            seat(session, held, person(session, f"Technician {number}"))
    phone = visitor()
    whole = phone.get(f"/in/{door[0]}?k={door[1]}").get_data(as_text=True)
    assert (whole.count('name="seat"'), 'type="search"' in whole) == (10, True)
    found = phone.get(f"/in/{door[0]}?k={door[1]}&q=BRANDT").get_data(as_text=True)
    assert re.findall(r'name="seat"\s+value="(\d+)"', found) == [str(cast.lena_seat)]
    none = phone.get(f"/in/{door[0]}?k={door[1]}&q=zzz").get_data(as_text=True)
    assert "Show all names" in none


def test_methods_and_signed_out(cast: Cast, visitor: Visitor, door: Door) -> None:
    phone = visitor()
    assert phone.get("/in/arrived").headers["Location"] == "/sign-in?next=/in/arrived"
    assert phone.get("/in/not-me").status_code in {405, 422}
    assert phone.delete("/in").status_code == 405
    assert phone.get(f"/in/{door[0]}/walk-in").status_code == 405


def test_who_never_came_by_a_door_has_not_arrived(cast: Cast, sign_in: SignInAs) -> None:
    assert sign_in(cast.lena).get("/in/arrived").headers["Location"] == "/"


def test_the_forms_want_their_token(app: Application, cast: Cast, door: Door) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    phone = app.test_client()
    assert phone.post("/in", data={"code": door[0]}).status_code == 400
    assert pick(phone, door, cast.lena_seat)[0] == 400
    walk_in = {"k": door[1], "name": "Nia Cole"}
    assert phone.post(f"/in/{door[0]}/walk-in", data=walk_in).status_code == 400
    page = phone.get("/in").get_data(as_text=True)
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    assert phone.post("/in", data={"code": door[0], "csrf_token": token}).status_code == 303
    assert phone.post(f"/in/{door[0]}/walk-in", data={**walk_in, "csrf_token": token}).status_code == 303


def test_no_page_of_the_door_has_a_style_or_a_script_of_its_own(cast: Cast, visitor: Visitor, door: Door) -> None:
    phone = visitor()
    pages = [phone.get("/in"), phone.get(f"/in/{door[0]}?k={door[1]}")]
    pick(phone, door, cast.lena_seat)
    pages.append(phone.get("/in/arrived"))
    for page in pages:
        body = page.get_data(as_text=True)
        assert re.findall(r"\sstyle=|<style|\son\w+=", body) == []
        assert re.findall(r"<script(?![^>]*\bsrc=)", body) == []
