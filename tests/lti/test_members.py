"""Pages of a roster: what platforms write, what they should not, and where the next page may be."""

from typing import Any

import pytest

from course.lti.rules.members import LIMIT, Member, NoRoster, Odd, first_page, next_page, once, read_page

ASKED = "https://lms.example.org/mod/lti/services.php/7/memberships?type_id=1"
URI = "http://purl.imsglobal.org/vocab/lis/v2/membership#"


def page(*members: dict[str, Any]) -> dict[str, Any]:
    return {"id": ASKED, "context": {"id": "7"}, "members": list(members)}


def read(**member: object) -> Member:
    (found,) = read_page(page({"user_id": "5", "roles": ["Learner"], **member}))
    return found


def test_a_member_as_moodle_writes_it() -> None:
    assert read(status="Active", name="Lena Brandt", email="Lena@Example.org", lis_person_sourcedid="") == Member(
        subject="5", name="Lena Brandt", email="lena@example.org", learner=True
    )


def test_a_member_of_whom_the_platform_tells_nothing() -> None:
    assert read(roles=[f"{URI}Learner"]) == Member(subject="5", learner=True)


def test_parts_of_a_name_make_a_name() -> None:
    assert read(given_name="Lena", family_name="Brandt").name == "Lena Brandt"
    assert read(given_name="Lena").name == "Lena"
    assert read(name=None, given_name=3, family_name=[]).name == ""


@pytest.mark.parametrize(
    ("roles", "learner", "teacher"),
    [
        (["Instructor"], False, True),
        ([f"{URI}Instructor", f"{URI}Learner"], True, True),
        (["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor"], False, False),
        (["Janitor"], False, False),
        ([], False, False),
        (None, False, False),
        ("Learner", False, False),
    ],
)
def test_roles_in_either_spelling(roles: object, learner: bool, teacher: bool) -> None:
    found = read(roles=roles)
    assert (found.learner, found.teacher) == (learner, teacher)


def test_a_test_user_is_one() -> None:
    roles = ["Learner", "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"]
    assert (read(roles=roles).test, read().test) == (True, False)


@pytest.mark.parametrize(
    ("status", "active"),
    [("Active", True), ("active", True), ("", True), (None, True), ("Inactive", False), ("Deleted", False), (7, True)],
)
def test_who_is_no_longer_active_is_marked(status: object, active: bool) -> None:
    assert read(status=status).active is active


def test_names_keep_what_a_keyboard_makes_and_nothing_else() -> None:
    assert read(name="<b>Zoë</b>\n\tMüller ").name == "<b>Zoë</b> Müller"
    assert read(name="Le\x00na\ud800 \u202eBrandt\x07").name == "Lena Brandt"
    assert read(name="x" * 10_000).name == "x" * 200


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "two@a.org, three@a.org", "<lena@example.org>", "é" * 300, 7, None]
)
def test_what_is_no_address_is_none(email: object) -> None:
    assert read(email=email).email == ""
    assert read(email=" LENA@example.org ").email == "lena@example.org"


@pytest.mark.parametrize("subject", ["", None, True, 5.0, ["5"], "x" * 256, "a\x00b", " "])
def test_who_has_no_id_is_left_out(subject: object) -> None:
    both = page({"user_id": subject, "roles": ["Learner"]}, {"user_id": "6", "roles": ["Learner"]})
    assert [member.subject for member in read_page(both)] == ["6"]


def test_a_number_as_id_is_the_subject_of_its_launches() -> None:
    assert read(user_id=5).subject == "5"


@pytest.mark.parametrize("payload", [None, [], "x", 7, {}, {"members": None}, {"members": {"0": {}}}])
def test_what_is_no_container_is_no_roster(payload: object) -> None:
    with pytest.raises(NoRoster) as caught:
        read_page(payload)
    assert caught.value.reason is Odd.NO_MEMBERS


def test_members_that_are_none_are_passed_over() -> None:
    assert read_page({"members": [None, "x", 7, []]}) == []


def test_everybody_once() -> None:
    first, again, other = (Member(subject=subject, name=name) for subject, name in (("5", "A"), ("5", "B"), ("6", "C")))
    assert once([first, again, other]) == (first, other)


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://a.org/m", f"https://a.org/m?limit={LIMIT}"),
        ("https://a.org/m?", f"https://a.org/m?limit={LIMIT}"),
        ("https://a.org/m?Type=A&", f"https://a.org/m?Type=A&limit={LIMIT}"),
        ("https://a.org/m?Type=A&limit=5", "https://a.org/m?Type=A&limit=5"),
        ("https://a.org/m?unlimited=1", f"https://a.org/m?unlimited=1&limit={LIMIT}"),
        ("https://a.org/m?Type=A#x", f"https://a.org/m?Type=A&limit={LIMIT}#x"),
    ],
)
def test_the_first_page_is_asked_for_in_a_size_that_is_read(url: str, asked: str) -> None:
    assert first_page(url) == asked


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("", None),
        (f'<{ASKED}&page=2>; rel="prev"', None),
        (f'<{ASKED}&page=bookmark:WyJBYkNkIl0>; rel="next"', f"{ASKED}&page=bookmark:WyJBYkNkIl0"),
        (f"<{ASKED}&p=%7eA%7E>; rel=next", f"{ASKED}&p=%7eA%7E"),
        (f'<{ASKED}>; rel="first", <{ASKED}&p=a,b;c>; title="x; rel=prev, y"; REL="last NEXT"', f"{ASKED}&p=a,b;c"),
        ("<?from=20>; rel=next", "https://lms.example.org/mod/lti/services.php/7/memberships?from=20"),
        ("</other/Path>; rel='next'", None),
        ("</other/Path>;rel=next", "https://lms.example.org/other/Path"),
        ("<HTTPS://LMS.example.org:443/Next>; rel=next", "HTTPS://LMS.example.org:443/Next"),
        (f'<{ASKED}&p=2>; rel="nextish"', None),
        ("no link at all; rel=next", None),
        (f"<{ASKED}&d=1>; rel=differences", None),
    ],
)
def test_the_next_page_is_read_letter_by_letter(link: str, url: str | None) -> None:
    assert next_page(link, asked=ASKED) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.org/m",
        "http://lms.example.org/m",
        "https://lms.example.org:8443/m",
        "https://lms.example.org@evil.example.org/m",
        "https://user:word@lms.example.org/m",
        "https://lms.example.org.evil.org/m",
        "//evil.example.org/m",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https:///m",
        "https://[::1",
        "//[::1",
        "https://lms.example.org\\@evil.example.org/m",
    ],
)
def test_no_other_server_is_asked(url: str) -> None:
    with pytest.raises(NoRoster) as caught:
        next_page(f'<{url}>; rel="next"', asked=ASKED)
    assert caught.value.reason is Odd.OTHER_PLACE


def test_a_hostile_header_is_read_in_no_time() -> None:
    assert next_page("<a>" + "; a=b" * 20_000 + ";;", asked=ASKED) is None
    assert next_page("<" * 50_000, asked=ASKED) is None
