"""Where a model of a library lies: a folder of the person's, or the cache of Hugging Face's hub.

Only `asked_of_hub` and `fetched` ask the network for anything; both are called where a person has
agreed to it. Only JSON and safetensors are fetched, which cannot run code, and what came is held
against the sizes and the sha256 that the hub states.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from ..errors import NeedsDownload, UserError

FILES = (
    *("config.json", "preprocessor_config.json", "open_clip_config.json"),
    *("model.safetensors", "model.safetensors.index.json", "model-*.safetensors"),
    *("open_clip_model.safetensors", "open_clip_pytorch_model.safetensors"),
    *("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"),
    *("modules.json", "sentence_bert_config.json", "1_Pooling/config.json"),
)
ANSWER_SECONDS = 20.0  # that the hub may take to say what it has
CHUNK = 1 << 18  # bytes that are written at once: of less, nothing shows, and a break loses them
LOOK_SECONDS = 0.2  # between two looks at how much has come
ABANDONED_SECONDS = 3600.0  # since a part of a file was written to, after which nobody fetches it


def weights_folder(repository: str) -> Path:
    """The folder of that name, or where the cache has the files of that repository of the hub.

    Raises NeedsDownload where they are not there, UserError where they cannot be.
    """
    if Path(repository).is_dir():
        return _checked(Path(repository))
    _check_name(repository)
    with offline():  # it has no reason to ask anything
        try:
            of_library = _library().snapshot_download
            found = of_library(repository, allow_patterns=list(FILES), local_files_only=True)
        except Exception as error:  # of the cache, the disk or the name: many classes
            raise _needs(repository, None, "") from error
    if not any(Path(found).glob("*.safetensors")):
        raise _needs(repository, None, "")
    return Path(found)


def asked_of_hub(repository: str) -> NeedsDownload:
    """What would be fetched, its size and its licence, for which the hub is asked.

    Raises UserError where it does not answer, or has no such repository.
    """
    _check_name(repository)
    info = _info(repository)
    tags = [tag.partition(":")[2] for tag in info.tags or () if tag.startswith("license:")]
    return _needs(repository, sum(file.size or 0 for file in _wanted(info)), ", ".join(tags))


def fetched(repository: str) -> Generator[tuple[int, int], None, None]:
    """Fetch it into the cache; yields how many bytes are there, and of how many.

    What was fetched whole before is not fetched again, and what is there already needs no network.
    Closed before its end, it leaves no part of a file; its thread goes on until the process ends.
    Raises UserError where it cannot be had, or other bytes came than the hub states.
    """
    try:
        weights_folder(repository)
        return
    except NeedsDownload:
        pass
    info = _info(repository)
    files = _wanted(info)
    blobs = Path(_constants().HF_HUB_CACHE) / f"models--{repository.replace('/', '--')}" / "blobs"
    before = _parts(blobs, abandoned=True)
    pool = ThreadPoolExecutor(1, "fetch")
    try:
        coming = pool.submit(
            _api().snapshot_download, repository, allow_patterns=[file.rfilename for file in files]
        )
        n_bytes = sum(file.size or 0 for file in files)
        while not wait([coming], LOOK_SECONDS).done:
            yield sum(_n_there(blobs, file) for file in files), n_bytes
        _check_what_came(_folder(repository, coming), files, info.sha)
        yield n_bytes, n_bytes
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for part in _parts(blobs) - before:
            part.unlink(missing_ok=True)


@contextmanager
def offline() -> Iterator[None]:
    """No request to the hub in this block, whatever a model's files ask a library for."""
    constants = _constants()
    before, constants.HF_HUB_OFFLINE = constants.HF_HUB_OFFLINE, True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


def _needs(repository: str, size: int | None, licence: str) -> NeedsDownload:
    how_large = "of unknown size" if size is None else f"{size / 1e6:,.0f} MB"
    under = f", licence {licence}" if licence else ""
    where = _address(repository)
    return NeedsDownload(
        f"The weights of {repository} are not on this machine. They can be fetched from {where} "
        f"({how_large}{under}): agree to it on the Data page, or add --download. Or give a "
        "folder that holds them.",
        repository,
        size,
        where,
        licence,
    )


