"""What the model drew with few labels is kept, the best it could do with them."""

import dataclasses

import numpy as np
import pytest

from ssvae_core.errors import UserError
from ssvae_core.protocol.messages import Snapshot
from ssvae_core.session.sample_history import COLUMNS, SampleHistory


def snapshot(n_labels, grey, undrawn=None):
    return Snapshot(
        generation=1,
        rev=grey,
        step=0,
        label_seq=n_labels,
        n_labels=n_labels,
        predicted_by="propagation" if n_labels else "",
        map_version=0,
        moved=None,
        terms={},
        samples=np.full((3, 9, 2, 2, 1) if n_labels else (36, 2, 2, 1), grey, np.uint8),
        probabilities=np.zeros((5, 3), np.float16) if n_labels else None,
        undrawn=undrawn,
    )


@pytest.fixture
def sample_history(tmp_path):
    return SampleHistory(tmp_path / "samples")


def test_before_any_label_there_is_one_group_without_classes(sample_history):
    first = snapshot(0, 7)
    sample_history.keep(first)
    [group] = sample_history.listed(first)
    assert group["by_class"] is False
    assert group["columns"] == 36
    assert sample_history.listed(None) == []


def test_the_last_samples_before_half_as_many_labels_again_are_kept(sample_history):
    for n_labels, grey in [(9, 1), (10, 2), (10, 3), (14, 4), (15, 5), (40, 6)]:
        sample_history.keep(snapshot(n_labels, grey))
    now = snapshot(40, 6)
    history, last = sample_history.listed(now)
    assert history["title"] == "14 labels"
    assert last["title"] == "40, now"
    kept = sample_history.images(history["id"], now)
    assert kept.shape == (3, COLUMNS, 2, 2, 1)
    assert (kept == 4).all()
    assert (sample_history.images(last["id"], now) == 6).all()


def test_a_lasso_that_jumps_over_a_milestone_is_kept_as_what_it_was(sample_history):
    sample_history.keep(snapshot(30, 1))
    sample_history.keep(snapshot(31, 2))
    assert [group["title"] for group in sample_history.listed(snapshot(31, 2))] == [
        "30 labels",
        "31, now",
    ]


def test_a_lasso_that_jumps_over_two_milestones_is_one(sample_history):
    sample_history.keep(snapshot(60, 1))
    titles = [group["title"] for group in sample_history.listed(snapshot(70, 2))]
    assert titles == ["60 labels", "70, now"]


def test_what_is_drawn_before_the_model_knows_classes_is_no_milestone(sample_history):
    early = snapshot(12, 3)
    early = dataclasses.replace(early, samples=np.full((36, 2, 2, 1), 3, np.uint8))
    sample_history.keep(early)
    [group] = sample_history.listed(early)
    assert (group["by_class"], group["columns"]) == (False, 36)
    nothing = dataclasses.replace(early, samples=early.samples[:0])
    assert sample_history.listed(nothing) == []


def test_milestones_outlive_the_app(sample_history):
    sample_history.keep(snapshot(12, 9))
    sample_history.save()
    again = SampleHistory(sample_history.folder)
    assert [group["title"] for group in again.listed(snapshot(20, 0))] == ["12 labels", "20, now"]


def test_an_unknown_group_is_a_sentence(sample_history):
    with pytest.raises(UserError, match="no samples 'at7'"):
        sample_history.images("at7", None)


def blanked(n_labels, grey, undrawn):
    """A snapshot whose pictures are left blank where they are none, as the trainer leaves them."""
    found = snapshot(n_labels, grey, undrawn)
    found.samples[undrawn == 1] = 0
    return found


def test_what_is_no_picture_is_named(sample_history):
    undrawn = np.zeros((3, 9), np.uint8)
    undrawn[1, :2] = 1
    sample_history.keep(snapshot(10, 1))
    sample_history.keep(blanked(12, 2, undrawn))
    history, last = sample_history.listed(blanked(20, 3, undrawn))
    assert (history["title"], history["undrawn"]) == ("12 labels", [3, 4])
    assert last["undrawn"] == [9, 10]


def test_a_class_that_had_no_label_is_blank_in_a_milestone(sample_history):
    early = snapshot(12, 2)
    early.samples[2] = 0
    sample_history.keep(early)
    history, last = sample_history.listed(snapshot(20, 3))
    assert history["undrawn"] == [6, 7, 8]
    assert last["undrawn"] == []


def test_where_hardly_anything_is_a_picture_there_is_no_milestone(sample_history):
    undrawn = np.ones((3, 9), np.uint8)
    undrawn[1] = 0
    sample_history.keep(snapshot(10, 1))
    sample_history.keep(blanked(12, 2, undrawn))
    history, _ = sample_history.listed(snapshot(20, 3))
    assert history["title"] == "10 labels"


def test_before_any_label_what_is_no_picture_is_named(sample_history):
    free = np.zeros(36, np.uint8)
    free[[4, 35]] = 1
    assert sample_history.listed(snapshot(0, 3, free))[0]["undrawn"] == [4, 35]
