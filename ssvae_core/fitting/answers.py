"""What is asked of a fit that has run: classes, styles and drawings of any examples.

Letters in shapes: N examples, M others, S an example's own shape, D the number of its values,
F features, K classes, Z latent dimensions.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..errors import UserError
from ..predictions import MODEL, PROPAGATION
from ..training.chunks import at_once, in_chunks, run_to_end
from ..training.ensemble import Ensemble, combined
from ..training.examples import Standard, as_given, as_stored
from ..training.graph_evidence import known_classes
from ..training.learner import Learner
from ..training.prepared import prepared
from ..training.tensors import as_inputs
from .neighbour_graph import Graph
from .seen import Seen, as_halves, compared

ASKED_ABOUT = 12_000  # examples, whose codes are those that classes are drawn from


class FitAnswers(ABC):
    """The questions to a fit. Other examples come with their features, if those here have them."""

    shape: tuple[int, ...]  # S
    seed: int
    device: torch.device
    standard: Standard | None  # of vectors
    centre: NDArray[np.float32] | None  # (F,) of features
    beside: bool  # whether the model does without these
    labels: NDArray[np.int16]  # (N,)
    learner: Learner | None
    graphs: list[Graph]
    ensemble: Ensemble | None

    @abstractmethod
    def own_randomness(self) -> AbstractContextManager[None]:
        """Draws that follow from the seed and the steps so far, and from nobody else's draws."""

    @property
    def predicted_by(self) -> str:
        """Who answers for new examples: a name in predictions.py."""
        has_labels = bool((self.labels >= 0).any())
        return self.ensemble.predicted_by if self.ensemble and has_labels else MODEL

    def probabilities(
        self, values: NDArray[Any], features: NDArray[Any] | None = None
    ) -> NDArray[np.float32]:
        """Class probabilities of any examples, as the guard allows: (M, *S), (M, F) -> (M, K)."""
        if self.predicted_by == MODEL:
            return self.modelled(values, features)
        said = self.propagated(values, features)
        if self.predicted_by == PROPAGATION:
            return said
        return combined(said, self.modelled(values, features))

    def modelled(
        self, values: NDArray[Any], features: NDArray[Any] | None = None
    ) -> NDArray[np.float32]:
        """What the model alone says of any examples: (M, *S), (M, F) -> (M, K)."""
        learner = self._learned()
        return self._ask(self._seen(values, features), lambda x, y: learner.classify(x))

    def propagated(
        self, values: NDArray[Any], features: NDArray[Any] | None = None
    ) -> NDArray[np.float32]:
        """What propagation alone says of any examples: (M, *S), (M, F) -> (M, K)."""
        assert self.ensemble is not None
        seen, mixture = self._seen(values, features), self.ensemble.mixture
        if len(mixture.names) == 1 or not (self.labels >= 0).any():
            return self.graphs[0].share(self.ensemble.propagated, seen)
        n_classes = self._learned().model.n_classes
        shares = [
            graph.share(mixture.propagations[graph.name].shares(self.labels, n_classes), seen)
            for graph in self.graphs
        ]
        components = None
        if mixture.probe is not None and self.centre is not None:
            near = next((its for its in self.graphs if its.name == mixture.of_features), None)
            beside = () if near is None else near.near(seen)
            components = mixture.probe.reduced(compared(seen, self.centre), *beside)
        known = known_classes(self.labels, n_classes)
        return mixture.together(shares, components, known, mixture.taught)

    def encode(
        self,
        values: NDArray[Any],
        features: NDArray[Any] | None = None,
        probabilities: NDArray[Any] | None = None,
    ) -> NDArray[np.float32]:
        """The style of any examples, in the likeliest class of each: (M, *S), (M, F) -> (M, Z).

        By their class probabilities (M, K), if these are known.
        """
        model = self._learned().ema_model.eval()
        if probabilities is None:
            probabilities = self.probabilities(values, features)
        return self._ask(self._seen(values, features), model.encode, probabilities)

    def reconstruct(
        self, values: NDArray[Any], features: NDArray[Any] | None = None
    ) -> NDArray[Any]:
        """Any examples redrawn from their likeliest class and their style: (M, *S) -> (M, *S)."""
        model = self._learned().ema_model.eval()
        found = self.probabilities(values, features)
        seen = self._seen(values, features)
        drawn = self._ask(seen, model.redrawn, found)
        return as_given(drawn, self.shape, self.standard)

    @torch.no_grad()
    def sample(
        self,
        y: NDArray[np.integer],
        seed: int = 0,
        n: int = 1,
        mean: bool = False,
        temperature: float = 1.0,
    ) -> NDArray[Any]:
        """N new examples of each of these classes, by the seed: (M,) -> (M n, *S).

        Draws, or with `mean` what is most to be expected of a random style: see the model's
        `sample`. None is left out. UserError for a temperature below 0.
        """
        if not temperature >= 0:
            raise UserError(
                f"The temperature is 0 or more, got {temperature:g}. 1 draws as varied as the "
                "examples are, less is more alike."
            )
        learner = self._learned()
        classes = torch.tensor(y, dtype=torch.long, device=self.device)
        self._remember_codes(learner)
        with self.own_randomness():
            torch.manual_seed(seed)
            drawn = learner.ema_model.eval().sample(classes, n, mean, temperature)
        return as_given(drawn.flatten(0, 1).cpu().numpy(), self.shape, self.standard)

    def _remember_codes(self, learner: Learner) -> None:
        """Of some examples as they are said to be now, whatever the model was asked before."""
        shares = np.zeros((len(self.labels), learner.model.n_classes), np.float32)
        some = np.random.default_rng(self.seed).permutation(len(shares))[:ASKED_ABOUT]
        some = np.union1d(some, np.flatnonzero(self.labels >= 0))
        by, said = self.predicted_by, self.ensemble.propagated if self.ensemble else shares
        shares[some] = said[some] if by == PROPAGATION else learner.probabilities(some)
        if by not in (PROPAGATION, MODEL):
            shares[some] = combined(said[some], shares[some])
        learner.remember_codes(shares)

    def _seen(
        self,
        values: NDArray[Any],
        features: NDArray[Any] | None = None,
        digests: NDArray[np.uint8] | None = None,
        domains: NDArray[np.integer] | None = None,
    ) -> Seen:
        """Examples as they are held, on the device: (M, *S), (M, F)."""
        stored = as_stored(values, self.standard).to(self.device)
        return Seen.of(stored, features, digests, domains)

    def _learned(self) -> Learner:
        if self.learner is None:
            raise ValueError("This fit has not run yet: there is no model to ask.")
        return self.learner

    @torch.no_grad()
    def _ask(
        self,
        seen: Seen,
        question: Callable[[Tensor, Tensor], Tensor],
        probabilities: NDArray[Any] | None = None,
    ) -> NDArray[np.float32]:
        """The answer to a query about each example, and its likeliest class if it is given."""
        y = torch.zeros(len(seen), dtype=torch.long, device=self.device)
        if probabilities is not None:
            y = torch.from_numpy(probabilities.argmax(1)).to(self.device)
        model = self._learned().model
        x = run_to_end(prepared(model, seen.values, self._compared(seen), seen.domains))
        parts = zip(in_chunks(x), y.split(at_once(x.shape[1])), strict=True)
        found = [question(as_inputs(part), its) for part, its in parts]
        return np.asarray(torch.cat(found).float().cpu().numpy(), np.float32)

    def _compared(self, seen: Seen) -> Tensor | None:
        """Features as the model takes them: (M, F); None where it takes none."""
        if self.centre is None or self.beside:
            return None
        return as_halves(compared(seen, self.centre)).to(self.device)
