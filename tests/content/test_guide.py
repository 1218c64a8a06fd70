"""The authors' guide speaks of what there is: its findings can be found, its examples can be read."""

import re
from pathlib import Path

from course import paths
from course.content import blockfile, yamltree
from course.content.schema import Explained, Handout
from course.content.schema.module import HandoutKind

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
    handouts, explained = (yamltree.parse(text, "example").data for text in fenced("yaml"))
    assert isinstance(handouts, dict)
    assert isinstance(explained, dict)
    assert [Handout.model_validate(each).kind for each in _list(handouts["handouts"])] == [HandoutKind.ROLE_CARD]
    assert [Explained.model_validate(each).code for each in _list(explained["explained"])] == ["reading"]


def _list(node: object) -> list[object]:
    assert isinstance(node, list)
    return node
