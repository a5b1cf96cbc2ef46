"""What the model drew with few labels is kept, the best it could do with them."""

import dataclasses

import numpy as np
import pytest

from ssvae_core.errors import UserError
from ssvae_core.protocol.messages import Snapshot
from ssvae_core.session.sample_history import COLUMNS, Milestones


def snapshot(n_labels, grey):
    return Snapshot(
        generation=1,
        rev=grey,
        step=0,
        label_seq=n_labels,
        n_labels=n_labels,
        speaker="propagation" if n_labels else "",
        map_version=0,
        moved=None,
        terms={},
        samples=np.full((3, 9, 2, 2, 1) if n_labels else (36, 2, 2, 1), grey, np.uint8),
        proba=np.zeros((5, 3), np.float16) if n_labels else None,
    )


@pytest.fixture
def milestones(tmp_path):
    return Milestones(tmp_path / "samples")


def test_before_any_label_there_is_one_group_without_classes(milestones):
    first = snapshot(0, 7)
    milestones.keep(first)
    [group] = milestones.listed(first)
    assert group["by_class"] is False
    assert group["columns"] == 36
    assert milestones.listed(None) == []


def test_the_last_samples_before_half_as_many_labels_again_are_kept(milestones):
    for n_labels, grey in [(9, 1), (10, 2), (10, 3), (14, 4), (15, 5), (40, 6)]:
        milestones.keep(snapshot(n_labels, grey))
    now = snapshot(40, 6)
    past, last = milestones.listed(now)
    assert past["title"] == "14 labels"
    assert last["title"] == "40, now"
    kept = milestones.images(past["id"], now)
    assert kept.shape == (3, COLUMNS, 2, 2, 1)
    assert (kept == 4).all()
    assert (milestones.images(last["id"], now) == 6).all()


def test_a_lasso_that_jumps_over_a_milestone_is_kept_as_what_it_was(milestones):
    milestones.keep(snapshot(30, 1))
    milestones.keep(snapshot(31, 2))
    assert [group["title"] for group in milestones.listed(snapshot(31, 2))] == [
        "30 labels",
        "31, now",
    ]


def test_a_lasso_that_jumps_over_two_milestones_is_one(milestones):
    milestones.keep(snapshot(60, 1))
    titles = [group["title"] for group in milestones.listed(snapshot(70, 2))]
    assert titles == ["60 labels", "70, now"]


def test_what_is_drawn_before_the_model_knows_classes_is_no_milestone(milestones):
    early = snapshot(12, 3)
    early = dataclasses.replace(early, samples=np.full((36, 2, 2, 1), 3, np.uint8))
    milestones.keep(early)
    [group] = milestones.listed(early)
    assert (group["by_class"], group["columns"]) == (False, 36)
    nothing = dataclasses.replace(early, samples=early.samples[:0])
    assert milestones.listed(nothing) == []


def test_milestones_outlive_the_app(milestones):
    milestones.keep(snapshot(12, 9))
    again = Milestones(milestones.folder)
    assert [group["title"] for group in again.listed(snapshot(20, 0))] == ["12 labels", "20, now"]


def test_an_unknown_group_is_a_sentence(milestones):
    with pytest.raises(UserError, match="no samples 'at7'"):
        milestones.images("at7", None)
