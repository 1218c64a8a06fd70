"""The one way a module is written as bytes, and the hash it is known by."""

import hashlib
import json

from course.content.schema import Module

LATER = ("booster", "explained", "handouts")
"""Parts that modules have had since versions were first published. One that is empty is not written, so that a module
without it keeps its bytes, and whatever was pinned to its hash still finds it."""


def canonical(module: Module) -> bytes:
    """Write the module as compact JSON with sorted keys: equal modules, equal bytes."""
    data = module.model_dump(mode="json", by_alias=True)
    for part in LATER:
        if not data[part]:
            del data[part]
    for page in data["reflections"]:
        for benchmark in page["benchmarks"]:
            if not benchmark["quotes"]:
                del benchmark["quotes"]
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def revive(data: bytes) -> Module:
    """Read the module that ``canonical`` wrote."""
    return Module.model_validate_json(data, strict=True)
