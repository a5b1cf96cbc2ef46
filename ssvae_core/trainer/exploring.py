"""What the page that explores asks of the model: its decoder, all codes, one example's posterior.

Letters in shapes: N examples, B some of them, d dimensions of a space, D values of an example.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from typing import get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..decoding.program import Packed, Program, pack
from ..errors import UserError
from ..models import VAE, AbstractModel
from ..models.drawing_layers import NotTranslated
from ..models.drawing_program import code_program, style_program
from ..models.posteriors import MeanAndLogVar, code_posterior, style_posterior
from ..models.pretrained_m1 import PretrainedM1
from ..protocol.queries import (
    Codes,
    DecoderProgram,
    Posterior,
    ReadCodes,
    ReadDecoder,
    ReadPosterior,
    Space,
)
from ..training.bounds import N_DRAWS, bounds, has_bound
from ..training.chunks import Chunked, at_once, in_chunks
from ..training.seeding import seeded
from ..training.tensors import as_inputs, as_numbers
from .state import TrainerState

N_TRIED = 48  # examples that are drawn to see whether the model draws at all
MOST_REJECTED = 0.5  # of them, that look like no picture
MOST_KL = 25.0  # nats that a number of one example can tell: 36 bits, more than floats carry
NOT_YET = "The model cannot draw yet. Label a few images; this page opens when it has learned."
BARS = (
    "These examples are lists of numbers, and what a model draws of them is no picture. "
    "Explore needs a data set of images."
)


def read_decoder(state: TrainerState, query: ReadDecoder) -> Chunked[DecoderProgram]:
    """What draws. UserError while the model draws no pictures, or where nothing runs its layers."""
    if len(state.data.shape) != 3:
        raise UserError(BARS)
    model = _model_that_draws(state)
    _check_drawings(state, model)
    yield
    programs = _programs(state, model)
    packed = pack(programs)
    frozen_version, version = _named(packed)
    if query.known == frozen_version:
        packed = Packed(packed.programs, packed.frozen[:0], packed.learned)
    by_m1 = model.draws_by_m1
    codes = {"code": frozen_version if by_m1 else version, "style": version}
    return DecoderProgram(
        id=query.id,
        version=version,
        frozen_version=frozen_version,
        codes={space: codes[space] for space in programs},
        is_by_class=not by_m1,
        drawn_by=_m1_in_words(state) if by_m1 else "",
        programs=packed.programs,
        frozen=packed.frozen,
        learned=packed.learned,
    )


def read_codes(state: TrainerState, query: ReadCodes) -> Chunked[Codes]:
    """All codes of a space. UserError while there are none."""
    model = _model_that_draws(state)
    if query.space == "style" and not state.ensemble.model_knows:
        raise UserError(NOT_YET)
    codes, information, n = [], torch.zeros(0), 0
    for x, y in _classed(state):
        with torch.no_grad():
            moments = _inferred(query.space, model, x, y)
            if moments is None:
                codes.append((model.code if query.space == "code" else model.encode)(x, y).float())
            else:
                mean, log_var = (each.float() for each in moments)
                told = kl_of_each(mean, log_var).sum(0).cpu()
                information = told if not n else information + told
                codes.append(mean)
        n += len(x)
        yield
    every = torch.cat(codes)
    return Codes(
        id=query.id,
        codes=every.cpu().numpy().astype(np.float16),
        information=(information / max(n, 1)).numpy().astype(np.float32),
        spread=every.std(0, correction=0).cpu().numpy().astype(np.float32),
    )


def kl_of_each(mean: Tensor, log_var: Tensor) -> Tensor:
    """KL from N(0, 1) of each dimension of each example, in nats, at most MOST_KL: (B, d).

    One photograph unlike all others may have a variance of e^70, and would be all there is to see
    of a mean over examples.
    """
    return (0.5 * (mean.square() + log_var.exp() - 1 - log_var)).clamp(max=MOST_KL)


@torch.no_grad()
def all_codes(state: TrainerState) -> NDArray[np.float32]:
    """What the model encodes each example as, whether it draws yet or not: (N, d)."""
    model = state.learner.ema_model.eval()
    codes = [model.code(x, y).float() for x, y in _classed(state)]
    return torch.cat(codes).cpu().numpy().astype(np.float32)


def posterior(state: TrainerState, query: ReadPosterior) -> Chunked[Posterior]:
    """What is inferred of an example, and the terms of its bound."""
    n = len(state.labels)
    if not 0 <= query.example < n:
        raise UserError(f"There is no image {query.example}; the data set has {n}.")
    model, knows = _model_that_draws(state), state.ensemble.model_knows
    label = query.label
    if not 0 <= label < model.n_classes:
        label = int(state.ensemble.propagated[query.example].argmax()) if knows else 0
    x = as_inputs(state.learner.prepared[query.example : query.example + 1])
    y = torch.tensor([label], device=state.device)
    found: dict[str, NDArray[np.float32]] = {}
    for space in get_args(Space):
        with torch.no_grad():
            moments = _inferred(space, model, x, y) if knows or space == "code" else None
        found[f"{space}_mean"] = _row(moments[0]) if moments else _row(x[:, :0])
        found[f"{space}_variance"] = _row(moments[1].exp()) if moments else _row(x[:, :0])
    terms, bounded = yield from _terms(state, model, query.example, label, found)
    return Posterior(id=query.id, label=label, terms=terms, bounded=bounded, **found)


def _terms(
    state: TrainerState,
    model: AbstractModel,
    example: int,
    label: int,
    found: dict[str, NDArray[np.float32]],
) -> Chunked[tuple[dict[str, float], str]]:
    """Of the bound of log p(x, y), or of the M1's before the model has learned; and of what."""
    if not state.ensemble.model_knows:
        m1 = state.starter.m1
        if not isinstance(m1, VAE):
            return {}, ""
        pixels = as_inputs(state.pixels[example : example + 1])
        with torch.no_grad(), seeded(state.device, 0):
            drawn = torch.stack([torch.stack(m1.terms(pixels)) for _ in range(N_DRAWS)]).mean(0)
        log_p, kl = (float(each) for each in drawn[:, 0])
        return {"bound": log_p - kl, "picture": log_p, "style": -kl}, "picture"
    if not has_bound(state.learner):
        return {}, ""
    one = np.array([[label]])
    bound = float((yield from bounds(state.learner, np.array([example]), one, N_DRAWS))[0, 0])
    of_latents = state.plan.spec.m1 is not None
    terms = {"bound": bound, "class": -math.log(model.n_classes)}
    mean, variance = found["style_mean"], found["style_variance"]
    if len(mean) and state.model_name != "m1":  # which has the style's part in its density of z1
        terms["style"] = -0.5 * float((mean**2 + variance - 1 - np.log(variance)).sum())
    bounded = "features" if of_latents else "picture"
    terms[bounded] = bound - sum(value for name, value in terms.items() if name != "bound")
    return terms, bounded


