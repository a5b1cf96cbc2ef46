"""The charts of the report."""

import re

import pytest

from ssvae_core.export.report_charts import _ticks, curve


def test_the_curve_rises_where_the_accuracy_does():
    found = re.search(r'points="([^"]+)"', curve([(10, 0.5), (20, 0.8), (50, 0.91)]))[1]
    xs, ys = zip(*[map(float, pair.split(",")) for pair in found.split()], strict=True)
    assert xs[0] < xs[1] < xs[2]
    assert ys[0] > ys[1] > ys[2]
    assert (xs[2] - xs[1]) / (xs[1] - xs[0]) == pytest.approx(3, rel=0.01)


@pytest.mark.parametrize(
    ("last", "ticks"), [(7, [0, 2, 4, 6]), (120, [0, 20, 40, 60, 80, 100, 120])]
)
def test_ticks_are_round_and_few(last, ticks):
    assert _ticks(last) == ticks
