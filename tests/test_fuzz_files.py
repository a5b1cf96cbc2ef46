"""Files of every kind, damaged: they are read, left out or refused in words: never a bug."""

import gzip
import io
import shutil
import zipfile
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from PIL import Image

from pages.components.secrets import read_secrets
from ssvae_core.errors import UserError
from ssvae_core.importing.decoding import Decoded, decode, look
from ssvae_core.importing.import_data import Choice, import_data
from ssvae_core.importing.items import Skipped
from ssvae_core.importing.pixel_policy import Policy
from ssvae_core.labels.label_files import read_labels
from ssvae_core.strict_json import parsed
from tests.support.odd import FUZZ, as_json, changed, damaged, texts
from tests.support.small_cells import h5ad_bytes, small_cells
from tests.support.small_files import encoded, picture
from tests.support.small_sources import idx_bytes

# A fixture of a folder stays the same for all examples: each writes its own file into it.
EACH = examples(FUZZ, suppress_health_check=[HealthCheck.function_scoped_fixture])

COCO = {
    "images": [{"id": 1, "file_name": "a.png", "width": 12, "height": 12}],
    "categories": [{"id": 3, "name": "cat"}],
    "annotations": [{"id": 1, "image_id": 1, "category_id": 3, "bbox": [0, 0, 1, 1]}],
}
LABEL_STUDIO = [
    {
        "id": 1,
        "data": {"image": "/data/local-files/?d=a.png"},
        "annotations": [
            {
                "completed_by": {"email": "ana@example.org"},
                "updated_at": "2026-01-02T03:04:05Z",
                "result": [{"type": "choices", "value": {"choices": ["cat"]}}],
            }
        ],
    }
]
TURNED = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
SECRETS = b"[auth]\nclient_id = 'lab'\n[other]\na = [1, 2.5, true]\n"
ROWS = [{"file_name": f"{k}.png", "label": "cd"[k % 2], "annotator": "ana"} for k in range(4)]


def in_bytes(save):
    file = io.BytesIO()
    save(file)
    return file.getvalue()


@cache
def label_files():
    """A whole one of each kind, by its name."""
    table = "file_name,label\na.png,cat\nb.png,dog\n"
    return {
        "l.csv": table.encode(),
        "l.tsv": table.replace(",", "\t").encode(),
        "l.txt": b"a.png 0\nb.png 1\n",
        "l.json": as_json(COCO),
        "ls.json": as_json(LABEL_STUDIO),
        "l.jsonl": b"\n".join(as_json(row) for row in ROWS),
        "l.parquet": in_bytes(lambda file: pq.write_table(pa.Table.from_pylist(ROWS), file)),
    }


@cache
def images():
    grey, colour = picture(1, 24, 24), picture(2, 24, 24, 3)
    deep = Image.fromarray(grey.astype(np.uint16) * 257)
    return {
        "a.png": encoded(grey),
        "rgb.png": encoded(colour),
        "deep.png": encoded(deep),
        "palette.png": encoded(Image.fromarray(colour).convert("P")),
        "a.jpg": encoded(
            colour, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"
        ),
        "a.gif": encoded(grey, "GIF"),
        "a.bmp": encoded(colour, "BMP"),
        "a.tif": encoded(grey, "TIFF"),
        "a.webp": encoded(colour, "WEBP"),
    }


