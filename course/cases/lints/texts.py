"""What is read: scenes and answers of a good length, coaching that explains, names that are used."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from course.cases.lints.likeness import alike, repeats
from course.cases.lints.subject import LARGER, Answer, Fault, Lint, Subject
from course.content.checks import prose
from course.content.checks.unwritten import PROMPT
from course.content.checks.wording import fold
from course.content.schema import Choice, Decision, Ending, RankScene, SayScene, Scenario, VoteScene

MOST_BODY = 140
FEWEST_BODY = 15
MOST_CHOICE = 35
FEWEST_THEN = {"vignette": 3, "short": 8, "full": 15}
FEWEST_COACH = {"vignette": 3, "short": 8, "full": 12}
FEWEST_LEARNED = 8
HARDEST_GRADE = 8.0
"""As for a whole file: a newspaper for everybody."""
FEWEST_GRADED = 60
"""A grade of fewer words says nothing."""
WORDS_A_MINUTE = 150
"""Slower than most people read (238: M. Brysbaert, "How many words do we read per minute?", 2019): half of those who
play read in their second language, and choices are read twice."""
MINUTES_A_DECISION = {"vote": 1, "choice": 1, "rank": 2, "say": 2}
UNTRUE = 1.6
"""Times too long or too short."""
FAULTY = (
    "wrong|weak|rude|selfish|lazy|na[iï]ve|arrogant|cowardly|afraid|insecure|defensive|childish|stupid|foolish|careless"
    "|cold|vain|stubborn|unprofessional|incompetent|thoughtless|impatient|passive|a coward|a pushover|a bully"
    "|a bad \\w+|a poor \\w+|an? \\w+ person|no leader|not a leader|not a good \\w+"
)
HOW = "too|so|very|just|simply|being|rather|quite|a bit|a little"
JUDGING = re.compile(
    rf"\byou(?:'re|’re| are| were)\s+(?:(?:{HOW})\s+)*(?:{FAULTY})\b"
    r"|\bpeople like you\b|\bsomebody like you\b|\byou (?:always|never)\b|\btypical of you\b",
    re.IGNORECASE,
)


def _length(text: str) -> int:
    return len(fold(text))


def body_long(subject: Subject) -> Iterator[Fault]:
    """Find scenes that take too long to read before there is something to do."""
    for path, scene in subject.decisions:
        if _length(scene.body) > MOST_BODY:
            wrong = f"`{scene.id}` has {_length(scene.body)} words before there is something to do."
            yield Fault(wrong, f"Cut it to {MOST_BODY}: what was said, and by whom.", scene.id, (*path, "body"))


def body_short(subject: Subject) -> Iterator[Fault]:
    """Find scenes that tell too little to decide on."""
    for path, scene in subject.decisions:
        if _length(scene.body) < FEWEST_BODY and not PROMPT.search(scene.body):
            wrong = f"`{scene.id}` has only {_length(scene.body)} words to decide on."
            yield Fault(wrong, "Say who is there, what they say and what presses.", scene.id, (*path, "body"))


def choice_long(subject: Subject) -> Iterator[Fault]:
    """Find answers that are too long to be compared."""
    for path, scene in subject.decisions:
        if not isinstance(scene, RankScene):
            for place, answer in enumerate(scene.answers):
                text = answer.text if isinstance(answer, Choice) else ""
                if _length(text) > MOST_CHOICE:
                    wrong = f"The choice `{scene.id}.{answer.id}` has {_length(text)} words."
                    mend = f"Cut it to {MOST_CHOICE}: what you say or do, without the reasons."
                    yield Fault(wrong, mend, scene.id, (*path, "choices", place, "text"))


def then_thin(subject: Subject) -> Iterator[Fault]:
    """Find consequences in which nothing happens."""
    fewest = FEWEST_THEN[subject.scenario.size]
    for each in subject.answers:
        if _length(each.answer.then) < fewest and not PROMPT.search(each.answer.then):
            wrong = (
                f"The consequence of `{each.name}` has {_length(each.answer.then)} words; that is no consequence yet."
            )
            yield Fault(
                wrong, "Tell what the others do next, as one would see it.", each.scene.id, (*each.path, "then")
            )


def then_repeats(subject: Subject) -> Iterator[Fault]:
    """Find consequences that tell the choice once more."""
    for each in subject.answers:
        if isinstance(each.answer, Choice) and repeats(each.answer.text, each.answer.then):
            wrong = f"The consequence of `{each.name}` repeats the choice."
            yield Fault(wrong, "Leave the choice out; tell what comes of it.", each.scene.id, (*each.path, "then"))


def coach_thin(subject: Subject) -> Iterator[Fault]:
    """Find coaching that explains nothing."""
    fewest = FEWEST_COACH[subject.scenario.size]
    for each in _coached(subject):
        if _length(each.answer.coach) < fewest and not PROMPT.search(each.answer.coach):
            wrong = f"The coaching of `{each.name}` has {_length(each.answer.coach)} words."
            mend = "Say what the answer did for the other person, and what it cost."
            yield Fault(wrong, mend, each.scene.id, (*each.path, "coach"))


def coach_repeats(subject: Subject) -> Iterator[Fault]:
    """Find coaching that tells what happened instead of why."""
    for each in subject.answers:
        if repeats(each.answer.coach, each.answer.then):
            wrong = f"The coaching of `{each.name}` repeats its consequence."
            yield Fault(wrong, "Say why it came so, which nobody could see.", each.scene.id, (*each.path, "coach"))


def coach_judges(subject: Subject) -> Iterator[Fault]:
    """Find coaching that judges the learner and not the answer."""
    for each in _coached(subject):
        if judged := JUDGING.search(each.answer.coach):
            wrong = f"The coaching of `{each.name}` judges the person: “{judged[0]}”."
            mend = "Speak of the answer: what it did, what it left undone, why a good engineer gives it."
            yield Fault(wrong, mend, each.scene.id, (*each.path, "coach"))


def _coached(subject: Subject) -> Iterator[Answer]:
    yield from subject.answers
    for path, scene in subject.decisions:
        if isinstance(scene, VoteScene):
            yield Answer(scene, path, scene.answers[0])


def reading_grade(subject: Subject) -> Iterator[Fault]:
    """Find single scenes that are hard to read."""
    for path, scene in subject.decisions:
        texts = [scene.body, *(answer.text for answer in scene.answers if isinstance(answer, Choice))]
        read = prose.grade([each.text for text in texts for each in prose.paragraphs(text)])
        if read.words >= FEWEST_GRADED and read.grade > HARDEST_GRADE:
            wrong = (
                f"`{scene.id}` is of school grade {read.grade:.1f} (Flesch-Kincaid); {HARDEST_GRADE:.0f} is the most."
            )
            mend = f"Cut its longest sentence in two: “{' '.join(read.longest.split()[:6])} …”."
            yield Fault(wrong, mend, scene.id, (*path, "body"))


def twin_choices(subject: Subject) -> Iterator[Fault]:
    """Find answers of one scene that read the same."""
    for path, scene in subject.decisions:
        if isinstance(scene, RankScene):
            texts = [(item.id, item.text, "items") for item in scene.items]
        else:
            texts = [(each.id, each.text, "choices") for each in scene.answers if isinstance(each, Choice)]
        for (_, first), (place, second) in combinations(enumerate(texts), 2):
            if alike(first[1], second[1]):
                wrong = f"`{scene.id}.{first[0]}` and `{scene.id}.{second[0]}` read almost the same."
                mend = "Keep one, or write what is really different about the other."
                yield Fault(wrong, mend, scene.id, (*path, second[2], place, "text"))


def twin_endings(subject: Subject) -> Iterator[Fault]:
    """Find endings that tell the same."""
    for (_, first), (path, second) in combinations(subject.endings, 2):
        if alike(first.body, second.body):
            wrong = f"The endings `{first.id}` and `{second.id}` tell almost the same."
            yield Fault(wrong, "Join them, or tell what became of it here.", second.id, (*path, "body"))


def learned_thin(subject: Subject) -> Iterator[Fault]:
    """Find endings that teach nothing."""
    for path, scene in subject.endings:
        if _length(scene.learned) < FEWEST_LEARNED and not PROMPT.search(scene.learned):
            wrong = f"What the ending `{scene.id}` teaches is said in {_length(scene.learned)} words."
            yield Fault(wrong, "Say what led here, and where to look for it.", scene.id, (*path, "learned"))


def title_twice(subject: Subject) -> Iterator[Fault]:
    """Find titles that two scenes have: a debrief could not tell them apart."""
    seen: set[str] = set()
    for path, scene in subject.shown:
        if scene.title.casefold() in seen:
            yield Fault(f"A second scene has the title “{scene.title}”.", "Rename one.", scene.id, (*path, "title"))
        seen.add(scene.title.casefold())


def cast_unnamed(subject: Subject) -> Iterator[Fault]:
    """Find people of the cast whom no text names."""
    said = set(Counter(fold(" ".join(_texts(subject.scenario)))))
    for place, member in enumerate(subject.scenario.cast):
        if not said & set(fold(member.name)):
            mend = "Let a scene name them, or take them out of the cast."
            yield Fault(f"No text names {member.name}.", mend, None, ("cast", place, "name"))


def _texts(case: Scenario) -> Iterator[str]:
    yield case.intro
    for scene in case.scenes:
        if isinstance(scene, Decision):
            yield from (scene.body, scene.ask)
            if isinstance(scene, SayScene):
                yield from (scene.prompt, scene.poor, scene.good)
            if isinstance(scene, RankScene):
                yield from (item.text for item in scene.items)
            for answer in scene.answers:
                yield from (answer.text if isinstance(answer, Choice) else "", answer.then, answer.coach)
        elif isinstance(scene, Ending):
            yield scene.body


def minutes_untrue(subject: Subject) -> Iterator[Fault]:
    """Find cases that take much more or much less time than they say."""
    if any(PROMPT.search(text) for text in _texts(subject.scenario)):
        return
    words = _length(subject.scenario.intro)
    minutes = 0.0
    for _, scene in subject.decisions:
        share = float(subject.measures.visits[scene.id])
        minutes += share * MINUTES_A_DECISION[_kind(scene)]
        words += round(share * _words(scene))
    words += max(_length(scene.body) for _, scene in subject.endings)
    minutes += words / WORDS_A_MINUTE
    said = subject.scenario.minutes
    if not said / UNTRUE <= minutes <= said * UNTRUE:
        wrong = f"A play takes about {max(1, round(minutes))} minutes by its words and decisions; the file says {said}."
        yield Fault(wrong, "Play it with a watch, and write down what it takes.", None, ("minutes",))


def _kind(scene: Decision) -> str:
    return str(getattr(scene, "kind", "choice"))


def _words(scene: Decision) -> int:
    """Count what is read at a scene: all of it, and one of its consequences."""
    texts = [each.text for each in scene.answers if isinstance(each, Choice)]
    if isinstance(scene, RankScene):
        texts = [item.text for item in scene.items]
    if isinstance(scene, SayScene):
        texts += [scene.prompt, scene.poor, scene.good]
    thens = [_length(each.then) for each in scene.answers]
    return _length(scene.body) + sum(map(_length, texts)) + sum(thens) // len(thens)


LINTS = (
    Lint("body-long", body_long),
    Lint("body-short", body_short, LARGER),
    Lint("choice-long", choice_long),
    Lint("then-thin", then_thin),
    Lint("then-repeats", then_repeats),
    Lint("coach-thin", coach_thin),
    Lint("coach-repeats", coach_repeats),
    Lint("coach-judges", coach_judges),
    Lint("reading-grade", reading_grade),
    Lint("twin-choices", twin_choices),
    Lint("twin-endings", twin_endings),
    Lint("learned-thin", learned_thin, LARGER),
    Lint("title-twice", title_twice),
    Lint("cast-unnamed", cast_unnamed),
    Lint("minutes-untrue", minutes_untrue, LARGER),
)
