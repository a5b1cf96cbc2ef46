"""Guesses from a few labels, alone and with unlabelled images beside; see texts/beside.py."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from ...atlas.atlas import nearest_neighbours
from ...atlas.first_map import principal_components
from ...models import Batch, Loss, Phase
from ...models.base import mean
from ...models.networks import ImageEncoder
from ...training.label_propagation import Propagation
from ...training.seeding import seeded
from ...training.tensors import as_inputs
from ..asked import Asked
from ..crowd import Crowd
from ..result import Finding, bars, pictures, scatter
from ..texts.beside import ALONE_NEAREST, ALONE_NETWORK, BESIDE_PIXELS, LESSON, said
from ..training import CPU, Tell, part, train

N_DRAWS = 5  # of labels, that the error is the mean of
N_GUESSED = 12_000  # images that pixels and the network are asked about
N_WRONG_SHOWN = 10
STEPS, RATE, WIDTH = 150, 2e-3, 128


class SmallNetwork(torch.nn.Module):
    """Convolutions that read the class of an image, and learn from labels alone."""

    def __init__(self, shape: tuple[int, ...], n_classes: int):
        super().__init__()
        self.first = ImageEncoder(shape, WIDTH, True)
        self.last = torch.nn.Linear(WIDTH, n_classes)

    def forward(self, x: Tensor) -> Tensor:
        """(B, D) -> (B, K)."""
        return self.last(self.first(x))

    def loss(self, batch: Batch) -> Loss:
        """Cross-entropy of the labels."""
        wrong = mean(F.cross_entropy(self(batch.x_labelled), batch.y_labelled, reduction="none"))
        return Loss(wrong, {"classifier": wrong})

    def phases(self) -> list[Phase]:
        """One optimiser for all of it."""
        return [Phase("labels", list(self.parameters()), self.loss, RATE)]


def run(asked: Asked, tell: Tell) -> Finding:
    """Draw labels, guess all other images, and count."""
    how, n_labels = int(asked.value), int(LESSON.free_knob.label(asked.free))
    crowd = Crowd.of(asked.data, tell)
    some = np.sort(np.random.default_rng(0).permutation(len(crowd.classes))[:N_GUESSED])
    pixels = crowd.images[some].reshape(len(some), -1)
    propagation = crowd.propagation
    if how == BESIDE_PIXELS:
        tell(0.05, "looking for who is alike in pixels")
        propagation = Propagation(*nearest_neighbours(principal_components(crowd.images[some])))
    n_draws = 1 if asked.share < 1 else N_DRAWS
    errors, alone = [], []
    for draw in range(n_draws):
        its = part(tell, 0.2 + 0.8 * draw / n_draws, 0.2 + 0.8 * (draw + 1) / n_draws)
        labelled = crowd.some(n_labels, asked.seed * N_DRAWS + draw, some)
        near = nearest(crowd, labelled, pixels)
        alone.append(wrong(near, crowd.classes[some]))
        if how == ALONE_NEAREST:
            guesses, among = near, some
        elif how == ALONE_NETWORK:
            guesses, among = by_network(crowd, labelled, pixels, asked.seed + draw, its), some
        elif how == BESIDE_PIXELS:
            labels = np.full(len(some), -1, np.int16)
            labels[np.searchsorted(some, labelled)] = crowd.classes[labelled]
            guesses, among = propagation(labels, crowd.n_classes).argmax(1), some
        else:
            labels = crowd.labelled(labelled)
            guesses, among = crowd.propagated(labels).argmax(1), np.arange(len(crowd.classes))
        errors.append(wrong(guesses, crowd.classes[among]))
        its(1.0, "guessing")
    return looked_at(crowd, how, n_labels, labelled, among, guesses, errors, float(np.mean(alone)))


def looked_at(
    crowd: Crowd,
    how: int,
    n_labels: int,
    labelled: NDArray[np.intp],
    among: NDArray[np.intp],
    guesses: NDArray[np.integer],
    errors: list[float],
    alone: float,
) -> Finding:
    """What to show of the last draw, and the mean of all."""
    error = float(np.mean(errors))
    truth = crowd.classes[among]
    rng = np.random.default_rng(0)
    dots = rng.permutation(len(among))[:2000]
    classes = [f"{name}" for name in crowd.names]
    each = [100 * float((guesses[truth == k] != k).mean()) for k in range(crowd.n_classes)]
    odd = rng.permutation(np.flatnonzero(guesses != truth))[:N_WRONG_SHOWN]
    given = np.sort(labelled)[: 2 * N_WRONG_SHOWN]
    figures = [
        scatter(
            "Every image on the map, in the colour of its guess",
            crowd.atlas.xy[among[dots]],
            guesses[dots],
            ("", ""),
        ),
        bars("Wrong guesses of each class, in percent", each, classes),
        pictures("Images with a label", crowd.images[given][None, :N_WRONG_SHOWN]),
    ]
    if len(odd):
        said_of = [crowd.names[guess] for guess in guesses[odd]]
        wrongly = pictures("Wrongly guessed, and the guess", crowd.images[among[odd]][None])
        figures.append({**wrongly, "captions": [said_of]})
    return Finding(
        error,
        f"{error:.0f} % wrong" if error >= 10 else f"{error:.1f} % wrong",
        said(how, n_labels, error, alone),
        {},
        {"wrong": error, "nearest": alone},
        figures,
        STEPS if how == ALONE_NETWORK else 0,
        len(among),
    )


def wrong(guesses: NDArray[np.integer], classes: NDArray[np.integer]) -> float:
    """Percent of them: (n,), (n,)."""
    return float(100 * (guesses != classes).mean())


def nearest(
    crowd: Crowd, labelled: NDArray[np.intp], pixels: NDArray[np.uint8]
) -> NDArray[np.int64]:
    """The class of the nearest labelled image, in pixels: (n,), (m, D) -> (m,)."""
    known = torch.from_numpy(crowd.images[labelled].reshape(len(labelled), -1)).float()
    distances = torch.cdist(torch.from_numpy(pixels).float(), known)
    found: NDArray[np.int64] = crowd.classes[labelled][distances.argmin(1).numpy()]
    return found


def by_network(
    crowd: Crowd, labelled: NDArray[np.intp], pixels: NDArray[np.uint8], seed: int, tell: Tell
) -> NDArray[np.int64]:
    """What a network says that has learned from those labels alone: (n,), (m, D) -> (m,)."""
    with seeded(CPU, seed):
        network = SmallNetwork(crowd.images.shape[1:], crowd.n_classes)
    values = torch.from_numpy(crowd.images[labelled]).flatten(1)
    y = torch.from_numpy(crowd.classes[labelled])
    x = as_inputs(values)
    whole = Batch(x, y, x[:0], 1.0)
    train(network, lambda _: whole, STEPS, seed, tell, "training the network")
    network.eval()
    with torch.no_grad():
        parts = [network(as_inputs(each)).argmax(1) for each in torch.from_numpy(pixels).split(512)]
    found: NDArray[np.int64] = torch.cat(parts).numpy()
    return found
