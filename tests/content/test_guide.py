"""The authors' guide speaks of what there is: its findings can be found, its examples can be read."""

import re
import shutil
from pathlib import Path

from pydantic import TypeAdapter

from course import paths
from course.content import blockfile, yamltree
from course.content.schema import Again, Explained, Handout, HandoutKind, Scene, Skin, Waiver
from tests.content.folders import edit, line_of
from tests.content.wardrobe import look

SCENE: TypeAdapter[Scene] = TypeAdapter(Scene)

GUIDE = (Path(__file__).parents[2] / "docs" / "write-a-module.md").read_text(encoding="utf-8")
SOURCES = "".join(
    file.read_text(encoding="utf-8") for room in ("content", "cases") for file in (paths.PACKAGE / room).rglob("*.py")
)


def fenced(language: str) -> list[str]:
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", GUIDE)


def test_every_finding_it_names_is_one_that_is_made() -> None:
    table = GUIDE.partition("| Code | What helps |")[2]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    codes = [code for row in rows for code in re.findall(r"`([\w-]+)`", row)]
    assert len(codes) > 20
    assert [code for code in codes if f'"{code}"' not in SOURCES] == []
    assert '"no-such-code"' not in SOURCES


def test_its_examples_are_what_the_loader_takes() -> None:
    (block,) = fenced("markdown")
    parsed = blockfile.parse(block, "say-it.md")
    assert parsed.findings == []
    assert [step.minutes for step in parsed.facilitator.do] == [6, 18]
    scenes, waivers, again, skin, sentences, handouts, explained = examples()
    kinds = [SCENE.validate_python(each).kind for each in _list(scenes["scenes"])]
    assert kinds == ["say", "rank", "vote"]
    assert [Waiver.model_validate(each).scene for each in _list(waivers["waivers"])] == ["the_queue"]
    assert [Again.model_validate(each).skins for each in _list(again["again"])] == [("night-bus",)]
    assert Skin.model_validate(skin).id == "night-bus"
    assert sentences == {"sentences": "your-sentences"}
    assert [Handout.model_validate(each).kind for each in _list(handouts["handouts"])] == [HandoutKind.ROLE_CARD]
    assert [Explained.model_validate(each).code for each in _list(explained["explained"])] == ["reading"]


def test_its_skin_and_its_case_to_decide_again_fit_the_case_of_a_new_module(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(paths.MODULES / "_template", tmp_path / "your-module"))
    assert look(folder) == []
    again, skin = fenced("yaml")[2:4]
    edit(folder, "module.yaml", "\nblocks:\n", f"\n{again}\nblocks:\n")
    edit(folder, "module.yaml", "kind: plan, minutes: 30", "kind: plan, minutes: 30, scenario: ten-to-five-again")
    assert look(folder) == [("module.yaml", line_of(folder, "module.yaml", "    skins: [night-bus]"), "no-skin")]
    (folder / "skins").mkdir()
    (folder / "skins" / "night-bus.yaml").write_text(skin, encoding="utf-8")
    assert look(folder) == []


def test_its_waiver_is_of_advice_that_there_is() -> None:
    (waiver,) = (Waiver.model_validate(each) for each in _list(examples()[1]["waivers"]))
    assert f'"{waiver.lint}"' in SOURCES


def examples() -> list[dict[str, object]]:
    found = [yamltree.parse(text, "example").data for text in fenced("yaml")]
    return [dict(each) for each in found if isinstance(each, dict)]


def _list(node: object) -> list[object]:
    assert isinstance(node, list)
    return node
