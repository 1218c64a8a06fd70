"""What a skeleton leaves to its author: prompts such as ``[write: what she does next]``."""

import re
from collections.abc import Iterator

from course.content.checks.subject import Subject
from course.content.findings import Finding

PROMPT = re.compile(r"\[write: ([^\[\]]+)\]")


def check_unwritten(subject: Subject) -> Iterator[Finding]:
    """Find the prompts that still stand in a file."""
    for file, written in subject.loaded.lines.written.items():
        for prompt in PROMPT.finditer(written):
            line = written.count("\n", 0, prompt.start()) + 1
            message = f"Still to write: {' '.join(prompt[1].split())}."
            yield Finding(file, line, message, "unwritten", "warning")
