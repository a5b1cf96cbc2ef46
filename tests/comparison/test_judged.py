"""By what models are judged: the same images for all, none of which any of them learned from."""

import numpy as np
import pytest

from ssvae_core.comparison.judged import Judged, chosen_judge, in_words, judges_of
from ssvae_core.comparison.replay import replayed
from ssvae_core.errors import UserError
from ssvae_core.labels.store import Operation
from ssvae_core.review.paired import paired_difference

N = 40
KNOWN = np.arange(N) % 4


def planes(*wrong):
    """Guesses that are right but for these of the images."""
    classes = KNOWN.copy()
    classes[list(wrong)] = (classes[list(wrong)] + 1) % 4
    return np.stack([classes, np.full(N, 200)]).astype(np.uint8)


def judged(by, n=N):
    return Judged(by, np.arange(n), KNOWN[:n], np.ones(N, bool))


@pytest.mark.parametrize("by", ["truth", "audit"])
def test_an_error_is_the_share_of_wrong_guesses_with_an_interval(by):
    found = judged(by, 20).error(planes(0, 1, 30))
    assert found.share == pytest.approx(2 / 20)
    assert 0 < found.low < found.share < found.high < 0.4


def test_where_nothing_is_known_there_is_no_error_and_no_pair_and_it_says_what_to_do():
    nothing = chosen_judge({}, "", N)
    assert nothing.error(planes()) is None
    assert nothing.pair(planes(), planes(1)) is None
    assert "Review" in nothing.words
    with pytest.raises(UserError, match="nobody"):
        chosen_judge({}, "nobody", N)


def test_a_confusion_matrix_counts_the_judged_images_only():
    counts = judged("truth", 20).confusion(planes(0, 30), (0, 1, 2, 3))
    assert counts.sum() == 20
    assert counts[0, 1] == 1
    assert np.trace(counts) == 19


def test_the_sentence_ranks_only_what_the_images_tell():
    far = paired_difference(np.arange(N) < 20, np.zeros(N, bool))
    assert in_words(far, "M2", True, 100) == "Errs more than M2, by 50.0 points."
    near = paired_difference(np.arange(N) < 3, np.zeros(N, bool))
    assert "more audited images would tell" in in_words(near, "M2", True, 1000)
    assert "even all 5 images" in in_words(near, "M2", True, 5)
    assert "more such images would tell" in in_words(near, "M2", False, 0)
    same = paired_difference(np.zeros(N, bool), np.zeros(N, bool))
    assert "both err alike" in in_words(same, "M2", True, 100)


def test_an_image_that_a_model_learned_from_judges_none(workspace):
    session = workspace.session(workspace.create("S", "digits").id)
    key = session.answer_key()
    for n in range(6):
        session.do(Operation(f"a{n}", "label", (n,), int(key[n])), "Ann")
    session.do(Operation("c", "audit", (8,), int(key[8])), "Ann")
    labels = replayed(session.history)
    session.do(Operation("d", "audit", (0,), int(key[0])), "Ann")  # it was learned from before
    found = judges_of(session, labels)
    assert list(found) == ["truth", "audit"]
    assert found["audit"].examples.tolist() == [8]
    assert len(found["truth"]) == len(key) - 7
