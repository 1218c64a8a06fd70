"""The module that is checked, and findings on its lines."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from course.content.checks.wording import Wording
from course.content.findings import Finding, Severity
from course.content.loader import LoadedModule
from course.content.schema import Module
from course.content.yamltree import Path

MODULE = "module.yaml"


@dataclass(frozen=True)
class Subject:
    """What every check is given."""

    loaded: LoadedModule
    wordings: dict[str, Wording] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)

    @property
    def module(self) -> Module:
        return self.loaded.module

    def find(self, file: str, path: Path, message: str, code: str, severity: Severity = "error") -> Finding:
        """Give a finding on the line on which a part of a YAML file stands."""
        return Finding(file, self.loaded.lines.line(file, path), message, code, severity)

    def advise(self, path: Path, message: str, code: str) -> Finding:
        """Give a warning about a part of module.yaml."""
        return self.find(MODULE, path, message, code, "warning")

    def wording(self, file: str) -> Wording:
        """Give the words of a file, found once."""
        if file not in self.wordings:
            self.wordings[file] = Wording.of(self.loaded.lines.written.get(file, ""))
        return self.wordings[file]

    def line(self, file: str, number: int) -> str:
        """Give a line of a file as it is written."""
        if file not in self.files:
            self.files[file] = self.loaded.lines.written.get(file, "").split("\n")
        return "".join(self.files[file][number - 1 : number])

    def doubles(self, file: str, path: Path, ids: list[str]) -> Iterator[Finding]:
        """Find each id that a list has more than once."""
        for name, times in Counter(ids).items():
            if times > 1:
                last = len(ids) - 1 - ids[::-1].index(name)
                message = f"`{name}` is used {times} times here."
                yield self.find(file, (*path, last, "id"), message, "double-id")
