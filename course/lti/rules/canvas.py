"""The configuration that Canvas reads from an address when a developer key is made ("Enter URL")."""

from typing import Any

from course.lti.rules.registration import READING, SCOPES, Ours
from course.platforms.rules import HISTORIES, Message


def configuration(ours: Ours) -> dict[str, Any]:
    return {
        "title": ours.name,
        "description": ours.description,
        "oidc_initiation_url": f"{ours.base_url}/lti/login",
        "target_link_uri": ours.launch_url,
        "redirect_uris": [ours.launch_url],
        "public_jwk_url": f"{ours.base_url}/lti/jwks",
        "scopes": [*SCOPES, READING],
        "custom_fields": {name: f"${variable}" for name, variable in HISTORIES.items()},
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "domain": ours.domain,
                "tool_id": "oneday",
                "privacy_level": "public",
                "settings": {
                    "text": ours.name,
                    "icon_url": ours.logo_url,
                    "placements": [
                        _placement(ours, "course_navigation", Message.RESOURCE) | {"default": "disabled"},
                        _placement(ours, "assignment_selection", Message.DEEP_LINKING),
                        _placement(ours, "link_selection", Message.DEEP_LINKING),
                    ],
                },
            }
        ],
    }


def _placement(ours: Ours, place: str, message: Message) -> dict[str, Any]:
    return {
        "placement": place,
        "enabled": True,
        "message_type": message.value,
        "target_link_uri": ours.launch_url,
        "text": ours.name,
        "icon_url": ours.logo_url,
    }
