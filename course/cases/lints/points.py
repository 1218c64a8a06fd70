"""What is scored: points within bounds, good and poor answers for each competency, and two jobs that pull apart."""

from collections.abc import Iterator
from itertools import combinations

from course.cases.lints.balance import buys
from course.cases.lints.subject import FULL, Answer, Fault, Lint, Subject, best_places, worth
from course.content.checks.wording import fold
from course.content.schema import Choice, Decision, RankScene

LOWEST, HIGHEST = -3, 3
FEWEST_TENSIONS = 2
FEWEST_DECISIONS = 2
POOR = 3
"""So many points less than the best answer are clearly poor."""
DELIVERY = "delivery"


def key_range(subject: Subject) -> Iterator[Fault]:
    """Find points outside -3 to 3: one answer would drown all others."""
    for each in subject.answers:
        for name, points in each.answer.key.items():
            if not LOWEST <= points <= HIGHEST:
                wrong = f"`{each.name}` gives {points} points for `{name}`; {LOWEST} to {HIGHEST} are given."
                yield Fault(wrong, "Give 3 at most, or use `weight`.", each.scene.id, (*each.path, "key", name))


def competency_narrow(subject: Subject) -> Iterator[Fault]:
    """Find competencies whose opportunities all lie in one scene: that is a question, and no competency."""
    for place, competency in enumerate(subject.scenario.competencies):
        scenes = [scene for _, scene in subject.keyed if _differs(scene, competency.id)]
        if len(scenes) == 1 and len(subject.keyed) > FEWEST_DECISIONS:
            wrong = f"`{competency.id}` is scored in `{scenes[0].id}` alone."
            mend = "Let answers of another scene differ in it, or take it out."
            yield Fault(wrong, mend, None, ("competencies", place, "id"))


def _differs(scene: Decision, competency: str) -> bool:
    return len({answer.key.get(competency, 0) for answer in scene.answers}) > 1


def no_negative_model(subject: Subject) -> Iterator[Fault]:
    """Find cases without a poor answer that one would give.

    Such an answer is worth at least 3 points less than the best one and is the worst of its scene in every competency
    that is scored there; it buys something (time, calm); and it is at least half as long as the best one.
    """
    if not any(_is_negative_model(subject, each) for each in subject.answers):
        wrong = "No scene has an answer that is clearly poor and that one would give all the same."
        mend = (
            f"Write one: {POOR} points less than the best, the least in each competency of the scene, with something in"
            " its favour, and in full sentences."
        )
        yield Fault(wrong, mend, None, ("scenes",))


def _is_negative_model(subject: Subject, each: Answer) -> bool:
    if not isinstance(each.answer, Choice):
        return False
    best = each.scene.answers[best_places(each.scene)[0]]
    scored = [name for name in (one.id for one in subject.scenario.competencies) if _differs(each.scene, name)]
    lowest = {name: min(answer.key.get(name, 0) for answer in each.scene.answers) for name in scored}
    is_poor = worth(best) - worth(each.answer) >= POOR and all(
        each.answer.key.get(name, 0) == points for name, points in lowest.items()
    )
    long_enough = isinstance(best, Choice) and 2 * len(fold(each.answer.text)) >= len(fold(best.text))
    return is_poor and long_enough and buys(subject, each)


def few_tensions(subject: Subject) -> Iterator[Fault]:
    """Find cases in which the two jobs hardly ever pull apart: whoever pleases, also delivers.

    They do in a scene where no answer is the best in delivery and in another competency at once. A case without a
    competency called `delivery` may have any two.
    """
    names = [competency.id for competency in subject.scenario.competencies]
    pairs = [pair for pair in combinations(names, 2) if DELIVERY not in names or DELIVERY in pair]
    apart = [scene for _, scene in subject.keyed if any(_apart(scene, *pair) for pair in pairs)]
    if pairs and len(apart) < FEWEST_TENSIONS:
        wrong = (
            f"{len(apart) or 'No'} scene{'' if len(apart) == 1 else 's'} in which the two jobs pull apart (the best in"
            f" one is not the best in the other); {FEWEST_TENSIONS} are the least."
        )
        mend = "Let the answer that serves the person cost some delivery, or the one that delivers some trust."
        yield Fault(wrong, mend, None, ("scenes",))


def _apart(scene: Decision, one: str, two: str) -> bool:
    if isinstance(scene, RankScene) or not (_differs(scene, one) and _differs(scene, two)):
        return False
    firsts, seconds = ([answer.key.get(name, 0) for answer in scene.answers] for name in (one, two))
    return not any(
        first == max(firsts) and second == max(seconds) for first, second in zip(firsts, seconds, strict=True)
    )


LINTS = (
    Lint("key-range", key_range),
    Lint("competency-narrow", competency_narrow),
    Lint("no-negative-model", no_negative_model, FULL),
    Lint("few-tensions", few_tensions, FULL),
)
