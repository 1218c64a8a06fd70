"""From eight answers to a case that is played: made on the command line, published by upload, in a browser."""

from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from course.cohorts.models import Role
from tests import make
from tests.browser.hands import Mouse
from tests.browser.moves import play_to_the_end
from tests.browser.stage import Stage
from tests.content.zips import entries_of, packed

pytestmark = pytest.mark.browser

WORDS = '"You move in on Saturday, and my people read it on the notice board?"'
ANSWERS = (
    "We moved the billing office to the new telephones on a Saturday. Everything worked. On Monday nobody took a call.",
    "Marta Bergstrom, head of the billing office",
    WORDS,
    "She had promised her people that nothing would change before the year's end",
    "I sent her the plan again, with the Saturday marked",
    "I would have moved it to whenever she liked",
    '"What have you told your people, and what do they fear?"',
    "They kept the old telephones in a drawer and used them until March",
)


def test_a_module_from_an_interview_is_uploaded_and_played(
    stage: Stage, context: BrowserContext, page: Page, tmp_path: Path
) -> None:
    slug = f"interviewed-{uuid4().hex[:8]}"
    answers = tmp_path / "answers.txt"
    answers.write_text("\n\n".join(ANSWERS), encoding="utf-8")
    stage.site.course("new", slug, "--into", str(tmp_path), "--answers", str(answers))
    assert slug in stage.site.course("check", str(tmp_path / slug))

    with stage.writing() as session:
        ada = make.person(session, "Ada Quist")
        make.membership(session, ada, Role.ADMIN)
        ada_id = ada.id
    stage.sign_in(context, ada_id)
    page.goto(f"{stage.site.url}/admin/modules/")
    module = packed(entries_of(tmp_path / slug, ""))
    zipped = FilePayload(name=f"{slug}.zip", mimeType="application/zip", buffer=module)
    page.get_by_label("Module as a ZIP file").set_input_files(zipped)
    page.get_by_role("button", name="Check and publish").click()
    expect(page.get_by_text("is live. Days that were made before keep their version.")).to_be_visible()

    course = stage.course("Lena Brandt", slug=slug)
    stage.sign_in(context, course.learners["Lena Brandt"])
    page.goto(stage.site.url + course.case)
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_text(WORDS.strip('"')).first).to_be_visible()
    assert play_to_the_end(page, Mouse()) >= 3
    page.get_by_role("link", name="Look back on your play").click()
    expect(page.get_by_role("heading", name="Your path")).to_be_visible()
