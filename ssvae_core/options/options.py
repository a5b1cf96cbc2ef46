"""How a model is fitted to its data: networks, likelihood, batch size, and what its M1 is.

The data's shape and range decide on each until a person does. Without the networks themselves, so
that a page can say what was chosen. A shape is that of an example: (H, W, C) of an image with
values in [0, 1], (D,) of a feature vector in any units.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import UserError
from .catalogue import CATALOGUE
from .renamed import renamed

MAX_MLP_VALUES = 4096  # values; up to there an MLP learns as much in less time on a CPU
LEAST_SIDE = 8  # pixels, for convolutions to tell classes by
LEAST_BATCH, MOST_BATCH = 2, 4096  # examples
BATCHES = (64, 128, 256, 512, 1024)  # that a menu offers
WORDS = {
    "networks": {
        "mlp": "MLPs",
        "convolutions": "convolutions",
        "components": "principal components",
    },
    "likelihood": {"bernoulli": "Bernoulli", "gaussian": "Gaussian"},
}


@dataclass(frozen=True)
class FittingOptions:
    """What a person chose; "auto" and 0 leave it to the data."""

    networks: str = "auto"  # or "mlp", "convolutions", "components"
    likelihood: str = "auto"  # or "bernoulli", "gaussian"
    batch: int = 0  # examples a step, labelled and unlabelled
    autoencoder: str = "auto"  # as an M1: "own" for none, or the folder of a pretrained one

    @classmethod
    def split(
        cls, config: Mapping[str, Any], shape: Sequence[int]
    ) -> tuple[FittingOptions, dict[str, Any]]:
        """The choices in a session's config, checked, and the rest of it: the model's own knobs."""
        names, config = cls.__dataclass_fields__, renamed(config)
        options = cls(**{name: value for name, value in config.items() if name in names})
        options.check(shape)
        return options, {name: value for name, value in config.items() if name not in names}

    def check(self, shape: Sequence[int]) -> None:
        """Raise UserError for what is none of the options or cannot be with this data."""
        for name, words_of in WORDS.items():
            if (value := getattr(self, name)) not in ("auto", *words_of):
                known = ", ".join(("auto", *words_of))
                raise UserError(f"{name} must be one of: {known}; got '{value}'.")
        is_whole = isinstance(self.batch, int) and not isinstance(self.batch, bool)
        if not is_whole or not (self.batch == 0 or LEAST_BATCH <= self.batch <= MOST_BATCH):
            raise UserError(
                f"batch must be a whole number from {LEAST_BATCH} to {MOST_BATCH}, or 0 for what "
                f"suits the model; got {self.batch!r}."
            )
        for name in WORDS:
            if why_not := impossible(getattr(self, name), shape):
                raise UserError(why_not)
        if self.networks == "components" and self.likelihood == "bernoulli":
            raise UserError(
                "Principal components expect a Gaussian likelihood, and a Bernoulli one is chosen. "
                "Choose likelihood: auto or gaussian, or other networks."
            )

    def convolves(self, shape: Sequence[int]) -> bool:
        """Whether examples are encoded and drawn by convolutions."""
        if self.networks == "auto":
            is_large = len(shape) == 3 and math.prod(shape) > MAX_MLP_VALUES
            return is_large and not self.in_components(shape)
        return self.networks == "convolutions"

    def in_components(self, shape: Sequence[int]) -> bool:
        """Whether examples are encoded and drawn by MLPs in their principal components.

        By itself images in colour, of a side that shows anything; not as logits of a Bernoulli.
        """
        if self.networks == "auto":
            return _has_shapes(shape) and shape[2] > 1 and not self.is_bernoulli(shape)
        return self.networks == "components"

    def sees_shapes(self, shape: Sequence[int]) -> bool:
        """Whether classes are told by convolutions, in a model that can."""
        if self.networks in ("auto", "components"):
            return _has_shapes(shape)
        return self.networks == "convolutions"

    def is_bernoulli(self, shape: Sequence[int]) -> bool:
        """Whether the likelihood is Bernoulli: by itself of grey images. Otherwise it is Gaussian.

        Colours and the values of vectors are no shares of white.
        """
        if self.likelihood == "auto":
            is_grey = len(shape) == 3 and shape[2] == 1
            return is_grey and self.networks != "components"
        return self.likelihood == "bernoulli"

    def made_alike(self, other: FittingOptions, shape: Sequence[int], model: str = "") -> bool:
        """Whether weights learned with either fit the model, or an M1, made with the other."""
        decisions = [
            FittingOptions.convolves,
            FittingOptions.in_components,
            FittingOptions.is_bernoulli,
        ]
        if model and CATALOGUE[model].tells_shapes:
            decisions.append(FittingOptions.sees_shapes)
        return all(decide(self, shape) == decide(other, shape) for decide in decisions)

    def batch_of(self, usual: tuple[int, int]) -> tuple[int, int]:
        """Labelled and unlabelled examples of a step, in the proportion that is usual."""
        if not self.batch:
            return usual
        n_labelled = max(round(self.batch * usual[0] / sum(usual)), 1)
        return n_labelled, self.batch - n_labelled


AUTO = FittingOptions()


def impossible(value: str | int, shape: Sequence[int]) -> str:
    """Why this choice cannot be with examples of this shape, in a sentence; "" if it can."""
    if value == "convolutions" and not _has_shapes(shape):
        return (
            f"Convolutions expect images of {LEAST_SIDE} x {LEAST_SIDE} pixels or more, and this "
            f"data set has {_shape(shape)}. Choose networks: auto or mlp."
        )
    if value == "components" and len(shape) != 3:
        return (
            f"Principal components expect images, and this data set has {_shape(shape)}. Choose "
            "networks: auto or mlp."
        )
    if value == "bernoulli" and len(shape) != 3:
        return (
            "A Bernoulli likelihood expects values from 0 to 1, as images have, and this data set "
            f"has {_shape(shape)} in any units. Choose likelihood: auto or gaussian."
        )
    return ""


def sees_in_words(shape: Sequence[int]) -> str:
    """What the model sees of an example: "28 × 28 grey"."""
    if len(shape) != 3:
        return f"{shape[0]:,} numbers"
    return f"{shape[0]} × {shape[1]} {'grey' if shape[2] == 1 else 'colour'}"


def chosen_in_words(options: FittingOptions, shape: Sequence[int], model: str) -> dict[str, str]:
    """Networks, likelihood and batch of a model on this data, each in some words."""
    known = CATALOGUE[model]
    networks = "convolutions" if options.convolves(shape) else "MLPs"
    if options.in_components(shape):
        networks = "principal components"
    if not options.convolves(shape) and known.tells_shapes and options.sees_shapes(shape):
        networks = f"convolutions classify, {networks} draw"
    n_labelled, n_unlabelled = options.batch_of(known.batch)
    return {
        "networks": networks,
        "likelihood": "Bernoulli" if options.is_bernoulli(shape) else "Gaussian",
        "batch": f"{n_labelled} + {n_unlabelled}" if known.takes_steps else "all at once",
    }


def fitted_in_words(shape: Sequence[int], model: str) -> str:
    """What a new session's model is fitted to this data by, in a sentence."""
    said = chosen_in_words(AUTO, shape, model)
    what = "images" if len(shape) == 3 else "rows"
    step = f", {said['batch']} {what} a step" if CATALOGUE[model].takes_steps else ""
    return f"The model sees {sees_in_words(shape)}: {said['networks']}; {said['likelihood']}{step}."


