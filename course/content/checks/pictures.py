"""Pictures: each that a text shows is there, says what it shows, and none lies about unused."""

from collections.abc import Iterator

from course.content.checks.subject import Subject
from course.content.findings import Finding
from course.content.markdown import is_own_picture, pictures_in
from course.content.schema import Decision, Ending


def check_pictures(subject: Subject) -> Iterator[Finding]:
    """Check what texts say of pictures against the pictures there are."""
    for handout in subject.module.handouts:
        for picture in pictures_in(handout.text):
            message = "A handout is printed without pictures: say it in words."
            yield Finding(f"handouts/{handout.id}.md", picture.line + 1, message, "handout-picture")
    have = {picture.path for picture in subject.module.pictures}
    used: set[str] = set()
    for file, line, text in _texts(subject):
        for picture in pictures_in(text):
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


def _texts(subject: Subject) -> Iterator[tuple[str, int, str]]:
    """List every Markdown text that may show a picture, with the file and line where it begins."""
    lines = subject.loaded.lines
    for block in subject.module.blocks:
        file = f"blocks/{block.id}.md"
        part = block.facilitator
        for name, text in (("Learner", block.learner), ("Say", part.say), ("Expect", part.expect)):
            yield file, lines.block_line(file, name), text
        yield file, lines.block_line(file, "If"), part.what_if
        for step in part.do:
            yield file, lines.block_line(file, "Do"), step.text
    for page in subject.module.reflections:
        file = f"reflections/{page.id}.yaml"
        yield file, lines.line(file, ("prompt",)), page.prompt
    for case in subject.module.scenarios:
        file = f"scenarios/{case.id}.yaml"
        yield file, lines.line(file, ("intro",)), case.intro
        for place, scene in enumerate(case.scenes):
            if isinstance(scene, Decision | Ending):
                yield file, lines.line(file, ("scenes", place, "body")), scene.body
