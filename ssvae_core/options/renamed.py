"""What older files call what has another name today. They are read with the names of today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

RENAMED = {
    "coached": "with_teacher",
    "is_coached": "with_teacher",
    "coach_has_given_up": "teacher_has_given_up",
    "model_speaks": "model_is_trusted",
    "least": "min_class_probability",
}


def renamed(found: Mapping[str, Any]) -> dict[str, Any]:
    """The same under today's names, in what it holds too: a manifest, a config, a state."""
    return {
        RENAMED.get(name, name): renamed(value) if isinstance(value, dict) else value
        for name, value in found.items()
    }
