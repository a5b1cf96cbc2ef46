"""The models as a scikit-learn classifier: few labels, many examples, -1 for "no label".

    classifier = SSVAEClassifier(budget=60, random_state=0).fit(X, y)
    classifier.predict(X_test)

X are feature vectors, (n, d), which are standardised, or images, (n, H, W) or (n, H, W, C), uint8
or floats in [0, 1]. Photographs may be of any one size: an encoder sees them as they are, the model
a copy of 64 pixels at most, and in that size it draws.
Letters in shapes: n examples, K classes, Z numbers of a style.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin, TransformerMixin
from sklearn.utils import Tags, check_random_state
from sklearn.utils.validation import check_is_fitted

from ..encoders import CONTRASTIVE
from ..options.renamed import renamed
from .checked_examples import Array
from .drawn_examples import DrawnExamples
from .label_encoder import LabelEncoder, is_labelled, scored
from .model_copies import model_copies

if TYPE_CHECKING:
    from .array_encoder import ArrayEncoder
    from .fit import Fit
    from .seen import Seen


class SSVAEClassifier(ClassifierMixin, TransformerMixin, DrawnExamples):  # type: ignore[misc]
    """A semi-supervised variational autoencoder that classifies, encodes and draws examples.

    model: a name in MODELS; None takes "guided" for images and "m1m2" for vectors.
    config: the model's knobs by name, {"latent_dim": 8}, and how it is fitted to the data,
        {"networks": "mlp", "likelihood": "gaussian", "batch": 128}; see options.py. Models on
        an M1 take {"autoencoder": FOLDER} too, a pretrained M1, which encodes beyond the budget.
    encoder: what looks at images before the model does, see ENCODERS in ssvae_core.encoders:
        "efficientnet-lite0", "onnx:FILE", "timm:NAME", "open_clip:NAME", "transformers:NAME";
        "features:FILE" has a row for each example of `fit`. "auto" takes the one that ships, for
        grey images of 32 pixels at most beside what the model sees, if it sees all within 0.6 of
        the budget. "contrastive" learns one on the images of the first fit.
    budget: seconds of encoding and training; None trains until max_iter. Where they would be over
        before all images are encoded, some without a label are left out, and a warning says so.
    max_iter: steps of training, and as many before of an M1 where one is needed; None trains until
        the budget is spent. With both, what is over first ends it. A result that is to be the same
        again needs a random_state, a max_iter, and a budget that is not over first, or None.
    device: "auto", "cuda", "mps" or "cpu".
    with_teacher: whether label propagation and a mean teacher teach it as well; None is as the
        model's spec says.
    random_state: a seed, a RandomState, or None.

    After fit: classes_ (K,), sorted; n_features_in_; image_shape_, (H, W, C) or None for vectors;
    encoder_, its name or ""; n_iter_, steps so far; model_, the name of the model that learned
    ("m2" where an M1 found nothing in which the examples differ); fit_, the Fit behind it.
    """

    _labels: LabelEncoder
    _encoder: ArrayEncoder | None

    def __init__(
        self,
        model: str | None = None,
        *,
        config: dict[str, Any] | None = None,
        encoder: str = "auto",
        budget: float | None = 60.0,
        max_iter: int | None = None,
        device: str = "auto",
        with_teacher: bool | None = None,
        random_state: Any = None,
    ):
        self.model = model
        self.config = config
        self.encoder = encoder
        self.budget = budget
        self.max_iter = max_iter
        self.device = device
        self.with_teacher = with_teacher
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: ArrayLike) -> SSVAEClassifier:
        """Learn from scratch. X: (n, d), (n, H, W) or (n, H, W, C); y: (n,), -1 is no label.

        Where no y is a string, -1 is the number; strings go with it in an array of dtype object.
        Raises ValueError for what cannot be learned from, UserError for an encoder that is not to
        be had.
        """
        values, labels = self._examples(X, y, reset=True)
        return self._start(values, labels, None)

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
            return self._start(values, y, classes)
        start = time.monotonic()
        values, y = self._examples(X, y, reset=False)
        self._labels = self._labels.with_those_of(y, classes)
        if len(self._labels) > self.fit_.n_classes:
            self.fit_.grow(len(self._labels))
        values, y, more = self._encoded(values, y, self.fit_.seen)
        self.fit_.add(values, self._labels.encode(y), **more)
        return self._learn(self.fit_, start)

    def predict(self, X: ArrayLike) -> Array:
        """The likeliest class of each example: -> (n,)."""
        best = self.predict_proba(X).argmax(1)
        return self.classes_[best]

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Probabilities of the classes, in the order of classes_: -> (n, K)."""
        return self._probabilities(*self._inputs(X))

    def transform(self, X: ArrayLike) -> NDArray[np.float32]:
        """The code of each example: its style, then its classes' probabilities: -> (n, Z + K).

        The style is that of the likeliest class. From both, `reconstruct` draws the example again.
        """
        inputs = self._inputs(X)
        probabilities = self._probabilities(*inputs)
        style = self.fit_.encode(*inputs, probabilities[:, np.argsort(self._labels.order)])
        return np.hstack([style, probabilities]).astype(np.float32)

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> Array:
        """What the columns of `transform` are: style0, style1, ..., class_<label>, ..."""
        check_is_fitted(self)
        learner = self.fit_.learner
        assert learner is not None
        styles = [f"style{number}" for number in range(learner.model.style_dim)]
        return np.array([*styles, *(f"class_{label}" for label in self.classes_)], object)

    def reconstruct(self, X: ArrayLike) -> Array:
        """Each example as the model draws it from its code: -> as X, images as in `sample`."""
        return self._as_given(self.fit_.reconstruct(*self._inputs(X)))

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
        from .saved_estimator import save_estimator

        check_is_fitted(self)
        save_estimator(self, Path(path))

    @classmethod
    def load(cls, path: str | Path, device: str = "auto") -> SSVAEClassifier:
        """What was saved, here or by the command line, on this device; without any network.

        An encoder is opened when it is to see images that it has not seen. Raises UserError if it
        cannot be read.
        """
        from .saved_estimator import load_estimator

        loaded: SSVAEClassifier = load_estimator(cls, Path(path), device)
        return loaded

    def _start(self, values: Array, y: Array, classes: Iterable[Any] | None) -> SSVAEClassifier:
        """Fit anew to these examples."""
        from ..models import MODELS
        from ..options.options import AUTO
        from ..training.device import choose_device
        from .array_encoder import ArrayEncoder
        from .fit import Fit

        start, name = time.monotonic(), self.model or ("guided" if values.ndim == 4 else "m1m2")
        if name not in MODELS:
            raise ValueError(f"Unknown model '{name}'. Choose one of: {', '.join(MODELS)}.")
        knobs = vars(MODELS[name].config) | vars(AUTO)
        for knob in self.config or {}:
            if knob not in knobs:
                raise ValueError(f"{name} has no knob '{knob}'. It has: {', '.join(knobs)}.")
        labels = LabelEncoder.of(y, classes)
        self._encoder = ArrayEncoder.of(self.encoder, values.shape[1:])
        values, y, more = self._encoded(values, y)
        fit = Fit(
            values,
            labels.encode(y),
            n_classes=len(labels),
            beside=bool(self._encoder and self._encoder.beside),
            contrastive=self.encoder == CONTRASTIVE,
            model=name,
            config=self.config,
            with_teacher=self.with_teacher,
            device=choose_device(self.device),
            seed=int(check_random_state(self.random_state).randint(2**31 - 1)),
            **more,
        )
        self._labels = labels
        return self._learn(fit, start)

    def _encoded(
        self, values: Array, y: Array, known: Seen | None = None
    ) -> tuple[Array, Array, dict[str, Any]]:
        """What a Fit takes of examples within the budget: copies, labels, features."""
        encoder, found = self._encoder, None
        if encoder and encoder.beside and known is None:
            found = encoder.all_within(self.budget, values)
        elif encoder:
            found = encoder.within(self.budget, values, is_labelled(y), known)
        if found is None:
            self._encoder = None
            return model_copies(values), y, {}
        more = {"features": found.features, "digests": found.digests}
        return model_copies(found.of(values)), found.of(y), more

    def _inputs(self, X: ArrayLike) -> tuple[Array, Array | None]:
        """What the Fit is asked about: X as the model sees it, and its features."""
        check_is_fitted(self)
        values = self._values(X)
        if self._encoder is None:
            return model_copies(values), None
        features = self._encoder(values, self.fit_.seen).features
        return model_copies(values, self.fit_.shape), features

    def _probabilities(self, values: Array, features: Array | None) -> NDArray[np.float64]:
        """In the order of classes_: -> (n, K)."""
        found = self.fit_.probabilities(values, features).astype(np.float64)
        found += 1e-300 * (found.sum(1, keepdims=True) == 0)  # nothing is known: all are alike
        ordered: NDArray[np.float64] = found[:, self._labels.order]
        return ordered / ordered.sum(1, keepdims=True)

    def _learn(self, fit: Fit, start: float) -> SSVAEClassifier:
        """For what is left of the budget since the start."""
        spent = time.monotonic() - start if self._encoder else 0.0
        fit.seconds += spent
        budget = None if self.budget is None else max(self.budget - spent, 0.0)
        for _ in fit.run(budget, self.max_iter):
            pass
        return self._show(fit)

    def _show(self, fit: Fit) -> SSVAEClassifier:
        self.fit_, self.model_, self.n_iter_ = fit, fit.model_name, fit.steps
        self.encoder_ = (
            self._encoder.choice if self._encoder else (CONTRASTIVE if fit.image_encoder else "")
        )
        self.classes_ = self._labels.names[self._labels.order]
        return self

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        if "fit_" in state:
            from .saved_fit import packed

            state["fit_"] = packed(state["fit_"])
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__({"encoder": "auto", "_encoder": None, **renamed(state)})
        if "fit_" in state:
            from .saved_estimator import device_of
            from .saved_fit import unpacked

            arrays, manifest = state["fit_"]
            self.fit_ = unpacked(arrays, manifest, device_of(self))

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = []  # it gives float32
        tags.non_deterministic = self.max_iter is None
        return tags
