"""What is exported of each example: labels, guesses, or both."""

from ssvae_core.export import ExportOptions
from ssvae_core.export.rows import rows
from tests.support.small_export import small_content


def test_junk_is_left_out_unless_asked_for():
    content = small_content()
    assert 3 not in {row.example for row in rows(content, ExportOptions())}
    assert 3 in {row.example for row in rows(content, ExportOptions(with_junk=True))}


def test_all_is_every_example_labels_what_people_said_guesses_the_rest():
    content = small_content()
    found = {what: [row.example for row in rows(content, ExportOptions(what))] for what in
             ("all", "labels", "guesses")}  # fmt: skip
    assert found["all"] == [i for i in range(24) if i != 3]
    assert found["labels"] == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    assert found["guesses"] == list(range(10, 24))
    assert all(row.guess is None for row in rows(content, ExportOptions("labels")))
    assert all(row.label is None for row in rows(content, ExportOptions("guesses")))


def test_a_guess_that_only_repeats_a_label_is_not_told_as_one():
    found = {row.example: row for row in rows(small_content(), ExportOptions())}
    assert found[0].label == "cat"
    assert found[0].guess is None  # the model has been told
    assert found[5].guess is not None  # held out from training: a guess of its own
    assert found[2].guess is not None


def test_guesses_below_the_least_confidence_are_left_out():
    content = small_content()
    found = {row.example: row for row in rows(content, ExportOptions(min_confidence=0.7))}
    sure = content.guesses.confidence >= 0.7
    assert len(found) == 23  # the example stays, without a guess
    assert all((found[i].guess is not None) == sure[i] for i in range(10, 24))
    kept = [row.example for row in rows(content, ExportOptions("guesses", 0.7))]
    assert kept == [i for i in range(10, 24) if sure[i]]