def _inferred(space: Space, model: AbstractModel, x: Tensor, y: Tensor) -> MeanAndLogVar | None:
    return (code_posterior if space == "code" else style_posterior)(model, x, y)


def _model_that_draws(state: TrainerState) -> AbstractModel:
    """Ready to be asked. UserError while neither it nor its M1 draws."""
    model = state.learner.ema_model.eval()
    if state.ensemble.model_knows or (model.draws_by_m1 and state.starter.draws):
        return model
    raise UserError(NOT_YET)


def _programs(state: TrainerState, model: AbstractModel) -> dict[str, Program]:
    try:
        programs = {"code": code_program(model)}
        if state.ensemble.model_knows:
            programs["style"] = style_program(model) if model.draws_by_m1 else programs["code"]
    except NotTranslated as error:
        raise UserError(f"This page cannot draw what the model draws: {error}") from error
    return programs


def _m1_in_words(state: TrainerState) -> str:
    m1 = state.starter.m1
    if isinstance(m1, PretrainedM1):
        return f"the pretrained autoencoder {m1.config.name}"
    if not state.starter.is_trained:
        return "the images' principal components, until an M1 has learned"
    return "an M1 trained on these images"


@torch.no_grad()
def _check_drawings(state: TrainerState, model: AbstractModel) -> None:
    """UserError where most of some examples, redrawn, look like no picture.

    A pretrained autoencoder draws pictures whatever it is asked, and takes a second for so many.
    """
    if model.draws_by_m1 and state.starter.m1.is_pretrained:
        return
    n = min(N_TRIED, len(state.labels))
    rows = np.linspace(0, len(state.labels) - 1, n).astype(np.intp)
    x = as_inputs(state.learner.prepared[torch.from_numpy(rows).to(state.device)])
    y = torch.from_numpy(_guesses(state)[rows]).to(state.device)
    drawn = as_numbers(model.decode_code(model.code(x, y), y))
    if float(state.drawing_guard.rejects(drawn).mean()) > MOST_REJECTED:
        raise UserError(NOT_YET)


def _classed(state: TrainerState) -> Iterator[tuple[Tensor, Tensor]]:
    """All examples as the model takes them, in parts, with the classes that they are guessed."""
    guesses, prepared = torch.from_numpy(_guesses(state)).to(state.device), state.learner.prepared
    parts = zip(in_chunks(prepared), guesses.split(at_once(prepared.shape[1])), strict=True)
    for part, y in parts:
        yield as_inputs(part), y


def _guesses(state: TrainerState) -> NDArray[np.int64]:
    """The likeliest class of every example, 0 while nothing says one: (N,)."""
    if not state.n_labels:
        return np.zeros(len(state.labels), np.int64)
    return state.ensemble.probabilities().argmax(1).astype(np.int64)


def _named(packed: Packed) -> tuple[str, str]:
    """Of the frozen weights, and of all, by their content."""
    frozen = hashlib.blake2b(packed.frozen.tobytes(), digest_size=8)
    every = hashlib.blake2b(packed.learned.tobytes() + frozen.digest(), digest_size=8)
    every.update(repr(packed.programs).encode())
    return frozen.hexdigest(), every.hexdigest()


def _row(values: Tensor) -> NDArray[np.float32]:
    return values[0].float().cpu().numpy().astype(np.float32)
