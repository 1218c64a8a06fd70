"""check --report: one file with what is known of the cases, and nothing from elsewhere."""

import re
from html.parser import HTMLParser
from pathlib import Path

from course.cases.checker import check_case
from course.content.schema import Decision, Ending
from tests.cli.conftest import Run, breaks
from tests.make import SMALL, small_module


class Reader(HTMLParser):
    """The tags of a page with their attributes, its lists, and its tables by their captions, as rows of texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.items: list[str] = []
        self._captions: list[str] = []
        self._into: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "tr":
            self.tables.setdefault(self._captions[-1], []).append([])
        if tag in {"th", "td"}:
            self._open(self.tables[self._captions[-1]][-1])
        if tag == "li":
            self._open(self.items)
        if tag == "caption":
            self._open(self._captions)

    def _open(self, into: list[str]) -> None:
        into.append("")
        self._into = into

    def handle_endtag(self, tag: str) -> None:
        if tag in {"th", "td", "li", "caption"}:
            self._into = None

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into[-1] = " ".join(f"{self._into[-1]} {data}".split())

    def table(self, caption: str) -> list[list[str]]:
        """Return the rows of the table whose caption begins so, without its heads and its bars."""
        found = [rows for said, rows in self.tables.items() if said.startswith(caption)]
        assert len(found) == 1
        return [[cell for cell in row if cell] for row in found[0][1:]]


def report(run: Run, module: Path, **settings: str) -> str:
    done = run("check", str(module), "--report", "report.html", **settings)
    assert done.returncode == 0, done.stderr
    text = (module.parent.parent / "report.html").read_text(encoding="utf-8")
    assert done.stdout.endswith(f"report.html: {len(text.encode()) // 1000 + 1} kB\n")
    return text


def test_it_is_one_file_that_needs_nothing_else(run: Run, small: Path, tmp_path: Path) -> None:
    text = report(run, small / SMALL.name)
    read = Reader(text)
    assert {tag for tag, _ in read.tags} & {"script", "link", "img", "iframe", "object", "base"} == set()
    assert [(tag, name) for tag, given in read.tags for name in given if name in {"src", "style", "onclick"}] == []
    assert re.findall(r"https?:|@import|url\((?!#)", text) == []
    assert 'marker-end="url(#tip-lift)"' in text
    # Asking leaves nothing else behind.
    assert sorted(path.name for path in tmp_path.iterdir()) == ["modules", "report.html"]


def test_its_numbers_are_those_of_the_checker(run: Run, small: Path) -> None:
    read = Reader(report(run, small / SMALL.name))
    case = small_module().scenarios[0]
    measures = check_case(case).measures
    assert measures is not None
    titles = {scene.id: scene.title for scene in case.scenes if isinstance(scene, Decision | Ending)}
    assert read.table("The share of random plays that end there, the best ending first (exact)") == [
        [f"{ending} {titles[ending]}", f"{float(100 * share):.1f} %"] for ending, share in measures.shares.items()
    ]
    assert read.table("The fewest that any play meets") == [
        [f"{each.id} {each.title}", str(measures.opportunities[each.id])] for each in case.competencies
    ]
    assert read.table("Percentage points of the chance of the best ending") == [
        [f"{scene} {titles[scene]}", f"{float(points):.1f}"] for scene, points in measures.leverage.items()
    ]
    assert [row[:2] for row in read.table("Where the best ending is lost")] == [
        [f"{scene}.{answer}", f"{float(100 * share):.0f} %"] for (scene, answer), share in measures.lost.items()
    ]


def test_the_table_says_what_the_picture_shows(run: Run, small: Path) -> None:
    read = Reader(report(run, small / SMALL.name))
    case = small_module().scenarios[0]
    ids = [scene.id for scene in case.scenes]
    heads = [row for row in read.table("Every scene with its answers") if row[0].split()[0] in ids]
    assert [row[0].split()[0] for row in heads] == ids
    drawn = [given for tag, given in read.tags if tag == "path" and "marker-end" in given]
    # Answers that lead to the same scene share a line: the two decisions have one each, the gate two.
    assert len(drawn) == 4
    assert len([tag for tag, _ in read.tags if tag == "g"]) == len(ids)


def test_it_tells_what_changed_since_it_was_published(run: Run, small: Path) -> None:
    module = small / SMALL.name
    assert "This module is not published here, so there is nothing to compare with." in report(run, module)
    assert run("migrate").returncode == 0
    assert "This module is not published here" in report(run, module)
    assert run("publish", str(module)).returncode == 0
    assert re.search(r"Nothing: it is as in the live version [0-9a-f]{12}\.", report(run, module))
    file = module / "scenarios" / "lift.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("trust >= 3", "trust >= 2"), encoding="utf-8")
    items = Reader(report(run, module)).items
    assert "The guard of floor_six.shift was knows_worry and trust >= 3 , and is knows_worry and trust >= 2 ." in items


def test_findings_stand_in_it_and_a_broken_module_is_reported_too(run: Run, small: Path, tmp_path: Path) -> None:
    module = small / SMALL.name
    lift = module / "scenarios" / "lift.yaml"
    whole = lift.read_text(encoding="utf-8")
    lift.write_text(whole.replace("trust >= 3", "trust >= 9"), encoding="utf-8")
    done = run("check", str(module), "--report", "report.html")
    assert done.returncode == 1
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    found = [item for item in Reader(text).items if "never-open" in item]
    line = next(number for number, each in enumerate(whole.splitlines(), start=1) if "trust >= 3" in each)
    assert found == [f"error The choice floor_six.shift is never open. never-open, scenarios/lift.yaml:{line}"]
    assert ">Refused</span>" in text
    assert ">Proved</span>" not in text
    lift.write_text(whole, encoding="utf-8")
    breaks(module)
    assert run("check", str(module), "--report", "report.html").returncode == 1
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert any("sumary" in item for item in Reader(text).items)


def test_what_an_author_wrote_stays_text(run: Run, small: Path) -> None:
    module = small / SMALL.name
    file = module / "scenarios" / "lift.yaml"
    text = file.read_text(encoding="utf-8")
    title = re.search(r"^title: (.+)$", text, re.MULTILINE)
    assert title is not None
    file.write_text(text.replace(title[0], "title: '<script>alert(1)</script> & `so`'", 1), encoding="utf-8")
    written = report(run, module)
    assert "<script" not in written
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; `so`" in written


def test_a_file_that_cannot_be_written_is_named(run: Run, small: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    done = run("check", str(small / SMALL.name), "--report", "taken/report.html")
    assert (done.returncode, done.stderr) == (1, "course: taken/report.html: Not a directory.\n")


WAITS = """\
      - id: wait_{0}
        text: '"One moment," you say, and look at button {0}.'
        if: {0} < 600
        do: {{{0}: 1}}
        then: She looks at the same button, and the floors go by without a word.
        coach: A pause costs nothing here, and it does not answer her either.
        to: doors
