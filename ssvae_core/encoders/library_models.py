"""Models of three libraries by name or folder: timm:NAME, open_clip:NAME, transformers:NAME.

Whichever it is, its files are found by `hub`, the library builds the network from them
without the network of the machine, and images are prepared here, as the model's files say.

Letters in shapes: B images, S pixels a side, T tokens, F features.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..errors import UserError
from .base import Image
from .hub import offline, weights_folder
from .preprocessing import Preprocessing, changed, read_json

Network = Callable[[Tensor], Tensor]
PACKAGES = {"timm": "timm", "open_clip": "open_clip_torch", "transformers": "transformers"}

BOX_OPERATORS = "nms", "qnms"  # of torchvision
OF_BOXES = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_OPERATORS: list[torch.library.Library] = []  # or they go with it


class LibraryEncoder:
    """An `Encoder`: a network of a library, and how its images are prepared."""

    def __init__(self, library: str, folder: Path, network: Network, see: Preprocessing):
        self._network, self._see, self._folder = network, see, folder
        content = hashlib.sha256(see.words.encode())
        for path in sorted([*folder.glob("*.safetensors"), *folder.glob("*config.json")]):
            with path.open("rb") as file:
                content.update(hashlib.file_digest(file, "sha256").digest())
        self.key = f"{library.replace('_', '-')}-{content.hexdigest()[:16]}"
        self.n_features = self.encode([np.zeros((8, 8, 3), np.uint8)]).shape[1]

    @torch.inference_mode()
    def encode(self, images: Sequence[Image]) -> NDArray[np.float32]:
        """Images of any sizes -> (B, F)."""
        x = torch.from_numpy(self._see(images)).permute(0, 3, 1, 2).contiguous()
        try:
            features = self._network(x)
        except (RuntimeError, ValueError, TypeError, AssertionError) as error:
            raise UserError(
                f"The model in {self._folder} cannot encode images of {self._see.side} pixels: "
                f"{error}."
            ) from error
        if not isinstance(features, Tensor) or features.ndim != 2:
            raise UserError(f"The model in {self._folder} gives no features of an image.")
        return features.float().numpy()


def open_timm(name: str) -> LibraryEncoder:
    """timm:NAME, of a folder, of the hub, or of timm's own weights there: timm/NAME.

    Raises NeedsDownload or UserError where it cannot be had.
    """
    folder, network = _created("timm", name, pretrained=True, num_classes=0)
    data = library_of("timm").data.resolve_model_data_config(network)
    size = list(data["input_size"][1:])
    given = {"size": size, "mean": list(data["mean"]), "std": list(data["std"])}
    return LibraryEncoder("timm", folder, network, changed(Preprocessing(), given, str(folder)))


def open_open_clip(name: str) -> LibraryEncoder:
    """open_clip:NAME, of a folder or of the hub, or ARCHITECTURE/TAG as open_clip lists them.

    Raises NeedsDownload or UserError where it cannot be had.
    """
    folder, model = _created("open_clip", name, require_pretrained=True)
    data = model.visual.preprocess_cfg
    given = {name: data[name] for name in ("size", "mean", "std")}
    see = changed(Preprocessing(), given, str(folder))
    return LibraryEncoder("open_clip", folder, model.encode_image, see)


def open_transformers(name: str) -> LibraryEncoder:
    """transformers:NAME, of a folder or of the hub: what its image tower pools, or else the mean.

    Raises NeedsDownload or UserError where it cannot be had.
    """
    library = library_of("transformers")
    folder = weights_folder(repository_of("transformers", name))
    model, loading = _built(
        folder,
        lambda: library.AutoModel.from_pretrained(
            folder,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            output_loading_info=True,
        ),
    )
    # What a file lacks is drawn at random: many were saved without the pooler that they never had.
    missing = [key for key in loading["missing_keys"] if "pooler" not in key]
    if missing:
        raise UserError(f"The model in {folder} lacks weights: {', '.join(sorted(missing)[:3])}.")
    has_pooler = not loading["missing_keys"]
    model.eval()
    see = Preprocessing()
    if (folder / "preprocessor_config.json").is_file():
        see = changed(see, read_json(folder / "preprocessor_config.json"), str(folder))
    return LibraryEncoder("transformers", folder, lambda x: _pooled(model, x, has_pooler), see)


def open_model(library: str, name: str) -> LibraryEncoder:
    """The model of that name, by the library of that name in PACKAGES."""
    if library == "timm":
        return open_timm(name)
    if library == "open_clip":
        return open_open_clip(name)
    return open_transformers(name)


def repository_of(library: str, name: str) -> str:
    """What the hub calls a model of this name, or the folder that it is.

    timm's "resnet18.a1_in1k" is timm/resnet18.a1_in1k; what open_clip lists as an architecture and
    a tag, as ViT-B-32/laion2b_s34b_b79k, is where it says. What both libraries write before a
    folder or a name of the hub may stand there.
    """
    for prefix in ("local-dir:", "hf-hub:"):
        name = name.removeprefix(prefix)
    folder = Path(name).expanduser()
    if folder.is_dir():
        return str(folder)
    if library == "timm" and "/" not in name:
        return f"timm/{name}"
    architecture, _, tag = name.partition("/")
    if library == "open_clip" and tag:
        known = library_of("open_clip").get_pretrained_cfg(architecture, tag)
        return str(known.get("hf_hub") or name).strip("/") if known else name
    return name


def _pooled(model: Any, x: Tensor, has_pooler: bool) -> Tensor:
    """Features of images (B, 3, S, S): of a model of images and texts, or of images alone."""
    if hasattr(model, "get_image_features"):
        found = model.get_image_features(pixel_values=x)
    else:
        found = model(pixel_values=x)
    if isinstance(found, Tensor):
        return found
    pooled = getattr(found, "pooler_output", None) if has_pooler else None
    if pooled is not None:
        return pooled.flatten(1)
    hidden: Tensor = found.last_hidden_state  # (B, T, F), or (B, F, S', S') of convolutions
    return hidden.mean(1) if hidden.ndim == 3 else hidden.flatten(2).mean(2)


def library_of(name: str) -> Any:
    """The library of that name in PACKAGES. Raises UserError where it is not there, or broken."""
    package = PACKAGES[name]
    try:
        return loaded(name)
    except ImportError as error:
        raise UserError(
            f"The encoder '{name}' needs the package {package}. Install: pip install {package}"
        ) from error
    except (RuntimeError, OSError) as error:  # as a torchvision of another build than torch's
        raise UserError(
            f"The package {package} is installed and does not load: {error}. Most likely "
            "torchvision is of another build than torch: install both from the same place."
        ) from error


def loaded(name: str) -> Any:
    """A library, also where torchvision's own operators are of another build than torch's.

    So they are where a registry has torch for the CPU and torchvision for CUDA alone. Then it loads
    once the two that it describes at import are known by name; no encoder suppresses boxes. Raises
    what the import raises.
    """
    try:
        importlib.import_module("torchvision")
    except ImportError:
        pass  # whoever needs it says so
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
        _OPERATORS.append(torch.library.Library("torchvision", "FRAGMENT"))
        for operator in BOX_OPERATORS:
            if not hasattr(torch.ops.torchvision, operator):
                _OPERATORS[-1].define(operator + OF_BOXES)
    return importlib.import_module(name)


def _created(library: str, name: str, **how: Any) -> tuple[Path, Any]:
    """A model of timm or open_clip, ready to be asked, and the folder of its files before it."""
    create = library_of(library).create_model
    folder = weights_folder(repository_of(library, name))
    return folder, _built(folder, lambda: create(f"local-dir:{folder}", **how).eval())


def _built(folder: Path, build: Callable[[], Any]) -> Any:
    """A network from the files in a folder. Raises UserError where they are none of a model."""
    try:
        with offline():
            return build()
    except Exception as error:  # of damaged files a library raises many classes
        text = str(error).strip().splitlines()
        raise UserError(
            f"The model in {folder} cannot be opened: {text[0] if text else type(error).__name__}."
        ) from error