def _info(repository: str) -> Any:
    """What the hub says of a repository: its commit, files and tags."""
    try:
        return _api().model_info(repository, files_metadata=True, timeout=ANSWER_SECONDS)
    except Exception as error:  # of the network, the hub or the name: many classes
        raise _no_answer(repository, error) from error


def _wanted(info: Any) -> list[Any]:
    """Its files that are fetched, each with rfilename, size, blob_id and lfs."""
    files = [file for file in info.siblings or () if any(fnmatch(file.rfilename, f) for f in FILES)]
    if not any(file.rfilename.endswith(".safetensors") for file in files):
        raise UserError(f"{_address(info.id)} has no weights as safetensors. Choose another model.")
    return files


def _folder(repository: str, coming: Future[str]) -> Path:
    try:
        return Path(coming.result())
    except Exception as error:  # of the network, the hub or the disk: many classes
        raise _no_answer(repository, error) from error


def _check_what_came(folder: Path, files: Sequence[Any], commit: str) -> None:
    """Raise UserError, and throw the file away, where one is not what the hub states."""
    if folder.name != commit:
        raise UserError("The model was changed on the hub while it was fetched. Fetch it again.")
    for file in files:
        path = folder / file.rfilename
        stated = None if file.lfs is None else file.lfs.sha256
        with path.open("rb") as content:
            came = None if stated is None else hashlib.file_digest(content, "sha256").hexdigest()
        if came == stated and file.size in (None, path.stat().st_size):
            continue
        path.resolve().unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        raise UserError(
            f"{file.rfilename} came damaged: it is not the file that the hub states (sha256 "
            f"{(stated or 'unknown')[:8]}…, {file.size or 0:,} bytes). It was thrown away. Fetch "
            "it again."
        )


def _n_there(blobs: Path, file: Any) -> int:
    """Bytes of a file that the cache has, whole or in part."""
    name = file.blob_id if file.lfs is None else file.lfs.sha256
    sizes = []
    for path in blobs.glob(f"{name}*"):
        try:
            sizes.append(path.stat().st_size)
        except OSError:
            continue  # it was whole by then, and has another name
    return max(sizes, default=0)


def _parts(blobs: Path, *, abandoned: bool = False) -> set[Path]:
    """Parts of files that are being fetched; where asked, those that nobody fetches are removed."""
    found = set()
    for part in blobs.glob("*.incomplete"):
        try:
            if abandoned and time.time() - part.stat().st_mtime > ABANDONED_SECONDS:
                part.unlink()
            else:
                found.add(part)
        except OSError:
            continue
    return found


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


def _no_answer(repository: str, error: Exception) -> UserError:
    kinds = _library().errors
    if isinstance(error, kinds.GatedRepoError):
        return UserError(
            f"{_address(repository)} is given to those alone who accept its terms. Accept them "
            "there, log in with: hf auth login, and fetch it again."
        )
    if isinstance(error, kinds.RepositoryNotFoundError):
        return UserError(
            f"{_address(repository)} is not there, or not public. Check the name, or give a folder "
            "that holds the weights."
        )
    text = str(error).strip().splitlines()
    why = (text[0] if text else type(error).__name__).rstrip(".")
    return UserError(
        f"{_address(repository)} could not be fetched: {why}. Check the name and the connection, "
        "or give a folder that holds the weights."
    )


def _address(repository: str) -> str:
    return f"{_constants().ENDPOINT}/{repository}"


def _api() -> Any:
    return _library().HfApi(endpoint=_constants().ENDPOINT)


def _constants() -> Any:
    _library()
    from huggingface_hub import constants  # imported: as an attribute it may not be there yet

    # By plain HTTP alone, to the address that is shown, as the tests do it.
    constants.HF_HUB_DISABLE_XET, constants.DOWNLOAD_CHUNK_SIZE = True, CHUNK
    return constants


def _library() -> Any:
    try:
        import huggingface_hub
    except ImportError as error:
        raise UserError(
            "Models of the hub need the package huggingface_hub. Install: "
            "pip install huggingface_hub"
        ) from error
    return huggingface_hub
