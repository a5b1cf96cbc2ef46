"""Examples with features behind them: read as one, kept as two."""

import pytest
import torch

from ssvae_core.models.joined import Joined
from ssvae_core.training.tensors import as_inputs


@pytest.fixture
def joined():
    torch.manual_seed(0)
    values = torch.randint(0, 256, (7, 4), dtype=torch.uint8)
    return Joined(values, torch.randn(7, 3).half())


def test_it_is_measured_and_read_as_one_tensor(joined):
    assert joined.shape == (7, 7)
    assert len(joined) == 7
    expected = torch.cat([joined.values / 255, joined.features.float()], -1)
    torch.testing.assert_close(as_inputs(joined), expected)


def test_rows_and_parts_are_those_of_both(joined):
    everything, chosen = as_inputs(joined), torch.tensor([5, 0, 5])
    assert torch.equal(as_inputs(joined[chosen]), everything[chosen])
    assert torch.equal(as_inputs(joined[2:4]), everything[2:4])
    parts = joined.split(3)
    assert [len(part) for part in parts] == [3, 3, 1]
    assert torch.equal(torch.cat([as_inputs(part) for part in parts]), everything)


def test_nothing_is_copied_before_it_is_read(joined):
    part = joined[2:]
    assert part.values.dtype == torch.uint8
    assert part.features.dtype == torch.half
    assert part.features.data_ptr() == joined.features[2:].data_ptr()
