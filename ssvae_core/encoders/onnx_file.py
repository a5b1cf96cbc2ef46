"""Any image encoder that a person has as an ONNX file: onnx:FILE, or onnx:FILE?size=224&….

Input size, layout and type are those of the file where it fixes them. What it leaves open is taken
from what stands after the "?", else from `<name>.preprocess.json` or `preprocessor_config.json`
beside it, else from the metadata in the file, else it is 224 pixels and ImageNet's normalisation:

    size    pixels a side
    mean, std, scale    (value / scale - mean) / std, as 0.5 or 0.485,0.456,0.406; a uint8 input
                        gets the pixels as they are
    layout  NCHW or NHWC
    output  the name of the output that holds the features, where there are several
    pool    of a sequence (B, T, F) the `mean` of all tokens, or the `first`

Letters in shapes: B images, T tokens, F features.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
from numpy.typing import NDArray

from ..errors import TooLarge, UserError
from .base import Image
from .preprocessing import Preprocessing, changed, read_json

OPTIONS = ("size", "mean", "std", "scale", "layout", "output", "pool")
LAYOUTS, POOLS = ("NCHW", "NHWC"), ("mean", "first")
# Outputs of which one is taken where there are several, the best first: as exporters name them.
POOLED = ("image_embeds", "pooler_output", "sentence_embedding", "embeddings", "embedding")
WHOLE = ("features", "last_hidden_state")
TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(uint8)": np.uint8}
MOST_BYTES = 4_000_000_000  # of a file that is loaded into memory
MOST_BESIDE = 50_000_000  # bytes of a file that has its weights in others beside it


class OnnxEncoder:
    """An `Encoder`: an image encoder of somebody else's, as onnxruntime runs it."""

    def __init__(self, argument: str):
        """Opens FILE or FILE?options. Raises UserError where it is no image encoder."""
        path, given = parted(argument)
        self._session = _opened(path)
        self._path = path
        told = [_metadata(self._session), _beside(path), given]
        self._options = {name: each[name] for each in told for name in OPTIONS if name in each}
        self._input, shape, self._type = _image_input(self._session, path)
        self._layout = _layout(shape, self._options, path)
        across = shape[2:4] if self._layout == "NCHW" else shape[1:3]
        self._channels = shape[1 if self._layout == "NCHW" else 3]
        self._n_at_once = shape[0]
        self._see = _preprocessing(told, across, path)
        self._output, self._pool = _output(self._session, self._options, path), _pool(self._options)
        how = f"{self._see.words} {self._layout} {self._output} {self._pool} {self._type}"
        how += "".join(f" {_sha256(each)}" for each in weights_beside(path))
        self.key = f"onnx-{_sha256(path)[:16]}-{hashlib.sha256(how.encode()).hexdigest()[:8]}"
        # What an unnamed dimension turns out to be is known only from an image.
        self.n_features = self.encode([np.zeros((self._see.side,) * 2 + (3,), np.uint8)]).shape[1]

    def encode(self, images: Sequence[Image]) -> NDArray[np.float32]:
        """Images of any sizes -> (B, F)."""
        if self._type == np.uint8:
            x: NDArray[Any] = np.stack(self._see.squares(images))
        else:
            x = self._see(images)
        if self._channels == 1:
            x = x.mean(3, keepdims=True)
        if self._layout == "NCHW":
            x = x.transpose(0, 3, 1, 2)
        x = np.ascontiguousarray(x, self._type)
        if self._n_at_once is None:
            return self._pooled(self._run(x))
        parts = [self._of_fixed(part) for part in _parts(x, self._n_at_once)]
        return np.concatenate(parts)

    def _of_fixed(self, x: NDArray[Any]) -> NDArray[np.float32]:
        """Of a network that takes only so many at once: what is missing is zeros."""
        assert self._n_at_once is not None
        full = np.zeros((self._n_at_once, *x.shape[1:]), x.dtype)
        full[: len(x)] = x
        return self._pooled(self._run(full))[: len(x)]

    def _run(self, x: NDArray[Any]) -> NDArray[Any]:
        try:
            (found,) = self._session.run([self._output], {self._input: x})
        except Exception as error:  # onnxruntime has no public class for its errors
            raise UserError(
                f"{self._path.name} cannot encode images of {self._see.side} pixels: "
                f"{_short(error)} Give the size that it was made for: onnx:{self._path.name}?size=…"
            ) from error
        if not isinstance(found, np.ndarray) or found.dtype.kind != "f":
            raise UserError(f"The output '{self._output}' of {self._path.name} is no features.")
        return found

    def _pooled(self, found: NDArray[Any]) -> NDArray[np.float32]:
        if found.ndim == 4:
            found = found.mean((2, 3) if self._layout == "NCHW" else (1, 2), dtype=np.float32)
        if found.ndim == 3:
            found = found[:, 0] if self._pool == "first" else found.mean(1, dtype=np.float32)
        if found.ndim != 2 or found.shape[1] < 1:
            raise UserError(
                f"The output '{self._output}' of {self._path.name} has the shape {found.shape}. "
                "Expected features (B, F), tokens (B, T, F) or a map of them."
            )
        return found.astype(np.float32)


