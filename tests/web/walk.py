"""Walking the URL map: an address for every rule, with ids that exist nowhere."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule

NOWHERE: dict[str, object] = {
    "arrival_id": 990_001,
    "block_id": "no-such-block",
    "code": "NOCODE",
    "cohort_id": 990_002,
    "context_id": 990_018,
    "day_id": 990_003,
    "deployment_id": 990_014,
    "document": "no-such-document",
    "filename": "no-such-file.css",
    "handle": "no-such-handle",
    "import_id": 990_004,
    "invitation_id": 990_015,
    "link_id": 990_019,
    "lms": "no-such-lms",
    "membership_id": 990_005,
    "message_id": 990_006,
    "organisation_id": 990_007,
    "person_id": 990_008,
    "picture_hash": "0" * 64,
    "platform_id": 990_016,
    "promise_id": 990_011,
    "run_id": 990_009,
    "scenario_id": "no-such-case",
    "seat_id": 990_010,
    "slug": "no-such-module",
    "step": "no-such-step",
    "ticket": "no-such-ticket",
    "token": "no-such-token",
}


@dataclass(frozen=True)
class Door:
    """One endpoint under one of its methods."""

    endpoint: str
    method: str
    path: str
    named: bool
    """Whether the address names a thing, which does not exist here."""


def doors(app: Flask) -> Iterator[Door]:
    """Yield every endpoint of the real application with its GET or POST."""
    for rule in _rules(app):
        built = rule.build({name: NOWHERE[name] for name in rule.arguments}, append_unknown=False)
        assert built is not None, rule
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield Door(rule.endpoint, method, built[1], bool(rule.arguments))


def _rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith("probe.")]
