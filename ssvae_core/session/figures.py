"""Plotly figures from arrays.

Colours are the names of the page's own (`var(--accent)`): the browser puts in the values of the
theme, so that one figure serves light and dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

ACCENT, TEXT, LINE, PANEL = "var(--accent-text)", "var(--text2)", "var(--line)", "var(--panel)"


def accuracy_curve(
    n_labels: Sequence[int],
    accuracy: Sequence[float],
    random_baseline: tuple[Sequence[int], Sequence[float]] = ((), ()),
) -> dict[str, Any]:
    """Accuracy (0 to 1) against number of labels, as a figure's JSON; the last point is marked.

    `by_chance`: the same of labels drawn at random, a dotted line.
    """
    percent, random = (
        [100 * value for value in values] for values in (accuracy, random_baseline[1])
    )
    floor = max(0, min([90, *(10 * (value // 10) for value in percent)]))
    floor = max(0, floor - 10) if random else floor  # it may come from below
    below = 0.05 * (100 - floor)  # or the lowest point is cut in half, and two axes meet in a word
    hover = "%{x} labels: %{y:.1f}%<extra></extra>"
    line = {"type": "scatter", "hovertemplate": hover, "x": list(n_labels), "y": percent}
    axis = {"color": TEXT, "gridcolor": LINE, "zeroline": False, "fixedrange": True}
    beside = {
        **line,
        "x": list(random_baseline[0]),
        "y": random,
        "mode": "lines+text",
        "line": {"color": TEXT, "width": 1.5, "dash": "dot"},
        "text": [*[""] * (len(random) - 1), "at random"][: len(random)],
        "textposition": "bottom left",
        "hovertemplate": "%{x} labels at random, propagated: %{y:.1f}%<extra></extra>",
    }
    return {
        "data": [
            {**line, "mode": "lines", "line": {"color": ACCENT, "width": 2, "shape": "linear"}},
            {
                **line,
                "x": line["x"][-1:],
                "y": percent[-1:],
                "mode": "markers",
                "marker": {"color": ACCENT, "size": 9, "line": {"color": PANEL, "width": 2}},
            },
            *([beside] if random else []),
        ],
        "layout": {
            "xaxis": {**axis, "showgrid": False, "rangemode": "tozero", "nticks": 6},
            "yaxis": {**axis, "range": [floor - below, 100.5], "ticksuffix": "%", "nticks": 5},
            "margin": {"l": 40, "r": 10, "t": 6, "b": 26},
            "showlegend": False,
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": "Source Sans, sans-serif", "size": 12, "color": TEXT},
            "hovermode": "closest",
        },
    }
