"""What looks at images before anybody labels one: encoders, by name, and their features of a set.

A person chooses one as `name` or `name:what` ("onnx:dino.onnx"): ENCODERS has the names. Nothing
here loads torch before an encoder is opened, so menus and checks are cheap.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from ..errors import NeedsDownload, UserError
from .base import Encoder
from .encoding import EncodingProgress, encode_all, encoded
from .feature_store import FeatureStore
from .features import centre_of, features_for_graph
from .originals import original_image
from .texts import SENTENCE_TRANSFORMERS, TEXT_ENCODERS, TextEncoderKind, is_text_encoder

AUTO = "auto"
SHIPS = "efficientnet-lite0"
CONTRASTIVE, FEATURES = "contrastive", "features"  # chosen like encoders, but nothing is opened


@dataclass(frozen=True)
class EncoderKind:
    """A name in ENCODERS: what it is in words, what comes after its colon, how it is opened."""

    title: str
    about: str
    argument: str = ""  # "FILE" or "NAME" after a colon; "" for nothing
    opens: Callable[[str], Encoder] | None = None  # given the argument; None: no network
    is_argument_needed: bool = True


def _efficientnet_lite0(argument: str) -> Encoder:
    from .efficientnet_lite0 import EfficientNetEncoder

    return EfficientNetEncoder()


def _onnx(argument: str) -> Encoder:
    from .onnx_file import OnnxEncoder

    return OnnxEncoder(argument)


def _of_library(library: str) -> Callable[[str], Encoder]:
    def opens(argument: str) -> Encoder:
        from .library_models import open_model

        return open_model(library, argument)

    return opens


ENCODERS: dict[str, EncoderKind] = {
    SHIPS: EncoderKind(
        "EfficientNet-Lite0",
        "a small network trained on ImageNet's photographs; it comes with the app",
        opens=_efficientnet_lite0,
    ),
    CONTRASTIVE: EncoderKind(
        "Contrastive", "learned from the images of the data set itself, without labels"
    ),
    "onnx": EncoderKind("ONNX", "an image encoder of your own, as an ONNX file", "FILE", _onnx),
    "timm": EncoderKind(
        "timm",
        "an image model of the package timm, by its name or a folder",
        "NAME",
        _of_library("timm"),
    ),
    "open_clip": EncoderKind(
        "OpenCLIP",
        "the image tower of a CLIP of the package open_clip, by its name or a folder",
        "NAME",
        _of_library("open_clip"),
    ),
    "transformers": EncoderKind(
        "transformers",
        "an image model of Hugging Face's hub, by its name or a folder",
        "NAME",
        _of_library("transformers"),
    ),
    FEATURES: EncoderKind(
        "Features", "a matrix of your own, a row an image", "FILE", is_argument_needed=False
    ),
}
SMALL_GREY = 32  # pixels a side, at most
OF_LIBRARIES = "timm", "open_clip", "transformers"


def check_encoder(choice: str) -> None:
    """Raise UserError for a choice that names no encoder, or lacks what comes after its colon.

    Whether a file is there and what it holds is seen when it is opened.
    """
    if not isinstance(choice, str):
        raise UserError(f"An encoder is chosen by a name such as '{AUTO}', got {choice!r}.")
    if choice != AUTO:
        _kind_of(choice)


def open_encoder(choice: str) -> Encoder:
    """The encoder of this choice, with its weights.

    Raises NeedsDownload where its weights are not on this machine, see `fetched`, UserError where
    it cannot be had.
    """
    kind, argument = _kind_of(choice)
    if isinstance(kind, TextEncoderKind):
        raise UserError(_reads_texts(choice))
    if kind.opens is None:
        raise UserError(f"The encoder '{choice}' has no network that could be opened.")
    return kind.opens(argument)


def asked_of_hub(choice: str) -> NeedsDownload:
    """What would be fetched for this choice, its size and its licence, for which the hub is asked.

    Raises UserError where there is nothing to fetch, or the hub does not answer.
    """
    repository = _repository(choice)
    if not repository:
        raise UserError(f"The encoder '{choice}' has nothing that would be fetched.")
    from . import hub

    return hub.asked_of_hub(repository)


def fetched(choice: str) -> Generator[tuple[int, int], None, None]:
    """Fetch what is not on this machine, where somebody agreed: bytes that are there, and of all.

    Of an encoder that needs nothing fetched, nothing is. Raises UserError where it cannot be had.
    """
    if repository := _repository(choice):
        from . import hub
        from .library_models import PACKAGES, library_of

        name = choice.partition(":")[0]
        library_of(name if name in PACKAGES else "transformers")  # or what is fetched is of no use
        yield from hub.fetched(repository)


def chosen_encoder(choice: str, shape: tuple[int, ...], has_features: bool = False) -> str:
    """What `auto` stands for on examples of this shape; any other choice is itself.

    Features that came with the data are taken, else the network that ships, for photographs. What
    is learned on small grey images themselves tells them apart better (digits: 97 % right with 100
    labels, by the network 84 %), so there it comes beside: see `encoder_beside`. For vectors there
    is none: "". Raises UserError for an encoder that cannot see such examples.
    """
    check_encoder(choice)
    if is_text_encoder(choice):
        raise UserError(_reads_texts(choice))
    name = choice.partition(":")[0]
    is_image = len(shape) == 3
    if choice == AUTO:
        if has_features:
            return FEATURES
        if not is_image:
            return ""
        return SHIPS if is_photograph(shape) else CONTRASTIVE
    if choice == FEATURES and not has_features:
        raise UserError(
            "The data set has no features of its own. Give the file that holds them: features:FILE."
        )
    if not is_image and name != FEATURES:
        raise UserError(
            f"The encoder '{choice}' sees images, and the examples are vectors. Choose 'auto', or "
            "'features:FILE'."
        )
    return choice


def encoder_beside(choice: str, shape: Sequence[int], has_features: bool = False) -> str:
    """The network by which `auto` also sees small grey images, for neighbours and a linear probe.

    The models go on learning from the images themselves. "" where there is none.
    """
    is_left_to_us = choice == AUTO and not has_features
    is_small_grey = len(shape) == 3 and shape[2] == 1 and not is_photograph(shape)
    return SHIPS if is_left_to_us and is_small_grey else ""


def is_photograph(shape: Sequence[int]) -> bool:
    """Whether examples of this shape are photographs: in colour, or larger than SMALL_GREY."""
    if len(shape) != 3 or shape[2] not in (1, 3, 4):
        return False
    return shape[2] > 1 or max(shape[:2]) > SMALL_GREY


def _repository(choice: str) -> str:
    """What the hub calls the model of this choice; "" for a choice without one."""
    _, argument = _kind_of(choice)
    name = choice.partition(":")[0]
    if name == SENTENCE_TRANSFORMERS:
        from .texts.sentence_transformers import repository_of_texts

        return repository_of_texts(argument)
    if name not in OF_LIBRARIES:
        return ""
    from .library_models import repository_of

    return repository_of(name, argument)


def _reads_texts(choice: str) -> str:
    return (
        f"The encoder '{choice}' reads texts: choose it where a table is imported by a column of "
        "texts (--text COLUMN). For these examples choose 'auto'."
    )


def _kind_of(choice: str) -> tuple[EncoderKind | TextEncoderKind, str]:
    name, colon, argument = choice.partition(":")
    kind = ENCODERS.get(name) or TEXT_ENCODERS.get(name)
    if kind is None:
        every: dict[str, EncoderKind | TextEncoderKind] = {**ENCODERS, **TEXT_ENCODERS}
        told = (f"{each}:{its.argument}".strip(":") for each, its in every.items())
        raise UserError(f"Unknown encoder '{choice}'. Choose one of: {', '.join((AUTO, *told))}.")
    if kind.argument and not argument and (colon or kind.is_argument_needed):
        raise UserError(f"The encoder '{name}' needs to know which: write {name}:{kind.argument}.")
    if colon and not kind.argument:
        raise UserError(f"The encoder '{name}' takes nothing after a colon, got '{choice}'.")
    return kind, argument


__all__ = [
    "AUTO",
    "CONTRASTIVE",
    "ENCODERS",
    "FEATURES",
    "Encoder",
    "EncoderKind",
    "EncodingProgress",
    "FeatureStore",
    "asked_of_hub",
    "centre_of",
    "check_encoder",
    "chosen_encoder",
    "encode_all",
    "encoded",
    "encoder_beside",
    "features_for_graph",
    "fetched",
    "is_photograph",
    "is_text_encoder",
    "open_encoder",
    "original_image",
]
