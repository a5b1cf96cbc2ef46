"""A core on the small digits, and what tests do with one."""

import copy
import dataclasses
import os

import numpy as np
import torch

from ssvae_core.models import MODELS, ModelInputs
from ssvae_core.models.distributions import Bernoulli
from ssvae_core.pretraining.starter import latent_means
from ssvae_core.protocol.queries import Redraw
from ssvae_core.trainer.core import TrainerCore
from ssvae_core.trainer.state import new_state
from ssvae_core.training.chunks import run_to_end
from ssvae_core.training.ensemble import WARM_UP

K = 10
DEVICE = torch.device(os.environ.get("SSVAE_TEST_DEVICE", "cpu"))  # cuda, mps: to try one
# One of each kind: a model with two phases that sees images, one on M1's features that marginalises
# the class, and an adversarial one. What holds for the loop is tested on them, what holds for
# every model on all of MODELS.
KINDS = ("guided", "m1m2", "aae")
SMALL = {"latent_dim": 4, "hidden_dim": 64}


def small_config(model):
    """What makes a model of this name small."""
    fields = (
        {f.name for f in dataclasses.fields(MODELS[model].config)} if model in MODELS else set()
    )
    return {name: value for name, value in SMALL.items() if name in fields}


def small_model(name, starter, pixels, n_classes=K, n_features=0):
    """A small model of this name for the small digits."""
    torch.manual_seed(0)
    z1_mean = run_to_end(latent_means(starter.m1, pixels))
    on = Bernoulli(), starter.m1, z1_mean
    inputs = ModelInputs((8, 8, 1), n_classes, *on, n_features=n_features)
    spec = MODELS[name]
    return spec.model(inputs, dataclasses.replace(spec.config, **small_config(name)))


def none_rejected(self, drawn):
    """A drawing guard that lets all pass."""
    return np.zeros(drawn.shape[:-1], bool)


def make_core(model, data, starter, folder, n_classes=K, **options):
    state = new_state(
        data,
        starter if DEVICE.type == "cpu" else copy.deepcopy(starter),  # it goes to the device
        model=model,
        config=small_config(model),
        n_classes=n_classes,
        device=DEVICE,
        folder=folder,
        **options,
    )
    return TrainerCore(state)


def label(core, n_each=5, classes=range(K)):
    """The first examples of these classes, as their answer key says; gives the examples."""
    key = core.state.data.answer_key
    chosen = np.concatenate([np.flatnonzero(key == k)[:n_each] for k in classes])
    core.apply(core.state.label_seq + len(chosen), chosen, key[chosen])
    return chosen


def learned_core(digits, starter, folder, model="m1m2", n_steps=WARM_UP, **labels):
    """A core with labels that has taken so many steps."""
    core = make_core(model, digits, starter, folder)
    label(core, **labels)
    step(core, n_steps)
    return core


def step(core, n):
    for _ in range(n):
        core.step()


def label_these(core, examples):
    """These examples, as their answer key says, by one event."""
    core.apply(core.state.label_seq + 1, np.array(examples), core.state.data.answer_key[examples])


def step_until(core, is_so=lambda core: core.pretraining.job is None, at_most=2000):
    """Take steps until that is so; by itself, until what runs before the model has ended."""
    for _ in range(at_most):
        if is_so(core):
            return
        core.step()
    raise AssertionError("it did not come to that")


def snapshot(core):
    """With what the model says now, however long it took the last time."""
    core.state.ensemble.query_at = 0.0
    return core.snapshot()


def learned(core):
    """A copy of the weights that learn, by name."""
    return {n: p.clone() for n, p in core.state.learner.model.named_parameters() if p.requires_grad}


def poison(core):
    """Make one weight of the model not a number."""
    with torch.no_grad():
        next(p for p in core.state.learner.model.parameters() if p.requires_grad).fill_(torch.nan)


def grow(core, n_classes):
    """A class was made; no example has it yet."""
    core.apply(core.state.label_seq, np.empty(0, np.int32), np.empty(0, np.int16), n_classes)


def redraw(core, example):
    """The example as the model redraws it, (H, W, C)."""
    return ask(core, Redraw, example=example).image


def ask(core, kind, **about):
    """The answer to a query of this kind."""
    return run_to_end(core.query(kind(0, **about)))
