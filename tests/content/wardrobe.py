"""The small module with every kind of scene, a skin, and a case to decide again; without any finding."""

from pathlib import Path

from course.content.checks import check_loaded
from course.content.loader import load
from tests.content.folders import Found, copy_small, edit, found

MODULE = "module.yaml"
LIFT = "scenarios/lift.yaml"
FERRY = "skins/ferry.yaml"
SCENES = """\
  - id: hall
    kind: say
    title: The hall
    month: 1
    when: Monday, 8:53
    must_meet: true
    body: The lift opens. Nora Lind stays in it.
    prompt: Your sentence to Nora
    poor: '"As I said, Nora, we are on track."'
    good: '"The night shift, then. Who tells them?"'
    choices:
      - id: wait
        text: You hold the door for her.
        then: She counts to three, and comes.
        cue: counts to three
        coach: A pause is a question, too.
        key: {objective: 1}
        to: order
      - id: go
        text: You go ahead.
        then: The doors close on Lind.
        coach: You were right, and on your own.
        key: {objective: 0}
        to: order
  - id: order
    kind: rank
    title: In this order
    month: 1
    when: Monday, 8:55
    must_meet: true
    body: Three things to say before nine.
    items:
      - {id: shift, text: What Nora fears}
      - {id: news, text: What is new}
      - {id: plan, text: Where the plan is}
    bands:
      - {id: near, within: 1, then: Nora puts her phone away., coach: Her first., key: {objective: 1}, to: hands}
      - {id: far, then: Nora waits for her turn., coach: She came last., key: {objective: 0}, to: hands}
  - id: hands
    kind: vote
    title: A show of hands
    month: 1
    when: Monday, 9:00
    must_meet: true
    body: Who should speak?
    choices:
      - {id: nora, text: Nora should.}
      - {id: you, text: You should.}
    then: Nora speaks.
    coach: It was hers to say.
    to: floor_six
"""
AGAIN = """\
again:
  - id: lift-again
    of: lift
    title: Once more
    minutes: 5
    intro: The lift stops once more, and Nora Lind steps in.
    scenes: [doors, hall, order, hands]
    when: The same floor
    body: Nora steps out.
    learned: You have met her twice.
    trade: Consultant
    skins: [ferry]
"""
SKIN = """\
schema: 1
id: ferry
of: lift
trade: Engineer
title: The upper deck
intro: You are on the ferry. The mate, Ada Bru, sits down beside you.
words:
  Nora Lind: Ada Bru
  Nora: Ada
  Lind: Bru
  The lift: The ferry
cast:
  - {id: nora, name: Ada Bru, role: Mate}
scenes:
  doors:
    title: The ramp goes up
    body: Ada looks at the water. "So," she says, "are we all right?"
    answers:
      plan:
        text: '"Yes. Two days ahead of the timetable."'
        then: She nods and looks for gulls.
        coach: True, and no answer.
  hall:
    prompt: Your sentence to the mate
    poor: '"As I said, we are on course."'
    good: '"The night boat, then. Who tells them?"'
    answers:
      wait:
        then: She waits for one gull, and comes.
        cue: waits for one gull
  order:
    items:
      shift: What the mate fears
    answers:
      near: {then: She puts the glass away.}
  hands:
    then: The mate speaks.
    items:
      nora: The mate should.
"""


def dressed_up(parent: Path) -> Path:
    """Make a copy of the small module that has them all."""
    folder = copy_small(parent)
    path = folder / LIFT
    text = path.read_text(encoding="utf-8").replace("        to: floor_six\n", "        to: hall\n")
    text = text.replace("size: vignette", "size: short").replace("  - id: floor_six\n", f"{SCENES}  - id: floor_six\n")
    path.write_text(text, encoding="utf-8")
    edit(folder, MODULE, "    kind: concept\n", "    kind: concept\n    scenario: lift-again\n")
    edit(folder, MODULE, "sources:\n", f"{AGAIN}sources:\n")
    (folder / "skins").mkdir()
    (folder / FERRY).write_text(SKIN, encoding="utf-8")
    return folder


def look(folder: Path) -> Found:
    """Check everything but what the cases do: their proof has tests of its own."""
    return found(check_loaded(load(folder)))
