"""The programs of a session's model, as modules that torch can export.

    classifier   x (B, *S) -> q(y|x) (B, K)          without the classes that have no label
    encoder      x (B, *S), y (B,) -> z (B, Z)       the style of x, if its class is y
    decoder      z (B, Z), y (B,) -> x (B, *S)       the example that they stand for
    sampler      y (B,), which (B,), noise (B, R) -> x (B, *S)    a draw of class y

A draw is what the model's `sample` gives: `which`, any whole number from 0, says around which of
the class's codes, and `noise`, R numbers from N(0, 1), where there.

A model that tells classes from a pretrained encoder's features has a classifier of two inputs: with
the encoder in front, where that is a network of torch, or else of the features as it gives them.

    classifier   x (B, *S), photo (B, H, H, 3) -> (B, K)
    classifier   x (B, *S), features (B, F) -> (B, K)

x are float32, pixels in [0, 1], as photos are; y are int64 positions of classes; B is any number.
What is exported is what predicts: the average of the model's weights, where there is a teacher.

Letters in shapes: B examples, S an example's own shape, H pixels of a photo's side, F features, K
classes, Z latent dimensions.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from ..encoders import centre_of, original_image
from ..encoders.efficientnet_lite0 import (
    SIDE,
    SMALL,
    SMALL_SIDE,
    EfficientNetEncoder,
    EfficientNetLite0,
    read_weights,
    weights_file,
)
from ..encoders.preprocessing import MEAN, STD, middle_square
from ..models import M1, AbstractModel
from ..models.class_codes import N_NEAREST
from ..models.joined import Joined
from ..models.pretrained_m1 import KnownMeans, PretrainedM1
from ..pretraining.encoded_features import EncodedFeatures
from ..training.tensors import as_inputs
from .state import TrainerState

CODES = "class_codes_"  # what the names of their tensors begin with


class Part(nn.Module):
    """One of the programs of a model."""

    known: Tensor  # (K,) whether a class has labels

    def __init__(self, model: AbstractModel, known: Tensor, shape: tuple[int, ...]):
        super().__init__()
        self.model, self.shape = model, shape
        self.register_buffer("known", known.clone())


class Classifier(Part):
    """q(y|x)."""

    def forward(self, x: Tensor) -> Tensor:
        """(B, *S) -> (B, K)."""
        return self.of_prepared(self.model.prepare(x.flatten(1)))

    def of_prepared(self, x: Tensor) -> Tensor:
        """(B, P) -> (B, K)."""
        log_q = self.model.classify(x)
        return log_q.masked_fill(~self.known, -torch.inf).softmax(-1)


class FeatureClassifier(Classifier):
    """q(y|x) of a model that tells classes from features, as their encoder gives them."""

    def __init__(
        self,
        model: AbstractModel,
        known: Tensor,
        shape: tuple[int, ...],
        centre: NDArray[np.float32] | None,
    ):
        """The centre of the features learned from, (F,); None if they come as they are compared."""
        super().__init__(model, known, shape)
        self.compared = nn.Identity() if centre is None else ComparedFeatures(centre)

    def forward(self, x: Tensor, features: Tensor) -> Tensor:  # type: ignore[override]
        """(B, *S), (B, F) -> (B, K)."""
        own = self.model.prepare(x.flatten(1))
        return self.of_prepared(torch.cat([own, self.compared(features)], -1))


class PhotoClassifier(Classifier):
    """The same with the encoder in front."""

    def __init__(
        self,
        model: AbstractModel,
        known: Tensor,
        shape: tuple[int, ...],
        centre: NDArray[np.float32],
    ):
        super().__init__(model, known, shape)
        self.front, self.compared = PhotoFront(), ComparedFeatures(centre)

    def forward(self, x: Tensor, photo: Tensor) -> Tensor:  # type: ignore[override]
        """(B, *S), (B, H, H, 3) -> (B, K)."""
        own = self.model.prepare(x.flatten(1))
        return self.of_prepared(torch.cat([own, self.compared(self.front(photo))], -1))


class ComparedFeatures(nn.Module):
    """Features as a model takes them: what `features_for_graph` does, about the same centre."""

    centre: Tensor  # (F,)

    def __init__(self, centre: NDArray[np.float32]):
        super().__init__()
        self.register_buffer("centre", torch.from_numpy(centre.copy()))

    def forward(self, features: Tensor) -> Tensor:
        """(B, F) -> (B, F)."""
        return F.normalize(features - self.centre, dim=-1)


class PhotoFront(nn.Module):
    """EfficientNet-Lite0 on photos in [0, 1]."""

    mean: Tensor
    std: Tensor

    def __init__(self) -> None:
        """Reads its weights. Raises Conflict where they are not those that are known."""
        super().__init__()
        self.network = EfficientNetLite0(read_weights(weights_file()))
        self.register_buffer("mean", torch.tensor(MEAN))
        self.register_buffer("std", torch.tensor(STD))

    def forward(self, photo: Tensor) -> Tensor:
        """(B, H, H, 3) -> (B, F)."""
        normalised = (photo - self.mean) / self.std
        found: Tensor = self.network(normalised.permute(0, 3, 1, 2))
        return found


class StyleEncoder(Part):
    """The style of an example under a class."""

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """(B, *S), (B,) -> (B, Z)."""
        prepared = self.model.prepare(x.flatten(1))
        if self.model.n_features:  # which it does not look at
            none = prepared.new_zeros(prepared.shape[0], self.model.n_features)
            prepared = torch.cat([prepared, none], -1)
        return self.model.encode(prepared, y)


class M1Encoder(Part):
    """The same of an M1, whose triangular equations ONNX cannot solve: their inverses are kept."""

    inverse: Tensor  # (K, A, A)

    def __init__(self, model: M1, known: Tensor, shape: tuple[int, ...]):
        super().__init__(model, known, shape)
        self.register_buffer("inverse", torch.linalg.inv(model.factor))

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """(B, *S), (B,) -> (B, A)."""
        assert isinstance(self.model, M1)
        z1 = self.model.prepare(x.flatten(1)).chunk(2, -1)[0]
        return (self.inverse[y] @ (z1 - self.model.mean[y])[..., None])[..., 0]


class Decoder(Part):
    """The example that a style and a class stand for."""

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        """(B, Z), (B,) -> (B, *S)."""
        drawn = self.model.decode(z, y)
        return drawn.reshape(drawn.shape[0], *self.shape)


class Sampler(Part):
    """A draw of a class, from its aggregated posterior."""

    def __init__(self, model: AbstractModel, known: Tensor, shape: tuple[int, ...]):
        super().__init__(model, known, shape)
        assert model.class_codes is not None
        self.kernels = model.class_codes
        for name in ("codes", "count"):  # which go into the file of weights so
            self.register_buffer(f"{CODES}{name}", getattr(self.kernels, name))

    def forward(self, y: Tensor, which: Tensor, noise: Tensor) -> Tensor:
        """(B,), (B,), (B, R) -> (B, *S)."""
        drawn = self.model.decode_code(self.kernels.around(y, which, noise), y)
        return drawn.reshape(drawn.shape[0], *self.shape)


def parts_of(state: TrainerState) -> dict[str, Part]:
    """The programs of a trainer's model, on the CPU."""
    state.learner.remember_codes(state.ensemble.probabilities())
    model, shape = as_exported(state.learner.ema_model), tuple(state.data.shape)
    on = model, state.learner.known.cpu(), shape
    encoder: Any = M1Encoder if isinstance(model, M1) else StyleEncoder
    parts = {
        "classifier": _classifier(state, *on),
        "encoder": encoder(*on),
        "decoder": Decoder(*on),
    }
    if model.class_codes is not None:  # there are labels
        parts["sampler"] = Sampler(*on)
    return {name: part.eval() for name, part in parts.items()}


