"""The fields of a model's Config: each says its range and what it means.

The form in the app, the checks, the command line's help and the README read them from here.
"""

from __future__ import annotations

import dataclasses
from typing import Any


def knob(default: Any, low: float, high: float, help: str) -> Any:
    """A field of a model's Config, with the range it may lie in and what it means."""
    return dataclasses.field(default=default, metadata={"low": low, "high": high, "help": help})


def choice(default: str, options: tuple[str, ...], help: str) -> Any:
    """A field of a model's Config that is one of a few words."""
    return dataclasses.field(default=default, metadata={"options": options, "help": help})


def check(config: Any) -> None:
    """Raise ValueError if a field of the Config lies outside its range."""
    for field in dataclasses.fields(config):
        value, limits = getattr(config, field.name), field.metadata
        if "options" in limits:
            if value not in limits["options"]:
                options = ", ".join(limits["options"])
                raise ValueError(f"{field.name} must be one of: {options}; got '{value}'.")
        elif not limits["low"] <= value <= limits["high"]:
            raise ValueError(
                f"{field.name} must lie between {limits['low']} and {limits['high']}, got {value}."
            )
