"""Files of others: each with its origin, licence and hash."""

import base64
import hashlib
import json
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "MANIFEST.json").read_text(encoding="utf-8"))


def integrity(content: bytes) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def test_each_is_byte_by_byte_what_the_manifest_says() -> None:
    told = {entry["file"]: (entry["bytes"], entry["sha384"]) for entry in MANIFEST["files"]}
    held = {name: (VENDOR / name).read_bytes() for name in told}
    assert {name: (len(content), integrity(content)) for name, content in held.items()} == told
    assert integrity(b"something else") not in {mark for _, mark in told.values()}


def test_nothing_lies_there_without_an_origin_and_a_licence() -> None:
    entries = [*MANIFEST["files"], *MANIFEST["inlined"]]
    licences = {entry["license_file"] for entry in entries}
    files = {entry["file"] for entry in MANIFEST["files"]}
    assert {file.name for file in VENDOR.iterdir()} == files | licences | {"MANIFEST.json"}
    assert all(entry["package"] and entry["version"] and entry["license"] for entry in entries)
    assert [name for name in licences if len((VENDOR / name).read_text(encoding="utf-8")) < 400] == []


def test_a_files_name_carries_its_version() -> None:
    """Browsers keep these files for good."""
    assert [entry["file"] for entry in MANIFEST["files"] if f"-{entry['version']}" not in entry["file"]] == []
