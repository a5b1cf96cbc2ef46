"""What a class is drawn from: codes of its examples, and the kernels around them."""

import numpy as np
import torch

from ssvae_core.models.class_codes import N_CODES, N_NEAREST, SURE, ClassCodes, examples_of_classes


def bent(n):
    """Codes on a bent line in three dimensions, a little beside it: (n, 3)."""
    torch.manual_seed(0)
    t = 3 * torch.rand(n)
    line = torch.stack([t.cos(), t.sin(), t], -1)
    return line + 0.01 * torch.randn(n, 3)


def test_draws_are_spread_as_the_codes_are():
    codes = bent(400)
    kernels = ClassCodes(codes, torch.zeros(400, dtype=torch.long), 1)
    drawn = kernels.drawn(torch.zeros(1, dtype=torch.long), 20_000)[0]
    torch.testing.assert_close(drawn.mean(0), codes.mean(0), atol=0.03, rtol=0)
    torch.testing.assert_close(drawn.T.cov(), codes.T.cov(), atol=0.03, rtol=0.05)


def test_draws_lie_along_the_codes_and_are_none_of_them():
    codes = bent(400)
    kernels = ClassCodes(codes, torch.zeros(400, dtype=torch.long), 1)
    drawn = kernels.drawn(torch.zeros(1, dtype=torch.long), 2000)[0]
    t = drawn[:, 2]
    beside = (drawn[:, :2] - torch.stack([t.cos(), t.sin()], -1)).norm(dim=1)
    assert beside.median() < 0.03
    # A diagonal Gaussian of all codes draws beside the line.
    apart = codes.mean(0) + codes.std(0) * torch.randn(2000, 3)
    t = apart[:, 2]
    assert (apart[:, :2] - torch.stack([t.cos(), t.sin()], -1)).norm(dim=1).median() > 0.5
    far = torch.cdist(drawn, codes).min(1).values
    usual = torch.cdist(codes, codes).kthvalue(2, dim=1).values
    assert far.median() > 0.5 * usual.median()


def test_a_draw_is_of_its_class_whatever_the_order_of_the_codes():
    y = torch.tensor([2, 0, 2, 2, 0])
    codes = 100.0 * y[:, None] + torch.tensor([[0.0], [1.0], [2.0], [3.0], [4.0]])
    kernels = ClassCodes(codes, y, 4)
    assert kernels.has(torch.arange(4)).tolist() == [True, False, True, False]
    asked = torch.tensor([0, 2, 2, 0, 2]).repeat(200)
    drawn = kernels.drawn(asked)[:, 0, 0]
    assert torch.equal((drawn / 100).round().long(), asked)
    assert drawn[asked == 2].std() > 0.5


def test_a_kernel_has_the_mean_and_the_covariance_that_the_docstring_gives():
    torch.manual_seed(1)
    codes = torch.randn(60, 2) @ torch.tensor([[2.0, 1.0], [0.0, 0.3]])
    kernels = ClassCodes(codes, torch.zeros(60, dtype=torch.long), 1)
    y, which = torch.zeros(50_000, dtype=torch.long), torch.full((50_000,), 7)
    drawn = kernels.around(y, which, torch.randn(50_000, N_NEAREST))
    near = codes[(codes - codes[7]).norm(dim=1).argsort()[:N_NEAREST]]
    torch.testing.assert_close(
        drawn.mean(0), 0.9 * codes[7] + 0.1 * near.mean(0), atol=0.02, rtol=0
    )
    covariance = (1 - 0.9**2) * near.T.cov(correction=0)
    torch.testing.assert_close(drawn.T.cov(), covariance, atol=0.01, rtol=0.03)


def test_one_code_is_drawn_as_it_is():
    kernels = ClassCodes(torch.tensor([[3.0, 4.0]]), torch.tensor([1]), 2)
    drawn = kernels.drawn(torch.tensor([1, 1]), 3)
    torch.testing.assert_close(drawn, torch.tensor([3.0, 4.0]).expand(2, 3, 2))


def test_so_many_draws_are_of_as_many_kernels():
    codes = 100.0 * torch.arange(50)[:, None]
    kernels = ClassCodes(codes, torch.arange(50) // 25, 2)
    kernels.near[:] = torch.arange(50)[:, None]  # none is wide
    for y, seen in zip((0, 1), kernels.drawn(torch.tensor([0, 1]), 25)[..., 0], strict=True):
        assert sorted(seen.tolist()) == codes[25 * y : 25 * y + 25, 0].tolist()


def test_examples_are_drawn_by_the_weight_of_their_share():
    shares = np.zeros((30_000, 3), np.float32)
    shares[:15_000, 0] = 1.0
    shares[15_000:20_000, 1] = 0.9
    shares[20_000:25_000, 1] = 0.9 * 3 ** (-1 / SURE)  # a third of the weight
    chosen, y = examples_of_classes(shares, 0)
    assert len(np.unique(chosen)) == len(chosen) <= N_CODES
    assert set(chosen[y == 0]) <= set(range(15_000))
    assert abs((y == 0).mean() - 0.5) < 0.01
    sure = (chosen[y == 1] < 20_000).mean()
    assert 0.68 < sure < 0.78
    assert not (y == 2).any()


def test_as_many_examples_are_taken_as_their_weights_are_worth():
    shares = np.full((1000, 2), (1, 0), np.float32)
    assert len(examples_of_classes(shares, 0)[0]) == 1000
    shares[300:, 0] = 0.01
    chosen, _ = examples_of_classes(shares, 0)
    assert sorted(chosen) == [*range(300)]
    shares[1:, 0] = 0.01  # one is sure: it, and as many as a neighbourhood has
    chosen, _ = examples_of_classes(shares, 0)
    assert len(chosen) == N_NEAREST
    assert 0 in chosen


def test_examples_stay_where_shares_change_a_little():
    rng = np.random.default_rng(0)
    shares = rng.dirichlet([0.2] * 4, 5000).astype(np.float32)
    before, _ = examples_of_classes(shares, 3)
    now, _ = examples_of_classes(0.99 * shares + 0.01 / 4, 3)
    assert len(np.intersect1d(before, now)) > 0.97 * len(before)
    other, _ = examples_of_classes(shares, 4)
    assert len(np.intersect1d(before, other)) < 0.97 * len(before)


def test_examples_of_no_class_are_not_taken():
    chosen, y = examples_of_classes(np.zeros((5, 3), np.float32), 0)
    assert len(chosen) == len(y) == 0
    assert len(examples_of_classes(np.zeros((0, 3), np.float32), 0)[0]) == 0
