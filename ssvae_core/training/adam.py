"""Adam (Kingma and Ba 2015), one fused pass over the weights.

As torch.optim.Adam(fused=True), to the last bit. But the first optimiser of torch.optim that a
process makes imports torch's compiler, 2 to 4 seconds of a core before the first step.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

EPSILON = 1e-8
Memory = dict[str, Tensor]  # of a parameter: "step", "exp_avg" and "exp_avg_sq", as torch has them


class Adam:
    """Moves parameters against the running mean of their gradients, in units of its size."""

    def __init__(self, parameters: list[nn.Parameter], lr: float, betas: tuple[float, float]):
        self.parameters, self.lr, self.betas = parameters, lr, betas
        self.state: dict[nn.Parameter, Memory] = {}

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Move every parameter that has a gradient."""
        moving = [parameter for parameter in self.parameters if parameter.grad is not None]
        gradients = [parameter.grad for parameter in moving if parameter.grad is not None]
        if not moving:
            return
        for parameter in moving:
            if parameter not in self.state:
                self.state[parameter] = {
                    "step": torch.zeros((), device=parameter.device),
                    "exp_avg": torch.zeros_like(parameter),
                    "exp_avg_sq": torch.zeros_like(parameter),
                }
        memories = [self.state[parameter] for parameter in moving]
        steps = [memory["step"] for memory in memories]
        torch._foreach_add_(steps, 1)
        torch._fused_adam_(
            list[Tensor](moving),
            gradients,
            [memory["exp_avg"] for memory in memories],
            [memory["exp_avg_sq"] for memory in memories],
            [],
            steps,
            lr=self.lr,
            beta1=self.betas[0],
            beta2=self.betas[1],
            weight_decay=0.0,
            eps=EPSILON,
            amsgrad=False,
            maximize=False,
        )

    def state_dict(self) -> dict[str, Any]:
        """What it remembers, by the parameters' places."""
        places = {parameter: place for place, parameter in enumerate(self.parameters)}
        return {"state": {places[parameter]: memory for parameter, memory in self.state.items()}}

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Go on from there; of a parameter that it says nothing of, nothing is remembered."""
        self.state.clear()
        for place, memory in saved["state"].items():
            parameter = self.parameters[place]
            self.state[parameter] = {
                name: value.to(parameter.device, copy=True) for name, value in memory.items()
            }
