"""The names of the models and what each is, for those who choose one: menus, help, README.

Without the models themselves: a page and a `--help` do not load torch.
"""

from __future__ import annotations

DEFAULT_ON_IMAGES, DEFAULT_ON_VECTORS = "guided", "m1m2"
WITH_M1 = "m1m2"  # where a session finds an M1 ready

# name: title, what it is
CATALOGUE: dict[str, tuple[str, str]] = {
    "guided": (
        "Guided M2",
        "our default on images: M2 with a convolutional classifier, a coach and a guard",
    ),
    "m1": ("M1", "features of a VAE, with propagated labels on their graph"),
    "m2": ("M2", "class and style draw an example"),
    "m1m2": ("M1+M2", "M2 on the features of M1, taught by propagated labels"),
    "m1m2-paper": ("M1+M2, as published", "the configuration of Kingma et al. 2014, no coach"),
    "cvae": ("CVAE", "encoder and decoder conditioned on the class; compares bounds"),
    "ladder": ("Ladder VAE", "layers of latents with the class on top"),
    "aae": ("AAE", "adversarial autoencoder with a class and a style head"),
    "aae-map": ("AAE, 2-D map", "adversarial autoencoder whose 2-D prior has a place a class"),
    "adgm": ("ADGM", "M2 with an auxiliary latent"),
    "sdgm": ("SDGM", "ADGM with skip connections"),
}

# Of the terms that models name in a loss, those whose sum is a bound of log p(x). One alone (the
# adversarial autoencoder's picture) bounds nothing.
BOUND_TERMS = {"picture", "features", "style", "auxiliary", "class", "labelled", "unlabelled"}
