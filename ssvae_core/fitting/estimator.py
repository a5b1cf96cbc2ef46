"""The models as a scikit-learn classifier: few labels, many examples, -1 for "no label".

    classifier = SSVAEClassifier(budget=60, random_state=0).fit(X, y)
    classifier.predict(X_test)

X are feature vectors, (n, d), which are standardised, or images, (n, H, W) or (n, H, W, C), uint8
or floats in [0, 1]. Letters in shapes: n examples, K classes, Z numbers of a style.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_consistent_length, check_is_fitted, validate_data

from ..errors import UserError
from ..options.renamed import renamed
from .image_checks import as_images, check_kind, n_axes
from .label_checks import check_labels
from .label_encoder import LabelEncoder, is_labelled, scored

if TYPE_CHECKING:
    from .fit import Fit

Array = NDArray[Any]


class SSVAEClassifier(ClassifierMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """A semi-supervised variational autoencoder that classifies, encodes and draws examples.

    model: a name in MODELS; None takes "guided" for images and "m1m2" for vectors.
    config: the model's knobs by name, {"latent_dim": 8}, and how it is fitted to the data,
        {"networks": "mlp", "likelihood": "gaussian", "batch": 128}; see options.py.
    budget: seconds of training; None trains until max_iter.
    max_iter: steps of training, and as many before of an M1 where one is needed; None trains until
        the budget is spent. With both, what is over first ends it. A result that is to be the same
        again needs a random_state, a max_iter, and a budget that is not over first, or None.
    device: "auto", "cuda", "mps" or "cpu".
    with_teacher: whether label propagation and a mean teacher teach it as well; None is as the
        model's spec says.
    random_state: a seed, a RandomState, or None.

    After fit: classes_ (K,), sorted; n_features_in_; image_shape_, (H, W, C) or None for vectors;
    n_iter_, steps so far; model_, the name of the model that learned ("m2" where an M1 found
    nothing in which the examples differ); fit_, the Fit behind it.
    """

    _labels: LabelEncoder
    _n_axes: int  # of the X that was learned from

    def __init__(
        self,
        model: str | None = None,
        *,
        config: dict[str, Any] | None = None,
        budget: float | None = 60.0,
        max_iter: int | None = None,
        device: str = "auto",
        with_teacher: bool | None = None,
        random_state: Any = None,
    ):
        self.model = model
        self.config = config
        self.budget = budget
        self.max_iter = max_iter
        self.device = device
        self.with_teacher = with_teacher
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> SSVAEClassifier:
        """Learn from scratch. X: (n, d), (n, H, W) or (n, H, W, C); y: (n,), -1 is no label.

        Where no y is a string, -1 is the number; strings go with it in an array of dtype object.
        Raises ValueError for what cannot be learned from.
        """
        values, labels = self._examples(X, y, reset=True)
        return self._learn(self._start(values, labels, None))

    def partial_fit(
        self, X: ArrayLike, y: ArrayLike, classes: Iterable[Any] | None = None
    ) -> SSVAEClassifier:
        """Go on from the weights there are, with these labels and examples added to those before.

        An example that was there before has from now on the label given now, and none if that is
        -1. So X may be what is new, or all with more labels. New classes make the model grow;
        `classes` names some that have no label yet. The first call is a fit; its examples decide
        how vectors are standardised and what an M1 learns, so let it have many of them.
        """
        if not hasattr(self, "fit_"):
            values, y = self._examples(X, y, reset=True)
            return self._learn(self._start(values, y, classes))
        values, y = self._examples(X, y, reset=False)
        self._labels = self._labels.with_those_of(y, classes)
        if len(self._labels) > self.fit_.n_classes:
            self.fit_.grow(len(self._labels))
        self.fit_.add(values, self._labels.encode(y))
        return self._learn(self.fit_)

    def predict(self, X: ArrayLike) -> Array:
        """The likeliest class of each example: -> (n,)."""
        best = self.predict_proba(X).argmax(1)
        return self.classes_[best]

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Probabilities of the classes, in the order of classes_: -> (n, K)."""
        check_is_fitted(self)
        found = self.fit_.probabilities(self._values(X)).astype(np.float64)
        found += 1e-300 * (found.sum(1, keepdims=True) == 0)  # nothing is known: all are alike
        ordered: NDArray[np.float64] = found[:, self._labels.order]
        return ordered / ordered.sum(1, keepdims=True)

    def transform(self, X: ArrayLike) -> NDArray[np.float32]:
        """The code of each example: its style, then its classes' probabilities: -> (n, Z + K).

        The style is that of the likeliest class. From both, `reconstruct` draws the example again.
        """
        probabilities = self.predict_proba(X)
        style = self.fit_.encode(self._values(X), probabilities[:, np.argsort(self._labels.order)])
        return np.hstack([style, probabilities]).astype(np.float32)

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> Array:
        """What the columns of `transform` are: style0, style1, ..., class_<label>, ..."""
        check_is_fitted(self)
        learner = self.fit_.learner
        assert learner is not None
        styles = [f"style{number}" for number in range(learner.model.style_dim)]
        return np.array([*styles, *(f"class_{label}" for label in self.classes_)], object)

    def sample(self, label: Any, n: int = 1, random_state: Any = None) -> Array:
        """N new examples of this class, in the units of X: -> (n, d), (n, H, W) or (n, H, W, C).

        The same again for the same random_state, by default the estimator's. Images are floats in
        [0, 1].
        """
        check_is_fitted(self)
        chooser = check_random_state(self.random_state if random_state is None else random_state)
        y = np.full(n, self._labels.number(label))
        return self._as_given(self.fit_.sample(y, int(chooser.randint(2**31 - 1))))

    def reconstruct(self, X: ArrayLike) -> Array:
        """Each example as the model draws it from its code: -> as X, images as in `sample`."""
        check_is_fitted(self)
        return self._as_given(self.fit_.reconstruct(self._values(X)))

    def score(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Accuracy on the examples that have a label; those with -1 count for nothing."""
        from sklearn.metrics import accuracy_score

        targets = scored(y)
        given = is_labelled(targets)
        weight = None if sample_weight is None else np.asarray(sample_weight)[given]
        predicted = self.predict(X)
        return float(accuracy_score(targets[given], predicted[given], sample_weight=weight))

    def save(self, path: str | Path) -> None:
        """Write all of it as a folder, the examples included, for any device.

        Raises UserError if that cannot be done, or if the labels are no strings or numbers.
        """
        from .saved_fit import save_fit

        check_is_fitted(self)
        settings = self.get_params() | {"device": "auto"}
        if not isinstance(self.random_state, int):
            settings["random_state"] = None
        more = {"estimator": settings, "classes": self._labels.as_json(), "n_axes": self._n_axes}
        if hasattr(self, "feature_names_in_"):
            more["feature_names"] = self.feature_names_in_.tolist()
        save_fit(Path(path), self.fit_, more)

    @classmethod
    def load(cls, path: str | Path, device: str = "auto") -> SSVAEClassifier:
        """What was saved, here or by the command line, on this device.

        Raises UserError if it cannot be read.
        """
        from ..training.device import choose_device
        from .saved_fit import load_fit

        fit, manifest = load_fit(Path(path), choose_device(device))
        settings = renamed(manifest.get("estimator", {"model": fit.model_name}))
        loaded = cls(**{**settings, "device": device})
        names = {"names": list(range(fit.n_classes)), "dtype": "<i8"}
        loaded._labels = LabelEncoder.from_json(manifest.get("classes", names))
        loaded._n_axes = manifest.get("n_axes", len(fit.shape) + 1)
        loaded.n_features_in_ = math.prod(fit.shape)
        if "feature_names" in manifest:
            loaded.feature_names_in_ = np.array(manifest["feature_names"], object)
        loaded._show(fit)
        return loaded

    def _start(self, values: Array, y: Array, classes: Iterable[Any] | None) -> Fit:
        """A new Fit to these examples."""
        from ..models import MODELS
        from ..options.options import AUTO
        from ..training.device import choose_device
        from .fit import Fit

        name = self.model or ("guided" if values.ndim == 4 else "m1m2")
        if name not in MODELS:
            raise ValueError(f"Unknown model '{name}'. Choose one of: {', '.join(MODELS)}.")
        knobs = vars(MODELS[name].config) | vars(AUTO)
        for knob in self.config or {}:
            if knob not in knobs:
                raise ValueError(f"{name} has no knob '{knob}'. It has: {', '.join(knobs)}.")
        self._labels = LabelEncoder.of(y, classes)
        return Fit(
            values,
            self._labels.encode(y),
            n_classes=len(self._labels),
            model=name,
            config=self.config,
            with_teacher=self.with_teacher,
            device=choose_device(self.device),
            seed=int(check_random_state(self.random_state).randint(2**31 - 1)),
        )

    def _learn(self, fit: Fit) -> SSVAEClassifier:
        for _ in fit.run(self.budget, self.max_iter):
            pass
        return self._show(fit)

    def _show(self, fit: Fit) -> SSVAEClassifier:
        self.fit_, self.model_, self.n_iter_ = fit, fit.model_name, fit.steps
        self.classes_ = self._labels.names[self._labels.order]
        self.image_shape_ = fit.shape if len(fit.shape) == 3 else None
        return self

    def _examples(self, X: ArrayLike, y: ArrayLike, reset: bool) -> tuple[Array, Array]:
        """Both, checked: -> (n, d) or (n, H, W, C), (n,)."""
        check_labels(y)
        at_least = 2 if reset else 1
        if n_axes(X) < 3:
            if not reset:
                check_kind(None, self.image_shape_)
            values, labels = validate_data(
                self, X, y, dtype=np.float64, reset=reset, ensure_min_samples=at_least
            )
            self._n_axes = 2
            return values, labels
        labels = validate_data(self, y=y, reset=reset)
        images = self._images(X, reset, at_least)
        check_consistent_length(images, labels)
        return images, labels

    def _values(self, X: ArrayLike) -> Array:
        """X alone, checked: -> (n, d) or (n, H, W, C)."""
        if n_axes(X) >= 3:
            return self._images(X)
        check_kind(None, self.image_shape_)
        values: Array = validate_data(self, X, dtype=np.float64, reset=False)
        return values

    def _images(self, X: ArrayLike, reset: bool = False, at_least: int = 1) -> Array:
        images = as_images(X, at_least)
        if reset:
            self._n_axes, self.n_features_in_ = n_axes(X), math.prod(images.shape[1:])
        else:
            check_kind(images.shape[1:], self.image_shape_)
        return images

    def _as_given(self, drawn: Array) -> Array:
        """With an axis for channels if the X that was learned from had one."""
        return drawn[..., 0] if self._n_axes == 3 else drawn

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        if "fit_" in state:
            from .saved_fit import packed

            state["fit_"] = packed(state["fit_"])
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(renamed(state))
        if "fit_" in state:
            from ..training.device import choose_device
            from .saved_fit import unpacked

            try:
                device = choose_device(self.device)
            except UserError:  # it was on another machine's
                device = choose_device()
            arrays, manifest = state["fit_"]
            self.fit_ = unpacked(arrays, manifest, device)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = []  # it gives float32
        tags.non_deterministic = self.max_iter is None
        return tags
