"""An id that no column can hold is a page that does not exist."""

import pytest

from tests.conftest import SignIn
from tests.make import Cast

HUGE = 99_999_999_999_999_999_999


@pytest.mark.parametrize("address", ["/manage/cohorts/{}/", "/manage/runs/{}/", "/manage/cohorts/{}/completions.csv"])
def test_huge_ids_are_not_found(cast: Cast, sign_in: SignIn, address: str) -> None:
    browser = sign_in(cast.mona)
    assert browser.get(address.format(HUGE)).status_code == 404
    assert browser.get(address.format(0)).status_code == 404
    own = cast.run if "runs" in address else cast.cohort
    assert browser.get(address.format(own)).status_code == 200


def test_huge_numbers_in_a_query_are_left_out(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.mona).get(f"/manage/cohorts/{cast.cohort}/?run={HUGE}&after={HUGE}")
    assert page.status_code == 200
    assert "Lena Brandt" in page.text
