"""Soft targets for q(y|x) besides the labels: propagated ones first, then a mean teacher's.

For the first steps, and while labels are few, an unlabelled example's soft target is what the
labels propagate to it. Then the mean teacher takes over (Tarvainen and Valpola 2017): an
exponential moving average of the model's weights, the EMA model, classifies the image slightly
warped, and where it is confident its class is the pseudo-label that the model has to find in a
copy warped anew (Sohn et al. 2020). Slightly, as an EMA model that always gets the same pixels
keeps its answer about them, right or wrong. Propagated targets keep a weight in the pseudo-label,
as an EMA model alone keeps the errors it had when it took over: 2.25 % error on MNIST so, and 2.75
% without. Notes: benchmarks/notes/training-teacher.md

The EMA model is also what is asked for the model's predictions. Any model can have a teacher: all
goes through `classify`. One that takes no images (M1+M2 takes latents) has propagated targets only.
On an encoder's features nothing is warped, dropout is all in which the two differ.

Letters in shapes: B examples, P the length of a prepared example, K classes.
"""

from __future__ import annotations

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..models import AbstractModel, Batch
from ..models.growth import adopt

AVERAGE_DECAY = 0.998  # of the average, a step; less in the first steps
MIN_TEACHER_CONFIDENCE = 0.6  # probability from which a pseudo-label counts
PROPAGATION_WEIGHT = 0.3  # the weight of propagated targets in that
STEPS_BEFORE_TEACHER = 250  # steps with propagated targets, before the mean teacher's
FULL_WEIGHT_LABELS = 100  # labels beyond which propagated targets alone count less than they do
LABELS_WITHOUT_TEACHER = 20  # up to which all targets are propagated
LABELS_WITH_HALF_TEACHER = 50  # up to which half of them are


class Teacher:
    """A model's soft targets for q(y|x), and the mean teacher: the EMA of the model's weights."""

    def __init__(
        self, model: AbstractModel, warp: nn.Module | None, slightly: nn.Module | None = None
    ):
        """`warp` changes prepared examples but not their classes; None: all targets are propagated.

        `slightly` does so for the mean teacher, which otherwise gets them as they are.
        """
        self.average = copy.deepcopy(model).requires_grad_(False).eval()
        self.warp, self.slightly, self.has_given_up = warp, slightly, False

    def give_up(self) -> None:
        """From here on, propagated targets only: the model went astray."""
        self.has_given_up = self.warp is not None

    def try_again(self) -> None:
        """Pseudo-labels again, as if the model had not gone astray: there are more labels."""
        self.has_given_up = False

    @property
    def warps(self) -> bool:
        """Whether the model is taught on warped copies."""
        return self.warp is not None and not self.has_given_up

    def share_of_teacher(self, n_labels: int, steps: int) -> float:
        """The share of unlabelled examples with a pseudo-label instead of a propagated target."""
        if not self.warps or steps < STEPS_BEFORE_TEACHER or n_labels <= LABELS_WITHOUT_TEACHER:
            return 0.0
        return 0.5 if n_labels <= LABELS_WITH_HALF_TEACHER else 1.0

    def weight(self, n_labels: int, share: float) -> float:
        """How much the targets count; propagated ones alone, fully up to so many labels."""
        return 1.0 if share else min(1.0, FULL_WEIGHT_LABELS / max(n_labels, 1))

    @torch.no_grad()
    def teacher_targets(self, x: Tensor, propagated: Tensor, known: Tensor, share: float) -> Tensor:
        """Soft targets and pseudo-labels; 0 where there is none: (B, P), (B, K) -> (B, K).

        known: (K,) whether a class has labels; share: of the examples with a pseudo-label.
        """
        if share == 0:
            return propagated
        warped = self.slightly(x) if self.slightly else x
        log_q = self.average.classify(warped).masked_fill(~known, -torch.inf)
        log_p = (propagated + 1e-6).log()
        both = (1 - PROPAGATION_WEIGHT) * log_q.log_softmax(-1) + PROPAGATION_WEIGHT * log_p
        sure, best = both.softmax(-1).max(-1)
        targets = F.one_hot(best, log_q.shape[-1]) * (sure > MIN_TEACHER_CONFIDENCE)[:, None]
        if share < 1:
            is_propagated = torch.rand(len(x), device=x.device) >= share
            targets = torch.where(is_propagated[:, None], propagated, targets)
        return targets.float()

    def loss(self, model: AbstractModel, batch: Batch) -> Tensor:
        """Cross-entropy of q(y|warped x) to the labels, plus that to the soft targets."""
        x, n = torch.cat([batch.x_labelled, batch.x_unlabelled]), len(batch.x_labelled)
        log_q = model.classify(self.warp(x) if self.warp and self.warps else x)
        total = log_q.sum() * 0
        if n:
            total = total + F.nll_loss(log_q[:n], batch.y_labelled)
        if batch.soft_targets is not None and len(batch.x_unlabelled):
            total = total - (batch.soft_targets * log_q[n:]).sum(-1).mean()
        return total

    def grow(self, model: AbstractModel) -> None:
        """Keep the average of this model, which has more classes, from here on."""
        average = copy.deepcopy(model).requires_grad_(False).eval()
        adopt(average, self.average)
        self.average = average

    @torch.no_grad()
    def follow(self, model: AbstractModel, steps: int) -> None:
        """Move the average towards the model, after so many steps of it."""
        decay = min(AVERAGE_DECAY, steps / (10 + steps))
        mine, its = self.average.state_dict(), model.state_dict()
        moving = [name for name, tensor in mine.items() if tensor.is_floating_point()]
        torch._foreach_lerp_(
            [mine[name] for name in moving], [its[name] for name in moving], 1 - decay
        )