def menus(options: FittingOptions, shape: Sequence[int], model: str) -> dict[str, Any]:
    """What is chosen and what else could be, as JSON.

    For each choice its value, what is used in words, and the options, each with the reason if it
    cannot be chosen. `note`: what follows from another choice.
    """
    now, auto = (chosen_in_words(which, shape, model) for which in (options, AUTO))
    words_of: dict[str, list[tuple[str | int, str]]] = {
        name: list(words.items()) for name, words in WORDS.items()
    }
    sizes = sorted({*BATCHES, options.batch} - {0}) if CATALOGUE[model].takes_steps else []
    words_of["batch"] = [(n, _batch(n, model)) for n in sizes]
    kinds = [{"value": name, "words": known.title, "why": ""} for name, known in CATALOGUE.items()]
    return {
        "sees": sees_in_words(shape),
        "note": _what_follows(model),
        "model": {"value": model, "words": CATALOGUE[model].title, "options": kinds},
    } | {
        name: {
            "value": getattr(options, name),
            "words": now[name],
            "options": [
                {"value": getattr(AUTO, name), "words": f"Auto: {auto[name]}", "why": ""},
                *(
                    {"value": value, "words": _capital(words), "why": impossible(value, shape)}
                    for value, words in of_name
                ),
            ],
        }
        for name, of_name in words_of.items()
    }


def _what_follows(model: str) -> str:
    """What another choice costs, for who is about to make it."""
    anew = (
        "train its M1 and the model anew, in minutes"
        if CATALOGUE[model].needs_m1
        else ("start the model anew")
    )
    return (
        f"Another model begins anew. Other networks or another likelihood {anew}; another batch "
        "goes on with what is learned. "
        "Labels stay."
    )


def _has_shapes(shape: Sequence[int]) -> bool:
    return len(shape) == 3 and min(shape[:2]) >= LEAST_SIDE


def _shape(shape: Sequence[int]) -> str:
    if len(shape) != 3:
        return f"vectors of {shape[0]} numbers"
    return f"images of {shape[0]} x {shape[1]}"


def _batch(n: int, model: str) -> str:
    labelled, unlabelled = FittingOptions(batch=n).batch_of(CATALOGUE[model].batch)
    return f"{labelled} + {unlabelled}"


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
