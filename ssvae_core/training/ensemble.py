"""The ensemble of propagation and the model, once that is trusted, and a guard over the model.

Propagation here is all that answers at once: over every graph of neighbours that is known, and
from features where there are any, together (graph_evidence.py).

Neither can be scored on the labels: those were asked where the prediction was unsure, so they make
it look worse than it is. But a model that does not yet agree with propagation where propagation is
sure has not learned enough to be trusted; once it does, what it predicts elsewhere comes from the
images and is worth having. How much it may contradict follows from how much propagation leaves
open, for that is all that it can set right. On MNIST both together erred less than propagation
where the model is trusted by this rule, by up to 2.4 points, and more elsewhere, by up to 0.5.
A model on an encoder's features sees what the linear probe sees and learns from what that says: it
has nothing to add but its confidence, which spoils the closest calls, and so it does not answer.
One with convolutions of its own beside a probe sees something else: the rule holds for it.

A model that teaches itself can also stray: the mean teacher teaches it the error that it will make
more often. Then it agrees less and less, and it learns from propagated targets alone, until there
are RETRY_LABELS_FACTOR times as many labels. STEPS_BEFORE_TEACHER after the last label and later,
less agreement is a sign of that; sooner, nothing is known: a model that has just learned what ten
labels propagate disagrees with what eleven do. Notes: benchmarks/notes/training-ensemble.md

Letters in shapes: N examples, K classes.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from copy import copy
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from ..atlas.components import Features
from ..atlas.graphs import NamedGraph
from ..predictions import BOTH, PROPAGATION, PredictedBy, margin
from .chunks import at_once
from .graph_evidence import GraphMixture
from .learner import Learner
from .teacher import STEPS_BEFORE_TEACHER

CONFIDENT_PROPAGATION = 0.9  # probability
# Share of the examples that propagation is sure of, from which the model is trusted.
TRUSTED_AGREEMENT = 0.98
TRUSTED_CONTRADICTION = 0.1  # as many of the sure, for each that propagation leaves open, at most
# The same for a model that is trusted already, so that the two do not take turns.
KEPT_AGREEMENT, KEPT_CONTRADICTION = 0.97, 0.15
# Agreement below which a model that teaches itself has gone astray; on MNIST it stays above 0.985.
STRAYED_AGREEMENT = 0.96
RETRY_LABELS_FACTOR = 2  # times the labels at which it was put back; then it is let go again
WARM_UP = 30  # steps before the model is asked
ROUND_SECONDS = 0.25  # that queries may take at once; the rest is asked in the next rounds
N_JUDGED = 2048  # examples, those asked about last, by which the model is judged

Probabilities = NDArray[np.float32]


def agreement(propagated: Probabilities, modelled: Probabilities) -> float:
    """How much of what propagation is sure of, the model says too; 0 if it is sure of nothing."""
    sure = propagated.max(1) > CONFIDENT_PROPAGATION
    if not sure.any():
        return 0.0
    return float((propagated[sure].argmax(1) == modelled[sure].argmax(1)).mean())


def left_open(propagated: Probabilities) -> float:
    """The share of the examples that propagation is not sure of: (N, K)."""
    return float((propagated.max(1) <= CONFIDENT_PROPAGATION).mean())


def may_trust(agrees: float, left: float, is_trusted: bool) -> bool:
    """Whether a model has learned enough to be trusted, by its agreement and what is left open.

    `is_trusted`: whether it is already.
    """
    least, most = (
        (KEPT_AGREEMENT, KEPT_CONTRADICTION)
        if is_trusted
        else (TRUSTED_AGREEMENT, TRUSTED_CONTRADICTION)
    )
    return agrees >= least and 1 - agrees <= most * left


def combined(propagated: Probabilities, modelled: Probabilities) -> Probabilities:
    """Both, as a normalised geometric mean: (N, K), (N, K) -> (N, K)."""
    both = np.sqrt(propagated * modelled) + 1e-6 * (propagated + modelled)
    both /= both.sum(1, keepdims=True).clip(1e-30)
    return both


class Ensemble:
    """Propagation over graphs, a model that learns from it, and what they say of all examples."""

    def __init__(
        self,
        graphs: Sequence[NamedGraph],
        learner: Learner,
        features: Features | None = None,
        leading: str = "",
    ):
        """The learner's model is as new; features (N, F) made comparable; see GraphMixture."""
        self.mixture = GraphMixture(graphs, features, leading)
        self.learner = learner
        self.model_is_trusted = False
        self.query_at = 0.0  # when the model may be asked again, by time.monotonic()
        self._asked_at_step = 0
        self._labels_changed_at = learner.steps  # step after which labels changed last
        self._strayed_with = 0  # labels; 0 as long as the model is not known to have strayed
        n = len(graphs[0].neighbours)
        self.propagated: Probabilities = np.zeros((0, 0), np.float32)  # until labels are taken
        self.modelled: Probabilities = self.propagated
        self._propagating, self._propagated_last = Lock(), (b"", 0, self.propagated)
        self._order, self._next = np.random.default_rng(0).permutation(n), 0
        self._n_asked = 0  # examples, since the model was new

    def take_labels(self, labels: NDArray[np.int16]) -> None:
        """Take labels (N,), -1 for none: propagate them, and let the model learn from both."""
        self.propagated = self._propagated(labels)
        given = labels >= 0
        if not np.array_equal(labels, self.learner.labels.cpu()):
            self._labels_changed_at = self.learner.steps
        self._let_go(int(given.sum()))
        self.learner.take_labels(labels, self.propagated if given.any() else None)
        self._fit_modelled(given)

    def preview(self, labels: NDArray[np.int16]) -> Ensemble:
        """What it will be with these labels (N,), from which the model has not learned.

        To be asked what it says, no more; the model may learn in another thread meanwhile.
        """
        seen = copy(self)
        seen.propagated = self._propagated(labels)
        seen._fit_modelled(labels >= 0)
        return seen

    def query_model(self, seconds: float = ROUND_SECONDS) -> bool:
        """Ask the model about some examples, if it has learned since; next time about others.

        Asking takes 1/6 of the time at most.
        """
        steps, start = self.learner.steps, time.monotonic()
        if steps < max(WARM_UP, self._asked_at_step + 1) or start < self.query_at:
            return False
        n, asked = len(self._order), 0
        n_part = min(at_once(self.learner.prepared.shape[1]), N_JUDGED, n)
        self._asked_at_step = steps
        while asked < n and (not asked or time.monotonic() - start < seconds):
            part = self._order[(self._next + np.arange(n_part)) % n]
            self.modelled[part] = self.learner.probabilities(part)
            asked += n_part
            self._next = (self._next + n_part) % n
        self._n_asked += asked
        self._judge()
        self.query_at = time.monotonic() + 5 * (time.monotonic() - start)
        return True

    def remember_codes(self) -> None:
        """Have the model draw each class from codes of the examples that are said to be of it."""
        self.learner.remember_codes(self.probabilities())

    @property
    def model_knows(self) -> bool:
        """Whether the model has learned something: in steps, or in closed form when labels come."""
        learner = self.learner
        is_warm = learner.steps >= WARM_UP or not learner.optimisation.phases
        return is_warm and bool(learner.known.any())

    def said(self) -> tuple[Probabilities | None, int, bool]:
        """What the model said last (N, K), after which step, and if it is trusted: to recall."""
        if not self._asked_at_step:
            return None, 0, False
        return self.modelled.copy(), self._asked_at_step, self.model_is_trusted

    def recall(self, modelled: Probabilities | None, asked_at_step: int, is_trusted: bool) -> None:
        """Say again what was `said`, before labels are taken; fewer classes may have been known."""
        n_classes = self.learner.model.n_classes
        self._asked_at_step, self.model_is_trusted, self.query_at = asked_at_step, is_trusted, 0.0
        self._n_asked = 0
        if modelled is not None:
            missing = n_classes - modelled.shape[1]
            self.modelled = self.propagated = np.pad(modelled, ((0, 0), (0, missing)))

    def undecided(self) -> NDArray[np.float16]:
        """How close the two likeliest classes are by what labels propagate, 1 if equal: -> (N,)."""
        return margin(self.propagated).astype(np.float16)

    def disagreement(self) -> NDArray[np.float16] | None:
        """Total variation between propagation and the model: -> (N,). None before a query to it."""
        if not self._asked_at_step:
            return None
        apart = np.abs(self.propagated - self.modelled).sum(1) / 2
        return apart.astype(np.float16)

    def _propagated(self, labels: NDArray[np.int16]) -> Probabilities:
        """What these labels (N,) propagate, not twice for the same: a preview, then they are taken.

        One thread at a time: a mixture remembers what it found.
        """
        with self._propagating:
            asked = labels.tobytes(), self.learner.model.n_classes
            if self._propagated_last[:2] != asked:
                self._propagated_last = (*asked, self.mixture(labels, asked[1]))
            return self._propagated_last[2]

    def _fit_modelled(self, given: NDArray[np.bool_]) -> None:
        """What the model said last, with what is given now, and of the classes that have labels."""
        is_new = not self._asked_at_step or self.modelled.shape != self.propagated.shape
        if is_new:  # until the model is asked about an example, it is taken to say the same
            self._n_asked = 0
        self.modelled = (self.propagated if is_new else self.modelled).copy()
        self.modelled[given] = self.propagated[given]
        self.modelled[:, ~self.propagated.any(0)] = 0

    def _judge(self) -> None:
        """Whether the model is trusted, and may teach itself, by what it said last."""
        n = len(self._order)
        n_judged = min(N_JUDGED, n)
        if self._n_asked < n_judged:
            return
        part = self._order[(self._next - 1 - np.arange(n_judged)) % n]
        propagated = self.propagated[part]
        agrees = agreement(propagated, self.modelled[part])
        sees_the_same = self.mixture.probe is not None and self.learner.model.n_features > 0
        self.model_is_trusted = not sees_the_same and may_trust(
            agrees, left_open(propagated), self.model_is_trusted
        )
        steps = self.learner.steps - self._labels_changed_at
        teacher = self.learner.teacher
        if teacher and steps > STEPS_BEFORE_TEACHER and agrees < STRAYED_AGREEMENT:
            teacher.give_up()

    def _let_go(self, n_labels: int) -> None:
        """Let a model teach itself again that strayed with far fewer labels."""
        teacher = self.learner.teacher
        if teacher is None or not teacher.has_given_up:
            self._strayed_with = 0
        elif not self._strayed_with:
            self._strayed_with = n_labels
        elif n_labels >= RETRY_LABELS_FACTOR * self._strayed_with:
            teacher.try_again()

    @property
    def predicted_by(self) -> PredictedBy:
        """Whose the probabilities are: a name in predictions.py."""
        return BOTH if self.model_is_trusted else PROPAGATION

    def probabilities(self) -> Probabilities:
        """What is said of every example: -> (N, K)."""
        if self.model_is_trusted:
            return combined(self.propagated, self.modelled)
        return self.propagated
