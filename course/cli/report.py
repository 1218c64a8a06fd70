"""``course check --report``: what is known of a module's cases, as one HTML file that needs nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from course import __version__, clock, paths
from course.cases.bars import BARS, Bar
from course.cases.check import Checked, case_file
from course.cases.checker import Report, check_case
from course.cases.difference import PERCENT, differences, effect, percent, points_of
from course.cases.layout import Box, Line, Picture, picture
from course.content.findings import Finding
from course.content.schema import Choice, Consequence, Decision, Ending, Gate, Module, Scene, VoteScene

TEMPLATE = "report/report.jinja"
TIP = 7.0
"""How far before its end a line stops, for the tip of its arrow."""


@dataclass(frozen=True)
class Row:
    """A number with what it is about."""

    name: str
    title: str
    share: Fraction
    said: str
    scene: str = ""


@dataclass(frozen=True)
class AnswerRow:
    """An answer in the table of scenes."""

    id: str
    guard: str
    to: str
    points: str
    effect: str
    taken: str
    lost: Fraction
    """The share of visits in which the best ending is lost here."""
    cue: str


@dataclass(frozen=True)
class CasePart:
    """What the report says of one case."""

    report: Report
    picture: Picture
    findings: list[Finding]
    changes: list[str] | None
    """Since the version it is compared with; None when there is none, or when it had no such case."""


@dataclass(frozen=True)
class ModulePart:
    """What the report says of one module."""

    name: str
    module: Module | None
    """None when the folder could not be read."""
    cases: list[CasePart]
    others: list[Finding]
    """Those of its other files."""
    since: str
    """What it is compared with, in words; empty when there is nothing."""
    gone: list[str]
    """Cases that it had then."""


def module_part(name: str, checked: Checked, since: tuple[Module, str] | None) -> ModulePart:
    """Put together what is known of a module; ``since`` is what it is compared with, and what to call that."""
    older = {case.id: case for case in since[0].scenarios} if since else {}
    cases = []
    for report in checked.reports:
        case = report.scenario
        changes = differences(check_case(older[case.id]), report) if case.id in older else None
        cases.append(CasePart(report, picture(case), checked.of_case(case.id), changes))
    present = {report.scenario.id for report in checked.reports}
    files = {case_file(case) for case in present}
    return ModulePart(
        name=name,
        module=checked.loaded.module if checked.loaded else None,
        cases=cases,
        others=[finding for finding in checked.findings if finding.file not in files],
        since=since[1] if since else "",
        gone=sorted(older.keys() - present) if checked.loaded else [],
    )


def written(modules: list[ModulePart]) -> str:
    """Write the report of some modules."""
    return (
        _environment()
        .get_template(TEMPLATE)
        .render(
            modules=modules,
            version=__version__,
            # As the clock shows it on the machine that writes the report.
            today=clock.now().astimezone().date(),
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(paths.TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    tools = (answers, bars, coded, endings, leverage, losses, lost_said, months, opportunities, path_of, percent)
    environment.globals.update({tool.__name__: tool for tool in (*tools, second_line)})
    return environment


def bars(report: Report) -> Bar:
    return BARS[report.scenario.size]


def endings(report: Report) -> list[Row]:
    """Give the endings by rank, with their shares of random plays."""
    found = sorted((scene for scene in report.scenario.scenes if isinstance(scene, Ending)), key=lambda each: each.rank)
    shares = report.shares
    return [
        Row(each.id, each.title, shares.get(each.id, Fraction()), percent(shares.get(each.id, Fraction()), finely=True))
        for each in found
    ]


def leverage(report: Report) -> list[Row]:
    """Give the decisions in the order of the file, with what is at stake in each."""
    if report.measures is None:
        return []
    points = report.measures.leverage
    titles = {scene.id: scene.title for scene in report.scenario.scenes if isinstance(scene, Decision)}
    return [Row(name, titles[name], share / PERCENT, f"{float(share):.1f}") for name, share in points.items()]


def opportunities(report: Report) -> list[Row]:
    """Give the competencies, with the fewest opportunities that a play meets for each."""
    fewest = report.measures.opportunities if report.measures else report.sample.opportunities if report.sample else {}
    top = max([*fewest.values(), 1])
    return [
        Row(each.id, each.title, Fraction(fewest[each.id], top), str(fewest[each.id]))
        for each in report.scenario.competencies
        if each.id in fewest
    ]


def losses(report: Report) -> list[tuple[str, AnswerRow]]:
    """Give the points of no return, the most certain first."""
    found = [(f"{scene.id}.{row.id}", row) for scene in report.scenario.scenes for row in answers(report, scene)]
    return sorted((each for each in found if each[1].lost), key=lambda each: -each[1].lost)


def lost_said(lost: Fraction) -> str:
    return percent(lost, finely=lost < Fraction(1, PERCENT)) if lost else ""


def coded(text: str) -> Markup:
    """Set what stands between backticks as code."""
    parts = enumerate(text.split("`"))
    return Markup("").join(Markup("<code>{}</code>").format(part) if place % 2 else part for place, part in parts)


def answers(report: Report, scene: Scene) -> list[AnswerRow]:
    """Give the answers of a scene, or the routes of a gate."""
    if isinstance(scene, Gate):
        return [
            AnswerRow("", route.guard or "otherwise", route.to, "", "", "", Fraction(), "") for route in scene.routes
        ]
    if isinstance(scene, Ending):
        return []
    return [_answer(report, scene, each) for each in scene.answers]


def _answer(report: Report, scene: Decision, answer: Consequence) -> AnswerRow:
    at = (scene.id, answer.id)
    measures = report.measures
    return AnswerRow(
        id=answer.id,
        guard=(answer.guard or "") if isinstance(answer, Choice) else "",
        to=answer.to,
        points=points_of(answer),
        effect=effect(answer) if answer.do or answer.set or answer.clear else "",
        taken=percent(measures.taken[at]) if measures else "",
        lost=measures.lost.get(at, Fraction()) if measures else Fraction(),
        cue=answer.cue or "",
    )


def months(part: Picture) -> Iterator[tuple[str, float]]:
    """Give the rows in which another month begins, with their heights."""
    rows: dict[int, list[Box]] = {}
    for box in part.boxes:
        rows.setdefault(box.row, []).append(box)
    said = -1
    for row in sorted(rows):
        found = [box.scene.month for box in rows[row] if not isinstance(box.scene, Gate)]
        if found and min(found) > said:
            said = min(found)
            yield f"Month {said}", rows[row][0].y


def second_line(report: Report, scene: Scene) -> str:
    """Say below the name of a box what matters most about it."""
    if isinstance(scene, Gate):
        return "gate"
    measures = report.measures
    if isinstance(scene, Ending):
        return percent(report.shares.get(scene.id, Fraction()), finely=True)
    kind = "" if scene.kind == "choice" else scene.kind
    if measures is None or isinstance(scene, VoteScene):
        return kind
    points = f"{float(measures.leverage[scene.id]):.0f} points"
    return f"{kind} · {points}" if kind else points


def path_of(line: Line) -> str:
    """Write a line as the path of an SVG: straight in its lanes, curved between the rows."""
    first, *rest = line.points
    said = [f"M{first[0]:.1f} {first[1]:.1f}"]
    if line.back:
        *corners, (x, y) = rest
        return " ".join([*said, *(f"L{x:.1f} {y:.1f}" for x, y in corners), f"L{x + TIP:.1f} {y:.1f}"])
    for place in range(0, len(rest), 2):
        x, y = rest[place]
        before = line.points[place]
        middle = (before[1] + y) / 2
        said.append(
            f"C{before[0]:.1f} {middle:.1f} {x:.1f} {middle:.1f} {x:.1f} {y - TIP * (place == len(rest) - 1):.1f}"
        )
        if place + 1 < len(rest):
            said.append(f"L{rest[place + 1][0]:.1f} {rest[place + 1][1]:.1f}")
    return " ".join(said)
