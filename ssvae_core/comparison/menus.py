"""What can be added to a comparison, as the page offers it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..data import Dataset
from ..encoders import AUTO as AUTO_ENCODER
from ..encoders import ENCODERS, FEATURES, chosen_encoder, encoder_beside
from ..options.catalogue import CATALOGUE, DEFAULT_ON_IMAGES, DEFAULT_ON_VECTORS
from ..options.knobs import KNOBS
from ..options.options import AUTO, menus
from ..session.autoencoder_choice import autoencoder_menu
from ..session.session import Session
from .plan import ENCODER

OPTIONS = ("networks", "likelihood", "batch")


def menu_of_models(session: Session) -> list[dict[str, Any]]:
    """Every model with its options, as JSON."""
    shape = session.data.shape
    encoder = {ENCODER: encoder_menu(session.data)} if session.data.kind == "image" else {}
    return [
        {
            "name": name,
            "title": known.title,
            "about": known.about,
            "needs_m1": known.needs_m1,
            "options": {
                **{k: v for k, v in menus(AUTO, shape, name).items() if k in OPTIONS},
                **({"autoencoder": autoencoder_menu("auto", shape)} if known.needs_m1 else {}),
                **encoder,
            },
            "knobs": [{"name": knob, **asdict(its)} for knob, its in KNOBS.get(name, {}).items()],
        }
        for name, known in CATALOGUE.items()
    ]


def encoder_menu(data: Dataset) -> dict[str, Any]:
    """What images can be seen by, as JSON like the menus of options.py.

    An option with an `argument` needs a file or a name after a colon.
    """
    has_features = data.features is not None
    auto = chosen_encoder(AUTO_ENCODER, data.shape, has_features)
    is_auto_all = not encoder_beside(AUTO_ENCODER, data.shape, has_features)
    options = [{"value": AUTO_ENCODER, "words": encoder_in_words(AUTO_ENCODER, data), "why": ""}]
    for name, kind in ENCODERS.items():
        if (name == auto and is_auto_all) or (name == FEATURES and not has_features):
            continue
        argument = kind.argument if kind.is_argument_needed else ""
        options.append({"value": name, "words": kind.title, "why": "", "argument": argument})
    if data.encoder not in [option["value"] for option in options]:
        its_own = encoder_in_words(data.encoder, data)
        options.insert(1, {"value": data.encoder, "words": its_own, "why": ""})
    words = encoder_in_words(data.encoder, data)
    return {"value": data.encoder, "words": words, "options": options}


def encoder_in_words(choice: str, data: Dataset) -> str:
    """What images are seen by: "Auto: EfficientNet-Lite0", "ONNX dino.onnx"."""
    name, _, argument = choice.partition(":")
    if choice == AUTO_ENCODER:
        on = data.shape, data.features is not None
        stands_for = [chosen_encoder(AUTO_ENCODER, *on), encoder_beside(AUTO_ENCODER, *on)]
        return f"Auto: {' + '.join(ENCODERS[each].title for each in stands_for if each)}"
    title = ENCODERS[name].title if name in ENCODERS else name
    return f"{title} {Path(argument).name}".strip()


def trio_of(session: Session) -> list[dict[str, Any]]:
    """What to begin with: the one in use, a plain classifier of M1's features, and M2."""
    default = DEFAULT_ON_VECTORS if session.data.kind == "vector" else DEFAULT_ON_IMAGES
    others = [name for name in ("m1", "m2", default) if name != session.row.model]
    return [
        {"model": session.row.model, "config": dict(session.row.config)},
        *({"model": name, "config": {}} for name in others[:2]),
    ]
