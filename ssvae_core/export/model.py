"""The model as files: weights and programs for PyTorch, or ONNX; with a model card.

Needs torch, so the app runs these in a process of their own (process.py).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..data.stored import TEXT_ENCODER
from .card import card
from .content import Labelled
from .loaders import LOADERS
from .rows import ExportOptions
from .writing import ExportProgress

PARTS = ("classifier", "encoder", "decoder", "sampler")


def write_model(
    content: Labelled, folder: Path, options: ExportOptions
) -> Iterator[ExportProgress]:
    """model.safetensors, config.json, load.py, a .pt2 of each program, README.md."""
    from ..trainer import export_programs

    state = _opened(content)
    yield ExportProgress("writing the weights", 0.1)
    export_programs.write_weights(state, folder)
    yield from _programs(
        content, state, folder, export_programs.write_programs(state, folder), "load.py"
    )


def write_onnx(content: Labelled, folder: Path, options: ExportOptions) -> Iterator[ExportProgress]:
    """A .onnx of each program, compared with the model by onnxruntime; config.json, README.md."""
    from ..trainer import export_programs

    state = _opened(content)
    yield ExportProgress("writing ONNX", 0.1)
    yield from _programs(
        content, state, folder, export_programs.write_onnx(state, folder), "run.py"
    )


def _opened(content: Labelled) -> Any:
    assert content.open_model is not None
    return content.open_model()


def _programs(
    content: Labelled, state: Any, folder: Path, work: Iterator[tuple[str, float]], loader: str
) -> Iterator[ExportProgress]:
    """Write the programs, and around them what tells how to use them."""
    from ..trainer.export_programs import config_of

    differences: dict[str, float] = {}
    for name, difference in work:
        differences[name] = difference
        yield ExportProgress(f"{name} written", 0.1 + 0.8 * len(differences) / len(PARTS))
    config = config_of(state) | {
        "classes": [_name(content, k) for k in range(state.n_classes)],
        "verified": differences,
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1, ensure_ascii=False), "utf-8")
    if content.text_encoder_file is not None:
        shutil.copy(content.text_encoder_file, folder / TEXT_ENCODER)
    (folder / loader).write_text(LOADERS[loader], "utf-8")
    (folder / "README.md").write_text(card(content, config, loader), "utf-8")


def _name(content: Labelled, k: int) -> str | None:
    """The class of this id, None where it is no more."""
    return content.classes[k].name if k in content.classes else None
