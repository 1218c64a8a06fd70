"""A written task fits together: its criteria, their levels, and the sample pages."""

from collections.abc import Iterator

from course.content.checks.subject import Subject
from course.content.findings import Finding
from course.content.schema import Benchmark, Reflection
from course.content.yamltree import Path


def check_pages(subject: Subject) -> Iterator[Finding]:
    """Check every reflection of the module."""
    for page in subject.module.reflections:
        file = f"reflections/{page.id}.yaml"
        yield from _criteria(subject, file, page)
        criteria = [criterion.id for criterion in page.criteria]
        for place, benchmark in enumerate(page.benchmarks):
            for key, given in (("levels", benchmark.levels), ("reasons", benchmark.reasons)):
                if set(given) != set(criteria):
                    message = f"A benchmark gives `{key}` for exactly these criteria: {', '.join(criteria)}."
                    yield subject.find(file, ("benchmarks", place, key), message, "benchmark-criteria")
            yield from _quotes(subject, file, criteria, benchmark, ("benchmarks", place))


def _criteria(subject: Subject, file: str, page: Reflection) -> Iterator[Finding]:
    yield from subject.doubles(file, ("criteria",), [criterion.id for criterion in page.criteria])
    yield from subject.doubles(file, ("benchmarks",), [benchmark.id for benchmark in page.benchmarks])
    for place, criterion in enumerate(page.criteria):
        if [level.level for level in criterion.levels] != [1, 2, 3, 4]:
            message = "The levels of a criterion are 1, 2, 3, 4, in this order."
            yield subject.find(file, ("criteria", place, "levels"), message, "levels")
    if page.words.min > page.words.max:
        yield subject.find(file, ("words",), "`min` is more than `max`.", "words")


def _quotes(subject: Subject, file: str, criteria: list[str], benchmark: Benchmark, here: Path) -> Iterator[Finding]:
    """Find quotes that the page does not hold word for word, and levels that no quote shows."""
    page = _one_line(benchmark.text)
    for name, quotes in benchmark.quotes.items():
        path: Path = (*here, "quotes", name)
        if name not in criteria:
            message = f"`{name}` is no criterion; these are: {', '.join(criteria)}."
            yield subject.find(file, path, message, "benchmark-criteria")
        for place, quote in enumerate(quotes):
            if _one_line(quote) not in page:
                message = f"The page does not say “{_one_line(quote)}”. Copy the words as they stand in `text`."
                yield subject.find(file, (*path, place), message, "benchmark-quote")
    for name in criteria:
        if not benchmark.quotes.get(name):
            message = f"No quote shows the level of `{name}`: give it the words of the page that do."
            yield subject.find(file, (*here, "quotes"), message, "benchmark-unquoted", "warning")


def _one_line(text: str) -> str:
    return " ".join(text.split())