def parted(argument: str) -> tuple[Path, Mapping[str, str]]:
    """The file, and what is given after a "?". Raises UserError for what is no option."""
    file, mark, query = argument.rpartition("?")
    if not mark or os.path.exists(os.path.expanduser(argument)):
        file, query = argument, ""
    given = dict(parse_qsl(query, keep_blank_values=True))
    if unknown := set(given) - set(OPTIONS):
        raise UserError(
            f"Unknown option '{sorted(unknown)[0]}' of {Path(file).name}. "
            f"Choose of: {', '.join(OPTIONS)}."
        )
    path = Path(file).expanduser()  # no shell does it behind a colon
    if not path.is_file():
        raise UserError(f"There is no file {file}. Expected an ONNX file: onnx:FILE.")
    return path, given


def _opened(path: Path) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise UserError(
            "An ONNX file needs the package onnxruntime. Install: pip install onnxruntime"
        ) from error
    if path.stat().st_size > MOST_BYTES:
        raise TooLarge(f"{path.name} is larger than {MOST_BYTES // 10**9} GB.")
    import torch

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.log_severity_level = 3  # what goes wrong is raised
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has no public class for its errors
        raise UserError(
            f"{path.name} cannot be opened: {_short(error)} Expected an ONNX file of an image "
            "encoder."
        ) from error


def _image_input(session: Any, path: Path) -> tuple[str, list[int | None], Any]:
    """The name of the one input, its shape of four, None where it is open, and its type."""
    inputs = session.get_inputs()
    if len(inputs) != 1:
        names = ", ".join(each.name for each in inputs)
        raise UserError(
            f"{path.name} takes {len(inputs)} inputs ({names}). Expected one, images: export the "
            "image encoder alone."
        )
    (only,) = inputs
    if only.type not in TYPES or len(only.shape) != 4:
        raise UserError(
            f"The input '{only.name}' of {path.name} is {only.type} of shape {only.shape}. "
            "Expected images: float32, float16 or uint8 of four dimensions."
        )
    shape = [size if isinstance(size, int) and size > 0 else None for size in only.shape]
    return only.name, shape, TYPES[only.type]


def _layout(shape: list[int | None], options: Mapping[str, Any], path: Path) -> str:
    fitting = [
        layout
        for layout, place in zip(LAYOUTS, (1, 3), strict=True)
        if shape[place] in (1, 3, None)
    ]
    known = [layout for layout in fitting if shape[1 if layout == "NCHW" else 3] is not None]
    layout = str(options.get("layout", (known or fitting or ["none"])[0])).upper()
    if layout not in LAYOUTS or layout not in fitting:
        raise UserError(
            f"The images of {path.name} have the shape {shape}. Expected 1 or 3 channels, in the "
            f"second dimension (NCHW) or the last (NHWC); the layout is {layout}."
        )
    return layout


def _preprocessing(
    told: Sequence[Mapping[str, Any]], across: list[int | None], path: Path
) -> Preprocessing:
    see = Preprocessing()
    for each in told:
        see = changed(see, each, path.name)
    sides = {side for side in across if side is not None}
    if len(sides) > 1:
        raise UserError(f"{path.name} takes images of {across} pixels. Expected a square.")
    if not sides:
        return see
    (side,) = sides
    if "size" in told[-1] and see.side != side:
        raise UserError(
            f"{path.name} takes images of {side} pixels, and size={see.side} was given. Leave the "
            "size out."
        )
    return changed(see, {"size": side}, path.name)


def _output(session: Any, options: Mapping[str, Any], path: Path) -> str:
    outputs = {each.name: each.shape for each in session.get_outputs()}
    names = ", ".join(outputs)
    if "output" in options:
        if options["output"] not in outputs:
            raise UserError(
                f"{path.name} has no output '{options['output']}'. Choose one of: {names}."
            )
        return str(options["output"])
    flat = [name for name, shape in outputs.items() if len(shape) == 2]
    for found in (list(outputs), [n for n in POOLED if n in outputs], flat):
        if len(found) == 1 or (found and found[0] in POOLED):
            return found[0]
    for name in WHOLE:
        if name in outputs:
            return name
    raise UserError(
        f"{path.name} has several outputs: {names}. Say which holds the features: "
        f"onnx:{path.name}?output=NAME"
    )


def _pool(options: Mapping[str, Any]) -> str:
    pool = str(options.get("pool", POOLS[0]))
    if pool not in POOLS:
        raise UserError(f"Unknown pool '{pool}'. Choose one of: {', '.join(POOLS)}.")
    return pool


def _metadata(session: Any) -> Mapping[str, Any]:
    found = session.get_modelmeta().custom_metadata_map
    return {name: found[name] for name in OPTIONS if name in found}


def _beside(path: Path) -> Mapping[str, Any]:
    """What a JSON beside the file says."""
    for name in (f"{path.stem}.preprocess.json", "preprocessor_config.json"):
        if (path.parent / name).is_file():
            return read_json(path.parent / name)
    return {}


def weights_beside(path: Path) -> list[Path]:
    """Files beside an ONNX file that it names as the place of its weights."""
    if path.stat().st_size > MOST_BESIDE or b"location" not in (content := path.read_bytes()):
        return []
    beside = (each for each in path.parent.iterdir() if each != path and each.is_file())
    return sorted(each for each in beside if each.name.encode() in content)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parts(x: NDArray[Any], n: int) -> list[NDArray[Any]]:
    return [x[start : start + n] for start in range(0, len(x), n)]


def _short(error: Exception) -> str:
    """The first line of it, as a sentence."""
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return text[:300].rstrip(".") + "."
