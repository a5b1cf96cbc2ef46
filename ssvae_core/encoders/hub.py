"""Where a model of a library lies: a folder of the person's, or the cache of Hugging Face's hub.

Nothing is asked for over the network unless that is said with each call. Only JSON and safetensors
are fetched, which cannot run code.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import NeedsDownload, UserError

HUB = "https://huggingface.co"
FILES = (
    *("config.json", "preprocessor_config.json", "open_clip_config.json"),
    *("model.safetensors", "model.safetensors.index.json", "model-*.safetensors"),
    *("open_clip_model.safetensors", "open_clip_pytorch_model.safetensors"),
)


def weights_folder(repository: str, *, download: bool) -> Path:
    """The folder of that name, or where the cache has the files of that repository of the hub.

    Raises NeedsDownload where they are not there and `download` does not say that they may be
    fetched, UserError where they cannot be.
    """
    if Path(repository).is_dir():
        return _checked(Path(repository))
    _check_name(repository)
    cached = _snapshot(repository, only_local=True)
    if cached is not None and any(cached.glob("*.safetensors")):
        return cached
    if not download:
        raise needs(repository, None, "")
    fetched = _snapshot(repository, only_local=False)
    assert fetched is not None
    return _checked(fetched)


def needs(repository: str, size: int | None, licence: str) -> NeedsDownload:
    """What to say where weights would have to be fetched."""
    how_large = "of unknown size" if size is None else f"{size / 1e6:,.0f} MB"
    under = f", licence {licence}" if licence else ""
    where = f"{HUB}/{repository}"
    return NeedsDownload(
        f"The weights of {repository} are not on this machine. They can be fetched from {where} "
        f"({how_large}{under}): agree to it on the Data page, or add --download. Or give a "
        "folder that holds them.",
        repository,
        size,
        where,
        licence,
    )


def asked_of_hub(repository: str) -> NeedsDownload:
    """The same with size and licence, for which the hub is asked: one request.

    Raises UserError where it does not answer, or has no such repository.
    """
    from fnmatch import fnmatch

    _check_name(repository)
    api = _library().HfApi()
    try:
        info = api.model_info(repository, files_metadata=True)
    except Exception as error:  # of the network, the hub or the name: many classes
        raise _no_answer(repository, error) from error
    files = [file for file in info.siblings or () if any(fnmatch(file.rfilename, f) for f in FILES)]
    if not any(file.rfilename.endswith(".safetensors") for file in files):
        raise UserError(f"{HUB}/{repository} has no weights as safetensors. Choose another model.")
    tags = [tag.partition(":")[2] for tag in info.tags or () if tag.startswith("license:")]
    return needs(repository, sum(file.size or 0 for file in files), ", ".join(tags))


@contextmanager
def offline() -> Iterator[None]:
    """No request to the hub in this block, whatever a model's files ask a library for."""
    _library()
    from huggingface_hub import constants  # imported: as an attribute it may not be there yet

    before, constants.HF_HUB_OFFLINE = constants.HF_HUB_OFFLINE, True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


def _checked(folder: Path) -> Path:
    if not any(folder.glob("*.safetensors")):
        raise UserError(
            f"{folder} has no weights as safetensors. Expected a folder with config.json and "
            "model.safetensors, as save_pretrained writes it."
        )
    return folder


def _check_name(repository: str) -> None:
    parts = repository.split("/")
    if len(parts) != 2 or not all(part.strip("-._") and part.isascii() for part in parts):
        raise UserError(
            f"'{repository}' is neither a folder on this machine nor a model of the hub, such as "
            "google/vit-base-patch16-224."
        )


def _snapshot(repository: str, *, only_local: bool) -> Path | None:
    library = _library()
    try:
        found = library.snapshot_download(
            repository, allow_patterns=list(FILES), local_files_only=only_local
        )
    except Exception as error:  # of the network, the hub, the disk or the name: many classes
        if only_local:
            return None
        raise _no_answer(repository, error) from error
    return Path(found)


def _no_answer(repository: str, error: Exception) -> UserError:
    text = str(error).strip().splitlines()
    return UserError(
        f"{HUB}/{repository} could not be fetched: {text[0] if text else type(error).__name__}. "
        "Check the name and the connection, or give a folder that holds the weights."
    )


def _library() -> Any:
    try:
        import huggingface_hub
    except ImportError as error:
        raise UserError(
            "Models of the hub need the package huggingface_hub. Install: "
            "pip install huggingface_hub"
        ) from error
    return huggingface_hub
