"""The model of a session for use elsewhere: its programs (programs.py) in files, and its weights.

Letters in shapes: N examples, K classes.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from ..errors import UserError
from ..models import MODELS, AbstractModel, ModelInputs
from ..models.class_codes import N_NEAREST, ClassCodes
from ..options.options import FittingOptions
from ..options.renamed import renamed
from ..pretraining.saved_m1 import made_m1
from .programs import CODES, Part, features_of, inputs_of, parts_of, photo_side
from .state import TrainerState

WEIGHTS = "model.safetensors"
AS_TRACED, AS_CHECKED = 3, 5  # examples in a batch: another number than that of the trace
CLOSE = 1e-4  # by which a program's numbers may differ from the model's


def guesses_of(state: TrainerState) -> tuple[NDArray[np.float32], str]:
    """What is said of every example, after asking the model about all of them: (N, K), by whom."""
    state.ensemble.query_at = 0.0
    state.ensemble.query_model(float("inf"))
    return state.ensemble.probabilities(), state.ensemble.predicted_by


# The programs in files


def write_weights(state: TrainerState, folder: Path) -> None:
    """model.safetensors: every tensor that any of the programs holds, by its name there."""
    tensors: dict[str, Tensor] = {}
    for part in parts_of(state).values():
        tensors |= {name: tensor.contiguous() for name, tensor in part.state_dict().items()}
    save_file(tensors, folder / WEIGHTS)


def write_programs(state: TrainerState, folder: Path) -> Iterator[tuple[str, float]]:
    """NAME.pt2 of each, which torch alone can run; yields name and largest difference."""
    for name, part in parts_of(state).items():
        program = _exported(part, inputs_of(name, state, AS_TRACED))
        with _quiet():
            torch.export.save(program, folder / f"{name}.pt2")
        checked = inputs_of(name, state, AS_CHECKED)
        found = torch.export.load(folder / f"{name}.pt2").module()(*checked.values())
        yield name, _difference(name, part, checked, found)


def write_onnx(state: TrainerState, folder: Path) -> Iterator[tuple[str, float]]:
    """NAME.onnx of each; yields name and largest difference, as onnxruntime runs it.

    Raises UserError if the packages for it are not installed.
    """
    try:
        import onnxruntime
        import onnxscript  # noqa: F401  (torch.onnx uses it)
    except ImportError as error:
        raise UserError(
            f"ONNX needs the package {error.name}. Install: pip install onnx onnxscript onnxruntime"
        ) from error
    for name, part in parts_of(state).items():
        program = _exported(part, inputs_of(name, state, AS_TRACED))
        with _quiet():
            made = torch.onnx.export(program, dynamo=True, verbose=False, output_names=["out"])
        assert made is not None
        made.save(folder / f"{name}.onnx")
        checked = inputs_of(name, state, AS_CHECKED)
        session = onnxruntime.InferenceSession(
            folder / f"{name}.onnx", providers=["CPUExecutionProvider"]
        )
        (found,) = session.run(None, {key: value.numpy() for key, value in checked.items()})
        yield name, _difference(name, part, checked, torch.from_numpy(found))


@torch.no_grad()
def _exported(part: Part, inputs: dict[str, Tensor]) -> torch.export.ExportedProgram:
    batch = torch.export.Dim("batch", min=1)
    shapes = tuple({0: batch} for _ in inputs)
    with _quiet():
        return torch.export.export(part, tuple(inputs.values()), dynamic_shapes=shapes)


@torch.no_grad()
def _difference(name: str, part: Part, inputs: dict[str, Tensor], found: Tensor) -> float:
    """The largest difference to what the model says. UserError where it is not the same number."""
    difference = float((part(**inputs) - found).abs().max())
    if not difference <= CLOSE:
        raise UserError(
            f"The {name} was exported, but computes other numbers than the model (by "
            f"{difference:.2g}); nothing was written. Export labels instead, and report this."
        )
    return difference


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the exporters' remarks about packages that are not there."""
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "torch.fx", "onnxscript")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


# The model itself, taken up again


def config_of(state: TrainerState) -> dict[str, Any]:
    """What `load_exported` needs beside the weights, for config.json."""
    model, features = state.learner.ema_model, features_of(state)
    m1 = state.starter.m1 if state.plan.spec.m1 is not None else None
    return {
        "model": state.model_name,
        "settings": asdict(model.config),  # type: ignore[call-overload]
        "choices": asdict(state.options),
        "m1": None if m1 is None else asdict(m1.config),
        "m1_choices": None if m1 is None else asdict(m1.options),
        "shape": list(state.data.shape),
        "n_features": model.n_features,
        "encoder": None if features is None else features.encoder,
        "encoder_key": None if features is None else features.key,
        "photo_side": photo_side(state),
        "n_classes": state.n_classes,
        "style_dim": model.style_dim,
        "noise_dim": N_NEAREST,
        "label_seq": state.label_seq,
        "step": state.step_count,
        "torch": str(torch.__version__),
    }


def load_exported(folder: Path, config: dict[str, Any]) -> AbstractModel:
    """The model of a folder that `write_weights` filled, with all its methods.

    Raises UserError if it does not fit.
    """
    config, weights = renamed(config), load_file(folder / WEIGHTS)
    codes = {n.removeprefix(CODES): t for n, t in weights.items() if n.startswith(CODES)}
    weights = {n.removeprefix("model."): t for n, t in weights.items() if n.startswith("model.")}
    shape = tuple(config["shape"])
    if config["model"] not in MODELS:
        raise UserError(f"{folder} holds a model '{config['model']}', which is not known here.")
    m1 = z1_mean = None
    if config["m1"] is not None:
        m1 = made_m1(shape, config["m1"], config.get("m1_choices", {}))
        z1_mean = _latents_like(weights, m1.latent_dim)
    options = FittingOptions(**config.get("choices", {}))
    n_features = config.get("n_features", 0)  # earlier exports have none
    model_inputs = ModelInputs.of(
        shape, config["n_classes"], options, m1, z1_mean, n_features=n_features
    )
    try:
        model = MODELS[config["model"]].make(model_inputs, **config["settings"])
        model.load_state_dict(weights)
        if codes:  # earlier exports have none
            model.class_codes = ClassCodes.restored(**codes)
    except (RuntimeError, TypeError, ValueError) as error:
        raise UserError(f"The model in {folder} does not fit this version: {error}") from error
    return model.eval()


load_delivered = load_exported  # what the README of an earlier export calls it


def _latents_like(weights: dict[str, Tensor], latent_dim: int) -> Tensor:
    """Latent means in which the same ones vary as when the model was made: -> (n, latent_dim)."""
    n = len(weights["landmarks"]) if "landmarks" in weights else 2
    means = torch.zeros(max(n, 2), latent_dim)
    means[::2, weights["features.active"]] = 2.0
    return means
