"""A model, its optimiser and its data set on the device: the part that learns step by step.

Letters in shapes: N examples, D values an example has, P the length of a prepared example,
K classes.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from ..models import AbstractModel, Batch, ModelSpec
from ..models.class_codes import N_NEAREST, ClassCodes, examples_of_classes
from ..models.growth import adopt
from ..models.joined import Joined
from .chunks import at_once, in_chunks, run_to_end
from .device import autocast
from .optimisation import Optimisation, mean_terms
from .prepared import prepared, warps_of
from .seeding import seeded
from .teacher import Teacher
from .tensors import as_bytes, as_inputs, as_numbers

N_COLUMNS = 9  # styles that every class is drawn in
N_DRAWN = 300  # images of many classes; then there are fewer styles, but not below
MIN_COLUMNS = 3


class Learner:
    """Learns from labelled and unlabelled examples, and predicts."""

    def __init__(
        self,
        model: AbstractModel,
        spec: ModelSpec,
        values: Tensor,
        shape: tuple[int, ...],
        seed: int,
        with_teacher: bool | None = None,
        inputs: Tensor | Joined | None = None,
        features: Tensor | None = None,
        domains: NDArray[np.integer] | None = None,
    ):
        """values: the whole data set, (N, D) uint8 or float, on the device; examples of `shape`.

        features: (N, F) of them, centred and of length 1, for a model made for F. `with_teacher`
        overrules the spec; `inputs` are what `prepared` makes of both, where that is known.
        domains: (N,) of them, -1 where not known, for a model that takes them.
        """
        self.device, self.spec, self.seed = values.device, spec, seed
        self.steps, self.n_unlabelled = 0, spec.n_unlabelled
        self.attempt = 0  # another one draws otherwise in the same steps
        with seeded(torch.device("cpu"), seed):
            self._styles = torch.randn(N_COLUMNS, model.style_dim).to(self.device)
            self._noise = torch.randn(N_COLUMNS, N_NEAREST).to(self.device)
        model = model.to(self.device)
        if inputs is None:
            inputs = run_to_end(prepared(model, values, features, domains))
        self.prepared = inputs  # (N, P)
        self.with_teacher = spec.with_teacher if with_teacher is None else with_teacher
        self._warp, self._slightly = warps_of(model, values, shape)
        self._seen: dict[str, list[Tensor]] = defaultdict(list)
        self.become(model)
        self.take_labels(np.full(len(values), -1, np.int16), None)

    def become(self, model: AbstractModel) -> None:
        """Go on as this model, which has learned nothing; labels are to be given again."""
        self.model = model.to(self.device)
        self.optimisation = Optimisation(model, self.device)
        self.teacher: Teacher | None = None
        if self.with_teacher and self.optimisation.phases:
            self.teacher = Teacher(model, self._warp, self._slightly)

    @property
    def ema_model(self) -> AbstractModel:
        """What predicts: the model, or the average of its weights where there is a teacher."""
        return self.teacher.average if self.teacher else self.model

    def take_labels(
        self, labels: NDArray[np.int16], soft_targets: NDArray[np.float32] | None
    ) -> None:
        """Go on with these labels (N,), -1 for none, and these propagated guesses (N, K)."""
        self.labels = torch.from_numpy(labels.astype(np.int64)).to(self.device)
        self.labelled = torch.nonzero(self.labels >= 0)[:, 0].cpu()
        self.unlabelled = torch.nonzero(self.labels < 0)[:, 0].cpu()
        self.soft_targets = (
            None if soft_targets is None else torch.from_numpy(soft_targets).to(self.device)
        )
        counts = torch.bincount(self.labels[self.labels >= 0], minlength=self.model.n_classes)
        self.known = counts > 0  # (K,)
        for model in {self.model, self.ema_model}:
            model.take_labels(self.prepared, self.labels, self.soft_targets)

    def grow(self, model: AbstractModel) -> None:
        """Go on as this model, just made for more classes: it takes over all that was learned."""
        model = model.to(self.device)
        adopt(model, self.model)
        optimisation = Optimisation(model, self.device)
        optimisation.carry_over(self.optimisation)
        if self.teacher:
            self.teacher.grow(model)
        self.model, self.optimisation = model, optimisation

    def step(self) -> None:
        """One step of every phase of the model's plan.

        A weight that is no number spoils it; the next look at the terms finds out.
        """
        self.model.train()
        with seeded(self.device, self.seed + self.attempt, self.steps):
            batch = self._batch()
            teacher_targets = self._teacher_loss if batch.soft_targets is not None else None
            terms = self.optimisation.step(batch, teacher_targets)
        self.steps += 1
        if self.teacher:
            self.teacher.follow(self.model, self.steps)
        for name, term in terms.items():
            self._seen[name].append(term)

    def terms(self) -> dict[str, float]:
        """Means of the terms since the last call, in nats an example."""
        seen, self._seen = self._seen, defaultdict(list)
        return mean_terms(seen)

    def forget_terms(self) -> None:
        """They were of steps that are undone."""
        self._seen.clear()

    @torch.no_grad()
    def probabilities(self, of: NDArray[np.integer] | None = None) -> NDArray[np.float32]:
        """q(y|x) of these examples, or all, without classes that have no label: -> (n, K)."""
        chosen = slice(None) if of is None else torch.from_numpy(of).to(self.device)
        labels = self.labels[chosen]
        parts = [self.classify(as_inputs(part)) for part in in_chunks(self.prepared[chosen])]
        probabilities = torch.cat(parts)
        given = labels >= 0
        probabilities[given] = F.one_hot(labels[given], self.model.n_classes).float()
        result: NDArray[np.float32] = probabilities.cpu().numpy()
        return result

    def unlabelled_probabilities(self, example: int) -> NDArray[np.float32]:
        """q(y|x) of an example as if it had no label: -> (K,)."""
        x = as_inputs(self.prepared[example : example + 1])
        result: NDArray[np.float32] = self.classify(x)[0].cpu().numpy()
        return result

    @torch.no_grad()
    def classify(self, x: Tensor) -> Tensor:
        """q(y|x) without the classes that have no label: (B, P) -> (B, K)."""
        self.ema_model.eval()
        with autocast(self.device):
            log_q = self.ema_model.classify(x).float()
        return log_q.masked_fill(~self.known, -torch.inf).softmax(-1).nan_to_num(0.0)

    @torch.no_grad()
    def remember_codes(self, shares: NDArray[np.floating]) -> None:
        """Draw from codes of the examples that are of each class by these shares (N, K)."""
        model = self.ema_model.eval()
        chosen, classes = examples_of_classes(shares, self.seed)
        if not len(chosen):
            model.class_codes = None
            return
        y = torch.from_numpy(classes).to(self.device)
        prepared = self.prepared[torch.from_numpy(chosen).to(self.device)]
        parts = zip(in_chunks(prepared), y.split(at_once(prepared.shape[1])), strict=True)
        codes = torch.cat([model.code(as_inputs(part), its) for part, its in parts])
        model.class_codes = ClassCodes(codes, y, model.n_classes)

    @torch.no_grad()
    def samples(self, classes: NDArray[np.integer] | None = None) -> NDArray[np.float32]:
        """Draws of these k classes, or of all, always the same ones: -> (k, n_columns, D).

        In the units of inputs; of a class without codes, all in the same styles.
        """
        model, n = self.ema_model.eval(), self.n_columns
        if classes is None:
            classes = np.arange(self.model.n_classes)
        k = len(classes)
        y = torch.from_numpy(classes.astype(np.int64)).to(self.device).repeat_interleave(n)
        column = torch.arange(n, device=self.device).repeat(k)
        if model.class_codes is None:
            return as_numbers(model.decode(self._styles[column], y)).reshape(k, n, -1)
        has = model.class_codes.has(y)
        its, of = column[has], y[has]
        drawn = model.decode_code(model.class_codes.around(of, its, self._noise[its]), of)
        if not bool(has.all()):
            every = model.decode(self._styles[column], y)
            every[has] = drawn
            drawn = every
        return as_numbers(drawn).reshape(k, n, -1)

    @property
    def n_columns(self) -> int:
        """How many draws of each class `samples` gives."""
        return min(max(N_DRAWN // self.model.n_classes, MIN_COLUMNS), N_COLUMNS)

    @torch.no_grad()
    def draw(
        self, n: int, seed: int, mean: bool = False, temperature: float = 1.0
    ) -> NDArray[np.uint8]:
        """N images of each class, as the model's `sample` draws them: -> (K, n, D)."""
        model = self.ema_model.eval()
        y = torch.arange(model.n_classes, device=self.device)
        with seeded(self.device, seed):
            return as_bytes(model.sample(y, n, mean, temperature))

    @torch.no_grad()
    def redraw(self, example: int, label: int, domain: int | None = None) -> NDArray[np.float32]:
        """The example redrawn from its own style, as this class, in its or this domain: -> (D,).

        A domain is for a model that is told of them.
        """
        x = as_inputs(self.prepared[example : example + 1])
        y = torch.tensor([label], device=self.device)
        return as_numbers(self.ema_model.eval().redrawn(x, y, domain))[0]

    def _batch(self) -> Batch:
        labelled = self._draw(self.labelled, self.spec.n_labelled)
        unlabelled = self._draw(self.unlabelled, self.n_unlabelled)
        x = as_inputs(self.prepared[unlabelled])
        return Batch(
            as_inputs(self.prepared[labelled]),
            self.labels[labelled],
            x,
            len(self.labelled) / len(self.labels),
            self._soft_targets(x, unlabelled),
            self.steps,
        )

    def _soft_targets(self, x: Tensor, drawn: Tensor) -> Tensor | None:
        """The teacher's targets for these unlabelled examples; None without teacher or label."""
        if self.teacher is None or self.soft_targets is None:
            return None
        n_labels = len(self.labelled)
        share = self.teacher.share_of_teacher(n_labels, self.steps)
        teacher_targets = self.teacher.teacher_targets(
            x, self.soft_targets[drawn], self.known, share
        )
        return self.teacher.weight(n_labels, share) * teacher_targets

    def _teacher_loss(self, batch: Batch) -> Tensor:
        assert self.teacher is not None
        return self.teacher.loss(self.model, batch)

    def _draw(self, pool: Tensor, n: int) -> Tensor:
        """Some of the pool, with replacement; none of an empty one."""
        chosen = torch.randint(len(pool), (n,)) if len(pool) else pool
        return pool[chosen].to(self.device)
