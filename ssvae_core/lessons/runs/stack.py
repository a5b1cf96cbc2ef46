"""M2 on pixels, and on the latents of an M1; see texts/stack.py."""

from __future__ import annotations

import time

import numpy as np
import torch

from ...atlas.starter_folders import shipped_folder
from ...models import MODELS, ModelInputs
from ...options.options import AUTO
from ...pretraining.starter import Starter, latent_means
from ...training.chunks import run_to_end
from ...training.learner import Learner
from ...training.seeding import seeded
from ..asked import Asked
from ..result import Finding, bars, pictures
from ..texts.stack import COUNTS, STACKED, said
from ..training import CPU, REPORT_SECONDS, Tell

STEPS, WIDTH = 400, 200
KNOBS = {"hidden_dim": WIDTH, "min_class_probability": 0.003}
N_SHOWN = 10


def run(asked: Asked, tell: Tell) -> Finding:
    """Train on a few labels and many images without, and guess images that it has not seen."""
    how, n_labels, material = int(asked.value), COUNTS[int(asked.free)], asked.material
    assert material.classes is not None
    assert material.held_out_classes is not None
    steps, K = asked.steps(STEPS), len(material.names)
    m1 = z1_mean = None
    if how == STACKED:
        m1 = Starter.load(shipped_folder("mnist"), material.shape).m1
        z1_mean = run_to_end(latent_means(m1, material.values))
    spec = MODELS["m1m2" if how == STACKED else "m2"]
    with seeded(CPU, asked.seed):
        inputs = ModelInputs.of(material.shape, K, AUTO, m1=m1, z1_mean=z1_mean)
        model = spec.make(inputs, **KNOBS)
    on = material.values, material.shape, asked.seed
    learner = Learner(model, spec, *on, with_teacher=False)
    labels = np.full(len(material.values), -1, np.int16)
    draws = np.random.default_rng(asked.seed).permutation(len(labels))
    for label in range(K):
        its = draws[material.classes[draws] == label][: n_labels // K]
        labels[its] = label
    learner.take_labels(labels, None)
    last = 0.0
    for step in range(steps):
        learner.step()
        if time.monotonic() - last > REPORT_SECONDS:
            last = time.monotonic()
            tell(step / steps, f"training, step {step} of {steps}")
    terms = learner.terms()
    with torch.no_grad():
        prepared = model.eval().prepare(material.x())
        guesses = torch.cat([model.classify(part).argmax(1) for part in prepared.split(256)])
    is_wrong = guesses.numpy() != material.held_out_classes
    error = float(100 * is_wrong.mean())
    each = [float(100 * is_wrong[material.held_out_classes == k].mean()) for k in range(K)]
    odd = np.flatnonzero(is_wrong)[:N_SHOWN]
    captions = [[f"guess {material.names[int(guesses[place])]}" for place in odd]]
    wrongly = pictures("Some that were guessed wrong", material.images(material.x()[odd][None]))
    classes = "Wrong guesses of each class, in percent"
    figures = [bars(classes, each, list(material.names)), {**wrongly, "captions": captions}]
    n_latents = 0 if m1 is None else prepared.shape[1] // 2
    return Finding(
        error,
        f"{error:.0f} % wrong" if error >= 10 else f"{error:.1f} % wrong",
        said(how, n_labels, error, steps, n_latents),
        terms,
        {"wrong": error},
        figures,
        steps,
        len(material.values),
    )
