"""Long work in pieces."""

import pytest
import torch

from ssvae_core.training import chunks
from ssvae_core.training.chunks import at_once, in_chunks, run_to_end


def test_work_is_run_to_what_it_returns():
    paused = []

    def work():
        for piece in range(3):
            paused.append(piece)
            yield
        return "found"

    assert run_to_end(work()) == "found"
    assert paused == [0, 1, 2]


@pytest.mark.parametrize(("n_values", "n"), [(0, 10), (1, 10), (3, 3), (10, 1), (11, 1)])
def test_a_piece_has_as_many_examples_as_its_values_allow_and_one_at_least(
    n_values, n, monkeypatch
):
    monkeypatch.setattr(chunks, "CHUNK", 10)
    assert at_once(n_values) == n


def test_the_pieces_of_examples_are_all_of_them_in_order(monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 10)
    values = torch.arange(21).reshape(7, 3)
    pieces = in_chunks(values)
    assert [len(piece) for piece in pieces] == [3, 3, 1]
    assert torch.equal(torch.cat(pieces), values)
