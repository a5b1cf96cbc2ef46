"""Which labels the members of a comparison learn from, and in which order."""

import numpy as np

from ssvae_core.comparison.replay import replayed, shares_of_budget
from ssvae_core.labels.history import Event, replay


def history(*events):
    """Of (kind, example, label, who), one event each."""
    return replay(
        (
            Event(n, f"op{n}", 0, kind, float(n), example, label, annotator=who)
            for n, (kind, example, label, who) in enumerate(events, 1)
        ),
        ("a", "b", "c"),
    )


SAID = history(
    ("label", 7, 0, "Ann"),
    ("label", 3, 1, "Ben"),
    ("label", 5, 2, "Ann"),
    ("audit", 9, 1, "Ann"),
    ("label", 7, 1, "Ben"),  # after Ann: it counts, and it comes last
    ("skip", 4, None, "Ann"),
)


def test_labels_come_in_the_order_in_which_those_that_stand_were_given_and_no_audit():
    found = replayed(SAID)
    assert found.examples.tolist() == [3, 5, 7]
    assert found.classes.tolist() == [1, 2, 1]
    assert (found.seq, found.n_classes, found.who) == (6, 3, "")


def test_one_persons_labels_are_what_this_person_said():
    found = replayed(SAID, "Ann")
    assert found.examples.tolist() == [7, 5]
    assert found.classes.tolist() == [0, 2]
    assert replayed(SAID, "Ben").examples.tolist() == [3, 7]
    assert len(replayed(SAID, "nobody")) == 0


def test_members_are_looked_at_where_a_curve_bends_and_at_all_labels():
    many = history(*(("label", n, n % 3, "Ann") for n in range(120)))
    assert replayed(many).stops == (10, 20, 50, 100, 120)
    assert replayed(SAID).stops == (3,)
    assert replayed(history()).stops == ()


def test_half_of_the_time_is_for_all_labels():
    assert shares_of_budget((10, 20, 40)) == [0.25, 0.25, 0.5]
    assert shares_of_budget((10,)) == [1.0]
    assert np.isclose(sum(shares_of_budget(range(7))), 1)


def test_other_labels_or_another_order_have_another_fingerprint():
    assert replayed(SAID).fingerprint == replayed(SAID).fingerprint
    assert len({replayed(SAID, who).fingerprint for who in ("", "Ann", "Ben")}) == 3
