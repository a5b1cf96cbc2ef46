"""Labels asked by a strategy, spread to all; see texts/next.py."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ...acquisition import Evidence, suggest
from ...predictions import margin
from ..asked import Asked
from ..crowd import Crowd
from ..result import Finding, lines, pictures, scatter
from ..texts.next import COUNTS, STRATEGIES, said
from ..training import Tell

N_DRAWS = 5  # of random labels, that the error is the mean of
BATCH = 5  # labels between two looks at what they say
N_DOTS, N_SHOWN = 2000, 10


@dataclass(frozen=True)
class Answered:
    """What was asked, and what was wrong after so many labels."""

    asked: list[int]
    errors: dict[int, float]  # in percent, by the number of labels


def run(asked: Asked, tell: Tell) -> Finding:
    """Ask, answer by the known classes, and count what is wrong."""
    how, count = STRATEGIES[int(asked.value)], COUNTS[int(asked.free)]
    crowd = Crowd.of(asked.data, tell)
    n_draws = 1
    if how == "random":
        n_draws = N_DRAWS if asked.share == 1 else 2
    tried = []
    for draw in range(n_draws):
        tell(0.2 + 0.8 * draw / n_draws, "asking, answering, spreading")
        most = COUNTS[-1] if asked.share == 1 else count
        tried.append(answered(crowd, how, asked.seed * N_DRAWS + draw, most))
    errors = {n: float(np.mean([each.errors[n] for each in tried])) for n in tried[0].errors}
    first = tried[0].asked[:count]
    found = [len(np.unique(crowd.classes[each.asked[:count]])) for each in tried]
    dots = np.random.default_rng(0).permutation(len(crowd.classes))[:N_DOTS]
    guesses = crowd.propagated(crowd.labelled(np.array(first))).argmax(1)
    curve = [errors[n] for n in errors]
    return Finding(
        errors[count],
        f"{errors[count]:.1f} % wrong",
        said(how, count, errors[count], round(float(np.mean(found))), crowd.n_classes),
        {},
        {"wrong": errors[count], "classes": float(np.mean(found))},
        [
            pictures("The first ten that were asked", crowd.images[first[:N_SHOWN]][None]),
            lines("Wrong guesses, in percent", list(errors), {how: curve}, ("labels", "wrong")),
            scatter(
                "Every image on the map, in the colour of its guess",
                crowd.atlas.xy[dots],
                guesses[dots],
                ("", ""),
            ),
        ],
        0,
        len(crowd.classes),
    )


@lru_cache(maxsize=16)  # one answers for every place of the other knob
def answered(crowd: Crowd, how: str, seed: int, most: int) -> Answered:
    """Ask until there are so many labels."""
    labels = np.full(len(crowd.classes), -1, np.int16)
    said_of: NDArray[np.float32] | None = None
    asked, errors = list[int](), dict[int, float]()
    while len(asked) < most:
        undecided = None if said_of is None else margin(said_of)
        evidence = Evidence(crowd.atlas, labels.copy(), said_of, seed, undecided)
        n = min(BATCH, most - len(asked))
        asked += [each.example for each in suggest(how, evidence, n, crowd.names)]
        labels[asked] = crowd.classes[asked]
        said_of = crowd.propagated(labels)
        errors[len(asked)] = crowd.percent_wrong(said_of.argmax(1), labels)
    return Answered(asked, errors)
