"""A data set is read again with another choice, or says why it cannot be."""

from __future__ import annotations

import pytest

from ssvae_core.data import load_dataset
from tests.support.data_routes import ended, error_of, imported, sets, uploaded
from tests.support.small_files import encoded, picture, write


def test_another_side_or_channels_are_read_again_in_its_place(client, scans):
    first = imported(client, path=str(scans))
    second = imported(client, again=first, side=8, channels="colour")
    assert [each["id"] for each in sets(client)] == [second]
    assert load_dataset(second).shape == (8, 8, 3)
    assert sets(client)[0]["name"] == "scans"


def test_what_a_person_chose_stays_when_only_the_side_is_changed(client, scans):
    first = imported(client, path=str(scans), channels="colour", role="labels")
    client.post(f"/api/data/sets/{first}/rename", json={"name": "Pets"})
    second = imported(client, again=first, side=8)
    assert load_dataset(second).shape == (8, 8, 3)
    assert load_dataset(second).labels.tolist() == [0, 0, 0, 1, 1, 1]
    third = imported(client, again=second, role="truth")
    assert load_dataset(third).answer_key is not None
    assert [(each["id"], each["name"]) for each in sets(client)] == [(third, "Pets")]


def test_what_was_dropped_is_read_again_until_other_files_are(client, scans):
    files = {f"pets/{name}/{k}.png": encoded(picture(k)) for k, name in enumerate(("cat", "dog"))}
    first = imported(client, upload=uploaded(client, "pets", files), name="pets")
    second = imported(client, again=first, side=8)
    assert load_dataset(second).class_names == ("cat", "dog")
    uploaded(client, "x", {"x.png": encoded(picture(9))})
    report = client.get(f"/api/data/sets/{second}/report").json()
    assert "What pets was read from is gone" in report["why_not_again"]
    assert "is gone" in error_of(client.post("/api/data/imports", json={"again": second}))
    assert [each["id"] for each in sets(client)] == [second]


def test_how_a_table_was_read_is_shown_and_changed(client, tmp_path):
    rows = [f"{k}.5,{k * k},{'ab'[k % 2]}" for k in range(6)]
    write(tmp_path / "pictures" / "x.csv", "\n".join(rows).encode())
    first = imported(client, path="x.csv")
    report = client.get(f"/api/data/sets/{first}/report").json()
    assert report["n"] == 6
    header = {each["name"]: each for each in report["reading"]}["header"]
    assert (header["value"], header["is_chosen"]) == ("", False)
    assert header["options"] == [["first-row", "The first row"], ["", "None"]]
    second = imported(client, again=first, reading={"header": "first-row"})
    report = client.get(f"/api/data/sets/{second}/report").json()
    assert (report["n"], report["reading"][1]["is_chosen"]) == (5, True)
    assert [each["id"] for each in sets(client)] == [second]


@pytest.mark.parametrize("reading", [{"header": "third"}, {"bogus": "x"}, {"label": "z"}])
def test_a_table_that_cannot_be_read_so_stays_as_it_was(client, tmp_path, reading):
    write(tmp_path / "pictures" / "x.csv", b"a,b,label\n1,2,x\n3,4,y\n")
    first = imported(client, path="x.csv")
    client.post("/api/data/imports", json={"again": first, "reading": reading})
    state = ended(client)
    assert state["state"] == "failed"
    assert f"'{next(iter(reading))}'" in state["error"]
    assert [each["id"] for each in sets(client)] == [first]


@pytest.mark.parametrize("reading", ["header", ["header"], {"header": 1}, {"header": None}])
def test_a_reading_that_is_none_is_refused(client, scans, reading):
    answer = client.post("/api/data/imports", json={"path": str(scans), "reading": reading})
    assert "'reading' must be {name: value}" in error_of(answer)


def test_a_data_set_with_a_session_stays_when_it_is_read_again(client, workspace, scans):
    first = imported(client, path=str(scans))
    workspace.store.create_session(
        "A", data=first, model="m1m2", n_examples=6, classes=("cat", "dog")
    )
    second = imported(client, again=first, side=8)
    assert {each["id"] for each in sets(client)} == {first, second}
    said = {each["id"]: [row["name"] for row in each["sessions"]] for each in sets(client)}
    assert said == {first: ["A"], second: []}


def test_what_was_read_from_a_source_that_is_gone_cannot_be_read_again(client, scans):
    name = imported(client, path=str(scans))
    assert client.get(f"/api/data/sets/{name}/report").json()["can_read_again"]
    scans.rename(scans.parent / "elsewhere")
    assert not client.get(f"/api/data/sets/{name}/report").json()["can_read_again"]
    assert "is gone" in error_of(client.post("/api/data/imports", json={"again": name}))


@pytest.mark.parametrize("choice", [{"side": 5}, {"channels": "infrared"}, {"role": "god"}])
def test_a_choice_that_there_is_not_is_refused(client, scans, choice):
    answer = client.post("/api/data/imports", json={"path": str(scans), **choice})
    assert answer.status_code == 400
    assert next(iter(choice)) in error_of(answer)
