"""Skins and cases to decide again: each fault beside the module without any, and what never changes."""

import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.cases.case import compile_case
from course.cases.check import json_schema
from course.content.archive import unpack
from course.content.canonical import canonical, revive
from course.content.checks import check_loaded
from course.content.checks.overlap import check_overlap
from course.content.findings import ContentError, Finding
from course.content.loader import load, load_module
from course.content.schema import LAST, Again, CastMember, Decision, Gate, Scenario, Skin, SkinAnswer, SkinScene
from course.content.schema.skins import dressed, once_more
from tests.content.folders import SMALL, edit, found, line_of
from tests.content.wardrobe import FERRY, LIFT, MODULE, dressed_up, look
from tests.content.zips import entries_of, packed
from tests.make import shipped

CASES = [
    *shipped("managing-the-client-relationship").scenarios,
    *load_module(SMALL).scenarios,
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return dressed_up(tmp_path)


def test_the_dressed_module_has_no_finding(folder: Path) -> None:
    assert look(folder) == []


class Fault(NamedTuple):
    """One passage that is replaced, the words on whose line the finding is, and its code."""

    file: str
    old: str
    new: str
    line: str
    code: str


FAULTS = {
    "no such case": Fault(FERRY, "of: lift", "of: stairs", "of: stairs", "no-scenario"),
    "no such scene": Fault(FERRY, "  hands:\n", "  handy:\n", "  handy:", "skin-unknown"),
    "no such answer": Fault(FERRY, "      plan:\n", "      plans:\n", "      plans:", "skin-unknown"),
    "no such band": Fault(FERRY, "      near: {", "      close: {", "      close: {", "skin-unknown"),
    "no such item": Fault(FERRY, "      shift: ", "      shifts: ", "      shifts: ", "skin-unknown"),
    "an answer of a vote": Fault(
        FERRY,
        "    items:\n      nora: The mate should.",
        "    answers:\n      nora: {text: So.}",
        "nora: {",
        "skin-unknown",
    ),
    "nobody in the cast": Fault(FERRY, "- {id: nora,", "- {id: ida,", "- {id: ida,", "skin-unknown"),
    "a text without a place": Fault(
        FERRY, "    title: The ramp goes up", "    poor: No.", "    poor: No.", "skin-shape"
    ),
    "an answer without a place": Fault(
        FERRY, "{then: She puts the glass away.}", "{text: No.}", "      near: {text: No.}", "skin-shape"
    ),
    "a line too long": Fault(FERRY, "  Lind: Bru\n", f"  Lind: Bru\n  floor: {'x' * 299}\n", "words:", "skin-shape"),
    "a word that never occurs": Fault(FERRY, "  The lift: ", "  The stairs: ", "  The stairs: ", "skin-word"),
    "a name that is left": Fault(
        FERRY, "    then: The mate speaks.", "    then: Nora speaks.", "then: Nora", "skin-name"
    ),
    "half a name that is left": Fault(
        FERRY, "name: Ada Bru, role: Mate", "name: Ada Lind, role: Mate", "cast:", "skin-name"
    ),
    "a cue that is not there": Fault(FERRY, "cue: waits for one", "cue: counts one", "cue: counts one", "skin-cue"),
    "a skin of nothing": Fault(MODULE, "    skins: [ferry]\n", "", "id: ferry", "unused-skin"),
    "no such skin": Fault(MODULE, "skins: [ferry]", "skins: [ferry, boat]", "skins: [ferry, boat]", "no-skin"),
    "a skin twice": Fault(MODULE, "skins: [ferry]", "skins: [ferry, ferry]", "skins: [ferry, ferry]", "skin-trade"),
    "the case's own trade": Fault(MODULE, "    trade: Consultant\n", "", "    skins: [ferry]", "skin-trade"),
    "one trade for two": Fault(MODULE, "trade: Consultant", "trade: Engineer", "    skins: [ferry]", "skin-trade"),
    "a skin of another case": Fault(
        LIFT, "start: doors\n", "start: doors\nskins: [boat]\n", "skins: [boat]", "no-skin"
    ),
    "no case to decide again": Fault(MODULE, "    of: lift\n", "    of: stairs\n", "    of: stairs", "no-scenario"),
    "no such decision": Fault(MODULE, "hall, order,", "hall, together,", "hall, together", "again-scene"),
    "a gate again": Fault(MODULE, "hall, order,", "hall, arrived,", "hall, arrived", "again-scene"),
    "one that some miss": Fault(MODULE, "hall, order,", "hall, floor_six,", "hall, floor_six", "again-scene"),
    "one of them twice": Fault(MODULE, "hall, order,", "hall, doors,", "hall, doors", "again-scene"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found_on_its_line(folder: Path, name: str) -> None:
    fault = FAULTS[name]
    edit(folder, fault.file, fault.old, fault.new)
    file = FERRY if fault.code == "unused-skin" else fault.file
    place = [(file, line, code) for file, line, code in look(folder)]
    assert (file, line_of(folder, file, fault.line), fault.code) in place
    assert {code for _, _, code in place} <= {fault.code, *AFTER.get(name, ())}


AFTER = {
    "no such item": {"skin-name"},
    "nobody in the cast": {"skin-name"},
    "no such case": {"no-skin", "unused-skin"},
    "no case to decide again": {"no-skin", "unused-skin"},
    "a skin of another case": {"skin-trade"},
}
"""What a fault brings with it."""


def test_a_line_that_gets_too_long_is_a_finding_at_its_scene(folder: Path) -> None:
    edit(folder, FERRY, "  Lind: Bru\n", f"  Lind: Bru\n  doors: {'x' * 299}\n")
    edit(folder, FERRY, "    title: The ramp goes up\n", "")
    (finding,) = check_loaded(load(folder))
    assert (finding.line, finding.code) == (line_of(folder, FERRY, "    body: Ada looks") - 1, "skin-shape")
    assert "`doors` does not fit in these words: String should have at most 300 characters." in finding.message


def test_an_again_of_one_decision_is_refused_by_its_shape(folder: Path) -> None:
    edit(folder, MODULE, "[doors, hall, order, hands]", "[doors]")
    with pytest.raises(ContentError) as refused:
        load(folder)
    assert found(refused.value.findings) == [(MODULE, line_of(folder, MODULE, "scenes: [doors]"), "schema")]


def test_an_again_has_an_id_of_its_own_and_is_played_by_a_block_or_as_the_booster(folder: Path) -> None:
    edit(folder, MODULE, "    kind: concept\n    scenario: lift-again\n", "    kind: concept\n")
    line = line_of(folder, MODULE, "  - id: lift-again")
    assert look(folder) == [(MODULE, line, "unused-scenario")]
    edit(folder, MODULE, 'start: "09:00"', 'start: "09:00"\nbooster: lift-again')
    assert look(folder) == []
    edit(folder, MODULE, "    - kind: scenario\n", f"{RULE}    - kind: scenario\n")
    assert look(folder) == [(MODULE, line_of(folder, MODULE, "scenario: lift-again}"), "rule-booster")]
    edit(folder, MODULE, "booster: lift-again\n", "")
    assert look(folder) == [(MODULE, line + len(RULE.splitlines()), "unused-scenario")]
    edit(folder, MODULE, "  - id: lift-again\n", "  - id: lift\n")
    assert (MODULE, line_of(folder, MODULE, "    of: lift") - 1, "again-taken") in look(folder)


RULE = "    - {kind: scenario, scenario: lift-again}\n"
LEFT = {
    "a body of the case": (FERRY, "    body: Ada looks at the water.", "    when: Soon", ("doors", "Nora")),
    "a say scene": (FERRY, "    prompt: Your sentence to the mate", "    when: Soon", ("hall", "Nora")),
    "a poor sentence": (FERRY, "we are on course.", "Nora, we are.", ("hall", "Nora")),
    "an item": (FERRY, "The mate should.", "Nora should.", ("hands", "Nora")),
    "a band": (FERRY, "She puts the glass away.", "Lind reads.", ("order", "Lind")),
    "the intro": (FERRY, "You are on the ferry.", "Nora is on it.", ("intro", "Nora")),
}


@pytest.mark.parametrize("name", LEFT)
def test_a_name_of_the_case_is_found_in_every_kind_of_text(folder: Path, name: str) -> None:
    file, old, new, (where, who) = LEFT[name]
    edit(folder, FERRY, "  Nora: Ada\n", "")
    edit(folder, FERRY, "  Lind: Bru\n", "")
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    messages = [finding.message for finding in check_loaded(load(folder)) if finding.code == "skin-name"]
    assert f"`{where}` still says “{who}”. Put the name under `words:`, or rewrite the text." in messages


SOURCED = "117 studies agree that it works."


def test_texts_of_all_of_them_are_read(folder: Path) -> None:
    edit(folder, FERRY, "coach: True, and no answer.", f"coach: {SOURCED}")
    edit(folder, MODULE, "learned: You have met her twice.", f"learned: {SOURCED}")
    edit(folder, LIFT, "coach: Her first.", f"coach: {SOURCED}")
    edit(folder, LIFT, "coach: It was hers to say.", f"coach: {SOURCED}")
    edit(folder, LIFT, "coach: A pause is a question, too.", f"coach: {SOURCED}")
    assert look(folder) == sorted(
        [
            (MODULE, line_of(folder, MODULE, "learned: 117"), "figure"),
            (LIFT, line_of(folder, LIFT, "        coach: 117"), "figure"),
            (LIFT, line_of(folder, LIFT, "{id: near"), "figure"),
            (LIFT, line_of(folder, LIFT, "then: Nora speaks.") + 1, "figure"),
            (FERRY, line_of(folder, FERRY, "coach: 117"), "figure"),
        ]
    )


def test_hard_words_of_a_skin_are_found_and_plain_ones_are_not(folder: Path) -> None:
    hard = "Interdepartmental organisational considerations necessitate comprehensive documentation. " * 12
    edit(folder, FERRY, "coach: True, and no answer.", f"coach: {hard}")
    ((file, _line, code),) = look(folder)
    assert (file, code) == (FERRY, "reading")


PICTURED = [
    (FERRY, "You are on the ferry.", "On the ferry ![{}](img/{}.svg)."),
    (FERRY, '"As I said, we are on course."', "![{}](img/{}.svg)"),
    (LIFT, "then: Nora speaks.", "then: '![{}](img/{}.svg)'"),
    (MODULE, "body: Nora steps out.", "body: '![{}](img/{}.svg)'"),
]


@pytest.mark.parametrize(("file", "old", "new"), PICTURED)
def test_pictures_are_looked_for_in_all_of_them(folder: Path, file: str, old: str, new: str) -> None:
    (folder / "img" / "deck.svg").write_bytes((folder / "img" / "two-jobs.svg").read_bytes())
    assert look(folder) == [("img/deck.svg", 1, "unused-picture")]
    edit(folder, file, old, new.format("", "dock"))
    line = line_of(folder, file, "img/dock.svg")
    unused = ("img/deck.svg", 1, "unused-picture")
    assert look(folder) == sorted([(file, line, "no-alt"), (file, line, "no-picture"), unused])
    edit(folder, file, new.format("", "dock"), new.format("A deck", "deck"))
    assert look(folder) == []


def test_a_skin_shares_no_run_of_words_with_a_seed(folder: Path, tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    seed = seeds / "article.txt"
    seed.write_text("She nods and looks for gulls.", encoding="utf-8")
    assert check_overlap(load(folder), seeds) == []
    seed.write_text("You are on the ferry. The mate, Ada Bru, sits down.", encoding="utf-8")
    shared: list[Finding] = check_overlap(load(folder), seeds)
    assert found(shared) == [(FERRY, line_of(folder, FERRY, "intro:"), "shared-run")]


def test_a_prompt_in_brackets_is_found_in_a_skin(folder: Path) -> None:
    edit(folder, FERRY, "then: The mate speaks.", "then: '[write: what the mate does]'")
    assert look(folder) == [(FERRY, line_of(folder, FERRY, "[write"), "unwritten")]


def test_the_files_of_skins_are_described_packed_kept_and_read_back(folder: Path, tmp_path: Path) -> None:
    assert set(json_schema()) == {"module", "scenario", "skin", "reflection"}
    module = load_module(folder)
    assert revive(canonical(module)) == module
    assert b'"skins"' in canonical(module)
    shutil.rmtree(folder / "skins")
    edit(folder, MODULE, "    skins: [ferry]\n", "")
    assert b'"skins":[{' not in canonical(load_module(folder))


def test_a_skin_is_uploaded_with_its_module(folder: Path, tmp_path: Path) -> None:
    unpacked = unpack(packed(entries_of(folder, "a-module/")), tmp_path / "unpacked")
    assert load_module(unpacked) == load_module(folder)
    assert [skin.id for skin in load_module(unpacked).skins] == ["ferry"]


def test_a_skin_is_refused_whose_name_is_not_its_files(folder: Path) -> None:
    edit(folder, FERRY, "id: ferry", "id: boat")
    with pytest.raises(ContentError) as refused:
        load(folder)
    assert found(refused.value.findings) == [(FERRY, 2, "id-name")]


def test_words_are_replaced_over_the_end_of_a_line_and_never_within_a_word() -> None:
    case = CASES[0]
    scene = case.scenes[0].model_copy(update={"body": "Dana\nWhitlock asks Danae. Dana says so."})
    told = case.model_copy(update={"scenes": (scene, *case.scenes[1:])})
    skin = skin_of(case, words={"Dana  Whitlock": "Eva Lunt", "Dana": "Eva"})
    first = dressed(told, skin).scenes[0]
    assert isinstance(first, Decision)
    assert first.body == "Eva Lunt asks Danae. Eva says so."


def skin_of(case: Scenario, **more: Any) -> Skin:
    return Skin.model_validate({"schema": 1, "id": "a-skin", "of": case.id, "trade": "Baker", "title": "T", **more})


READ = {
    *("title", "when", "body", "ask", "prompt", "poor", "good", "intro", "text", "then", "cue", "coach", "learned"),
    *("trade", "cast"),
}


def bones(value: Any) -> Any:
    """Leave out what people read: guards, effects, points, targets and ids are left."""
    if isinstance(value, dict):
        return {key: bones(part) for key, part in value.items() if key not in READ}
    return [bones(part) for part in value] if isinstance(value, list) else value


texts = st.text("abc \n.", min_size=1, max_size=30).filter(str.strip)
answers = st.builds(SkinAnswer, text=st.none() | texts, then=st.none() | texts, cue=st.none() | texts)


@st.composite
def worn(draw: st.DrawFn) -> tuple[Scenario, Skin]:
    """Draw a case and any skin that fits it: words of the case, its scenes and answers."""
    case = draw(st.sampled_from(CASES))
    decisions = [scene for scene in case.scenes if isinstance(scene, Decision)]
    chosen = draw(st.lists(st.sampled_from(decisions), max_size=3, unique_by=lambda scene: scene.id))
    known = sorted({word for scene in decisions for word in scene.body.split()} | set(case.flags) | {"trust", "to"})
    scenes = {
        scene.id: SkinScene(
            body=draw(st.none() | texts),
            answers={
                answer.id: draw(answers)
                for answer in scene.answers
                if scene.kind in {"choice", "say"} and draw(st.booleans())
            },
        )
        for scene in chosen
    }
    skin = Skin(
        schema=1,
        id="a-skin",
        of=case.id,
        trade="Baker",
        title="T",
        intro=draw(st.none() | texts),
        words=draw(st.dictionaries(st.sampled_from(known), st.text("xyz", min_size=1, max_size=5), max_size=4)),
        cast=tuple(CastMember(id=member.id, name="X", role="Y") for member in case.cast if draw(st.booleans())),
        scenes=scenes,
    )
    return case, skin


@settings(deadline=None, max_examples=60)
@given(worn())
def test_a_skin_never_changes_what_can_happen(pair: tuple[Scenario, Skin]) -> None:
    case, skin = pair
    other = dressed(case, skin)
    assert bones(other.model_dump(mode="json", by_alias=True)) == bones(case.model_dump(mode="json", by_alias=True))
    assert (other.trade, other.title) == ("Baker", "T")
    compiled, plain = compile_case(other), compile_case(case)
    assert (compiled.places, compiled.flags, list(compiled.nodes)) == (plain.places, plain.flags, list(plain.nodes))


@settings(deadline=None, max_examples=60)
@given(worn(), st.data())
def test_decisions_once_more_keep_effects_and_points_and_lose_their_conditions(
    pair: tuple[Scenario, Skin], data: st.DataObject
) -> None:
    case, skin = pair
    asked = {scene.id: scene for scene in case.scenes if isinstance(scene, Decision)}
    names = data.draw(st.lists(st.sampled_from(sorted(asked)), min_size=2, max_size=5, unique=True))
    words = {"title": "Again", "intro": "I", "when": "W", "body": "B", "learned": "L"}
    more = Again.model_validate({"id": "again", "of": case.id, "minutes": 5, "scenes": names, **words})
    for other in (once_more(case, more), dressed(once_more(case, more), skin)):
        compiled = compile_case(other)
        assert [scene.id for scene in other.scenes] == [*names, LAST]
        assert not any(isinstance(scene, Gate) for scene in other.scenes)
        for place, name in enumerate(names):
            scene = other.scenes[place]
            assert isinstance(scene, Decision)
            to = [*names, LAST][place + 1]
            assert {answer.to for answer in scene.answers} == {to}
            assert all(option.guard is None for option in compiled.nodes[name].options)
            kept = [(each.id, each.do, each.set, each.clear, each.key) for each in scene.answers]
            assert kept == [(each.id, each.do, each.set, each.clear, each.key) for each in asked[name].answers]


def test_a_changed_copy_of_a_module_has_the_changed_cases(folder: Path) -> None:
    module = load_module(folder)
    assert module.scenario("lift") is module.scenarios[0]
    (case,) = module.scenarios
    copy = module.model_copy(update={"scenarios": (case.model_copy(update={"minutes": 7}),)})
    changed = [copy.scenario("lift"), copy.scenario("lift-again", "ferry")]
    assert [each.minutes for each in changed if each is not None] == [7, 5]
    assert copy.scenario("lift") is copy.scenarios[0]
