"""One damaged file beside the labels costs what was in it, and no session."""

import hashlib
import json
import re
import shutil
from contextlib import suppress

import numpy as np
import pytest

from ssvae_core.comparison import views as compared
from ssvae_core.comparison.comparison import Comparison
from ssvae_core.data import SOURCES
from ssvae_core.data.library import shelved
from ssvae_core.errors import NotFound, UserError
from ssvae_core.export.past_exports import Exports
from ssvae_core.importing.uploads import Uploads
from ssvae_core.labels.store import Operation
from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.views.moments import (
    confusion_then,
    drawings_then,
    guesses_then,
    map_then,
    moments,
)
from ssvae_core.session.views.state import state
from ssvae_core.session.workspace import Workspace
from ssvae_core.storage.paths import data_root
from tests.support.whole_workspace import DAMAGES, core_of, whole_workspace

SET, SESSION, STARTER = "data/pets-*", "sessions/*", "starters/*"
COMPARED = f"{SESSION}/comparison"
NEEDED = [f"{SET}/examples.npy", f"{SET}/manifest.json"]
# Files that are read apart from one another: those of a row are damaged together.
APART = [
    (
        *(f"{SET}/{name}" for name in ("report.json", "classes.npy", "digests.npy", "sizes.npy")),
        *(f"{SET}/{name}" for name in ("names.bin", "originals.bin")),
        *(f"{SESSION}/{name}" for name in ("runs.json", "worker.log", "samples/at10-11.npy")),
        *(f"{SESSION}/moments/[!m]*.moment", f"{SESSION}/moments/map-*.moment"),
        f"{SESSION}/dropped/*",
        *("exports/*/export.json", "uploads/*/x.png", "backups/*.db"),
    ),
    (f"{SET}/names.ends.npy", f"{SET}/originals.ends.npy"),
    (f"{COMPARED}/members.json", f"{COMPARED}/m2-*/at-1/manifest.json"),
    (f"{COMPARED}/labels/manifest.json", f"{COMPARED}/m2-*/at-1/arrays.safetensors"),
    (f"{COMPARED}/labels/arrays.safetensors",),
    (COMPARED,),
    (
        f"{SESSION}/samples",
        f"{SESSION}/moments",
        f"{SESSION}/dropped",
        "exports",
        "uploads",
        "backups",
    ),
]
SPARE = [
    *(f"{SESSION}/starter/{part}/manifest.json" for part in ("atlas", "m1")),
    *(f"{SESSION}/starter/{part}/arrays.safetensors" for part in ("atlas", "m1")),
    *(f"{SESSION}/starter{part}" for part in ("", "/atlas", "/m1")),
    *(f"{SESSION}/ck-*/{name}" for name in ("manifest.json", "arrays.safetensors")),
    f"{SESSION}/ck-*",
    *(f"{STARTER}/{part}/manifest.json" for part in ("atlas", "m1")),
    *(f"{STARTER}/{part}/arrays.safetensors" for part in ("atlas", "m1")),
    *(f"{STARTER}{part}" for part in ("", "/atlas", "/m1")),
    "starters",
    *("features/key/*", "features/key", "features"),  # its files: encoders/test_feature_store.py
]
OF_THE_TRAINER = [f"{SESSION}/ck-", f"{SESSION}/starter", f"{STARTER}/", STARTER]


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A whole workspace, to be copied."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "start", lambda self: None)
        root = tmp_path_factory.mktemp("whole") / "workspace"
        root.mkdir()
        yield root, whole_workspace(root)


@pytest.fixture
def root(template, tmp_path):
    root = tmp_path / "workspace"
    shutil.copytree(template[0], root)
    return root


@pytest.fixture
def session_id(template):
    return template[1]


def damaged(root, pattern, damage):
    """The one file or folder of this pattern, after the damage."""
    (path,) = root.glob(pattern)
    if path.is_dir():
        shutil.rmtree(path)
        if damage != "gone":
            path.write_bytes(b"in the way")
    else:
        DAMAGES[damage](path)
    return path


def damages_of(pattern):
    """All of them for a file; a folder is gone, or a file stands in its place."""
    return DAMAGES if "." in pattern.rsplit("/", 1)[-1] else ("gone", "garbage")


def cases(patterns):
    return [
        pytest.param(pattern, damage, id=f"{pattern} {damage}")
        for pattern in patterns
        for damage in damages_of(pattern)
    ]


def together(row):
    return [
        pytest.param(row, damage, id=f"{' '.join(row)} {damage}") for damage in damages_of(row[0])
    ]


