"""All that a learner has learned, as tensors by name: for a file, for undo, and back again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from ..errors import UserError
from .learner import Learner


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
