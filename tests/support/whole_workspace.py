"""A workspace with every kind of file that a session leaves, and ways to damage one of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

from ssvae_core.comparison.plan import ComparisonPlan, Member, folder_of, write_plan
from ssvae_core.comparison.replay import replayed
from ssvae_core.comparison.results import MemberResult, write_result
from ssvae_core.encoders import FeatureStore
from ssvae_core.importing.import_data import Choice, import_data
from ssvae_core.labels.backup import make_backup
from ssvae_core.labels.store import Operation
from ssvae_core.pretraining.starter import Starter, new_m1
from ssvae_core.protocol.messages import Snapshot
from ssvae_core.session.session import Session
from ssvae_core.session.workspace import Workspace
from ssvae_core.storage.paths import FEATURES, data_root
from ssvae_core.storage.whole import write_array_whole
from ssvae_core.trainer.open import open_core

N = 12  # images of 24 x 24


def new_images(folder: Path) -> Path:
    """Two folders of grey images."""
    rng = np.random.default_rng(0)
    for k in range(N):
        path = folder / ("cat", "dog")[k % 2] / f"{k:03}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (24, 24), np.uint8)).save(path)
    return folder


def whole_workspace(root: Path) -> str:
    """Make it; the id of its one session."""
    images = new_images(root.with_name("images"))
    *_, last = import_data(images, data_root(root), name="pets", choice=Choice(role="truth"))
    workspace = Workspace(root)
    row = workspace.create("Pets", last.imported.id, model="m2")
    session = workspace.session(row.id)
    session.do(Operation("a", "label", (0,), 0))
    opening = session._open()
    data, own = session.data, session.folder / "starter"
    shape = data.shape
    starter = Starter(new_m1(shape), session.atlas)
    for folder in (own, session._starter):
        starter.save(folder, {"fingerprint": data.fingerprint})
    core = core_of(session, opening.generation)
    core.apply(1, np.array([0], np.int32), np.array([0], np.int16), 2)
    core.save()
    samples = np.zeros((2, 3, *shape), np.uint8)
    (session.folder / "samples").mkdir()
    write_array_whole(session.folder / "samples" / "at10-11.npy", samples)
    write_moments(session)
    session.dropped.keep(b"an image that was dropped")
    run = {"settings": {"model": "m2"}, "began": 1.0, "ended": 2.0, "first": 0, "steps": 1}
    (session.folder / "runs.json").write_text(json.dumps([run | {"labels": 1}]))
    (session.folder / "worker.log").write_text("a word\n")
    export = root / "exports" / f"pets-{row.id}-csv-2026-11-30-120000"
    export.mkdir(parents=True)
    told = {"kind": "ssvae-export", "format": "csv", "written_at": "2026-11-30T12:00:00+00:00"}
    (export / "export.json").write_text(json.dumps(told))
    (root / "uploads" / "0123456789abcdef").mkdir(parents=True)
    (root / "uploads" / "0123456789abcdef" / "x.png").write_bytes(b"half")
    _compared(session)
    FeatureStore(root / FEATURES).add("key", [bytes(16)], np.ones((1, 3), np.float16))
    workspace.close()
    make_backup(root / "labels.db")
    return row.id


def _compared(session) -> None:
    """A comparison of one member, which knows the one label."""
    labels, member = replayed(session.history), Member("m2-000000", "m2")
    folder = folder_of(session.folder)
    write_plan(folder, ComparisonPlan((member,), labels))
    said, drawn = np.zeros((2, N), np.uint8), np.zeros(1, np.int16)
    result = MemberResult(
        *(1, 2.0, 3, {"picture": -1.0, "style": -2.0}, -3.0, "the image", "", said, said),
        *(np.zeros((4, 1, 24, 24, 1), np.uint8), np.zeros((4, 1), np.uint8), drawn),
    )
    write_result(folder / member.id, result, labels.fingerprint)


def write_moments(session: Session) -> None:
    """The time machine's file of a moment, and of the map that was shown."""
    snapshot = Snapshot(
        **{"generation": 1, "rev": 1, "step": 0, "map_version": 0, "moved": None, "terms": {}},
        label_seq=session.history.seq,
        n_labels=1,
        predicted_by="propagation",
        samples=np.zeros((2, 9, *session.data.shape), np.uint8),
    )
    guesses = np.zeros((4, N), np.uint8)
    session.moments.keep(session.history, snapshot, guesses, session.labels, session.xy)


def core_of(session, generation):
    """The session's trainer, as its worker opens it."""
    return open_core(
        data=session._place,
        model=session.row.model,
        config={"latent_dim": 4, "hidden_dim": 16},
        n_classes=2,
        seed=0,
        device="cpu",
        starter=session._starter,
        folder=session.folder,
        generation=generation,
    )


def replace_by_folder(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    path.mkdir()
    (path / "in the way").write_text("x")


def wrong_array(path: Path) -> None:
    """What it is not: text in JSON's place, other numbers in an array's."""
    if path.suffix == ".npy":
        np.save(path, np.full((3, 2), 1.5))
    else:
        path.write_text("[1, 2, {}]")


def promises_too_much(path: Path) -> None:
    """A header of an array that would fill any memory."""
    head = "{'descr': '|u1', 'fortran_order': False, 'shape': (9999999999999,), }\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode())


DAMAGES = {
    "truncated": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "empty": lambda path: path.write_bytes(b""),
    "garbage": lambda path: path.write_bytes(b"\x00\xff\x93NUMPY{[" * 40),
    "of the same length": lambda path: path.write_bytes(b"\xfe" * path.stat().st_size),
    "another thing": wrong_array,
    "format 1 and no more": lambda path: path.write_text('{"format": 1}'),
    "of a format before": lambda path: path.write_text('{"format": 0, "sha256": ""}'),
    "nested deeply": lambda path: path.write_text("[" * 100_000),
    "a promise too large": promises_too_much,
    "gone": lambda path: path.unlink(),
    "a folder": replace_by_folder,
    "unreadable": lambda path: path.chmod(0),
}
