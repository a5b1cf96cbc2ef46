"""The files behind an encoder that a person named by a path, and whether they are as they were.

Features are kept by what the files held (sha256), not by where they lie: one that is replaced under
its name is another encoder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from ..errors import UserError
from .onnx_file import parted, weights_beside
from .opening import local_path

SETTINGS = "{stem}.preprocess.json", "preprocessor_config.json"  # beside an ONNX file, the first


def content_of(choice: str) -> str:
    """Sixteen letters for what the files of this choice hold; "" where it names none by a path.

    Raises UserError where they are gone or cannot be read.
    """
    name, _, argument = choice.partition(":")
    if name == "onnx":
        return digest_of(files_of_onnx(parted(argument)[0]))
    folder = Path(local_path(choice)).expanduser()
    if not local_path(choice) or name == "features":  # those the data set has a copy of
        return ""
    files = [*sorted(folder.glob("*.safetensors")), *sorted(folder.glob("*config.json"))]
    if not files:
        raise UserError(f"There is no model in {folder} any more.")
    return digest_of(files)


def files_of_onnx(path: Path) -> list[Path]:
    """The file itself, those beside it that hold its weights, and its preprocessing."""
    settings = (path.parent / each.format(stem=path.stem) for each in SETTINGS)
    used = [each for each in settings if each.is_file()][:1]
    return [path, *weights_beside(path), *used]


def digest_of(files: Sequence[Path]) -> str:
    """What they hold, in their order. Raises UserError where one cannot be read."""
    whole = hashlib.sha256()
    for path in files:
        try:
            about = path.stat()
            whole.update(_sha256(path, (about.st_size, about.st_mtime_ns, about.st_ctime_ns)))
        except OSError as error:
            raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    return whole.hexdigest()[:16]


def in_words(choice: str, content: str) -> str:
    """A sentence where the files are no longer those that held this content; "" where they are."""
    if not content:
        return ""
    try:
        now = content_of(choice)
    except UserError as error:
        return (
            f"{error} What the encoder saw is kept, and images that are added cannot be encoded. "
            "Put the file back, or choose another encoder on the Data page."
        )
    if now == content:
        return ""
    return (
        f"The encoder {Path(local_path(choice)).name} has changed since it saw these images; what "
        "it saw then is still used. Encode them anew on the Data page, or put the file back."
    )


@lru_cache(64)
def _sha256(path: Path, stamp: tuple[int, int, int]) -> bytes:
    """Of a file as it is; the stamp says when it was read last."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
