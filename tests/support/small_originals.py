"""Image files of many sizes, kinds and names, imported into a workspace, and a session on them."""

import io

import numpy as np
from PIL import Image

from ssvae_core.importing.import_data import Choice, import_data, import_to_end
from ssvae_core.importing.pixel_policy import Policy
from ssvae_core.labels.store import Operation
from ssvae_core.storage.paths import data_root

LANDSCAPE, PORTRAIT = (480, 640), (640, 480)  # height and width


def file_of(seed, kind="PNG", size=LANDSCAPE, orientation=1, mode="RGB"):
    """The bytes of an image file of smooth random content."""
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 255, (6, 8, 3), np.uint8)).convert(mode)
    image = small.resize(size[::-1], Image.Resampling.BILINEAR)
    exif = Image.Exif()
    more = {}
    if orientation != 1:
        exif[0x0112] = orientation
        more["exif"] = exif
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def files_of_many_kinds():
    """{name: (content, (height, width) upright)}."""
    return {
        "c0.png": (file_of(0), LANDSCAPE),
        "cat/001.png": (file_of(1, size=(40, 30)), (40, 30)),
        "dog/001.png": (file_of(2, size=(300, 200)), (300, 200)),
        "dog/Photo.JPG": (file_of(3, "JPEG"), LANDSCAPE),
        "dog/photo.jpg": (file_of(4, "JPEG"), LANDSCAPE),
        "disguised.png": (file_of(5, "JPEG"), LANDSCAPE),
        "disguised.jpg": (file_of(6, "WEBP"), LANDSCAPE),
        "turned.jpg": (file_of(7, "JPEG", orientation=6), PORTRAIT),
        "upside-down.jpg": (file_of(8, "JPEG", orientation=3), LANDSCAPE),
        "turned.png": (file_of(9, "PNG", orientation=8), PORTRAIT),
        "turned.tif": (file_of(10, "TIFF", orientation=6), PORTRAIT),
        "a.gif": (file_of(11, "GIF", mode="P"), LANDSCAPE),
        "a.bmp": (file_of(12, "BMP"), LANDSCAPE),
        "grey.pgm": (file_of(13, "PPM", mode="L"), LANDSCAPE),
        "CON.png": (file_of(14, size=(24, 24)), (24, 24)),
        "trailing. .png": (file_of(15, size=(24, 24)), (24, 24)),
        f"{'long' * 50}.jpeg": (file_of(16, "JPEG"), LANDSCAPE),
        "no ending": (file_of(17, "JPEG"), LANDSCAPE),
        "v1.2": (file_of(18, "PNG"), LANDSCAPE),
        "=1;+2.png": (file_of(19, size=(256, 100)), (256, 100)),
    }


def write_files(folder, files):
    """Write {name: (content, size)} below a folder."""
    for name, (content, _) in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def session_on(workspace, source, labels=("cat", "dog"), side=24):
    """A session on what is there, its examples labelled in turns."""
    choice = Choice(policy=Policy(side=side), role="ignore", n_processes=0)
    imported = import_to_end(
        import_data(source, data_root(workspace.root), name="photos", choice=choice)
    )
    row = workspace.create("Photos", imported.id)
    session = workspace.session(row.id)
    for number, name in enumerate(labels):
        session.do(Operation(f"class-{number}", "class-add", text=name))
    for number in range(len(labels)):
        examples = tuple(range(number, len(session.data), len(labels)))
        if examples:
            session.do(Operation(f"label-{number}", "label", examples, number), "Ana")
    return session
