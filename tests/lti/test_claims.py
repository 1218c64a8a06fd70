"""What a proved message says, and what is made of it when a platform writes it oddly."""

from datetime import UTC, datetime
from typing import Any

import pytest

from course.lti.rules import claims as rules
from course.lti.rules.claims import Expected
from course.lti.rules.reasons import Reason, Refused
from course.platforms.rules import ContextClaim, GradesClaim, Launch, LinkClaim, Message, Roles
from tests.lti.platform import AGS, GRADES, LTI, NRPS, TARGET, TEACHER, Changes, Signer

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
EXPECTED = Expected(platform_id=4, issuer="https://lms.example", client_id="oneday", nonce="n", target=TARGET)


def read(changes: Changes | None = None, *, expected: Expected = EXPECTED) -> Launch | Refused:
    moment = int(NOW.timestamp())
    return rules.read(Signer().claims("n", {"iat": moment, "exp": moment + 60, **(changes or {})}), expected, now=NOW)


def launch(changes: Changes | None = None, *, expected: Expected = EXPECTED) -> Launch:
    found = read(changes, expected=expected)
    assert isinstance(found, Launch), found
    return found


def test_a_whole_message() -> None:
    assert launch() == Launch(
        platform_id=4,
        deployment="1",
        message=Message.RESOURCE,
        subject="user-7",
        name="Nora Field",
        email="nora@lms.example",
        roles=Roles(learner=True),
        context=ContextClaim("course-3", "RM1", "Relationships"),
        link=LinkClaim("link-9", "Two jobs", "small-talk"),
        grades=GradesClaim("https://lms.example/lineitems?type_id=1", "", GRADES),
        memberships_url="https://lms.example/memberships",
        target=TARGET,
        return_url="https://lms.example/course/3",
        framed=True,
    )


def test_a_bare_message() -> None:
    usual = Signer().claims("n")
    needed = {"iss", "aud", "iat", "exp", "nonce", "sub", *(LTI + name for name in ("roles", "resource_link"))}
    needed |= {LTI + name for name in ("message_type", "version", "deployment_id", "target_link_uri")}
    bare = launch(dict.fromkeys(set(usual) - needed))
    assert bare == Launch(
        platform_id=4,
        deployment="1",
        message=Message.RESOURCE,
        subject="user-7",
        roles=Roles(learner=True),
        link=LinkClaim("link-9", "Two jobs"),
        target=TARGET,
    )


def test_a_request_for_links_has_neither_link_nor_target_nor_roles() -> None:
    asked = {
        f"{LTI}message_type": "LtiDeepLinkingRequest",
        f"{LTI}resource_link": None,
        f"{LTI}target_link_uri": None,
        f"{LTI}roles": None,
    }
    found = launch(asked)
    assert (found.message, found.link, found.target, found.roles) == (Message.DEEP_LINKING, None, TARGET, Roles())
    assert read({**asked, f"{LTI}roles": "Instructor"}) == Refused(Reason.ROLES)
    assert read({**asked, f"{LTI}target_link_uri": "https://evil.example/"}) == Refused(Reason.TARGET)
    assert launch({**asked, f"{LTI}roles": [TEACHER]}).roles == Roles(teacher=True)


def test_a_review_says_whose() -> None:
    asked: dict[str, object] = {f"{LTI}message_type": "LtiSubmissionReviewRequest"}
    found = launch({**asked, f"{LTI}for_user": {"user_id": "user-9"}})
    assert (found.message, found.of_subject) == (Message.REVIEW, "user-9")
    for nobody in (None, {}, {"user_id": ""}, {"user_id": 9}, "user-9"):
        assert read({**asked, f"{LTI}for_user": nobody}) == Refused(Reason.FOR_USER)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"name": "  Nora \n Field "}, "Nora Field"),
        ({"name": "", "given_name": "Nora", "family_name": "Field"}, "Nora Field"),
        ({"name": None, "given_name": "Nora", "family_name": None}, "Nora"),
        ({"name": None, "given_name": None, "family_name": None}, ""),
        ({"name": ["Nora"], "given_name": 7, "family_name": {}}, ""),
        ({"name": "N" * 500}, "N" * 200),
        ({"name": "Nora\x00\ud800\u202e Field"}, "Nora Field"),
        ({"name": "Zoë 東京"}, "Zoë 東京"),
    ],
)
def test_names(said: dict[str, Any], name: str) -> None:
    assert launch(said).name == name


