"""In which encoding a text file is written: told from all of its bytes, or refused in a sentence.

UTF-8 and UTF-16 prove themselves. What is neither is Windows-1252 if its words look like words in
it, and that is said; nothing is ever replaced by a question mark.
"""

from __future__ import annotations

import codecs
import gzip
import re
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..errors import UserError

# What a person may choose, and what it is called.
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252, western Europe",
    "cp1250": "Windows-1250, central Europe",
    "cp1251": "Windows-1251, Cyrillic",
    "mac-roman": "Mac Roman",
    "shift_jis": "Shift JIS, Japanese",
    "gb18030": "GB 18030, Chinese",
}
CHUNK = 2**20  # bytes read at once
BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # begins as the one of UTF-16 does
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# What else is given the ending of a text file.
NO_TEXT = {
    b"PK\x03\x04": "an Excel workbook or another zip. Save it as CSV UTF-8",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook. Save it as CSV UTF-8",
    b"PAR1": "a Parquet file. Rename it to end in .parquet",
    b"%PDF": "a PDF. Save its table as CSV UTF-8",
}
# Signs of Windows-1252 that text has; its others come of text in another encoding.
SIGNS = set("€…–—‘’“”„‚«»‹›°£§²³µ½¼¾±×®©™¿¡·•†%\N{NO-BREAK SPACE}ªº¢¥ƒ")
IN_WORDS = set("’–—·\N{NO-BREAK SPACE}")
MOST_ZEROS = 0.05  # of the bytes of a text: a cell may hold one, a picture is full of them
ADVICE = "Save it as UTF-8"


@dataclass(frozen=True)
class Encoding:
    """A codec of Python's, and what a person should know."""

    codec: str
    note: str = ""


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked if it is a .gz. UserError where they cannot be read."""
    try:
        with path.open("rb") as raw:
            is_packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            if not is_packed:
                yield raw
                return
            with gzip.open(raw) as unpacked:
                yield unpacked  # type: ignore[misc]
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or error
        raise UserError(f"{path.name} cannot be read: {why}.") from error


def encoding_of(path: Path, chosen: str | None = None) -> Encoding:
    """The one that all of a file's bytes are in. UserError if there is none to trust."""
    with opened(path) as file:
        head = file.read(4096)
    for magic, what in NO_TEXT.items():
        if head.startswith(magic):
            raise UserError(f"{path.name} is not text: it is {what}.")
    marked = next((codec for bom, codec in BOMS.items() if head.startswith(bom)), None)
    codec = _codec_named(chosen, marked) if chosen else marked or _unmarked_utf16(head) or "utf-8"
    if not (chosen or marked) and codec == "utf-8" and head.count(0) > len(head) * MOST_ZEROS:
        raise UserError(f"{path.name} is not text: there are zero bytes in it.")
    line = _first_line_not_in(codec, path)
    if line is None:
        return Encoding(codec)
    if chosen or codec != "utf-8":
        name = ENCODINGS.get(codec.removesuffix("-sig").removesuffix("-le"), codec.upper())
        raise UserError(f"Line {line} of {path.name} is not {name}, as the file is. {ADVICE}.")
    return _western(path, line)


def _codec_named(chosen: str, marked: str | None) -> str:
    if chosen not in ENCODINGS:
        raise UserError(f"An encoding is one of {', '.join(ENCODINGS)}; got {chosen!r}.")
    return marked if marked and marked.startswith(chosen) else chosen


def _unmarked_utf16(head: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of plain text is zero."""
    even, odd = head[::2], head[1::2]
    for zeros, others, codec in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if len(zeros) > 3 and zeros.count(0) > 0.7 * len(zeros) and others.count(0) == 0:
            return codec
    return None


def _first_line_not_in(codec: str, path: Path) -> int | None:
    """The number of the first line with bytes that are no text in it; None where there is none."""
    decoder, line = codecs.getincrementaldecoder(codec)(), 1
    with opened(path) as file:
        while True:
            chunk = file.read(CHUNK)
            try:
                if not (chunk and codec == "utf-8" and chunk.isascii()) or decoder.getstate()[0]:
                    decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return line + chunk[: error.start].count(b"\n")
            except UnicodeError:  # a mark is missing
                return line
            if not chunk:
                return None
            line += chunk.count(b"\n")


def _western(path: Path, line: int) -> Encoding:
    """Windows-1252, if every line that is not plain reads well in it. UserError if one does not."""
    example = ""
    with opened(path) as file:
        for number, raw in enumerate(iter(lambda: file.readline(CHUNK), b""), 1):
            if raw.isascii():
                continue
            odd = _why_not_western(raw)
            if odd:
                raise UserError(
                    f"Line {number} of {path.name} is {odd}: its letters cannot be told. {ADVICE}."
                )
            example = example or _word_with_signs(raw.decode("cp1252"))
    note = (
        f"{path.name} is not UTF-8: it was read as Windows-1252 (in line {line}: {example}). "
        "If letters look wrong, save it as UTF-8."
    )
    return Encoding("cp1252", note)


def _why_not_western(raw: bytes) -> str:
    try:
        raw.decode("utf-8")
        return "UTF-8, while others are not"
    except UnicodeDecodeError:
        pass
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError:
        return "neither UTF-8 nor Windows-1252"
    return "" if _reads_well(text) else "not UTF-8, and does not read well as Windows-1252"


def _reads_well(text: str) -> bool:
    """Whether letters beyond ASCII stand as they do in words of western Europe."""
    if re.search(r"[^\x00-\x7f]{4}", text):  # Cyrillic, Greek or Chinese, a word of such letters
        return False
    for before, sign, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if sign.isascii():
            continue
        if not unicodedata.category(sign).startswith("L"):
            is_inside = before.isalpha() and after.isalpha()
            if sign not in SIGNS or (is_inside and sign not in IN_WORDS):
                return False
        elif sign.isupper() and before.isalpha() and (before.islower() or after.islower()):
            # As Mac Roman's letters come out.
            return False
    return True


def _word_with_signs(text: str) -> str:
    words = re.findall(r"[\w’]*[^\x00-\x7f][\w’]*", text)
    return words[0][:40] if words else ""
