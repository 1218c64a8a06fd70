"""Scenes that ask for more than a click: one's own sentence, an order, a vote."""

from collections.abc import Iterator

from course.cases.lints.likeness import alike, repeats, shares_run, stands_in
from course.cases.lints.subject import FULL, Fault, Lint, Subject, worth
from course.content.checks.wording import fold
from course.content.schema import RankScene, SayScene, VoteScene

FEWEST_SAYS, FEWEST_RANKS = 2, 1
FEWEST_COPIED = 4
"""Words: a shorter choice ("Say nothing.") may stand anywhere."""


def few_says(subject: Subject) -> Iterator[Fault]:
    """Find cases in which people choose and hardly ever say anything."""
    count = sum(isinstance(scene, SayScene) for _, scene in subject.decisions)
    if count < FEWEST_SAYS:
        wrong = f"{count} scenes ask for one's own sentence; a {subject.scenario.size} case has {FEWEST_SAYS}."
        yield Fault(wrong, "Make a talk a scene of kind `say`.", None, ("scenes",))


def few_ranks(subject: Subject) -> Iterator[Fault]:
    """Find cases without an order to put things in."""
    count = sum(isinstance(scene, RankScene) for _, scene in subject.decisions)
    if count < FEWEST_RANKS:
        wrong = "No scene asks for an order."
        yield Fault(wrong, "Make one that has more than one good answer a scene of kind `rank`.", None, ("scenes",))


def say_twins(subject: Subject) -> Iterator[Fault]:
    """Find models that show no difference between poor and good."""
    for path, scene in subject.decisions:
        if isinstance(scene, SayScene) and alike(scene.poor, scene.good):
            wrong = f"The poor and the good model of `{scene.id}` read almost the same."
            yield Fault(wrong, "Let the poor one be what one says first.", scene.id, (*path, "good"))


def say_copies(subject: Subject) -> Iterator[Fault]:
    """Find models that tell which choice is the right one."""
    for path, scene in subject.decisions:
        if not isinstance(scene, SayScene):
            continue
        for name, model in (("poor", scene.poor), ("good", scene.good)):
            for choice in scene.choices:
                is_copied = len(fold(choice.text)) >= FEWEST_COPIED and stands_in(choice.text, model)
                if is_copied or alike(choice.text, model):
                    wrong = f"The {name} model of `{scene.id}` holds the words of the choice `{choice.id}`."
                    mend = "Models show how it is said; choices, what is done. Write one of them anew."
                    yield Fault(wrong, mend, scene.id, (*path, name))


def prompt_tells(subject: Subject) -> Iterator[Fault]:
    """Find prompts that say what is to be said."""
    for path, scene in subject.decisions:
        if isinstance(scene, SayScene) and (shares_run(scene.prompt, scene.good) or repeats(scene.good, scene.prompt)):
            wrong = f"The prompt of `{scene.id}` gives away what the good model says."
            yield Fault(wrong, "Ask whom to speak to, and about what.", scene.id, (*path, "prompt"))


def vote_asked(subject: Subject) -> Iterator[Fault]:
    """Find guards that ask how somebody voted: a vote is for the room, and changes no play."""
    votes = {scene.id for _, scene in subject.decisions if isinstance(scene, VoteScene)}
    for each in subject.asked:
        for fact in sorted(each.parsed.facts):
            if fact.kind == "chose" and fact.name.split(".")[0] in votes:
                wrong = f"The guard asks for a vote: `{fact.name}`."
                yield Fault(wrong, "Ask for something else, or make that scene a choice.", each.scene, each.path)


def rank_alphabet(subject: Subject) -> Iterator[Fault]:
    """Find orders that are right from the start: learners get the items in the order of the alphabet."""
    for path, scene in subject.decisions:
        if isinstance(scene, RankScene):
            texts = [item.text.casefold() for item in scene.items]
            if texts == sorted(texts):
                wrong = f"The right order of `{scene.id}` is that of the alphabet, in which learners get it."
                yield Fault(wrong, "Begin one of the items with another word.", scene.id, (*path, "items"))


def rank_unfallen(subject: Subject) -> Iterator[Fault]:
    """Find orders whose points do not fall with their distance."""
    for path, scene in subject.decisions:
        if not isinstance(scene, RankScene):
            continue
        points = [worth(band) for band in scene.bands]
        for place in range(1, len(points)):
            if any(points) and points[place] >= points[place - 1]:
                names = f"`{scene.bands[place].id}` is worth {points[place]} and `{scene.bands[place - 1].id}`"
                wrong = f"In `{scene.id}` the farther {names}, which is nearer, {points[place - 1]}."
                yield Fault(wrong, "Let points fall from band to band.", scene.id, (*path, "bands", place, "key"))


LINTS = (
    Lint("few-says", few_says, FULL),
    Lint("few-ranks", few_ranks, FULL),
    Lint("say-twins", say_twins),
    Lint("say-copies", say_copies),
    Lint("prompt-tells", prompt_tells),
    Lint("vote-asked", vote_asked, severity="error"),
    Lint("rank-alphabet", rank_alphabet),
    Lint("rank-unfallen", rank_unfallen),
)
