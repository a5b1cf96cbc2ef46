"""A sentence-transformers model by folder or name (Reimers & Gurevych 2019), by `transformers`.

Its files are found by `hub`, which fetches them only where somebody agreed; the network is built
without any request, from safetensors, and no code of the model's is run. Tokens are pooled as the
model's own files say: by their mean, or the first one.

Letters in shapes: B texts, T tokens, F features.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...errors import UserError
from ..hub import offline, weights_folder
from ..library_models import library_of
from ..preprocessing import read_json
from .base import of_length_one

ORGANISATION = "sentence-transformers"  # of the hub, where a name has none
MOST_TOKENS = 512
POOLING = Path("1_Pooling") / "config.json"
MEAN, FIRST = "pooling_mode_mean_tokens", "pooling_mode_cls_token"
KNOWN_MODULES = ("Transformer", "Pooling", "Normalize")


def repository_of_texts(name: str) -> str:
    """What the hub calls a model of this name, or the folder that it is."""
    folder = Path(name).expanduser()
    if folder.is_dir():
        return str(folder)
    return name if "/" in name else f"{ORGANISATION}/{name}"


class SentenceTransformer:
    """A `TextEncoder`. Raises NeedsDownload or UserError where the model cannot be had."""

    def __init__(self, name: str):
        library = library_of("transformers")
        self._folder = folder = weights_folder(repository_of_texts(name))
        self._pools_first = _pools_first(folder)
        try:
            with offline():
                how = {"local_files_only": True, "trust_remote_code": False}
                self._tokenizer = library.AutoTokenizer.from_pretrained(folder, **how)
                model = library.AutoModel.from_pretrained(folder, use_safetensors=True, **how)
        except Exception as error:  # of damaged files a library raises many classes
            said = str(error).strip().splitlines() or [type(error).__name__]
            raise UserError(f"The model in {folder} cannot be opened: {said[0]}.") from error
        self._model: Any = model.eval()
        self._most_tokens = _most_tokens(folder, self._tokenizer, model)
        self.key = f"sentence-transformers-{_digest(folder)}"
        self.n_features = int(self.encode(["text"]).shape[1])

    @torch.inference_mode()
    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Texts -> (B, F); a long one is cut where the model's context ends."""
        if not texts:
            return np.zeros((0, self.n_features), np.float32)
        try:
            tokens = self._tokenizer(
                list(texts),
                padding=True,
                truncation=True,
                max_length=self._most_tokens,
                return_tensors="pt",
            )
            hidden: Tensor = self._model(**tokens).last_hidden_state  # (B, T, F)
        except (RuntimeError, ValueError, TypeError, IndexError, AttributeError) as error:
            raise UserError(f"The model in {self._folder} cannot read texts: {error}.") from error
        if self._pools_first:
            return of_length_one(hidden[:, 0].float().numpy())
        mask = tokens["attention_mask"][..., None].to(hidden)
        mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
        return of_length_one(mean.float().numpy())


def _pools_first(folder: Path) -> bool:
    """Whether the first token stands for a text; else the mean. UserError for another way."""
    if (folder / "modules.json").is_file():
        kinds = [str(each.get("type", "")).rpartition(".")[2] for each in _modules(folder)]
        if unknown := [kind for kind in kinds if kind not in KNOWN_MODULES]:
            raise UserError(
                f"The model in {folder} has a part '{unknown[0]}' that is not known here. Choose "
                "one that pools tokens by their mean or by the first, such as all-MiniLM-L6-v2."
            )
    if not (folder / POOLING).is_file():
        return False
    said = read_json(folder / POOLING)
    ways = [way for way, is_on in said.items() if way.startswith("pooling_mode") and is_on is True]
    if ways not in ([MEAN], [FIRST]):
        raise UserError(
            f"The model in {folder} pools by {', '.join(ways) or 'nothing'}; known here are the "
            "mean of the tokens and the first one. Choose another model."
        )
    return ways == [FIRST]


def _modules(folder: Path) -> list[dict[str, Any]]:
    import json

    try:
        found = json.loads((folder / "modules.json").read_bytes())
        return [each for each in found if isinstance(each, dict)]
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"{folder / 'modules.json'} cannot be read: {error}.") from error


def _most_tokens(folder: Path, tokenizer: Any, model: Any) -> int:
    """As the model's files say, and its positions allow."""
    path, known = folder / "sentence_bert_config.json", [MOST_TOKENS]
    if path.is_file():
        said = read_json(path).get("max_seq_length")
        known += [said] if isinstance(said, int) and said > 2 else []
    known += [tokenizer.model_max_length]
    positions = getattr(model.config, "max_position_embeddings", None)
    known += [positions] if isinstance(positions, int) and positions > 2 else []
    return int(min(known))


def _digest(folder: Path) -> str:
    """Of all the files that say what comes out."""
    content = hashlib.sha256()
    files = [*folder.glob("*.safetensors"), *folder.glob("*.json"), *folder.glob("*.txt")]
    for path in sorted([*files, *folder.glob("1_Pooling/*.json")]):
        with path.open("rb") as file:
            content.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
    return content.hexdigest()[:16]
