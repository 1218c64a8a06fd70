"""What is at stake: decisions that weigh enough and not too much, endings that are met, losses that can be noticed."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from course.cases.lints.likeness import stands_in
from course.cases.lints.subject import LARGER, Answer, Fault, Lint, Subject, best_places, effect
from course.content.checks.unwritten import PROMPT
from course.content.checks.wording import fold
from course.content.schema import Choice, ChoiceScene, Decision, SayScene

WEAKEST, STRONGEST = 5, 60
"""Percentage points of leverage."""
RAREST, USUAL = Fraction(1, 100), Fraction(4, 5)
"""Shares of random plays."""
HARDLY_TAKEN = Fraction(1, 200)
MOSTLY = Fraction(1, 2)
FEWEST_COMPARED = 3
"""In fewer scenes, a place or a length is no habit."""
FEWEST_PLACED = 4


def leverage_weak(subject: Subject) -> Iterator[Fault]:
    """Find scenes in which nothing is at stake: under 5 points between the best answer and the worst."""
    for path, scene in subject.keyed:
        points = subject.measures.leverage[scene.id]
        differs = len({effect(answer) for answer in scene.answers}) > 1
        if points < WEAKEST and subject.measures.visits[scene.id] and differs:
            wrong = (
                f"`{scene.id}` has a leverage of {float(points):.1f} points: whatever is answered here, the chance of"
                f" the best ending hardly changes; {WEAKEST} are the least."
            )
            mend = "Give an answer a larger effect, set a flag that is asked for later, or take the scene out."
            yield Fault(wrong, mend, scene.id, (*path, "id"))


def leverage_strong(subject: Subject) -> Iterator[Fault]:
    """Find scenes that decide nearly all: over 60 points between the best answer and the worst."""
    for path, scene in subject.keyed:
        points = subject.measures.leverage[scene.id]
        if points > STRONGEST:
            wrong = (
                f"`{scene.id}` has a leverage of {float(points):.1f} points: this one answer decides the case;"
                f" {STRONGEST} are the most."
            )
            mend = "Make its effects smaller, or let later scenes mend what was lost and lose what was won."
            yield Fault(wrong, mend, scene.id, (*path, "id"))


def ending_rare(subject: Subject) -> Iterator[Fault]:
    """Find endings that hardly anybody will ever read: under 1 % of random plays."""
    for path, scene in subject.endings:
        share = subject.measures.shares[scene.id]
        if 0 < share < RAREST:
            wrong = f"`{scene.id}` is reached by {float(100 * share):.2f} % of random plays."
            yield Fault(wrong, "Ask for less at the gate before it, or take it out.", scene.id, (*path, "id"))


def ending_usual(subject: Subject) -> Iterator[Fault]:
    """Find endings that nearly every play reaches: over 80 % of random plays."""
    for path, scene in subject.endings:
        share = subject.measures.shares[scene.id]
        if share > USUAL and len(subject.endings) > 1:
            wrong = f"`{scene.id}` is reached by {float(100 * share):.0f} % of random plays; the choices hardly matter."
            yield Fault(wrong, "Ask for more at the gate before it.", scene.id, (*path, "id"))


def answer_rare(subject: Subject) -> Iterator[Fault]:
    """Find answers that are hardly ever open: their guards ask for so much that they are written for nobody."""
    for each in subject.answers:
        if not isinstance(each.answer, Choice) or each.answer.guard is None:
            continue
        share = subject.measures.taken[each.scene.id, each.answer.id]
        if 0 < share < HARDLY_TAKEN * subject.measures.visits[each.scene.id]:
            wrong = f"`{each.name}` is hardly ever open: {float(100 * share):.2f} % of random plays take it."
            yield Fault(wrong, "Let its guard ask for less.", each.scene.id, (*each.path, "if"))


def dominated(subject: Subject) -> Iterator[Fault]:
    """Find answers that nobody has a reason to give: worst in all states, and they buy nothing.

    A poor answer is worse by points, by ending and by total than the others, which is what it is for. But somebody
    gives it for a reason: it saves time, pleases somebody, makes something known.
    """
    for each in subject.answers:
        better = subject.measures.dominated.get((each.scene.id, each.answer.id), ())
        if len(better) == len(each.scene.answers) - 1 and not buys(subject, each):
            wrong = f"In all states every other answer is better than `{each.name}`, and it buys nothing."
            mend = "Let it win something for which a good engineer would give it: time, calm, a clear answer."
            yield Fault(wrong, mend, each.scene.id, (*each.path, "id"))


def buys(subject: Subject, each: Answer) -> bool:
    """Whether an answer has an effect that somebody may want: any but a fall of the pivot."""
    pivot = subject.scenario.pivot
    moved = {name for name, by in each.answer.do.items() if by and (name != pivot or by > 0)}
    return bool(moved or each.answer.set or each.answer.clear)


def best_longest(subject: Subject) -> Iterator[Fault]:
    """Find cases in which the longest answer is the best one: a test can be passed by measuring."""
    scenes = _compared(subject)
    given_away = []
    for scene, place in scenes:
        lengths = [len(fold(answer.text)) for answer in scene.answers if isinstance(answer, Choice)]
        if lengths[place] == max(lengths) and lengths.count(max(lengths)) == 1:
            given_away.append(scene)
    if len(scenes) >= FEWEST_COMPARED and len(given_away) > MOSTLY * len(scenes):
        wrong = f"The best answer is the longest one in {len(given_away)} of {len(scenes)} scenes."
        mend = f"Shorten it, or write the others out, here and in: {_listed(given_away[1:])}."
        yield _at(subject, given_away[0], wrong, mend)


def best_place(subject: Subject) -> Iterator[Fault]:
    """Find cases in which the best answer mostly stands at the same place."""
    scenes = _compared(subject)
    if len(scenes) < FEWEST_PLACED:
        return
    place, times = Counter(place for _, place in scenes).most_common(1)[0]
    if times > MOSTLY * len(scenes):
        there = [scene for scene, each in scenes if each == place]
        wrong = f"The best answer is number {place + 1} in {times} of {len(scenes)} scenes."
        yield _at(subject, there[0], wrong, f"Move it, here or in: {_listed(there[1:])}.")


def _compared(subject: Subject) -> list[tuple[Decision, int]]:
    """Give the scenes with a choice that have one best answer, and its place."""
    best = [(scene, best_places(scene)) for _, scene in subject.keyed if isinstance(scene, ChoiceScene | SayScene)]
    return [(scene, places[0]) for scene, places in best if len(places) == 1]


def _at(subject: Subject, scene: Decision, wrong: str, mend: str) -> Fault:
    path = next(path for path, each in subject.decisions if each is scene)
    return Fault(wrong, mend, scene.id, (*path, "choices"))


def _listed(scenes: list[Decision]) -> str:
    return ", ".join(f"`{scene.id}`" for scene in scenes)


def no_return_uncued(subject: Subject) -> Iterator[Fault]:
    """Find points of no return that nobody can notice: mostly the best ending is lost here, and no `cue` says so."""
    for each in subject.answers:
        share = subject.measures.lost.get((each.scene.id, each.answer.id), Fraction(0))
        if share > MOSTLY and each.answer.cue is None and not PROMPT.search(each.answer.then):
            wrong = (
                f"`{each.name}` loses the best ending for good in {float(100 * share):.0f} % of plays, without a cue."
            )
            mend = "Let somebody show it in `then`, and give those words as `cue`."
            yield Fault(wrong, mend, each.scene.id, (*each.path, "then"))


def cue_idle(subject: Subject) -> Iterator[Fault]:
    """Find cues where the best ending is never lost."""
    for each in subject.answers:
        if each.answer.cue is not None and (each.scene.id, each.answer.id) not in subject.measures.lost:
            wrong = f"`{each.name}` has a cue, and the best ending is never lost there."
            yield Fault(wrong, "Take the cue out.", each.scene.id, (*each.path, "cue"))


def cue_unspoken(subject: Subject) -> Iterator[Fault]:
    """Find cues that are not said: the words of a cue stand in `then`."""
    for each in subject.answers:
        if each.answer.cue is not None and not stands_in(each.answer.cue, each.answer.then):
            wrong = f"The cue of `{each.name}` does not stand in its consequence."
            yield Fault(wrong, "Copy its words from `then`.", each.scene.id, (*each.path, "cue"))


LINTS = (
    Lint("leverage-weak", leverage_weak, LARGER),
    Lint("leverage-strong", leverage_strong, LARGER),
    Lint("ending-rare", ending_rare),
    Lint("ending-usual", ending_usual),
    Lint("answer-rare", answer_rare),
    Lint("dominated", dominated, LARGER),
    Lint("best-longest", best_longest),
    Lint("best-place", best_place),
    Lint("no-return-uncued", no_return_uncued, LARGER),
    Lint("cue-idle", cue_idle),
    Lint("cue-unspoken", cue_unspoken, severity="error"),
)
