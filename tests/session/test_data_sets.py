"""A file to the map, without HTTP: how data sets come in, are opened, grow, and go."""

from __future__ import annotations

import shutil

import pytest

from ssvae_core.atlas import starter_folders
from ssvae_core.data import library
from ssvae_core.data.library import delete, find, shelved
from ssvae_core.errors import Conflict, NotFound, NotWritten
from ssvae_core.importing.import_data import Choice
from ssvae_core.importing.pixel_policy import Policy
from ssvae_core.importing.run import ImportRun
from ssvae_core.session.data_sets import DataSets
from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.workspace import Workspace
from tests.support.small_files import encoded, picture, write
from tests.support.small_imports import take_in
from tests.support.small_workspace import empty_workspace

CHOICE = Choice(Policy(side=None, channels="auto"), role="truth")


@pytest.fixture
def warmed(monkeypatch):
    """The data sets that an M1 is told to learn, which it does not do here."""
    found = []
    monkeypatch.setattr(Workspace, "warm", lambda self, name: found.append(name))
    monkeypatch.setattr(Trainer, "start", lambda self: None)
    return found


@pytest.fixture
def workspace(tmp_path, monkeypatch, warmed):
    yield from empty_workspace(tmp_path / "workspace", tmp_path, monkeypatch)


@pytest.fixture
def data_sets(workspace):
    return DataSets(workspace)


@pytest.fixture
def scans(tmp_path):
    """A folder of two classes, three images each."""
    for n, name in enumerate(("cat", "dog")):
        for k in range(3):
            write(tmp_path / "scans" / name / f"{k}.png", encoded(picture(10 * n + k)))
    return tmp_path / "scans"


def imported(data_sets):
    data_sets.imports.wait()
    data_sets.imports.wait_for_map()
    state = data_sets.imports.state()
    assert (state["error"], state["map"]["error"]) == ("", "")
    return state["set"]


def test_an_import_ends_with_a_map_and_an_m1_that_learns(data_sets, workspace, scans, warmed):
    data_sets.add_path("scans", "Scans", CHOICE)
    found = imported(data_sets)
    assert len(data_sets.find(found)) == 6
    assert starter_folders.is_prepared(workspace.dataset(found), workspace.root)
    assert warmed == [found]


def test_images_added_later_go_to_the_sessions_and_the_earlier_set_goes(
    data_sets, workspace, scans, tmp_path, warmed
):
    data_sets.add_path("scans", "Scans", CHOICE)
    first = imported(data_sets)
    session = data_sets.open(first)
    write(tmp_path / "more" / "dog" / "9.png", encoded(picture(19)))
    data_sets.add_path("more", "", CHOICE, to=first)
    second = imported(data_sets)
    assert [row.id for row in data_sets.sessions_on(second)] == [session.id]
    assert len(workspace.session(session.id).data) == 7
    assert find(first, data_sets.root) is None
    assert warmed == [first]  # the session's own trainer learns the rest


def test_what_is_read_again_takes_the_place_of_a_set_without_a_session(data_sets, scans):
    data_sets.add_path("scans", "Scans", CHOICE)
    first = imported(data_sets)
    write(scans / "dog" / "9.png", encoded(picture(19)))
    data_sets.read_again(first, CHOICE)
    second = imported(data_sets)
    assert [each.id for each in shelved(data_sets.root)] == [second]
    shutil.rmtree(scans)
    with pytest.raises(Conflict, match="is gone"):
        data_sets.read_again(second, CHOICE)


def test_labels_of_a_file_named_on_the_command_line_stay_when_a_page_reads_it_again(
    data_sets, tmp_path
):
    for k in range(4):
        write(tmp_path / "scans" / f"{k}.png", encoded(picture(k)))
    (tmp_path / "l.csv").write_text("file_name,label\n0.png,cat\n1.png,dog\n2.png,cat\n")
    choice = Choice(role="labels", labels=tmp_path / "l.csv", n_processes=0)
    first = take_in(tmp_path / "scans", data_sets.root, "Scans", choice)
    data_sets.read_again(first.id, Choice(Policy(side=8)))
    second = imported(data_sets)
    assert [each.id for each in shelved(data_sets.root)] == [second]
    assert data_sets.find(second).labels.tolist() == [0, 1, 0, -1]
    (tmp_path / "l.csv").unlink()
    with pytest.raises(Conflict, match=r"The labels of Scans are gone: .*l\.csv"):
        data_sets.read_again(second, Choice(Policy(side=12)))
    assert [each.id for each in shelved(data_sets.root)] == [second]


