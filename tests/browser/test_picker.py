"""A teacher places modules from an LMS: by the script, by the button without one, and what axe says of each page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import make
from tests.browser.stage import Stage
from tests.counterparts.double import Double, connect
from tests.machine.axe import axe_everywhere
from tests.machine.site import Site

pytestmark = pytest.mark.browser

AGAIN = """([address, state]) => {
  const form = document.createElement("form"), field = document.createElement("input");
  Object.assign(form, {method: "post", action: address});
  Object.assign(field, {name: "state", value: state});
  form.append(field);
  document.body.append(form);
  form.submit();
}"""


@pytest.fixture(scope="module")
def lms(initialised: tuple[Site, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Double]:
    """An LMS that is connected to a served site with some modules."""
    site = initialised[0].copy(tmp_path_factory.mktemp("picker") / "site")
    with Double(tool=site.url) as double:
        site.settings["COURSE_LTI_HOSTS"] = double.host
        site.start()
        stage = Stage(site)
        with stage.writing() as session:
            make.published(session)
            make.published(session, make.all_kinds())
            connect(session, double, organisation_id=make.organisation(session, "Southeast").id)
        yield double
        stage.close()
        site.stop()


def test_the_whole_programme_takes_one_click(lms: Double, page: Page) -> None:
    page.goto(f"{lms.issuer}/choose.php")
    axe_everywhere(page)
    small = page.get_by_role("checkbox", name=make.small_module().title, exact=True)
    page.get_by_text(make.small_module().title, exact=True).click()
    expect(small).to_be_checked()
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Place the whole programme").click()
    # The page between sends itself on.
    page.wait_for_url(f"{lms.issuer}/contentitem_return.php*")
    placed = page.locator("#placed li").all_inner_texts()
    assert set(placed) >= {make.small_module().title, make.all_kinds().title}
    assert sorted(link.title for link in lms.links.values()) == sorted(placed)


def test_one_by_keyboard_and_without_a_script(lms: Double, browser: Browser) -> None:
    before = set(lms.links)
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{lms.issuer}/choose.php")
    # The LMS's own forms want a press too.
    while not page.url.endswith("/lti/launch"):
        page.locator("[type=submit], button").first.click()
    page.get_by_role("checkbox", name=make.small_module().title, exact=True).press("Space")
    page.get_by_role("button", name="Place what is ticked").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Going back to Double")
    page.get_by_role("button", name="Go on").press("Enter")
    expect(page.locator("#placed li")).to_have_text([make.small_module().title])
    assert len(set(lms.links) - before) == 1
    page.close()


def test_what_refuses_reads_well(lms: Double, page: Page, expected_statuses: set[int]) -> None:
    expected_statuses.update({403, 410})
    page.goto(f"{lms.issuer}/choose.php?user=lena")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing can be chosen here")
    axe_everywhere(page)
    page.goto(f"{lms.issuer}/choose.php")
    state = page.locator("[name=state]").input_value()
    page.get_by_role("button", name="Go back without anything").click()
    page.wait_for_url(f"{lms.issuer}/contentitem_return.php*")
    # The same form once more, as from a page that was kept.
    page.evaluate(AGAIN, [f"{lms.tool}/lti/choose", state])
    expect(page.get_by_role("heading", level=1)).to_have_text("Please choose once more")
    axe_everywhere(page)
