"""A core on the small digits, and what tests do with one."""

import numpy as np
import torch

from ssvae_core.training.core import TrainerCore

K = 10
CONFIG = {"latent_dim": 4, "hidden_dim": 64}


def make_core(model, data, starter, folder, n_classes=K, **options):
    return TrainerCore(
        data,
        starter,
        model=model,
        config=CONFIG,
        n_classes=n_classes,
        device=torch.device("cpu"),
        folder=folder,
        **options,
    )


def label(core, n_each=5, classes=range(K)):
    """The first examples of these classes, as their answer key says; gives the examples."""
    key = core.data.answer_key
    chosen = np.concatenate([np.flatnonzero(key == k)[:n_each] for k in classes])
    core.apply(core.label_seq + len(chosen), chosen, key[chosen])
    return chosen


def step(core, n):
    for _ in range(n):
        core.step()


def snapshot(core):
    """With what the model says now, however long it took the last time."""
    core.voices.ask_at = 0.0
    return core.snapshot()


def learned(core):
    """A copy of the weights that learn, by name."""
    return {n: p.clone() for n, p in core.learner.model.named_parameters() if p.requires_grad}


def poison(core):
    """Make one weight of the model not a number."""
    with torch.no_grad():
        next(p for p in core.learner.model.parameters() if p.requires_grad).fill_(torch.nan)