@pytest.mark.parametrize(
    ("patterns", "damage"),
    [
        *(case for row in APART for case in together(row)),
        *(case for pattern in SPARE for case in together((pattern,))),
    ],
)
def test_the_session_opens_and_an_image_is_labelled(root, session_id, patterns, damage):
    for pattern in patterns:
        damaged(root, pattern, damage)
    workspace = Workspace(root, for_app=True)
    session = workspace.session(session_id)
    assert session.do(Operation("b", "label", (5,), 1)).seq == 2
    told = state(session)
    json.dumps(told)
    assert told["labels"]["n"] == 2
    session.runs.listed()
    json.dumps(compared.state(Comparison(workspace, session_id)))
    listed = moments(session)["moments"]
    for about in listed:
        for what in (guesses_then, drawings_then, map_then, confusion_then):
            with suppress(NotFound):
                what(session, about["id"])
    content = b"an image that was dropped"
    with suppress(NotFound):
        assert session.dropped.read(hashlib.sha256(content).hexdigest()[:32]) == content
    session.dropped.keep(content)
    Exports(root / "exports").of(session_id)
    Uploads(root / "uploads").clean()
    assert session.data.images[3].shape == (24, 24, 1)
    assert session.data.original(3) is None
    if session.data.file_names is not None:
        assert len(list(session.data.file_names)) == 12
    if any(patterns[0].startswith(start) for start in OF_THE_TRAINER):
        core = core_of(session, 5)
        core.apply(2, np.array([0, 5], np.int32), np.array([0, 1], np.int16), 2)
        core.step()
        core.save()
    workspace.close()


@pytest.mark.parametrize(
    ("pattern", "damage"), cases([each for each in SPARE if each.startswith("starters")])
)
def test_also_one_that_has_no_map_of_its_own(root, session_id, pattern, damage):
    shutil.rmtree(root / "sessions" / session_id / "starter")
    damaged(root, pattern, damage)
    workspace = Workspace(root, for_app=True)
    session = workspace.session(session_id)
    assert session.do(Operation("b", "label", (5,), 1)).seq == 2
    assert session.xy.shape == (12, 2)
    core = core_of(session, 5)
    core.apply(2, np.array([0, 5], np.int32), np.array([0, 1], np.int16), 2)
    core.step()
    core.save()
    workspace.close()


@pytest.mark.parametrize(("pattern", "damage"), cases(NEEDED))
def test_what_it_cannot_live_without_is_named_and_the_others_go_on(
    root, session_id, pattern, damage, digits, monkeypatch
):
    monkeypatch.setitem(SOURCES, "small", lambda: digits)
    path = damaged(root, pattern, damage)
    workspace = Workspace(root, for_app=True)
    other = workspace.session(workspace.create("Other", "small", model="m2").id)
    assert other.do(Operation("b", "label", (5,), 1)).seq == 1
    assert len(workspace.sessions()) == 2
    shelved(data_root(root))
    if damage != "unreadable" or not _may_read(path):
        with pytest.raises(UserError) as caught:
            workspace.session(session_id)
        assert str(path.parent) in str(caught.value)
        if damage != "gone" or path.name != "manifest.json":
            assert str(path) in str(caught.value)
    assert other.do(Operation("c", "label", (6,), 1)).seq == 2
    workspace.close()


def _may_read(path):
    """Whoever runs the tests may be allowed to read all."""
    try:
        path.read_bytes()
    except OSError:
        return False
    return True


def test_a_file_in_the_place_of_its_folder_is_named_and_the_others_go_on(
    root, session_id, digits, monkeypatch
):
    path = damaged(root, SESSION, "garbage")
    monkeypatch.setitem(SOURCES, "small", lambda: digits)
    workspace = Workspace(root, for_app=True)
    with pytest.raises(UserError, match=re.escape(str(path))):
        workspace.session(session_id)
    other = workspace.session(workspace.create("Other", "small", model="m2").id)
    assert other.do(Operation("b", "label", (5,), 1)).seq == 1
    workspace.close()


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (f"{SESSION}/starter/atlas/arrays.safetensors", "own map and M1 were damaged"),
        (f"{SET}/classes.npy", "The classes of 'pets'"),
        (f"{SET}/names.bin", "The file names of 'pets'"),
    ],
)
def test_what_the_person_would_miss_is_said_on_the_page(root, session_id, pattern, said):
    damaged(root, pattern, "truncated")
    workspace = Workspace(root, for_app=True)
    assert said in state(workspace.session(session_id))["trainer"]["message"]
    workspace.close()


def test_what_is_damaged_is_kept_beside_what_is_made_anew(root, session_id):
    path = damaged(root, f"{SESSION}/starter/atlas/arrays.safetensors", "truncated")
    for _ in range(2):
        workspace = Workspace(root, for_app=True)
        assert workspace.session(session_id).xy.shape == (12, 2)
        workspace.close()
    kept = path.parents[2] / ".damaged-starter"
    assert (kept / "atlas" / "arrays.safetensors").is_file()


@pytest.mark.parametrize("name", ["x" * 300, "é" * 200, "a\0b", "../pets", "~nobody", "."])
def test_a_session_on_a_data_set_of_an_odd_name_harms_no_other(root, session_id, name):
    workspace = Workspace(root, for_app=True)
    row = workspace.store.create_session(
        "Odd", data=name, model="m2", n_examples=3, classes=("a", "b")
    )
    with pytest.raises(UserError):
        workspace.session(row.id)
    assert workspace.session(session_id).do(Operation("b", "label", (5,), 1)).seq == 2
    workspace.close()


def test_a_comparison_that_is_whole_is_shown(root, session_id):
    workspace = Workspace(root, for_app=True)
    (member,) = compared.state(Comparison(workspace, session_id))["members"]
    assert (member["state"], member["reached"]) == ("done", [1])
    assert member["results"]["1"]["bound"]["total"] == -3
    workspace.close()
