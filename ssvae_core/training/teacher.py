"""What teaches q(y|x) besides the labels: first propagation, then the model's own average.

For the first steps, and while labels are few, an unlabelled example's lesson is what the labels
propagate to it. Then the teacher takes over: an average of the model over its last steps (Tarvainen
and Valpola 2017), which looks at the image hardly warped, while the model must say the same of a
copy warped anew, where the teacher is sure (Sohn et al. 2020). Hardly, not at all: an average that
always sees the same pixels keeps its word about them, right or wrong. On MNIST's validation images,
100 labels, 950 steps, three draws: 1.71 % error where the teacher saw the images as they are, 1.59
so. What labels propagate keeps a part of the word:
a teacher that hears only itself keeps the errors it had when it took over. On MNIST's validation
images, 100 labels, 40 s of one thread, the model alone: 2.8 and 2.7 % error (2 draws) where it must
be sure to 0.95 and is alone, 2.4 and 2.1 % with 0.6 and a third of the word for propagation. The
average is also what speaks for the model.

Any model can have a teacher: all goes through `classify`. One that does not see images (M1+M2 sees
latents) has the lessons of propagation only.

Letters in shapes: B examples, P the length of a prepared example, K classes.
"""

from __future__ import annotations

import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..models import AbstractModel, Batch
from ..models.growth import adopt

DECAY = 0.998  # of the average, a step; less in the first steps
MIN_TEACHER_CONFIDENCE = 0.6  # probability from which the teacher, with propagation, teaches
PROPAGATED = 0.3  # the weight of propagation's word in that
FIRST = 250  # steps of propagation's lessons, before the teacher's
FULL_WEIGHT_LABELS = 100  # labels beyond which what they propagate says less than they do
FEW, SEVERAL = 20, 50  # labels up to which propagation teaches alone, and half of the examples


class Teacher:
    """Teaches a model's q(y|x) and keeps its average."""

    def __init__(
        self, model: AbstractModel, warp: nn.Module | None, slightly: nn.Module | None = None
    ):
        """`warp` changes prepared examples but not their classes; None: propagation teaches.

        `slightly` does so for the teacher's eyes, who otherwise sees them as they are.
        """
        self.average = copy.deepcopy(model).requires_grad_(False).eval()
        self.warp, self.slightly, self.has_given_up = warp, slightly, False

    def give_up(self) -> None:
        """From here on, teach what labels propagate and nothing else: the model went astray."""
        self.has_given_up = self.warp is not None

    def try_again(self) -> None:
        """Teach as if the model had not gone astray: there is more to go by."""
        self.has_given_up = False

    @property
    def warps(self) -> bool:
        """Whether the model sees warped copies."""
        return self.warp is not None and not self.has_given_up

    def share_of_teacher(self, n_labels: int, steps: int) -> float:
        """The share of unlabelled examples that the teacher teaches, not propagation."""
        if not self.warps or steps < FIRST or n_labels <= FEW:
            return 0.0
        return 0.5 if n_labels <= SEVERAL else 1.0

    def weight(self, n_labels: int, share: float) -> float:
        """How much the targets count; propagation's alone fully up to FULL_WEIGHT_LABELS labels."""
        return 1.0 if share else min(1.0, FULL_WEIGHT_LABELS / max(n_labels, 1))

    @torch.no_grad()
    def teacher_targets(self, x: Tensor, propagated: Tensor, known: Tensor, share: float) -> Tensor:
        """Class probabilities to teach; 0 where there is no lesson: (B, P), (B, K) -> (B, K).

        known: (K,) whether a class has labels; share: of the examples that the teacher teaches.
        """
        if share == 0:
            return propagated
        seen = self.slightly(x) if self.slightly else x
        log_q = self.average.classify(seen).masked_fill(~known, -torch.inf)
        log_p = (propagated + 1e-6).log()
        both = (1 - PROPAGATED) * log_q.log_softmax(-1) + PROPAGATED * log_p
        sure, best = both.softmax(-1).max(-1)
        taught = F.one_hot(best, log_q.shape[-1]) * (sure > MIN_TEACHER_CONFIDENCE)[:, None]
        if share < 1:
            is_propagated = torch.rand(len(x), device=x.device) >= share
            taught = torch.where(is_propagated[:, None], propagated, taught)
        return taught.float()

    def loss(self, model: AbstractModel, batch: Batch) -> Tensor:
        """Cross-entropy of q(y|warped x) to the labels, plus that to the lessons."""
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
        decay = min(DECAY, steps / (10 + steps))
        mine, its = self.average.state_dict(), model.state_dict()
        moving = [name for name, tensor in mine.items() if tensor.is_floating_point()]
        torch._foreach_lerp_(
            [mine[name] for name in moving], [its[name] for name in moving], 1 - decay
        )