@cache
def sources():
    """A whole file of each kind that an import reads, by its name."""
    stack, key = np.stack([picture(k, 8, 8) for k in range(12)]), np.arange(12) % 3
    columns = ",".join(["label", *(f"p{k}" for k in range(4))])
    numbers = "\n".join(f"{k % 3},{k},{k + 1},{k + 2},{k + 3}" for k in range(12))

    def zipped(file):
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for k, values in enumerate(stack):
                archive.writestr(f"top/{'cd'[k % 2]}/{k}.png", encoded(values))

    shown = [{"bytes": encoded(each), "path": f"{k}.png"} for k, each in enumerate(stack)]
    return {
        "x.npz": in_bytes(lambda file: np.savez(file, images=stack, labels=key)),
        "z.npz": in_bytes(lambda file: np.savez_compressed(file, X=stack, y=key)),
        "x.npy": in_bytes(lambda file: np.save(file, stack)),
        "x-images-idx3-ubyte": idx_bytes(stack),
        "x-images-idx3-ubyte.gz": gzip.compress(idx_bytes(stack)),
        "x.csv": f"{columns}\n{numbers}\n".encode(),
        "x.zip": in_bytes(zipped),
        "x.h5ad": h5ad_bytes(small_cells(12, 20)),
        "x.parquet": in_bytes(
            lambda file: pq.write_table(pa.table({"image": shown, "label": key}), file)
        ),
    }


def is_refused(reading):
    """Whether a sentence came of it. Everything else that is raised is a bug."""
    try:
        reading()
    except UserError:
        return True
    return False


@pytest.mark.parametrize("name", label_files())
@examples(EACH, max_examples=60)
@given(data=st.data())
def test_a_damaged_file_of_labels_is_read_or_refused(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data.draw(damaged(label_files()[name])))
    is_refused(lambda: read_labels(path))


@pytest.mark.parametrize(("name", "whole"), [("l.json", COCO), ("ls.json", LABEL_STUDIO)])
@examples(EACH, max_examples=60)
@given(data=st.data())
def test_json_of_other_things_than_labels_is_read_or_refused(tmp_path, name, whole, data):
    path = tmp_path / name
    path.write_bytes(as_json(data.draw(changed(whole))))
    is_refused(lambda: read_labels(path))


@examples(EACH, max_examples=50)
@given(rows=st.lists(st.dictionaries(texts, texts, max_size=3), max_size=4), data=st.data())
def test_any_rows_are_read_or_refused(tmp_path, rows, data):
    path = tmp_path / "l.jsonl"
    path.write_bytes(b"\n".join(as_json(data.draw(changed(row))) for row in [*rows, *ROWS[:1]]))
    is_refused(lambda: read_labels(path))
    path = tmp_path / "l.csv"
    lines = [",".join(texts) for row in rows for texts in (row, row.values())]
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    is_refused(lambda: read_labels(path))


@pytest.mark.parametrize("name", images())
@examples(EACH, max_examples=40)
@given(data=st.data())
def test_a_damaged_image_is_decoded_or_left_out(name, data):
    content = data.draw(damaged(images()[name]))
    side = data.draw(st.sampled_from([None, 16, 28]))
    channels = data.draw(st.sampled_from(["grey", "colour"]))
    look(name, content)
    found = decode(name, content, Policy(side=side or 28, channels=channels))
    assert isinstance(found, Decoded | Skipped)


@pytest.mark.parametrize("name", sources())
@examples(EACH, max_examples=12)
@given(data=st.data())
def test_a_damaged_source_is_imported_or_refused_and_leaves_nothing(tmp_path, name, data):
    where, root = tmp_path / "in", tmp_path / "data"
    for folder in (where, root):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    (where / name).write_bytes(data.draw(damaged(sources()[name])))

    def reading():
        for _ in import_data(where / name, root, name="x", choice=Choice(n_processes=0)):
            pass

    if is_refused(reading):
        assert list(root.iterdir()) == []


@examples(EACH, max_examples=60)
@given(data=st.data())
def test_damaged_secrets_are_read_or_refused(tmp_path, data):
    path = tmp_path / "secrets.toml"
    path.write_bytes(data.draw(damaged(SECRETS)))
    is_refused(lambda: read_secrets(str(path)))


@examples(EACH, max_examples=100)
@given(content=st.binary(max_size=40) | damaged(as_json(COCO)))
def test_any_bytes_are_strict_json_or_refused(content):
    is_refused(lambda: parsed(content))
