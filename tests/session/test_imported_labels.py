"""Labels that come with images, in new sessions and in those that images are added to."""

import numpy as np
import pytest

from ssvae_core.data import SOURCES, Dataset
from ssvae_core.data.library import set_role
from ssvae_core.errors import Conflict
from ssvae_core.importing.import_data import Choice, add_later, import_to_end
from ssvae_core.labels.records import Operation
from ssvae_core.session.imported_labels import IMPORTED
from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.workspace import Workspace
from ssvae_core.storage.paths import data_root
from tests.support.small_files import encoded, picture, write
from tests.support.small_imports import HERE, take_in

LABELS = Choice(role="labels", n_processes=0)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setattr(Trainer, "start", lambda self: None)
    workspace = Workspace(tmp_path / "workspace")
    yield workspace
    workspace.close()


def filled(folder, first=0, **classes):
    """So many images of each class, none like another of other seeds."""
    seed = first
    for name, n in classes.items():
        for _ in range(n):
            write(folder / name / f"{seed}.png", encoded(picture(seed)))
            seed += 1
    return folder


def added(workspace, to, folder):
    imported = import_to_end(add_later(folder, data_root(workspace.root), to=to, choice=HERE))
    return imported.id


def said(session):
    """{file: the class that it has in the session}."""
    names = session.data.file_names
    return {names[k]: session.history.classes.name(c) for k, c in session.history.labels.items()}


def test_labels_of_added_images_come_to_the_sessions(tmp_path, workspace):
    root = data_root(workspace.root)
    first = take_in(filled(tmp_path / "in", cat=2, dog=2), root, choice=LABELS)
    session = workspace.session(workspace.create("S", first.id).id)
    session.do(Operation("a", "class-add", text="horse"))
    session.do(Operation("b", "label", (0,), 1))  # a person says otherwise
    more = filled(tmp_path / "more", 10, dog=1, ape=2, horse=1)
    session = workspace.add_images(session.row.id, added(workspace, first.id, more))
    names = ["cat", "dog", "horse", "ape"]
    assert [known.name for known in session.history.classes.active] == names
    assert said(session) == {
        **{"cat/0.png": "dog", "cat/1.png": "cat", "dog/2.png": "dog", "dog/3.png": "dog"},
        **{"dog/10.png": "dog", "ape/11.png": "ape", "ape/12.png": "ape", "horse/13.png": "horse"},
    }
    new = [done.annotator for done in session.history.operations if 11 in done.examples]
    assert new == [] or set(new) == {IMPORTED}


def test_a_class_that_was_called_otherwise_or_deleted_since_is_met_as_it_is_now(
    tmp_path, workspace
):
    root = data_root(workspace.root)
    first = take_in(filled(tmp_path / "in", cat=2, dog=2), root, choice=LABELS)
    session = workspace.session(workspace.create("S", first.id).id)
    session.do(Operation("a", "class-rename", label=0, text="kitten"))
    session.do(Operation("b", "class-delete", label=1))
    more = filled(tmp_path / "more", 10, cat=1, dog=1)
    session = workspace.add_images(session.row.id, added(workspace, first.id, more))
    assert said(session)["cat/10.png"] == "kitten"
    assert said(session)["dog/11.png"] == "dog"  # it came anew


def test_hidden_truth_brings_no_labels_and_is_compared_by_name(tmp_path, workspace):
    root = data_root(workspace.root)
    first = take_in(filled(tmp_path / "in", cat=2, dog=2), root)
    session = workspace.session(workspace.create("S", first.id).id)
    session.do(Operation("a", "class-add", text="bird"))
    more = filled(tmp_path / "more", 10, ape=1, bird=2)
    session = workspace.add_images(session.row.id, added(workspace, first.id, more))
    assert session.history.labels == {}
    assert session.data.class_names == ("cat", "dog", "ape", "bird")
    assert session.answer_key().tolist() == [0, 0, 1, 1, -1, 2, 2]


def test_a_truth_that_is_told_after_a_session_began_is_met_by_name(tmp_path, workspace):
    root = data_root(workspace.root)
    first = take_in(filled(tmp_path / "in", cat=1, dog=2), root, choice=Choice(role="ignore"))
    row = workspace.create("S", first.id)
    workspace.session(row.id).do(Operation("a", "class-add", text="Dog"))
    workspace.session(row.id).close()
    workspace._open.clear()
    set_role(first.id, "truth", root)
    assert workspace.session(row.id).answer_key().tolist() == [-1, 0, 0]


def test_a_session_without_room_for_the_classes_stays_on_its_images(tmp_path, workspace):
    root = data_root(workspace.root)
    first = take_in(filled(tmp_path / "in", cat=2, dog=2), root, choice=LABELS)
    session = workspace.session(workspace.create("S", first.id).id)
    for k in range(248):
        session.do(Operation(f"c{k}", "class-add", text=f"class {k}"))
    new = added(workspace, first.id, filled(tmp_path / "more", 10, cat=1, ape=1))
    with pytest.raises(Conflict, match="S has no room for 1 classes more"):
        workspace.add_images(session.row.id, new)
    assert workspace.store.session(session.row.id).data == first.id
    assert np.array_equal(session.labels, [0, 0, 1, 1])


def test_a_session_does_not_begin_with_more_classes_than_it_holds(workspace, monkeypatch):
    names = tuple(f"class {k}" for k in range(251))
    images = np.zeros((251, 4, 4, 1), np.uint8)
    data = Dataset("many", "Many", images, names, answer_key=np.arange(251))
    monkeypatch.setitem(SOURCES, "many", lambda: data)
    with pytest.raises(Conflict, match="Many has 251 classes, and a session holds at most 250"):
        workspace.create("S", "many")
    assert workspace.sessions() == []


def test_images_that_are_there_bring_the_classes_that_they_had_not(tmp_path, workspace):
    root = data_root(workspace.root)
    write(tmp_path / "in" / "cat" / "1.png", encoded(picture(1)))
    write(tmp_path / "in" / "dog" / "2.png", encoded(picture(2)))
    for seed in (3, 4):
        write(tmp_path / "in" / f"{seed}.png", encoded(picture(seed)))
    first = take_in(tmp_path / "in", root, choice=LABELS)
    session = workspace.session(workspace.create("S", first.id).id)
    session.do(Operation("a", "label", ([*session.data.file_names].index("3.png"),), 0))
    sorted_later = filled(tmp_path / "sorted", 3, dog=2)
    write(sorted_later / "cat" / "1.png", encoded(picture(1)))
    session = workspace.add_images(session.row.id, added(workspace, first.id, sorted_later))
    assert len(session.data) == 4
    assert sorted(session.data.labels) == [0, 1, 1, 1]
    assert said(session)["3.png"] == "cat"  # as a person said
    assert said(session)["4.png"] == "dog"
