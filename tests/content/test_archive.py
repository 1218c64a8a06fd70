"""A zipped module is unpacked as it was, or refused for one reason; nothing is ever written outside."""

import io
import struct
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course.cases.check import check_folder
from course.content.archive import TEXTS_BYTES, ArchiveRefused, Refusal, unpack
from tests.content.folders import SMALL
from tests.content.zips import Entry, entries_of, link, packed

MODULE: Entry = ("module.yaml", b"slug: a\n")


def refused(data: bytes, folder: Path) -> tuple[Refusal, str]:
    into = folder / "into"
    into.mkdir()
    with pytest.raises(ArchiveRefused) as error:
        unpack(data, into)
    assert [path.name for path in folder.iterdir()] == ["into"]
    assert list(into.iterdir()) == []
    return error.value.why, error.value.entry


@pytest.mark.parametrize("top", ["", "small-talk/", "small-talk-main/", "from/far/below/"])
def test_a_module_is_unpacked_under_its_own_name(tmp_path: Path, top: str) -> None:
    litter: list[Entry] = [("__MACOSX/._module.yaml", b"\x00\x05"), (f"{top}.DS_Store", b"\x00")]
    folder = unpack(packed([*entries_of(SMALL, top), *litter]), tmp_path)
    assert folder == tmp_path / "small-talk"
    unpacked = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert unpacked == {path.relative_to(SMALL): path.read_bytes() for path in SMALL.rglob("*") if path.is_file()}
    loaded, findings = check_folder(folder)
    assert (loaded is not None, findings) == (True, [])


def test_names_with_backslashes_are_folders(tmp_path: Path) -> None:
    entries = [(str(name).replace("/", "\\"), content) for name, content in entries_of(SMALL, "small-talk/")]
    assert check_folder(unpack(packed(entries), tmp_path))[1] == []


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../escape.md", Refusal.OUTSIDE),
        ("blocks/../../escape.md", Refusal.OUTSIDE),
        ("/etc/escape.md", Refusal.OUTSIDE),
        ("..\\escape.md", Refusal.OUTSIDE),
        ("C:\\escape.md", Refusal.OUTSIDE),
        ("blocks/" + "x" * 200, Refusal.NAME),
        ("blocks/a\nb.md", Refusal.NAME),
        ("blocks/a\x00b.md", Refusal.NAME),
        ("MODULE.yaml", Refusal.TWICE),
    ],
)
def test_names_that_are_refused(tmp_path: Path, name: str, why: Refusal) -> None:
    info = zipfile.ZipInfo("placeholder")
    # As a hostile program writes it: Python's own would mend some of these.
    info.filename = info.orig_filename = name
    data = packed([MODULE, (info, b"x")])
    assert refused(data, tmp_path) == (why, name.replace("\\", "/")[:200])


def test_a_link_is_refused(tmp_path: Path) -> None:
    assert refused(packed([MODULE, link("blocks/a.md", "/etc/passwd")]), tmp_path) == (Refusal.LINK, "blocks/a.md")


def test_ten_thousand_files_are_refused(tmp_path: Path) -> None:
    data = packed([MODULE, *((f"blocks/{number}.md", b"") for number in range(10_000))])
    assert refused(data, tmp_path) == (Refusal.TOO_MANY, "")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    data = packed([MODULE, ("blocks/a.md", b"0" * 200_000_000)])
    assert len(data) < 300_000
    assert refused(data, tmp_path) == (Refusal.TOO_LARGE, "")


def test_many_files_that_are_too_large_together_are_refused(tmp_path: Path) -> None:
    part = b"0" * (TEXTS_BYTES // 100)
    assert refused(packed([MODULE, *((f"blocks/{n}.md", part) for n in range(101))]), tmp_path)[0] is Refusal.TOO_LARGE


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    data = packed([MODULE, ("blocks/a.md", b"0" * 5_000_000)])
    lie = data.replace(struct.pack("<L", 5_000_000), struct.pack("<L", 10))
    assert lie != data
    assert refused(lie, tmp_path) == (Refusal.DAMAGED, "")


def test_a_locked_one_is_refused(tmp_path: Path) -> None:
    data = bytearray(packed([MODULE]))
    place = data.index(b"PK\x01\x02") + 8
    data[place] |= 1
    assert refused(bytes(data), tmp_path) == (Refusal.LOCKED, "")


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rare_packings_are_refused(tmp_path: Path, packing: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        archive.writestr("module.yaml", "slug: a")
    assert refused(out.getvalue(), tmp_path) == (Refusal.PACKING, "module.yaml")


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ([], Refusal.NO_MODULE),
        ([("notes.txt", b"x")], Refusal.NO_MODULE),
        ([("a/module.yaml", b"slug: a"), ("b/module.yaml", b"slug: b")], Refusal.TWO_MODULES),
    ],
)
def test_no_module_or_two(tmp_path: Path, entries: list[Entry], why: Refusal) -> None:
    assert refused(packed(entries), tmp_path) == (why, "")


@pytest.mark.parametrize(
    ("data", "why"),
    [(b"", Refusal.NOT_ZIP), (b"slug: small-talk\n", Refusal.NOT_ZIP), (b"PK\x03\x04 and no more", Refusal.DAMAGED)],
)
def test_what_is_no_zip(tmp_path: Path, data: bytes, why: Refusal) -> None:
    assert refused(data, tmp_path) == (why, "")


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1), cut=st.integers(0, 20), piece=st.binary(max_size=20))
def test_a_damaged_archive_is_unpacked_or_refused(
    tmp_path_factory: pytest.TempPathFactory, place: float, cut: int, piece: bytes
) -> None:
    whole = packed(entries_of(SMALL, "small-talk/"))
    start = int(place * len(whole))
    outside = tmp_path_factory.mktemp("damaged")
    into = outside / "into"
    into.mkdir()
    folder = None
    with suppress(ArchiveRefused):
        folder = unpack(whole[:start] + piece + whole[start + cut :], into)
    assert folder is None or folder.parent == into
    assert [path.name for path in outside.iterdir()] == ["into"]