@pytest.mark.parametrize(
    ("said", "email"),
    [
        (" Nora@LMS.example ", "nora@lms.example"),
        ("nora", ""),
        ("a@b", ""),
        ("nora@lms.example\r\nBcc: x@y.example", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_addresses(said: object, email: str) -> None:
    assert launch({"email": said}).email == email


@pytest.mark.parametrize(
    ("custom", "target", "module"),
    [
        ({"module": "small-talk"}, TARGET, "small-talk"),
        ({}, f"{TARGET}?module=small-talk", "small-talk"),
        # The address is right where a platform opens it with another link's parameters.
        ({"module": "another"}, f"{TARGET}?module=small-talk", "small-talk"),
        ({"module": "another"}, f"{TARGET}?module=%2e%2e/etc", "another"),
        ({"module": "$Custom.module"}, TARGET, ""),
        ({"module": " $Custom.module"}, TARGET, ""),
        ({"module": "../../etc/passwd"}, TARGET, ""),
        ({"module": "Small Talk"}, TARGET, ""),
        ({"module": "x" * 300}, TARGET, ""),
        ({"module": ["small-talk"]}, TARGET, ""),
        ("small-talk", TARGET, ""),
    ],
)
def test_which_module_a_link_opens(custom: object, target: str, module: str) -> None:
    expected = Expected(platform_id=4, issuer="https://lms.example", client_id="oneday", nonce="n", target=target)
    link = launch({f"{LTI}custom": custom, f"{LTI}target_link_uri": target}, expected=expected).link
    assert link is not None
    assert link.module == module


def test_a_message_may_say_more_than_its_login_and_nothing_else() -> None:
    found = launch({f"{LTI}target_link_uri": f"{TARGET}?module=two-jobs", f"{LTI}custom": None})
    assert found.link is not None
    assert (found.target, found.link.module) == (f"{TARGET}?module=two-jobs", "two-jobs")
    for other in (f"{TARGET}/x", f"{TARGET}#x", f"{TARGET}x?module=two-jobs", f"{TARGET}?a b", TARGET[:-1], [TARGET]):
        assert read({f"{LTI}target_link_uri": other}) == Refused(Reason.TARGET)


def test_what_something_was_copied_from() -> None:
    told = {"context_history": "course-2, course-1,,course-3,course-2", "link_history": "link-8"}
    found = launch({f"{LTI}custom": told})
    assert found.context is not None
    assert found.link is not None
    assert (found.context.history, found.link.history) == (("course-2", "course-1"), ("link-8",))
    unknown = launch({f"{LTI}custom": {"context_history": "$Context.id.history", "link_history": "\x00"}})
    assert unknown.context is not None
    assert unknown.link is not None
    assert (unknown.context.history, unknown.link.history) == ((), ())
    long = launch({f"{LTI}custom": {"context_history": ",".join(f"c{number}" for number in range(1000))}})
    assert long.context is not None
    assert long.context.history == tuple(f"c{number}" for number in range(20))


@pytest.mark.parametrize(("page", "wanted"), [("score", True), ("Score", False), ("", False), (True, False)])
def test_whether_the_page_has_a_column(page: object, *, wanted: bool) -> None:
    link = launch({f"{LTI}custom": {"module": "small-talk", "page": page}}).link
    assert link is not None
    assert link.page is wanted


def test_addresses_of_services_are_of_the_web() -> None:
    bad: list[object] = [
        "javascript:alert(1)",
        "/lineitems",
        7,
        None,
        "http://x y/",
        "https://[",
        "https://u:p@x.example/",
    ]
    for url in bad:
        found = launch({AGS: {"lineitems": url, "lineitem": url, "scope": url}, NRPS: {"context_memberships_url": url}})
        assert (found.grades, found.memberships_url) == (GradesClaim(), "")
    kept = "https://lms.example/B/lineitems?bookmark=WyJBYkNkIl0&A=b"
    found = launch({AGS: {"lineitems": kept, "lineitem": kept, "scope": ["a", 7, ""]}})
    assert found.grades == GradesClaim(kept, kept, ("a",))
    assert launch({AGS: ["x"]}).grades is None


@pytest.mark.parametrize(
    ("target", "framed"), [("iframe", True), ("frame", True), ("window", False), (None, True), (7, True)]
)
def test_whether_it_stands_in_a_frame(target: object, *, framed: bool) -> None:
    assert launch({f"{LTI}launch_presentation": {"document_target": target}}).framed is framed


@pytest.mark.parametrize(
    ("exp", "iat", "reason"),
    [
        (-29, -60, None),
        (-30, -60, Reason.EXPIRED),
        (60, 30, None),
        (60, 31, Reason.ISSUED_LATER),
        (60, -630, None),
        (60, -631, Reason.ISSUED_LONG_AGO),
        (60.5, -0.25, None),
        (10**11, 0, None),
        (-(10**400), 0, Reason.NO_EXPIRY),
    ],
)
def test_clocks_may_differ_by_half_a_minute(exp: float, iat: float, reason: Reason | None) -> None:
    moment = int(NOW.timestamp())
    end = exp if abs(exp) > 10**12 else moment + exp
    found = read({"exp": end, "iat": moment + iat})
    assert (found.reason if isinstance(found, Refused) else None) == reason
    if isinstance(found, Refused) and reason in {Reason.EXPIRED, Reason.ISSUED_LATER, Reason.ISSUED_LONG_AGO}:
        assert found.facts == {"seconds": str(abs(round(exp if reason is Reason.EXPIRED else iat)))}


def test_the_nonce_is_told_to_nobody() -> None:
    assert "secret" not in repr(Expected(platform_id=1, issuer="i", client_id="c", nonce="secret", target="t"))
