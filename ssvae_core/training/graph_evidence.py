"""What labels say at once by several graphs of neighbours and by a linear probe, weighed by labels.

Who is near whom can be seen in pixels, in an M1's latents or by a pretrained encoder, and which is
right depends on the images. So what each says is left to the labels: every label is guessed from
the others by each, and the product of experts (Hinton 2002)

    p(y|x)  ~  prod_e  p_e(y|x) ** w_e        w_e >= 0

has the weights that make the labels likeliest, held near a prior: as sharp together as propagation
alone, and each by how much its space lies in clusters, squared, which is known before there are
labels. The logarithm is concave in w: a few steps find it. An expert that knows nothing gets no
weight; several that know something different are better than the best. The weights also calibrate:
their sum is how sure all together may be.

Labels are asked where the answer was unsure. A guess of the leading graph is therefore right less
often among labels than elsewhere, so another leads only if it guesses better by more than chance.
Notes: benchmarks/notes/training-graph_evidence.md

Letters in shapes: N examples, m judged ones, E experts, K classes, F features.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..atlas.components import Features
from ..atlas.graphs import CONTRASTIVE, M1_LATENTS, PIXELS, NamedGraph
from .expert_product import fitted_weights, floored_logs, product, with_share
from .label_propagation import SHARPNESS, Propagation, as_labelled, sharpened
from .linear_probe import LinearClassifier, LinearProbe

PROBE = "linear probe"
TITLES = {
    M1_LATENTS: "M1's latents",
    CONTRASTIVE: "the encoder learned on these images",
}
MIN_LABELS = 10  # from which on the labels weigh
N_JUDGED = 200  # labels that are guessed from the others; of more, always the same ones
LEADERS_SHARE = 0.5  # of the prior weights, where one is to be believed more than all others
LEAST_CLUSTERED = 0.05  # beyond 1: a space without clusters is believed a little
TAKEOVER = 2.0  # standard errors by which another graph must guess better, to lead

Probabilities = NDArray[np.float32]


@dataclass(frozen=True)
class Standing:
    """How well an expert guesses the labels from each other, and what it weighs."""

    name: str
    n_judged: int
    right: float  # share of them
    weight: float

    @property
    def error(self) -> float:
        """Standard error of the share that is right."""
        return float(np.sqrt(self.right * (1 - self.right) / max(self.n_judged, 1)))


class GraphMixture:
    """Propagation over several graphs, and a probe of features where there are any."""

    def __init__(
        self,
        graphs: Sequence[NamedGraph],
        features: Features | None = None,
        leading: str = "",
    ):
        """The first graph is trusted most before there are labels, and another may lead since.

        Features (N, F) are made comparable.
        """
        self.propagations = {
            graph.name: Propagation(graph.neighbours, graph.distances) for graph in graphs
        }
        self.probe: LinearProbe | None = None
        if features is not None:
            near = self.propagations.get(self.of_features)
            self.probe = LinearProbe(features, None if near is None else near.graph)
        self.first, self._trust = graphs[0].name, self._trusted(graphs)
        self.leading = leading or self.first
        self.standings: tuple[Standing, ...] = ()
        self._order = np.random.default_rng(0).permutation(len(graphs[0].neighbours))
        self._weights = np.full(1, SHARPNESS, np.float64)
        self.taught: LinearClassifier | None = None  # what the probe learned last

    @property
    def names(self) -> list[str]:
        """Of the experts: the graphs, and the probe last."""
        return [*self.propagations, *([PROBE] if self.probe else [])]

    @property
    def of_features(self) -> str:
        """The name of the features' graph; "" if it is none of these."""
        learned_here = (PIXELS, M1_LATENTS, CONTRASTIVE)
        return next((name for name in self.propagations if name not in learned_here), "")

    def __call__(self, labels: NDArray[np.int16], n_classes: int) -> Probabilities:
        """Class probabilities of every example; -1 is "no label": (N,) -> (N, K).

        A class without labels has probability 0, one that is known is certain where it was given.
        """
        if self._is_one_alone or not (labels >= 0).any():
            self.taught, self.standings = None, ()
            return self.propagations[self.first](labels, n_classes)
        self._weigh(labels, n_classes)
        said = [each.shares(labels, n_classes) for each in self.propagations.values()]
        if self.probe:
            self.taught = self.probe.fitted(labels, n_classes)
        components = self.probe.components if self.probe else None
        together = self.together(said, components, known_classes(labels, n_classes), self.taught)
        return as_labelled(together, labels)

    def at(
        self, labels: NDArray[np.int16], n_classes: int, examples: NDArray[np.integer]
    ) -> Probabilities:
        """The same of some unlabelled examples (m,), for labels that are only tried: -> (m, K).

        By the weights of the labels that stand; what is remembered of these stays.
        """
        graphs = self.propagations.values()
        if self._is_one_alone:
            return self.propagations[self.first].at(labels, n_classes, examples)
        said = [each.shares_at(labels, n_classes, examples) for each in graphs]
        taught = self.probe.fitted(labels, n_classes) if self.probe else None
        components = self.probe.components[examples] if self.probe else None
        return self.together(said, components, known_classes(labels, n_classes), taught)

    def together(
        self,
        shares: Sequence[NDArray[np.float32]],
        components: Features | None,
        known: NDArray[np.bool_],
        taught: LinearClassifier | None,
    ) -> Probabilities:
        """The product of all experts for any M examples, by the weights of the labels given.

        From the shares that propagate in each graph, (M, K) each, the probe's components (M, A) if
        there are any, which classes have labels, (K,), and what the probe learned: -> (M, K).
        """
        experts = [sharpened(each, np.flatnonzero(known), 1) for each in shares]
        if taught is not None and components is not None:
            experts.append(taught.probabilities(components))
        logs = np.zeros((len(experts[0]), len(known)), np.float32)
        for weight, expert in zip(self._weights, experts, strict=True):
            if weight > 0:
                logs += np.float32(weight) * floored_logs(expert, known)
        return product(logs, known)

    def about(self) -> str:
        """Which graph leads and why, in words; "" if there is one alone or nothing to judge by."""
        graphs = [each for each in self.standings if each.name != PROBE]
        if len(graphs) < 2:
            return ""
        first = next(each for each in graphs if each.name == self.leading)
        others = sorted((each for each in graphs if each is not first), key=lambda its: -its.right)
        rest = [f"by {title_of(each.name)} {each.right:.0%}" for each in others]
        rest += [f"the {PROBE} {each.right:.0%}" for each in self.standings if each.name == PROBE]
        return (
            f"The neighbours by {title_of(first.name)} lead: they guess {first.right:.0%} of "
            f"{first.n_judged} labels from the others, {', '.join(rest)}."
        )

    @property
    def _is_one_alone(self) -> bool:
        return len(self.names) == 1

    def _weigh(self, labels: NDArray[np.int16], n_classes: int) -> None:
        """What each expert weighs, and who leads, by these labels (N,)."""
        judged, known = judged_labels(labels, n_classes, self._order)
        self._weights, self.standings = self._prior(self.first), ()
        if len(judged) < MIN_LABELS:
            return
        classes = labels[judged]
        logs = np.stack(
            [
                floored_logs(sharpened(left, sharpness=1), known)
                for left in self._left_out(labels, n_classes, judged)
            ]
        )
        right = np.where(known, logs, -np.inf).argmax(2) == classes  # (E, m)
        of_graphs = dict(zip(self.propagations, right, strict=False))
        prior = self._prior(leader(self.first, of_graphs))
        self._weights = fitted_weights(logs, classes, prior)
        self.standings = tuple(
            Standing(name, len(judged), float(its.mean()), float(weight))
            for name, its, weight in zip(self.names, right, self._weights, strict=True)
        )
        self.leading = leader(self.leading, of_graphs)

    def _left_out(
        self, labels: NDArray[np.int16], n_classes: int, judged: NDArray[np.intp]
    ) -> list[NDArray[np.float32]]:
        """What each expert says of judged examples (m,) by the other labels: (m, K) each."""
        of_graphs = [
            each.left_out(labels, n_classes, judged) for each in self.propagations.values()
        ]
        if self.probe is None:
            return of_graphs
        return [*of_graphs, self.probe.left_out(labels, n_classes, judged)]

    def _trusted(self, graphs: Sequence[NamedGraph]) -> NDArray[np.float64]:
        """How the experts share the prior weight: by how clustered their spaces are, squared.

        That is counted from 1, which a space without clusters has. Where it is not known, or the
        first was chosen in spite of it, the first has LEADERS_SHARE.
        """
        clustered = {graph.name: graph.clustered for graph in graphs}
        if not all(clustered.values()):
            return with_share(np.ones(len(self.names)), 0, LEADERS_SHARE)
        if self.probe:
            clustered[PROBE] = clustered.get(self.of_features, min(clustered.values()))
        beyond = np.array([clustered[name] for name in self.names]) - 1
        squares = beyond.clip(LEAST_CLUSTERED) ** 2
        shares = np.asarray(squares / squares.sum())
        return with_share(shares, 0, LEADERS_SHARE) if shares.argmax() else shares

    def _prior(self, leading: str) -> NDArray[np.float64]:
        """The experts' weights before the labels count: as sharp together as propagation alone."""
        place = self.names.index(leading)
        if leading == self.first or self._trust[place] >= LEADERS_SHARE:
            return SHARPNESS * self._trust
        return SHARPNESS * with_share(self._trust, place, LEADERS_SHARE)


