"""KeptMoments follow the history as it is now, outlive the app, and stay within their bytes."""

import numpy as np
import pytest

from ssvae_core.errors import NotFound
from ssvae_core.labels.history import Event, History, replay
from ssvae_core.labels.store import LabelStore, Operation
from ssvae_core.protocol.messages import Snapshot
from ssvae_core.session import moments as module
from ssvae_core.session.moments import EVERY_LABEL, KeptMoments
from ssvae_core.session.shown_moment import DRAWINGS, GUESSES

N, K = 40, 3


class Past:
    """A session's store, its history so far, and its moments."""

    def __init__(self, root, n=N):
        self.n = n
        self.store = LabelStore(root / "labels.db")
        self.id = self.store.create_session(
            "S", data="x", model="m2", n_examples=n, classes=tuple("abc")
        ).id
        self.moments = KeptMoments(root / "moments")
        self.history = History(tuple("abc"))
        self.xy = np.zeros((n, 2), np.float32)

    def do(self, *ops):
        for op in ops:
            self.store.append(self.id, op)
        self.history = replay(self.store.events(self.id), tuple("abc"))

    def label(self, *examples, label=0):
        self.do(*(Operation(f"op-{self.history.seq}-{e}", "label", (e,), label) for e in examples))

    def see(self, guess=0, samples=None, behind=0):
        """A snapshot in which every example is guessed as this class; it is shown."""
        n_labels = len(self.history.labels)
        guesses = np.zeros((4, self.n), np.uint8)
        guesses[0], guesses[1] = guess, 201
        labels = np.full(self.n, -1, np.int16)
        labels[list(self.history.labels)] = list(self.history.labels.values())
        self.moments.keep(
            self.history, snapshot(self.history.seq - behind, n_labels, samples), guesses, labels,
            self.xy,
        )  # fmt: skip

    @property
    def listed(self):
        return self.moments.listed(self.history)

    @property
    def counts(self):
        return [about["n_labels"] for about in self.listed]

    def guess(self, about):
        return int(self.moments.array(about["id"], GUESSES)[0, 0])


def snapshot(seq, n_labels, samples=None):
    return Snapshot(
        generation=1,
        rev=1,
        step=7 * n_labels,
        label_seq=seq,
        n_labels=n_labels,
        predicted_by="propagation",
        map_version=0,
        moved=None,
        terms={},
        samples=np.zeros((36, 2, 2, 1), np.uint8) if samples is None else samples,
    )


@pytest.fixture
def past(tmp_path):
    past = Past(tmp_path)
    yield past
    past.moments.close()
    past.store.close()


def test_the_last_that_was_shown_with_the_same_labels_is_the_moment(past):
    past.label(3)
    past.see(0)
    past.see(2)
    past.label(4, label=1)
    past.see(1)
    assert past.counts == [1, 2]
    assert [past.guess(about) for about in past.listed] == [2, 1]
    planes = past.moments.array(past.listed[0]["id"], GUESSES)
    assert planes.shape == (3, N)
    assert planes[1, 0] == 200  # confidences are kept in steps
    assert planes[2].tolist() == [0 if example == 3 else 255 for example in range(N)]


def test_a_snapshot_that_lacks_a_label_is_none(past):
    past.label(3, 4)
    past.see(behind=1)
    assert past.counts == []


def test_moments_of_labels_that_were_undone_are_hidden_and_redo_brings_them_back(past):
    for example in range(4):
        past.label(example)
        past.see(example % K)
    past.do(Operation("back", "undo"), Operation("back again", "undo"))
    assert past.counts == [1, 2]
    assert past.moments.n_hidden(past.history) == 1  # the fourth waits for other labels
    past.see(2)  # the same labels once more: the later one counts
    assert [past.guess(about) for about in past.listed] == [0, 2]
    assert past.moments.n_hidden(past.history) == 2
    past.do(Operation("forth", "redo"), Operation("forth again", "redo"))
    assert past.counts == [1, 2, 3, 4]
    past.do(Operation("x", "undo"), Operation("y", "undo"), Operation("z", "undo"))
    past.label(20, 21, label=1)
    past.see(1)
    assert past.counts == [1, 3]
    assert past.guess(past.listed[-1]) == 1


