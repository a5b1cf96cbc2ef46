"""Images a second and peak memory of an import, by source: MNIST as 60,000 files and as one.

Each import runs in a process of its own, with its decoders beside it; memory is the most that it
held, and the most that one of its decoders held, Python and NumPy included. The disk's cache is
warm; on a busy machine only the seconds of the processor compare.

    python -m benchmarks.importing
    python -m benchmarks.importing --only zip photos
"""

from __future__ import annotations

import argparse
import datetime
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ssvae_core.data import load_dataset
from ssvae_core.importing.importing import Choice, import_data, import_to_end

from .timing import machine

RESULTS = Path(__file__).parent / "results" / "import.json"
N_PHOTOS = 60
PHOTO = (3000, 4000)  # pixels


@dataclass(frozen=True)
class Case:
    """Something to import: how it is made, and what it is called in the table."""

    title: str
    make: Callable[[Path], Path]
    n_processes: int | None = None


def images() -> tuple[NDArray[Any], NDArray[Any]]:
    """MNIST's training images and their classes."""
    data = load_dataset("mnist")
    assert data.answer_key is not None
    return data.images[..., 0], data.answer_key


def jpegs(n: int = 60_000) -> Iterator[tuple[str, bytes]]:
    """Each image as a JPEG in the folder of its class."""
    for place, (pixels, label) in enumerate(zip(*(each[:n] for each in images()), strict=True)):
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "JPEG", quality=90)
        yield f"{label}/{place:05}.jpg", file.getvalue()


def in_folder(folder: Path, n: int = 60_000) -> Path:
    """As files."""
    for label in range(10):
        (folder / "files" / str(label)).mkdir(parents=True)
    for name, content in jpegs(n):
        (folder / "files" / name).write_bytes(content)
    return folder / "files"


def in_small_folder(folder: Path) -> Path:
    """A tenth of them: shows what memory depends on."""
    return in_folder(folder, 6_000)


def in_zip(folder: Path) -> Path:
    """As members of a zip."""
    with zipfile.ZipFile(folder / "x.zip", "w") as archive:
        for name, content in jpegs():
            archive.writestr(name, content)
    return folder / "x.zip"


def in_npz(folder: Path) -> Path:
    """As one packed array."""
    pixels, labels = images()
    np.savez_compressed(folder / "x.npz", images=pixels, labels=labels)
    return folder / "x.npz"


def in_csv(folder: Path) -> Path:
    """As columns of pixels, 784 numbers a row."""
    pixels, labels = images()
    rows = np.column_stack([labels, pixels.reshape(len(pixels), -1)])
    head = ",".join(["label", *(f"pixel{place}" for place in range(784))])
    np.savetxt(folder / "x.csv", rows, "%d", ",", header=head, comments="")
    return folder / "x.csv"


def in_parquet(folder: Path) -> Path:
    """As 40 features a row, of the images' principal components."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from sklearn.decomposition import PCA

    pixels, labels = images()
    features = PCA(40, random_state=0).fit_transform(pixels.reshape(len(pixels), -1) / 255)
    columns = {f"f{place}": features[:, place].astype(np.float32) for place in range(40)}
    pq.write_table(pa.table({**columns, "label": labels}), folder / "x.parquet")
    return folder / "x.parquet"


def photos(folder: Path) -> Path:
    """As a phone takes them: JPEG of 12 megapixels, no two the same."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (60, 80, 3), dtype=np.uint8)
    for place in range(N_PHOTOS):
        image = Image.fromarray(np.roll(coarse, place, 1)).resize(PHOTO[::-1])
        image.save(folder / f"{place}.jpg", quality=88)
    return folder


CASES = {
    "folder": Case("60,000 JPEG files in folders", in_folder),
    "folder-here": Case("the same, decoded in the importing process", in_folder, 0),
    "folder-one": Case("the same, one decoding process", in_folder, 1),
    "small-folder": Case("6,000 JPEG files in folders", in_small_folder),
    "zip": Case("60,000 JPEG files in a zip", in_zip),
    "npz": Case("60,000 images in an .npz", in_npz),
    "csv": Case("60,000 rows of 784 pixels in a CSV", in_csv),
    "parquet": Case("60,000 rows of 40 features in a Parquet file", in_parquet),
    "photos": Case(f"{N_PHOTOS} JPEG photos of 12 megapixels", photos),
}


def measure(where: str, root: Path, n_processes: int | None) -> dict[str, Any]:
    """One import in this process."""
    begun, used = time.perf_counter(), time.process_time()
    choice = Choice(n_processes=n_processes, keeps_duplicates=True)
    report = import_to_end(import_data(where, root, name="x", choice=choice)).report
    seconds = time.perf_counter() - begun
    theirs = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "taken": report.taken,
        "seconds": round(seconds, 2),
        "processor": round(time.process_time() - used + theirs.ru_utime + theirs.ru_stime, 2),
        "peak_mb": peak_mb(),
        "decoder_mb": round(theirs.ru_maxrss / 1024),
        "skipped": report.n_skipped,
    }


def peak_mb() -> int:
    """The most memory that this process has held, in MB.

    Linux's ru_maxrss would count what its parent held when this one was begun.
    """
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.is_file() else []
    found = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
    return round((found or [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss])[0] / 1024)


def measured(case: Case) -> dict[str, Any]:
    """The same in a process of its own, on what the case makes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        where = case.make(folder / "in")
        given = json.dumps([str(where), str(folder / "root"), case.n_processes])
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.importing", "--one", given],
            capture_output=True,
            text=True,
            check=True,
        )
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def table(rows: dict[str, dict[str, Any]]) -> str:
    """The rows as Markdown, and how they were made."""
    lines = [
        "# Imports",
        "",
        " ".join((__doc__ or "").split("\n\n")[1].split()),
        "",
        "| what | images a second | seconds | of the processor | peak memory | and a decoder's |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows.values():
        decoder = f"{row['decoder_mb']} MB" if row["decoder_mb"] else "–"
        rate = row["taken"] / row["seconds"]
        lines.append(
            f"| {row['title']} | {rate:,.0f} | {row['seconds']:.1f} | {row['processor']:.1f} | "
            f"{row['peak_mb']} MB | {decoder} |"
        )
    made = [
        f"- **{row['title']}**: `{row['command']}`, {row['date']}, {row['machine']}"
        for row in rows.values()
    ]
    return "\n".join([*lines, "", *made, ""])


def main() -> None:
    """Run the cases one after the other, and keep and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--one", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        where, root, n_processes = json.loads(arguments.one)
        print(json.dumps(measure(where, Path(root), n_processes)))
        return
    rows = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    for name in arguments.only:
        rows[name] = {
            "title": CASES[name].title,
            **measured(CASES[name]),
            "command": f"python -m benchmarks.importing --only {name}",
            "date": datetime.date.today().isoformat(),
            "machine": machine(CASES[name].n_processes or 2),
        }
        rows = {name: rows[name] for name in CASES if name in rows}
        RESULTS.write_text(json.dumps(rows, indent=1) + "\n")
        RESULTS.with_suffix(".md").write_text(table(rows))
        print(rows[name], file=sys.stderr)
    print(table(rows))


if __name__ == "__main__":
    main()
