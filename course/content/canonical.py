"""The one way a module is written as bytes, and the hash it is known by."""

import hashlib
import json

from pydantic import JsonValue

from course.content.schema import Module

LATER = ("booster", "explained", "handouts", "again", "skins", "sentences")
"""Parts that modules have had since versions were first published. One that is empty is not written, so that a module
without it keeps its bytes, and whatever was pinned to its hash still finds it."""
LATER_IN_CASES: dict[str, object] = {"trade": None, "skins": [], "waivers": [], "weight": 1, "cue": None}
"""The same for the parts of a scenario, of its scenes and of their answers."""


def canonical(module: Module) -> bytes:
    """Write the module as compact JSON with sorted keys: equal modules, equal bytes."""
    data = module.model_dump(mode="json", by_alias=True)
    for part in LATER:
        if not data[part]:
            del data[part]
    data["scenarios"] = [_as_first(case) for case in data["scenarios"]]
    for page in data["reflections"]:
        for benchmark in page["benchmarks"]:
            if not benchmark["quotes"]:
                del benchmark["quotes"]
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def _as_first(part: JsonValue) -> JsonValue:
    if isinstance(part, dict):
        kept = [
            (key, value) for key, value in part.items() if key not in LATER_IN_CASES or value != LATER_IN_CASES[key]
        ]
        return {key: _as_first(value) for key, value in kept}
    return [_as_first(each) for each in part] if isinstance(part, list) else part


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def revive(data: bytes) -> Module:
    """Read the module that ``canonical`` wrote."""
    return Module.model_validate_json(data, strict=True)
