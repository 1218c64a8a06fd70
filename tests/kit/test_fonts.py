"""The fonts of the press: each with its origin, licence and hash, and known to the templates by name."""

import base64
import hashlib
import json

import typst

from course.kit.press import FONTS

MANIFEST = json.loads((FONTS / "MANIFEST.json").read_text(encoding="utf-8"))


def integrity(content: bytes) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def test_each_is_byte_by_byte_what_the_manifest_says() -> None:
    held = {entry["file"]: (FONTS / entry["file"]).read_bytes() for entry in MANIFEST["files"]}
    told = {entry["file"]: (entry["bytes"], entry["sha384"]) for entry in MANIFEST["files"]}
    assert {name: (len(content), integrity(content)) for name, content in held.items()} == told
    assert integrity(b"something else") not in {mark for _, mark in told.values()}


def test_nothing_lies_there_without_an_origin_and_a_licence() -> None:
    licences = {entry["license_file"] for entry in MANIFEST["files"]}
    files = {entry["file"] for entry in MANIFEST["files"]}
    assert {file.name for file in FONTS.iterdir()} == files | licences | {"MANIFEST.json"}
    assert all(entry["package"] and entry["version"] and entry["license"] for entry in MANIFEST["files"])


def test_the_templates_find_them() -> None:
    known = set(typst.Fonts(include_system_fonts=False, font_paths=[FONTS]).families())
    look = (FONTS.parent / "kit" / "look.typ").read_text(encoding="utf-8")
    faces = {part for row in look.split("\n") if "-face = " in row for part in row.split('"')[1::2]}
    assert faces == {
        "Libertinus Serif",
        "Ysabeau Office",
        "Ysabeau Office Ext",
        "Ysabeau Office Vietnamese",
    }
    assert faces <= known
