"""The figures are valid for Plotly, and show what they were given."""

import json
import re

import plotly.graph_objects
import pytest

from ssvae_core.session.figures import accuracy_curve

N_LABELS, ACCURACY = [10, 20, 50], [0.62, 0.81, 0.974]


def drawn(figure):
    """As Plotly takes it, once the browser has put in the theme's colours."""
    text = re.sub(r"var\(--[\w-]+\)", "#123456", json.dumps(figure))
    return plotly.graph_objects.Figure(json.loads(text))  # refuses what is not in its schema


def test_plotly_refuses_what_is_not_in_its_schema():
    """Or the test below could not fail."""
    with pytest.raises(ValueError, match="colour"):
        drawn({"data": [{"type": "scatter", "line": {"colour": "red"}}]})


@pytest.mark.parametrize("n", [0, 1, 3])
def test_an_accuracy_curve_is_a_figure_for_plotly(n):
    assert len(drawn(accuracy_curve(N_LABELS[:n], ACCURACY[:n])).data) == 2


def test_an_accuracy_curve_shows_percent_against_labels_and_marks_the_last_point():
    line, mark = drawn(accuracy_curve(N_LABELS, ACCURACY)).data
    assert list(line.x) == N_LABELS
    assert list(line.y) == pytest.approx([62, 81, 97.4])
    assert (line.mode, mark.mode) == ("lines", "markers")
    assert list(mark.x) == [50]
    assert list(mark.y) == pytest.approx([97.4])


@pytest.mark.parametrize("accuracy", [[0.05, 0.99], [0.62], [0.95, 0.99], [0, 0], [1, 1]])
def test_every_point_of_an_accuracy_curve_is_in_sight(accuracy):
    low, high = drawn(accuracy_curve([1, 2][: len(accuracy)], accuracy)).layout.yaxis.range
    assert all(low <= 100 * value <= high for value in accuracy)
    assert high - low >= 10


def test_colours_are_the_pages_own():
    text = json.dumps(accuracy_curve(N_LABELS, ACCURACY))
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", text)
    assert "var(--accent-text)" in text


def test_labels_at_random_are_a_dotted_line_that_says_so_at_its_end():
    *_, beside = drawn(accuracy_curve(N_LABELS, ACCURACY, ([10, 20, 50], [0.3, 0.5, 0.8]))).data
    assert list(beside.x) == N_LABELS
    assert list(beside.y) == pytest.approx([30, 50, 80])
    assert (beside.line.dash, list(beside.text)) == ("dot", ["", "", "at random"])


def test_the_random_line_comes_from_below_and_does_not_flatten_the_curve():
    figure = drawn(accuracy_curve(N_LABELS, ACCURACY, ([10, 20], [0.22, 0.7])))
    assert 45 < figure.layout.yaxis.range[0] < 62
