"""What is counted is what is written."""

from __future__ import annotations

import itertools

import pytest

from ssvae_core.export import WHATS, ExportOptions
from ssvae_core.export.counting import counted
from ssvae_core.export.rows import rows
from tests.support.small_export import small_content

CHOICES = [
    ExportOptions(what, confidence, junk)
    for what, confidence, junk in itertools.product(WHATS, (0.0, 0.6, 1.0), (False, True))
]


@pytest.mark.parametrize("options", CHOICES, ids=str)
def test_what_is_counted_is_what_is_written(options):
    content = small_content()
    found, count = list(rows(content, options)), counted(content, options)
    labels = [row for row in found if row.label is not None]
    guesses = [row for row in found if row.label is None and row.guess is not None]
    states = [row for row in found if row.shown is None and row.said.state is not None]
    assert (count.labels, count.guesses, count.states) == (len(labels), len(guesses), len(states))
    assert count.rows == len(found)
    assert count.of == len(content)


def test_without_guesses_only_labels_are_counted():
    count = counted(small_content(guesses=None), ExportOptions())
    assert count.guesses == 0
    assert count.labels == 7
