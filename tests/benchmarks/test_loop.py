"""The table of the labelling loop has a row for everything that was measured."""

from typing import get_args

from benchmarks.loop import Result, table
from ssvae_core.predictions import PredictedBy


def test_an_error_is_said_with_whoever_predicted():
    result = Result()
    for n, who in enumerate(("propagation", "model and propagation"), 1):
        assert who in get_args(PredictedBy)
        result.error[f"with {n}0 labels"] = n / 10
        result.predicted_by[f"with {n}0 labels"] = who
    for times in (result.drawn, result.stored, result.guessed, result.recoloured):
        times.append(0.5)
    said = table(result)
    assert "| error with 10 labels, on the images without one | 0.1 %, by propagation |" in said
    assert "0.2 %, by the model and propagation |" in said
