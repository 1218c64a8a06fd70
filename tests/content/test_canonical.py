"""One module, one way to write it; and the way back is exact."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course.content.canonical import canonical, digest, revive
from course.content.loader import load_module
from course.content.schema import Block, Choice, FacilitatorPart, Module, Source, Step
from tests.content.folders import SMALL

MODULE = load_module(SMALL)
texts = st.text(max_size=40)
lines = texts.map(lambda text: f"x{text}")
slugs = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8})?", fullmatch=True)
steps = st.builds(Step, minutes=st.integers(0, 240), text=lines)
parts = st.builds(FacilitatorPart, say=texts, do=st.lists(steps, max_size=3).map(tuple), expect=texts, what_if=texts)
blocks = st.builds(Block, id=slugs, title=lines, minutes=st.integers(5, 240), learner=texts, facilitator=parts)
sources = st.builds(Source, id=slugs, title=lines, author=lines, note=st.none() | lines)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(blocks, min_size=1, max_size=4).map(tuple),
    st.lists(sources, max_size=3).map(tuple),
    st.dictionaries(st.sampled_from(["trust", "a", "b", "c"]), st.integers(-5, 5)),
)
def test_the_way_back_is_exact(blocks: tuple[Block, ...], sources: tuple[Source, ...], do: dict[str, int]) -> None:
    case = MODULE.scenarios[0]
    words = {"id": "c", "text": "t", "then": "t", "coach": "c", "to": "doors", "if": "trust >= 1"}
    choice = Choice.model_validate({**words, "do": do})
    scene = case.scenes[0].model_copy(update={"choices": (choice, choice)})
    changed = case.model_copy(update={"scenes": (scene, *case.scenes[1:])})
    module = MODULE.model_copy(update={"blocks": blocks, "sources": sources, "scenarios": (changed,)})
    data = canonical(module)
    assert revive(data) == module
    assert canonical(revive(data)) == data


def test_the_bytes_are_compact_sorted_json_by_the_authors_names() -> None:
    data = canonical(MODULE)
    raw = json.loads(data)
    assert data == json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert raw["schema"] == 1
    assert raw["scenarios"][0]["scenes"][2]["routes"][0]["if"] == "trust >= 4"


def test_a_sample_page_without_quotes_keeps_the_bytes_it_had() -> None:
    (page,) = MODULE.reflections
    (sample,) = page.benchmarks
    bare = page.model_copy(update={"benchmarks": (sample.model_copy(update={"quotes": {}}),)})
    data = canonical(MODULE.model_copy(update={"reflections": (bare,)}))
    assert set(json.loads(data)["reflections"][0]["benchmarks"][0]) == {"id", "levels", "reasons", "text"}
    assert revive(data).reflections == (bare,)
    assert b'"quotes"' in canonical(MODULE)


def test_equal_modules_have_equal_bytes_and_one_letter_changes_the_hash() -> None:
    again: Module = load_module(SMALL)
    assert again is not MODULE
    assert digest(canonical(again)) == digest(canonical(MODULE))
    other = MODULE.model_copy(update={"title": "Small talk before the big meetinG"})
    assert digest(canonical(other)) != digest(canonical(MODULE))


def test_digest_is_sha256() -> None:
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
