"""Pictures: each that a text shows is there, says what it shows, and none lies about unused."""

from collections.abc import Iterator

from course.content.checks.passages import passages
from course.content.checks.subject import Subject
from course.content.findings import Finding
from course.content.markdown import is_own_picture, pictures_in


def check_pictures(subject: Subject) -> Iterator[Finding]:
    """Check what texts say of pictures against the pictures there are."""
    for handout in subject.module.handouts:
        for picture in pictures_in(handout.text):
            message = "A handout is printed without pictures: say it in words."
            yield Finding(f"handouts/{handout.id}.md", picture.line + 1, message, "handout-picture")
    have = {picture.path for picture in subject.module.pictures}
    used: set[str] = set()
    printed = {f"handouts/{handout.id}.md" for handout in subject.module.handouts}
    for file, line, text, _reader in passages(subject):
        for picture in pictures_in(text) if file not in printed else ():
            here = line + picture.line
            if not is_own_picture(picture.path) or picture.path not in have:
                message = f"There is no picture `{picture.path}` in img/. Write its path as `img/name.png`."
                yield Finding(file, here, message, "no-picture")
            if not picture.alt:
                message = f"The picture `{picture.path}` needs a text for who cannot see it: `![text](...)`."
                yield Finding(file, here, message, "no-alt")
            used.add(picture.path)
    for path in sorted(have - used):
        yield Finding(path, 1, "No text shows this picture.", "unused-picture", "warning")
