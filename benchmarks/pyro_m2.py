"""Pyro's M2, by the recipe that Pyro publishes: tutorial `ss-vae`, `examples/vae/ss_vae_M2.py`.

    p(y) = Cat(1/K)    p(z) = N(0, I)    p(x|y,z) = Bernoulli(decoder(z, y))
    q(y|x) = Cat(classifier(x))          q(z|x,y) = N(mean(x, y), scale(x, y))

This is the tutorial's third and best variant: the class enumerated in parallel, and a second SVI
for the classifier's own loss, times 46. All its settings are those of the command that the example
prints for itself (Adam 4.2e-4, betas 0.95 and 0.999, 50 latents, 500 softplus units), but for
the batch: 100 instead of 200, since the example refuses a batch larger than the labelled set.

Kept as published, though it is not to its advantage:

- Of an epoch's N / 100 batches one is labelled (`labelled_every` = None).
- The second SVI steps on unlabelled batches too. Its loss there is 0 and its gradients are zeros,
  not None, so Adam moves every weight once more along its momentum: a step that no loss asked for.

Differs from what is published: no images are held back to choose an epoch by, so it learns from
all there are; and batches are sliced from a tensor, not collected image by image, which is faster.

Letters in shapes: N examples, B of a batch, D pixels, K classes, Z latent dimensions.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyro
import pyro.distributions as dist
import torch
from pyro.infer import SVI, Trace_ELBO, TraceEnum_ELBO, config_enumerate
from pyro.optim import Adam
from torch import Tensor, nn

LATENT_DIM, HIDDEN_DIM, BATCH = 50, 500, 100
CLASSIFIER_WEIGHT = 46.0
ADAM = {"lr": 4.2e-4, "betas": (0.95, 0.999)}


def softplus_mlp(n_in: int, n_out: int) -> nn.Sequential:
    """One hidden layer, its weights and biases drawn small as the example does."""
    hidden = nn.Linear(n_in, HIDDEN_DIM)
    nn.init.normal_(hidden.weight, 0, 0.001)
    nn.init.normal_(hidden.bias, 0, 0.001)
    return nn.Sequential(hidden, nn.Softplus(), nn.Linear(HIDDEN_DIM, n_out))


def side_by_side(a: Tensor, b: Tensor) -> Tensor:
    """Both as one vector, the missing axes of either repeated: (..., A), (..., B) -> (..., A+B)."""
    shape = torch.broadcast_shapes(a.shape[:-1], b.shape[:-1])
    return torch.cat([a.expand(*shape, -1), b.expand(*shape, -1)], -1)


class PyroM2(nn.Module):
    """Model and guide in Pyro's language, and the two SVIs that train them."""

    def __init__(self, n_values: int, n_classes: int):
        super().__init__()
        D, K, Z = n_values, n_classes, LATENT_DIM
        self.n_classes = n_classes
        self.classifier = softplus_mlp(D, K)
        self.encoder = softplus_mlp(D + K, 2 * Z)
        self.decoder = softplus_mlp(Z + K, D)
        optimizer = Adam(ADAM)
        guide = config_enumerate(self.guide, "parallel", expand=True)
        elbo = TraceEnum_ELBO(max_plate_nesting=1, strict_enumeration_warning=False)
        self.svis = [
            SVI(self.model, guide, optimizer, elbo),
            SVI(self.classifier_model, self.classifier_guide, optimizer, Trace_ELBO()),
        ]

    def q_y(self, x: Tensor) -> Tensor:
        """Class probabilities: (B, D) -> (B, K)."""
        return self.classifier(x).softmax(-1)

    def model(self, x: Tensor, y: Tensor | None = None) -> None:
        """p(x, y, z); y is one-hot."""
        pyro.module("m2", self)
        with pyro.plate("examples"):
            prior = dist.Normal(x.new_zeros(len(x), LATENT_DIM), 1.0)
            z = pyro.sample("z", prior.to_event(1))
            uniform = x.new_full((len(x), self.n_classes), 1 / self.n_classes)
            y = pyro.sample("y", dist.OneHotCategorical(uniform), obs=y)
            p_x = self.decoder(side_by_side(z, y)).sigmoid()
            # Grey pixels are no outcomes of a Bernoulli variable: they are not to be checked.
            pyro.sample("x", dist.Bernoulli(p_x, validate_args=False).to_event(1), obs=x)

    def guide(self, x: Tensor, y: Tensor | None = None) -> None:
        """q(y|x) where the class is unknown, and q(z|x, y)."""
        with pyro.plate("examples"):
            if y is None:
                y = pyro.sample("y", dist.OneHotCategorical(self.q_y(x)))
            mean, log_scale = self.encoder(side_by_side(x, y)).chunk(2, -1)
            pyro.sample("z", dist.Normal(mean, log_scale.exp()).to_event(1))

    def classifier_model(self, x: Tensor, y: Tensor | None = None) -> None:
        """Its own loss of the classifier where the class is known; nothing where it is not."""
        pyro.module("m2", self)
        if y is not None:
            with pyro.plate("examples"), pyro.poutine.scale(scale=CLASSIFIER_WEIGHT):
                pyro.sample("y_known", dist.OneHotCategorical(self.q_y(x)), obs=y)

    def classifier_guide(self, x: Tensor, y: Tensor | None = None) -> None:
        """Nothing is latent there."""

    def step(self, *batch: Tensor) -> None:
        """One step of each SVI on x, or on x and its one-hot y."""
        for svi in self.svis:
            svi.step(*batch)


def train(
    pixels: Tensor, labels: Tensor, n_classes: int, seed: int, labelled_every: int | None
) -> Iterator[PyroM2]:
    """Learn from pixels (N, D) in [0, 1] and labels (N,), -1 for none; yield after every step.

    `labelled_every`: of how many steps one is labelled; None for one an epoch, as published.
    """
    pyro.set_rng_seed(seed)
    pyro.clear_param_store()
    model = PyroM2(pixels.shape[1], n_classes)
    labelled, unlabelled = torch.nonzero(labels >= 0)[:, 0], torch.nonzero(labels < 0)[:, 0]
    y = nn.functional.one_hot(labels.clamp(min=0), n_classes).to(pixels)
    every = labelled_every or len(pixels) // len(labelled)
    n_steps = 0
    while True:
        for rows in unlabelled[torch.randperm(len(unlabelled))].split(BATCH):
            if n_steps % every == 1:
                known = labelled[torch.randperm(len(labelled))[:BATCH]]
                model.step(pixels[known], y[known])
                n_steps += 1
                yield model
            model.step(pixels[rows])
            n_steps += 1
            yield model