def test_all_up_to_some_labels_and_then_fewer_are_kept(tmp_path):
    past = Past(tmp_path, n=400)
    for example in range(200):
        past.label(example)
        past.see()
    counts = past.counts
    assert counts[:EVERY_LABEL] == list(range(1, EVERY_LABEL + 1))
    ratios = np.divide(counts[EVERY_LABEL:], counts[EVERY_LABEL - 1 : -1])
    assert (ratios >= module.SPACING).all()
    assert ratios.max() < 1.12
    assert len(counts) < 65
    past.moments.close()
    past.store.close()


def test_they_outlive_the_app_with_their_maps_and_drawings(past, tmp_path):
    past.xy = np.random.default_rng(0).random((N, 2), np.float32)
    samples = np.arange(K * 9 * 4, dtype=np.uint8).reshape(K, 9, 2, 2, 1)
    past.label(1)
    past.see(1, samples)
    past.label(2)
    past.see(2, samples)
    past.moments.close()
    listed, again = past.listed, KeptMoments(tmp_path / "moments")
    assert again.listed(past.history) == listed
    assert [about["columns"] for about in listed] == [4, 4]
    name = listed[0]["id"]
    assert np.array_equal(again.array(name, DRAWINGS), samples[:, :4])
    assert np.array_equal(again.array(name, GUESSES)[0], np.full(N, 1))
    np.testing.assert_allclose(again.xy(name), past.xy, atol=1e-5)
    assert len(list((tmp_path / "moments").glob("map-*"))) == 1  # of both
    assert again.n_bytes == sum(path.stat().st_size for path in (tmp_path / "moments").iterdir())
    again.close()


def test_one_that_is_gone_is_a_sentence(past):
    for ask in (lambda: past.moments.array("x", GUESSES), lambda: past.moments.xy("x")):
        with pytest.raises(NotFound, match="not kept any longer"):
            ask()
    past.label(1)
    past.see()
    with pytest.raises(NotFound):  # nothing was drawn then
        past.moments.array(past.listed[0]["id"], DRAWINGS)


def test_sixty_thousand_images_and_five_hundred_labels_stay_within_the_bytes(tmp_path):
    past, rng = Past(tmp_path, n=60_000), np.random.default_rng(0)
    past.xy = rng.random((past.n, 2), np.float32)
    samples = rng.integers(0, 256, (10, 9, 28, 28, 1), np.uint8)
    labels, history = np.full(past.n, -1, np.int16), History(tuple("abc"))
    for n in range(1, 501):
        labels[n] = 0
        history = replay(events(n), tuple("abc")) if n < 2 else advanced(history, n)
        guesses = rng.integers(0, 10, (4, past.n), np.uint8)
        guesses[1] = rng.integers(0, 256, past.n)  # nothing that could be compressed
        past.moments.keep(history, snapshot(n, n, samples), guesses, labels, past.xy)
    past.moments.close()
    kept = past.moments.listed(history)
    assert sum(path.stat().st_size for path in (tmp_path / "moments").iterdir()) <= 20e6
    assert len(kept) > 70
    assert kept[0]["n_labels"] == 1
    past.store.close()


def test_what_is_too_much_goes_the_undone_first_then_the_closest(past, monkeypatch):
    samples = np.random.default_rng(0).integers(0, 256, (K, 4, 20, 20, 1), np.uint8)
    for example in range(8):
        past.label(example)
        past.see(0, samples)
    past.do(Operation("back", "undo"))
    past.see(0, samples)
    past.moments._writer.submit(lambda: None).result()
    size = past.moments.n_bytes / 8
    monkeypatch.setattr(module, "MOST_BYTES", 5.5 * size)
    past.label(30, label=1)
    past.see(0, samples)
    past.moments.close()
    assert past.moments.n_hidden(past.history) == 0
    counts = past.counts
    assert (counts[0], counts[-1]) == (1, 8)
    assert len(counts) == 5
    assert past.moments.n_bytes <= 5.5 * size
    assert {1, 2} <= set(counts)  # the later ones lie closer to each other


def events(n):
    return [Event(k, f"op-{k}", 0, "label", 0.0, k, 0) for k in range(1, n + 1)]


def advanced(history, n):
    history.advance(events(n)[-1])
    return history
