"""New examples of a class, as an estimator draws them.

Letters in shapes: n examples, d features, images of h x w pixels and C channels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from .checked_examples import Array, CheckedExamples
from .label_encoder import LabelEncoder

if TYPE_CHECKING:
    from .fit import Fit


class DrawnExamples(CheckedExamples):
    """An estimator that draws."""

    random_state: Any
    fit_: Fit
    _labels: LabelEncoder

    def sample(
        self,
        label: Any,
        n: int = 1,
        random_state: Any = None,
        mean: bool = False,
        temperature: float = 1.0,
    ) -> Array:
        """N new examples of this class, in the units of X: -> (n, d), (n, h, w) or (n, h, w, C).

        Draws, as varied as what was seen of the class; or with `mean` more alike and smoother, what
        is to be expected of a random style (AbstractModel.sample). None is left out or chosen among
        more. A `temperature` below 1 draws them more alike, 0 from the middles alone; one above 1
        less. The same again for the same random_state, by default the estimator's. Images are
        floats in [0, 1], of the size that the model sees. UserError for a temperature below 0.
        """
        check_is_fitted(self)
        chooser = check_random_state(self.random_state if random_state is None else random_state)
        y, seed = np.array([self._labels.number(label)]), int(chooser.randint(2**31 - 1))
        return self._as_given(self.fit_.sample(y, seed, n, mean, temperature))
