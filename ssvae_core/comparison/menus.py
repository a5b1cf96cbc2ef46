"""What can be added to a comparison, as the page offers it."""

from __future__ import annotations

from typing import Any

from ..options.catalogue import CATALOGUE, DEFAULT_ON_IMAGES, DEFAULT_ON_VECTORS
from ..options.options import AUTO, menus
from ..session.autoencoder_choice import autoencoder_menu
from ..session.session import Session

OPTIONS = ("networks", "likelihood", "batch")


def menu_of_models(session: Session) -> list[dict[str, Any]]:
    """Every model with its options, as JSON."""
    shape = session.data.shape
    return [
        {
            "name": name,
            "title": known.title,
            "about": known.about,
            "needs_m1": known.needs_m1,
            "options": {
                **{k: v for k, v in menus(AUTO, shape, name).items() if k in OPTIONS},
                **({"autoencoder": autoencoder_menu("auto", shape)} if known.needs_m1 else {}),
            },
        }
        for name, known in CATALOGUE.items()
    ]


def trio_of(session: Session) -> list[dict[str, Any]]:
    """What to begin with: the one in use, a plain classifier of M1's features, and M2."""
    default = DEFAULT_ON_VECTORS if session.data.kind == "vector" else DEFAULT_ON_IMAGES
    others = [name for name in ("m1", "m2", default) if name != session.row.model]
    return [
        {"model": session.row.model, "config": dict(session.row.config)},
        *({"model": name, "config": {}} for name in others[:2]),
    ]
