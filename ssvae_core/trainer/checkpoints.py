"""Checkpoints of a session's trainer: folders `ck-{generation}-{step}`, the newest valid counts.

A generation is one life of the trainer; the app hands out the numbers. A trainer that was thought
dead and goes on writing has an older one, so what it writes is never taken for the newest.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from ..errors import UserError
from ..storage.bundles import MANIFEST, read_bundle, write_bundle

if TYPE_CHECKING:
    from ..training.learner import Learner

KEEP = 3
Checkpoint = tuple[dict[str, NDArray[Any]], dict[str, Any]]  # arrays and manifest
log = logging.getLogger(__name__)


def write_checkpoint(
    folder: Path,
    generation: int,
    step: int,
    arrays: dict[str, NDArray[Any]],
    manifest: dict[str, Any],
) -> None:
    """Write one, and remove all but the newest few. Raises UserError if the disk is full."""
    write_bundle(folder / f"ck-{generation}-{step}", arrays, manifest)
    for old in _newest_first(folder)[KEEP:]:
        shutil.rmtree(old, ignore_errors=True)


def read_newest(folder: Path) -> Checkpoint | None:
    """The newest checkpoint that can be read, or None."""
    return next(read_all(folder), None)


def read_all(folder: Path) -> Iterator[Checkpoint]:
    """Every checkpoint that can be read, newest first."""
    for checkpoint in _newest_first(folder):
        try:
            yield read_bundle(checkpoint)
        except UserError as error:
            log.warning("Checkpoint passed over: %s", error)


def drop_from(folder: Path, seq: int, but: int) -> None:
    """Remove those that have learned from event `seq` or a later one, but not the `but` newest."""
    for checkpoint in _newest_first(folder)[but:]:
        try:
            learned_from = json.loads((checkpoint / MANIFEST).read_text())["label_seq"]
        except (OSError, ValueError, KeyError):
            continue
        if learned_from >= seq:
            shutil.rmtree(checkpoint, ignore_errors=True)


def _newest_first(folder: Path) -> list[Path]:
    numbered = []
    for path in folder.glob("ck-*-*"):
        if match := re.fullmatch(r"ck-(\d+)-(\d+)", path.name):
            numbered.append((int(match[1]), int(match[2]), path))
    return [path for _, _, path in sorted(numbered, reverse=True)]


def learned_arrays(learner: Learner) -> dict[str, NDArray[Any]]:
    """What is learned, for a file."""
    return {name: tensor.cpu().numpy() for name, tensor in learned_tensors(learner).items()}


def learned_tensors(learner: Learner) -> dict[str, Tensor]:
    """What is learned: weights and running averages, and what the optimisers remember, by name.

    The tensors themselves, which the next step changes.
    """
    tensors = _learned(learner)
    for number, optimizer in enumerate(learner.optimisation.optimizers):
        for index, memory in optimizer.state_dict()["state"].items():
            for name, tensor in memory.items():
                tensors[f"optimizer.{number}.{index}.{name}"] = tensor
    return tensors


def load_learned(learned: Mapping[str, NDArray[Any] | Tensor], learner: Learner) -> None:
    """Put it back. Raises UserError if it was learned by a model of another size."""
    mine = _learned(learner)
    for name, tensor in mine.items():
        saved = learned.get(name)
        if saved is None or tuple(saved.shape) != tuple(tensor.shape):
            came = "nothing" if saved is None else f"shape {tuple(saved.shape)}"
            raise UserError(
                f"The checkpoint does not fit: '{name}' has shape {tuple(tensor.shape)} "
                f"here, and it holds {came}. The model starts anew; the labels are kept."
            )
    with torch.no_grad():
        for name, tensor in mine.items():
            tensor.copy_(torch.as_tensor(learned[name]))
    for number, optimizer in enumerate(learner.optimisation.optimizers):
        state: dict[int, dict[str, Tensor]] = {}
        for key, value in learned.items():
            if match := re.fullmatch(rf"optimizer\.{number}\.(\d+)\.(\w+)", key):
                memory = state.setdefault(int(match[1]), {})
                memory[match[2]] = torch.as_tensor(value).clone()  # steps write into it
        optimizer.load_state_dict({**optimizer.state_dict(), "state": state})


def _learned(learner: Learner) -> dict[str, Tensor]:
    """The tensors that steps change, of the model and of its average, by name."""
    parameters = dict(learner.model.named_parameters())
    sources = {"model": learner.model}
    if learner.teacher:
        sources["average"] = learner.teacher.average
    return {
        f"{source}.{name}": tensor
        for source, module in sources.items()
        for name, tensor in module.state_dict().items()
        if name not in parameters or parameters[name].requires_grad
    }
