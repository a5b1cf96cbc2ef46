"""What a session has to export, after all kinds of operations in it."""

import dataclasses
from itertools import count

import numpy as np
import pytest

from ssvae_core.data import SOURCES
from ssvae_core.errors import UserError
from ssvae_core.export import FORMATS, ExportOptions, export
from ssvae_core.export.content import ExportedGuesses, Said
from ssvae_core.export.from_session import content_of, judged
from ssvae_core.export.reading import place, take_in
from ssvae_core.labels.label_files import read_labels
from ssvae_core.labels.label_rows import LabelFile, LabelRow
from ssvae_core.labels.store import LabelStore, Operation
from ssvae_core.protocol.messages import Snapshot
from ssvae_core.session.session import Session


@pytest.fixture
def new_session(digits, starter, monkeypatch, tmp_path):
    """Makes sessions on the small digits, their trainers not started."""
    names = tuple(f"scan_{i}.png" for i in range(300))
    data = dataclasses.replace(digits, name="small", file_names=names)
    monkeypatch.setitem(SOURCES, "small", lambda: data)
    starter.save(tmp_path / "starter" / "small", {"fingerprint": digits.fingerprint})
    store = LabelStore(tmp_path / "labels.db")
    made = []

    def new():
        row = store.create_session(
            "S", data="small", model="m1m2", n_examples=300, classes=tuple("0123456789")
        )
        folder = tmp_path / "starter" / "small"
        made.append(Session(row, store, tmp_path / row.id, data, place="small", starter=folder))
        return made[-1]

    yield new
    for each in made:
        each.close()
    store.close()


@pytest.fixture
def session(new_session):
    return new_session()


op_ids = count()


def do(session, kind, *examples, label=None, who="Ana", text=None):
    op = Operation(f"op{next(op_ids)}", kind, examples, label, text)
    return session.do(op, who)


def guesses_like(classes, confidence=0.9):
    n = len(classes)
    return ExportedGuesses(classes, np.full(n, confidence, np.float32), "m1m2", 1, 2, 3.0, "model")


def test_everything_that_people_said_is_taken_over(session):
    first = do(session, "label", 7, 8, label=3)
    do(session, "label", 8, label=4, who="Bo")
    do(session, "unsure", 9)
    do(session, "junk", 10)
    do(session, "skip", 11)
    do(session, "audit", 12, label=5)
    do(session, "label", 13, label=1)
    do(session, "clear", 13)
    content = content_of(session)
    assert list(content.said) == [7, 8, 9, 10, 11, 12]
    assert content.said[7] == Said(3, None, "Ana", first.at)
    assert content.said[8].votes == {"Ana": 3, "Bo": 4}
    assert (content.said[8].label, content.said[8].annotator) == (4, "Bo")
    assert [content.said[i].state for i in (9, 10, 11)] == ["unsure", "junk", "skipped"]
    assert (content.said[12].label, content.said[12].is_audit) == (5, True)
    assert content.seq == session.history.seq
    assert content.file_name(7) == "scan_7.png"


def test_a_label_of_a_merged_class_is_one_of_the_class_it_went_into(session):
    do(session, "label", 7, label=3)
    do(session, "class-merge", label=3, text="8")
    do(session, "class-rename", label=8, text="round ones")
    content = content_of(session)
    assert 3 not in content.classes
    assert content.classes[8].name == "round ones"
    assert content.said[7].label == 8


def test_an_audit_gives_an_estimate_with_its_interval(session, digits):
    for i in range(20):
        do(session, "audit", i, label=int(digits.answer_key[i]))
    classes = digits.answer_key.astype(np.int16).copy()
    classes[:2] = (classes[:2] + 1) % 10  # two of the twenty are wrong
    content = judged(content_of(session), session, guesses_like(classes))
    assert (content.audit.accuracy, content.audit.n) == (0.9, 20)
    assert 0.6 < content.audit.low < 0.9 < content.audit.high < 1


def test_the_answer_key_is_asked_only_about_examples_without_a_label(session, digits):
    classes = digits.answer_key.astype(np.int16).copy()
    classes[:30] = (classes[:30] + 1) % 10
    do(session, "label", *range(10), label=0)
    content = judged(content_of(session), session, guesses_like(classes))
    assert (content.truth.accuracy, content.truth.n) == (270 / 290, 290)
    assert content.story.matrix.counts.sum() == 290
    assert content.story.matrix.counts.trace() == 270


def test_without_a_snapshot_there_are_no_guesses(session):
    content = content_of(session)
    assert content.guesses is None
    assert content.story.samples == ()
    assert content.story.xy.shape == (300, 2)


@pytest.mark.parametrize(("shape", "n_groups"), [((9, 8, 8, 1), 0), ((10, 9, 8, 8, 1), 1)])
def test_samples_of_no_class_are_not_in_the_story(session, shape, n_groups):
    """Labels are propagated at once; the model draws classes only when it has learned some."""
    samples, guesses = np.full(shape, 9, np.uint8), np.full((300, 10), 0.1, np.float16)
    session.snapshot = Snapshot(1, 1, 10, 3, 3, "model", 1, None, {}, samples, guesses)
    assert len(content_of(session).story.samples) == n_groups


@pytest.mark.parametrize("name", [name for name, kind in FORMATS.items() if kind.reads_back])
def test_an_export_taken_into_a_new_session_says_the_same_there(name, new_session, tmp_path):
    session = new_session()
    do(session, "class-add", text="neither, nor")
    do(session, "label", *range(20), label=3)
    do(session, "label", 5, 6, 7, label=4, who="Bo")
    do(session, "settle", 5, label=10, who="Cleo")
    do(session, "settle", 6, label=2)  # by one who voted otherwise
    do(session, "label", 8, label=1, who="")
    do(session, "unsure", 9, who="Bo")
    do(session, "junk", 10, 21)
    do(session, "skip", 22)
    do(session, "audit", 23, 24, label=5)
    do(session, "label", 25, label=0)
    do(session, "clear", 25)
    content = content_of(session)
    *_, last = export(content, name, tmp_path / "out", ExportOptions("labels", with_junk=True))
    names = [content.file_name(i) for i in range(300)]
    other = new_session()
    known = content_of(other).classes
    placed = place(read_labels(last.done / FORMATS[name].reads_back), names, known)
    assert placed.new_classes == ("neither, nor",)
    assert take_in(other, placed) == len(content.said)
    found = content_of(other)
    assert found.classes == content.classes
    assert found.said.keys() == content.said.keys()
    for i, it in content.said.items():
        assert dataclasses.replace(found.said[i], at=it.at) == it
    assert other.history.labels == session.history.labels
    assert other.history.held == session.history.held
    assert len(other.history.operations) < 20  # not one for each image


def test_a_class_name_too_long_for_a_session_is_refused_before_anything_is_stored(new_session):
    session = new_session()
    known = content_of(session).classes
    rows = (LabelRow("0", "new"), LabelRow("1", "x" * 61))
    placed = place(LabelFile((), rows), [str(i) for i in range(300)], known)
    with pytest.raises(UserError, match="at most 60 letters"):
        take_in(session, placed)
    assert session.history.operations == []
