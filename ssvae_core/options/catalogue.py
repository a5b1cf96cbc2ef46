"""The names of the models and what each is, for those who choose one: menus, help, README.

Without the models themselves: a page and a `--help` do not load torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_ON_IMAGES, DEFAULT_ON_VECTORS = "guided", "m1m2"
IN_SESSIONS = "guided-m1"  # on images, each with an M1 of its own


@dataclass(frozen=True)
class Known:
    """A model in words, and how it learns if nobody chooses otherwise."""

    title: str
    about: str
    batch: tuple[int, int] = (64, 128)  # labelled and unlabelled examples of a step
    needs_m1: bool = False  # and learns from its features
    tells_shapes: bool = True  # has a classifier that convolves over small images too
    takes_steps: bool = True  # or is it worked out from all examples at once
    takes_domains: bool = False  # is told of which domain an example is


CATALOGUE: dict[str, Known] = {
    "guided": Known(
        "Guided M2",
        "our default on images: M2 with a convolutional classifier, a teacher and a guard",
        batch=(64, 192),
    ),
    "guided-m1": Known(
        "Guided M1+M2",
        "the same, drawing with an M1 that has learned before; how a session on images begins",
        batch=(64, 192),
        needs_m1=True,
    ),
    "m1": Known(
        "M1",
        "features of a VAE, with propagated labels on their graph",
        needs_m1=True,
        tells_shapes=False,
        takes_steps=False,
    ),
    "m2": Known("M2", "class and style draw an example", tells_shapes=False),
    "m1m2": Known(
        "M1+M2",
        "M2 on the features of M1, taught by propagated labels",
        needs_m1=True,
        tells_shapes=False,
    ),
    # The paper's minibatches.
    "m1m2-paper": Known(
        "M1+M2, as published",
        "the configuration of Kingma et al. 2014 but for alpha, no teacher",
        batch=(1, 499),
        needs_m1=True,
        tells_shapes=False,
    ),
    "cvae": Known(
        "CVAE", "encoder and decoder conditioned on the class; compares bounds", batch=(16, 64)
    ),
    "gmvae": Known(
        "GMVAE",
        "a prior with a place for every class, on M1's latents: draws kinds before any label",
        needs_m1=True,
        tells_shapes=False,
    ),
    "ladder": Known("Ladder VAE", "layers of latents with the class on top"),
    "aae": Known("AAE", "adversarial autoencoder with a class and a style head", batch=(32, 128)),
    "aae-map": Known(
        "AAE, 2-D map",
        "adversarial autoencoder whose 2-D prior has a place a class",
        batch=(32, 128),
    ),
    "adgm": Known("ADGM", "M2 with an auxiliary latent"),
    "sdgm": Known("SDGM", "ADGM with skip connections"),
    "vfae": Known(
        "VFAE",
        "M2 that is told the domain of each example and draws it as in another; an M2 without",
        takes_domains=True,
    ),
}

# Of the terms that models name in a loss, those whose sum is a bound of log p(x). One alone (the
# adversarial autoencoder's picture) bounds nothing.
BOUND_TERMS = {"picture", "features", "style", "auxiliary", "class", "labelled", "unlabelled"}


def without_domains(model: str, n_domains: int) -> str:
    """What a model that takes domains is where there are fewer than two; "" otherwise."""
    known = CATALOGUE.get(model)
    if known is None or not known.takes_domains or n_domains > 1:
        return ""
    return (
        f"All examples are of one domain, so {known.title} is an M2 here. Join another data set as "
        "a domain: on the page Data, or with import --domain-of."
    )


def bound_of(terms: Mapping[str, float]) -> dict[str, float]:
    """The terms that a bound is made of, by name."""
    return {name: value for name, value in terms.items() if name in BOUND_TERMS}
