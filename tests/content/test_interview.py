"""Eight answers make a module: whatever is answered, its files are whole and say it in the author's words."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course import paths
from course.cases.check import check_folder
from course.cases.checker import check_case
from course.content import interview, yamltree
from course.content.interview import QUESTIONS
from course.content.markdown import to_html
from course.content.schema import ChoiceScene, Ending, Reflection, Scenario

CASE = "scenarios/first-case.yaml"
PAGE = "reflections/first-page.yaml"
SKELETON = {file: (paths.MODULES / "_interview" / file).read_text(encoding="utf-8") for file in (CASE, PAGE)}
EXAMPLES = {question.key: question.example for question in QUESTIONS}
HOSTILE = st.sampled_from(
    [
        *(
            '"',
            "'",
            ": ",
            " #",
            "---",
            "...",
            "{{ 7*7 }}",
            "{name}",
            "{now}",
            "{% if %}",
            "- ",
            "1. ",
            "*",
            "&a",
            "!!x",
            "|",
            ">",
        ),
        *(
            "%",
            "@",
            "`",
            "```",
            "\\",
            "[write: x]",
            "![x](img/none.png)",
            "[a]: b",
            "<script>",
            "null",
            "~",
            "no",
            "0x1f",
            "12:30",
        ),
        *("\n\n", "\r", "\t", "\x00", "\x85", "\ufeff", "\ud800", "\uffff", "\u202e", "\u2028", "👩‍🔧", "W" * 250),
    ]
)
TEXT = st.lists(st.one_of(HOSTILE, st.text(max_size=12), st.just(" ")), max_size=12).map("".join)


def answer(key: str) -> st.SearchStrategy[str]:
    question = next(question for question in QUESTIONS if question.key == key)
    text = st.tuples(TEXT, TEXT).map(", ".join) if key == "who" else TEXT
    return text.filter(lambda said: interview.fault(question, said) is None)


ANSWERS = st.fixed_dictionaries({question.key: answer(question.key) for question in QUESTIONS})


def case_of(files: dict[str, str]) -> Scenario:
    return Scenario.model_validate(yamltree.parse(files[CASE], CASE).data)


def said(text: str) -> str:
    """A text without its spaces and the marks that keep Markdown out of it."""
    return "".join(text.replace("\\", "").split())


def decision(case: Scenario, place: int) -> ChoiceScene:
    scene = case.scenes[place]
    assert isinstance(scene, ChoiceScene)
    return scene


def test_every_answer_stands_where_it_belongs() -> None:
    files = interview.written(SKELETON, EXAMPLES)
    case = case_of(files)
    assert (case.size, len(case.scenes)) == ("short", 8)
    assert (case.cast[0].name, case.cast[0].role) == ("Ingrid", "head of the pier")
    assert case.intro.startswith("Thursday, ten to five.")
    moment = decision(case, 0)
    assert moment.body.endswith('\n\nIngrid says: "This thing tomorrow. Does it have to be tomorrow?"')
    assert [choice.text for choice in moment.choices] == [
        EXAMPLES["did"],
        f'"{EXAMPLES["now"]}"',
        EXAMPLES["please"],
    ]
    assert moment.choices[1].then.endswith(EXAMPLES["need"])
    endings = {scene.id: scene for scene in case.scenes if isinstance(scene, Ending)}
    assert said(endings["what_it_cost"].body).startswith(said(EXAMPLES["cost"]))
    page = Reflection.model_validate(yamltree.parse(files[PAGE], PAGE).data)
    assert page.prompt.startswith("**What did Ingrid really want to know,")
    assert EXAMPLES["now"] in page.criteria[3].levels[3].anchor
    # What explains the file to its author is kept.
    assert files[CASE].splitlines()[:3] == SKELETON[CASE].splitlines()[:3]
    assert check_case(case).findings == ()


@pytest.mark.parametrize("words", ["“I can’t show this.”", '"I can’t show this."', "I can’t show this."])
def test_quotation_marks_round_an_answer_are_not_doubled(words: str) -> None:
    moment = decision(case_of(interview.written(SKELETON, EXAMPLES | {"words": words})), 0)
    assert moment.body.endswith('\nIngrid says: "I can’t show this."')


def test_quotation_marks_inside_an_answer_stay() -> None:
    words = '"No", she said, "not today"'
    moment = decision(case_of(interview.written(SKELETON, EXAMPLES | {"words": words})), 0)
    assert moment.body.endswith(f'\nIngrid says: "{words}"')


@settings(max_examples=30, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(answers=ANSWERS)
def test_whatever_is_answered_is_said_and_nothing_else_changes(answers: dict[str, str]) -> None:
    plain = case_of(interview.written(SKELETON, EXAMPLES))
    case = case_of(interview.written(SKELETON, answers))
    words = {key: said(interview._unquoted(interview.tidy(text))) for key, text in answers.items()}
    name, _comma, role = interview.tidy(answers["who"]).partition(",")
    assert (case.cast[0].name, case.cast[0].role) == (name.strip(), role.strip())
    moment = decision(case, 0)
    assert words["words"] in said(moment.body)
    assert [said(choice.text) for choice in moment.choices] == [
        words["did"],
        said(f'"{words["now"]}"'),
        words["please"],
    ]
    assert said(moment.choices[1].then).endswith(words["need"])
    assert words["day"] in said(case.intro)
    texts = {"title", "intro", "cast", "body", "text", "then", "coach", "learned"}
    assert _bare(case.model_dump(), texts) == _bare(plain.model_dump(), texts)
    assert check_case(case).findings == ()


def _bare(node: object, texts: set[str]) -> object:
    """What is left of a scenario without its texts."""
    if isinstance(node, dict):
        return {key: _bare(value, texts) for key, value in node.items() if key not in texts}
    return [_bare(each, texts) for each in node] if isinstance(node, (list, tuple)) else node


@settings(
    max_examples=10,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(answers=ANSWERS)
def test_whatever_is_answered_the_module_passes_its_check(tmp_path: Path, answers: dict[str, str]) -> None:
    folder = tmp_path / "your-module"
    template = paths.MODULES / "_template"
    for file in template.rglob("*.*"):
        made = folder / file.relative_to(template)
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_bytes(file.read_bytes())
    for name, text in interview.written(SKELETON, answers).items():
        (folder / name).write_text(text, encoding="utf-8")
    loaded, findings = check_folder(folder)
    assert loaded is not None
    assert [finding for finding in findings if finding.severity == "error"] == []


LINES = [
    "# x",
    "- x",
    "+ x",
    "* x",
    "1. x",
    "7) x",
    "> x",
    "```",
    "~~~",
    "---",
    "===",
    "* * *",
    "___",
    "[a]: b",
    "a | b",
]


@pytest.mark.parametrize("line", [*LINES, *(f"{'word ' * 21}{line} and more" for line in LINES), "![x](img/none.png)"])
def test_an_answer_is_prose_and_never_a_heading_a_list_or_a_picture(line: str) -> None:
    moment = decision(case_of(interview.written(SKELETON, EXAMPLES | {"need": line})), 0)
    html = to_html(moment.choices[1].then)
    assert set(re.findall(r"<(\w+)", html)) - {"a"} == {"p"}
    assert html.count("<p>") == 2


def test_keys_of_another_file_take_their_places_and_everything_else_stays() -> None:
    whole = '# A remark.\none: 1  # kept\ntwo: >-\n  a long\n  text\nthree:\n  - {id: a, title: "A"}\n'
    assert interview.merged(whole, 'two: "[write: a text]"\n') == (
        '# A remark.\none: 1  # kept\ntwo: "[write: a text]"\nthree:\n  - {id: a, title: "A"}\n'
    )


FAULTS = [
    ("day", "", "This one is needed. A few words are enough for now."),
    ("day", " \t\n\x00\u202e", "This one is needed. A few words are enough for now."),
    ("now", "a" * 201, "That is 201 characters, and 200 are the most here. The files take more later."),
    ("who", "Ingrid", "Give a name, a comma and a role, such as: Ingrid, head of the pier"),
    ("who", ", head of the pier", "Give a name, a comma and a role, such as: Ingrid, head of the pier"),
    ("who", f"{'I' * 41}, boss", "The name has 41 characters; 40 are the most. A first name is enough."),
]


@pytest.mark.parametrize(("key", "text", "sentence"), FAULTS)
def test_a_fault_is_told_in_a_sentence(key: str, text: str, sentence: str) -> None:
    question = next(question for question in QUESTIONS if question.key == key)
    assert interview.fault(question, text) == sentence


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_the_examples_are_good_answers(question: interview.Question) -> None:
    assert interview.fault(question, question.example) is None
    if question.key != "who":
        assert interview.fault(question, "a" * question.longest) is None
