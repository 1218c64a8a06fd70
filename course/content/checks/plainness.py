"""Words that people can use: learner texts that read easily, and outcomes that can be seen."""

import re
from collections.abc import Iterator

from course.content.checks import prose
from course.content.checks.passages import Passage, passages
from course.content.checks.subject import MODULE, Subject
from course.content.checks.wording import fold
from course.content.findings import Finding

HARDEST_GRADE = 8.0
"""A newspaper for everybody. Half of those who read here read in their second language."""
FEWEST_WORDS = 60
"""A grade of fewer words says nothing."""
VAGUE = (
    "understand|know|appreciate|learn|reali[sz]e|grasp|value|recogni[sz]e the importance of"
    "|be aware of|become aware of|be familiar with|become familiar with|be sensitive to|have an understanding of"
    "|gain an understanding of|gain insight into|be exposed to|think about|believe in|feel confident"
)
OUTCOME = re.compile(
    rf"(?:^|[,;:]\s*|\band\s+)(?:to\s+|be able to\s+|better\s+|fully\s+|really\s+)*({VAGUE})\b(?!-)", re.IGNORECASE
)


def check_plainness(subject: Subject) -> Iterator[Finding]:
    """Check the texts that learners read, and the promises that a module makes."""
    yield from _reading(subject)
    yield from _outcomes(subject)


def _reading(subject: Subject) -> Iterator[Finding]:
    by_file: dict[str, list[Passage]] = {}
    for passage in passages(subject):
        if passage.reader != "facilitator":
            by_file.setdefault(passage.file, []).append(passage)
    for file, texts in by_file.items():
        read = prose.grade([each.text for passage in texts for each in prose.paragraphs(passage.text)])
        if read.words >= FEWEST_WORDS and read.grade > HARDEST_GRADE:
            line = subject.wording(file).line_of(fold(read.longest), texts[0].line)
            message = (
                f"What learners read here is of school grade {read.grade:.1f}; {HARDEST_GRADE:.0f} is the most. Shorter"
                f" sentences first; the longest has {len(prose.words(read.longest))} words and begins on this line."
            )
            yield Finding(file, line, message, "reading", "warning")


def _outcomes(subject: Subject) -> Iterator[Finding]:
    for place, outcome in enumerate(subject.module.outcomes):
        if vague := OUTCOME.search(outcome.text):
            message = f"Nobody can see that somebody can “{vague[1].lower()}”. Say what they do: say, write, ask, show."
            yield subject.find(MODULE, ("outcomes", place, "text"), message, "vague-outcome", "warning")