def title_of(graph: str) -> str:
    """What a graph's neighbours are found by, in words."""
    return TITLES.get(graph, graph)


def known_classes(labels: NDArray[np.int16], n_classes: int) -> NDArray[np.bool_]:
    """Which classes have a label: (N,) -> (K,)."""
    return np.bincount(labels[labels >= 0], minlength=n_classes) > 0


def judged_labels(
    labels: NDArray[np.int16], n_classes: int, order: NDArray[np.integer]
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Labelled examples whose class has another label, the first of an order (N,): (m,), (m, K).

    And for each which classes have a label beside its own.
    """
    counts = np.bincount(labels[labels >= 0], minlength=n_classes)
    candidates = order[labels[order] >= 0]
    judged = candidates[counts[labels[candidates]] > 1][:N_JUDGED]
    own = labels[judged][:, None] == np.arange(n_classes)
    return judged, counts - own > 0


def leader(leading: str, right: dict[str, NDArray[np.bool_]]) -> str:
    """Who leads, by which labels each graph guesses from the others: a name and (m,) each.

    The one that leads, or the best of those that guess more by TAKEOVER standard errors of the
    difference: labels that both guess, or neither, say nothing.
    """
    best, most = leading, 0.0
    for name, its in right.items():
        gains, losses = int((its & ~right[leading]).sum()), int((~its & right[leading]).sum())
        lead = (gains - losses) / np.sqrt(max(gains + losses, 1))
        if lead > max(most, TAKEOVER):
            best, most = name, float(lead)
    return best