"""


def test_what_is_too_large_is_sampled_and_said_to_be(run: Run, small: Path) -> None:
    module = small / SMALL.name
    file = module / "scenarios" / "lift.yaml"
    text = file.read_text(encoding="utf-8")
    ranges = "".join(f"  - {{id: {name}, start: 0, min: 0, max: 600}}\n" for name in ("up", "down"))
    text = text.replace("flags: [knows_worry]", f"{ranges}flags: [knows_worry]")
    waits = WAITS.format("up") + WAITS.format("down")
    file.write_text(text.replace("  - id: floor_six\n", f"{waits}  - id: floor_six\n", 1), encoding="utf-8")
    done = run("check", str(module), "--report", "report.html")
    assert done.returncode == 0, done.stderr
    verdict = "sampled, not proved: more than 250,000 states (10,000 random plays, seed 2026)"
    assert f"  lift: {verdict}" in done.stdout.splitlines()
    told = [line for line in done.stderr.splitlines() if line.endswith("[sampled]")]
    assert len(told) == 1
    assert "/lift.yaml:9: warning: There are more than 250,000 states, so nothing is proved" in told[0]
    written = (small.parent / "report.html").read_text(encoding="utf-8")
    assert ">Sampled, not proved</span>" in written
    assert ">Proved</span>" not in written
    assert "the best ending first (sampled)" in written
    assert "a sampled play meets" in written
