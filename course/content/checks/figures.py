"""A figure or a finding that is claimed of the world names where it comes from.

Times, minutes, dates, steps and the counts of an exercise are no claims and are left alone; so is what somebody
says in quotation marks or in a story. What counts is a share, a multiple, a sum, a statistic, a number of studies
or people, or "research shows".
"""

import re
from collections.abc import Iterator

from course.content.checks.passages import passages
from course.content.checks.prose import Paragraph, paragraphs
from course.content.checks.subject import Subject
from course.content.checks.wording import fold
from course.content.findings import Finding
from course.content.schema import PresenceRule, Source

WORDS = r"(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
NUMBER = rf"(?:(?<![\d.,])\d[\d.,]{{0,15}}|\b{WORDS}(?:[- ]{WORDS}|-\w+)?)"
SURVEYED = "studies|surveys|experiments|trials|meta-analyses|respondents"
COUNTED = "companies|firms|organi[sz]ations|people|managers|employees|customers|consultants|engineers|teams|projects"
CLAIMED = "show|shows|say|says|find|finds|found|prove|proves|suggest|suggests|agree|behind"
TIME = "seconds?|minutes?|hours?|days?|weeks?|months?|years?"
CLAIMS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{NUMBER}\s*(?:%|per\s?cent\b|percent\b|percentage points)",
        rf"\b(?:one|{WORDS}|\d+)\s+(?:in|out of)\s+(?:every\s+)?(?:a hundred|{WORDS}|\d+)\b(?!\s+(?:{TIME}))",
        rf"{NUMBER}\s+times\s+(?:as|more|less|likelier)\b|\btwice\s+as\s+(?:likely|many|much|often)\b",
        rf"(?:[$€£]\s?\d|{NUMBER}\s+(?:million|billion|dollars|euros|pounds)\b)",
        rf"\b\d{{2,}}\s+(?:{SURVEYED})\b|\b\d[\d.,]{{2,15}}\s+(?:{COUNTED})\b",
        r"\b[dpr]\s*[=<≈]\s*0?[.,]\d",
        rf"\b(?:studies|surveys|research|statistics|science|psychologists|experts)\s+(?:{CLAIMED})\b",
        r"\b(?:it is|it has been|is)\s+(?:scientifically\s+)?proven\b|\bthe (?:research|evidence) (?:is|says)\b",
    )
]
SURNAME = re.compile(r"\b[A-ZÀ-Þ][^\W\d_]{2,}(?:[-'’][^\W\d_]+)*")
SPOKEN = re.compile(r"[\"“][^\"“”]*[\"”]")


def check_figures(subject: Subject) -> Iterator[Finding]:
    """Find claims with a figure whose paragraph names none of the module's sources."""
    known = [names for source in subject.module.sources for names in _names(source)]
    own = _own_shares(subject)
    for passage in passages(subject):
        if passage.reader == "player":
            continue
        after = passage.line
        for paragraph in paragraphs(passage.text):
            claim = None if paragraph.quoted else _claim(paragraph, own)
            named = set(fold(paragraph.text))
            if claim and not any(names <= named for names in known):
                after = subject.wording(passage.file).line_of(fold(paragraph.text), after)
                message = (
                    f"“{claim}” is a claim without a source. Name one of `sources:` beside it (its author, or its id),"
                    " or leave the figure out."
                )
                yield Finding(passage.file, after, message, "figure", "warning")


def _claim(paragraph: Paragraph, own: set[str]) -> str | None:
    text = SPOKEN.sub(" ", paragraph.text)
    for pattern in CLAIMS:
        for found in pattern.finditer(text):
            if not own & set(fold(found[0])):
                return found[0].strip()
    return None


def _own_shares(subject: Subject) -> set[str]:
    """Give the percentages of the module's own rule, which may be said anywhere."""
    rule = subject.module.completion
    return {str(each.percent) for each in (*rule.attended, *rule.completed) if isinstance(each, PresenceRule)}


def _names(source: Source) -> Iterator[set[str]]:
    """Give the words that name a source: those of its id, or its first author's surname."""
    yield set(fold(source.id))
    first = SURNAME.findall(re.split(r",|\(| and |&", source.author)[0])
    if first:
        yield set(fold(first[-1]))