def as_exported(model: AbstractModel) -> AbstractModel:
    """A copy on the CPU that works everything out, also what a pretrained M1 knows by heart."""
    copied = copy.deepcopy(model).cpu().eval()
    for module in copied.modules():
        if isinstance(module, PretrainedM1):
            module.known = KnownMeans()
    return copied


def _classifier(
    state: TrainerState, model: AbstractModel, known: Tensor, shape: tuple[int, ...]
) -> Part:
    if not model.n_features:
        return Classifier(model, known, shape)
    features = features_of(state)
    centre = None if features is None else centre_of(features.values)
    if centre is not None and photo_side(state):
        return PhotoClassifier(model, known, shape, centre)
    return FeatureClassifier(model, known, shape, centre)


def features_of(state: TrainerState) -> EncodedFeatures | None:
    """What the model tells classes from, if that is features of an encoder."""
    return state.starter.features if state.learner.ema_model.n_features else None


def photo_side(state: TrainerState) -> int | None:
    """H, in pixels, of the photos that the classifier takes; None where it takes none."""
    features = features_of(state)
    if features is None or features.key != EfficientNetEncoder.key:
        return None
    is_small = state.data.originals is None and max(state.data.shape[:2]) <= SMALL
    return SMALL_SIDE if is_small else SIDE


def inputs_of(name: str, state: TrainerState, n: int) -> dict[str, Tensor]:
    """Inputs of that program, of n real examples, by name; a small set's come again and again."""
    which = np.arange(n) % len(state.data)
    x = as_inputs(torch.from_numpy(state.data.images[which]))
    known = torch.nonzero(state.learner.known.cpu())[:, 0]
    y = known[torch.arange(n) % len(known)]
    if name == "classifier":
        return {"x": x, **_seen(state, which)}
    if name == "encoder":
        return {"x": x, "y": y}
    if name == "sampler":
        noise = torch.randn(n, N_NEAREST, generator=_generator())
        return {"y": y, "which": 5 * torch.arange(n), "noise": noise}
    styles = torch.randn(n, state.learner.ema_model.style_dim, generator=_generator())
    return {"z": styles, "y": y}


def _seen(state: TrainerState, which: NDArray[np.integer]) -> dict[str, Tensor]:
    """What the classifier takes of these examples beside x."""
    prepared, features = state.learner.prepared, features_of(state)
    if not isinstance(prepared, Joined):
        return {}
    if (side := photo_side(state)) is not None:
        seen = [middle_square(original_image(state.data, int(i)), side) for i in which]
        return {"photo": as_inputs(torch.from_numpy(np.stack(seen)))}
    if features is not None:
        return {"features": torch.from_numpy(features.values[which]).float()}
    return {"features": prepared.features[which].cpu().float()}


def _generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)
