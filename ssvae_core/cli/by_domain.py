"""A fit to a data set with domains: labels of one of them, and the error of each.

Letters in shapes: N examples, M of the test part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..data import Dataset
from ..errors import UserError
from .trial import error_on, guesses

if TYPE_CHECKING:
    from ..fitting.fit import Fit


def answers_in(domain: str | None, data: Dataset, answers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The answers of one domain, by its name, -1 for all others; all of them for None: (N,).

    UserError where there is no such domain.
    """
    if domain is None:
        return answers
    if domain not in data.domain_names:
        names = ", ".join(data.domain_names)
        raise UserError(
            f"The data set '{data.name}' has no domain '{domain}'. "
            + (f"It has: {names}." if names else "It has none: see import --domain-of.")
        )
    inside = np.full_like(answers, -1)
    chosen = data.in_domain(data.domain_names.index(domain))
    inside[chosen] = answers[chosen]
    return inside


def errors_by_domain(
    fit: Fit, data: Dataset, test_features: NDArray[Any] | None = None
) -> list[dict[str, Any]]:
    """Of each domain its name, how many examples and labels it has, and percent named wrongly.

    Of the domain's test part, or where it has none, of its examples without a label; None where
    there is neither.
    """
    of_test = None
    if error_on(data) == "test" and data.test_domains is not None:
        assert data.test_images is not None
        assert data.test_answer_key is not None
        said = fit.probabilities(data.test_images, test_features).argmax(1)
        of_test = data.test_domains, data.test_answer_key, said
    found = []
    own = guesses(fit).argmax(1)
    for place, name in enumerate(data.domain_names):
        inside = data.in_domain(place)
        percent, on = None, "test"
        if of_test is not None:
            domains, key, said = of_test
            percent = _percent(said, key, (domains == place) & (key >= 0))
        if percent is None and data.answer_key is not None:
            on, is_open = "unlabelled", np.zeros(len(data), np.bool_)
            is_open[inside] = (fit.labels[inside] < 0) & (data.answer_key[inside] >= 0)
            percent = _percent(own, data.answer_key, is_open)
        found.append(
            {
                "name": name,
                "examples": len(inside),
                "labels": int((fit.labels[inside] >= 0).sum()),
                "error": percent,
                "error_on": on,
            }
        )
    return found


def _percent(
    said: NDArray[np.integer], key: NDArray[np.integer], of: NDArray[np.bool_]
) -> float | None:
    return round(100 * float((said != key)[of].mean()), 2) if of.any() else None
