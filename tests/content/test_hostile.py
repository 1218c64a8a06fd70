"""Whatever stands in a folder, the answer is findings and never another error."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course.cases.check import check_module
from course.content.findings import ContentError, Finding, errors
from course.content.loader import load
from tests.content.folders import SMALL, copy_small

FILES = sorted(path.relative_to(SMALL).as_posix() for path in SMALL.rglob("*") if path.is_file())
PIECES = ["\t", "\x00", "&a ", "*a", "!!x ", "- ", "? ", "{", "]", '"', "#", "```\n", "\n---\n", ": ", "é", "9" * 30]


def refusal(folder: Path) -> list[Finding] | None:
    """Load a folder: its findings, or ``None`` when it was read."""
    try:
        load(folder)
    except ContentError as error:
        return error.findings
    return None


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    file=st.sampled_from(FILES),
    place=st.floats(0, 1),
    cut=st.integers(0, 40),
    piece=st.sampled_from(PIECES).map(str.encode) | st.binary(max_size=20),
)
def test_a_damaged_module_is_loaded_or_refused_with_findings(
    tmp_path: Path, file: str, place: float, cut: int, piece: bytes
) -> None:
    folder = tmp_path / SMALL.name
    if not folder.exists():
        copy_small(tmp_path)
    whole = (SMALL / file).read_bytes()
    start = int(place * len(whole))
    (folder / file).write_bytes(whole[:start] + piece + whole[start + cut :])
    findings = refusal(folder)
    module, checked = check_module(folder)
    (folder / file).write_bytes(whole)
    assert findings != []
    assert (module is None) == bool(errors(checked))
    for finding in [*(findings or ()), *checked]:
        assert finding.line >= 1
        assert finding.message.endswith((".", "?"))


def test_the_undamaged_module_is_loaded() -> None:
    assert refusal(SMALL) is None