@pytest.fixture
def meanwhile(monkeypatch):
    """Calls something while a data set is read, of which a part is read already."""

    def call(what):
        take_all = ImportRun._take_all

        def interrupted(self, *rest):
            what()
            yield from take_all(self, *rest)

        monkeypatch.setattr(ImportRun, "_take_all", interrupted)

    return call


def test_a_set_on_which_a_session_is_opened_while_it_is_read_again_stays(
    data_sets, workspace, scans, meanwhile
):
    data_sets.add_path("scans", "Scans", CHOICE)
    first = imported(data_sets)
    rows = []
    meanwhile(lambda: rows.append(workspace.create("S", data=first)))
    data_sets.read_again(first, Choice(Policy(side=8)))
    second = imported(data_sets)
    assert {each.id for each in shelved(data_sets.root)} == {first, second}
    assert len(workspace.session(rows[0].id).data) == 6


def test_a_set_that_is_deleted_while_it_is_read_again_is_read_all_the_same(
    data_sets, scans, meanwhile
):
    data_sets.add_path("scans", "Scans", CHOICE)
    first = imported(data_sets)
    meanwhile(lambda: delete(first, data_sets.root))
    data_sets.read_again(first, Choice(Policy(side=8)))
    second = imported(data_sets)
    assert [each.id for each in shelved(data_sets.root)] == [second]


def test_a_crash_before_the_earlier_set_is_gone_leaves_both_whole(
    data_sets, workspace, scans, monkeypatch
):
    data_sets.add_path("scans", "Scans", CHOICE)
    first = imported(data_sets)

    def fail(name, root):
        raise NotWritten("The disk is gone.")

    monkeypatch.setattr(library, "delete", fail)
    data_sets.read_again(first, Choice(Policy(side=8)))
    second = imported(data_sets)
    later = DataSets(workspace)
    assert {each.id for each in shelved(later.root)} == {first, second}
    assert all(len(later.find(name)) == 6 for name in (first, second))


def test_a_session_opened_while_images_are_brought_to_others_comes_along(
    data_sets, workspace, scans, tmp_path, monkeypatch
):
    data_sets.add_path("scans", "Scans", CHOICE)
    first = imported(data_sets)
    rows, add_images = [data_sets.open(first)], Workspace.add_images

    def opening(self, session_id, data):
        if len(rows) == 1:
            rows.append(self.create("T", data=first))
        return add_images(self, session_id, data)

    monkeypatch.setattr(Workspace, "add_images", opening)
    write(tmp_path / "more" / "dog" / "9.png", encoded(picture(19)))
    data_sets.add_path("more", "", CHOICE, to=first)
    second = imported(data_sets)
    assert {row.id for row in data_sets.sessions_on(second)} == {row.id for row in rows}
    assert find(first, data_sets.root) is None


def test_a_session_is_named_by_the_data_set_and_the_day(data_sets, scans):
    data_sets.add_path("scans", "x" * 60, CHOICE)
    found = imported(data_sets)
    title, day = data_sets.open(found).name.split(", ")
    assert title == "x" * 44
    assert day.endswith("day")


def test_a_deleted_one_is_gone_and_what_is_learned_stops_only_then(
    data_sets, workspace, scans, monkeypatch
):
    data_sets.add_path("scans", "Scans", CHOICE)
    found, cooled = imported(data_sets), []
    monkeypatch.setattr(workspace, "cool", lambda: cooled.append(True))
    with pytest.raises(NotFound, match="There are: Scans"):
        data_sets.delete("nothing")
    assert cooled == []
    data_sets.delete(found)
    assert cooled == [True]
    assert shelved(data_sets.root) == []
