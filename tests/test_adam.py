"""Our Adam is torch's, without what torch's imports."""

import subprocess
import sys

import pytest
import torch
from torch import nn

from ssvae_core.training.adam import Adam

RATE, BETAS = 0.02, (0.7, 0.98)


def layers():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 7), nn.ReLU(), nn.Linear(7, 3))


def learn(model, optimizers, steps, seed=1):
    """Lower a square; the last bias has no gradient in every other step."""
    generator = torch.Generator().manual_seed(seed)
    for step in range(steps):
        for optimizer in optimizers:
            optimizer.zero_grad()
        model(torch.randn(6, 5, generator=generator)).square().mean().backward()
        if step % 2:
            model[2].bias.grad = None
        for optimizer in optimizers:
            optimizer.step()


def test_it_moves_weights_as_the_one_of_torch_does():
    ours, its = layers(), layers()
    learn(ours, [Adam(list(ours.parameters()), RATE, BETAS)], 10)
    learn(its, [torch.optim.Adam(its.parameters(), RATE, BETAS, fused=True)], 10)
    for mine, other in zip(ours.parameters(), its.parameters(), strict=True):
        assert torch.equal(mine, other)


def test_it_moves_a_weight_as_the_formula_says():
    weight = nn.Parameter(torch.tensor(1.0))
    adam, mean, square, expected = Adam([weight], RATE, BETAS), 0.0, 0.0, 1.0
    for step, gradient in enumerate((0.5, -2.0, 3.0), 1):
        weight.grad = torch.tensor(gradient)
        adam.step()
        mean = BETAS[0] * mean + (1 - BETAS[0]) * gradient
        square = BETAS[1] * square + (1 - BETAS[1]) * gradient**2
        unbiased = mean / (1 - BETAS[0] ** step), square / (1 - BETAS[1] ** step)
        expected -= RATE * unbiased[0] / (unbiased[1] ** 0.5 + 1e-8)
        assert weight.item() == pytest.approx(expected, abs=1e-6)


def test_its_memory_is_torchs_and_goes_on_from_there():
    ours, its = layers(), layers()
    adam, other = Adam(list(ours.parameters()), RATE, BETAS), torch.optim.Adam(its.parameters())
    learn(ours, [adam], 4)
    learn(its, [other], 4)
    saved, its_own = adam.state_dict()["state"], other.state_dict()["state"]
    assert saved.keys() == its_own.keys()
    assert all(saved[place].keys() == its_own[place].keys() for place in saved)
    again = Adam(list(ours.parameters()), RATE, BETAS)
    again.load_state_dict(adam.state_dict())
    for parameter, memory in adam.state.items():
        assert all(torch.equal(again.state[parameter][name], memory[name]) for name in memory)
    before = again.state_dict()["state"][0]["exp_avg"].clone()
    learn(ours, [adam], 1)
    assert torch.equal(again.state_dict()["state"][0]["exp_avg"], before)  # a memory of its own


def test_a_step_without_gradients_moves_nothing():
    weight = nn.Parameter(torch.ones(3))
    Adam([weight], RATE, BETAS).step()
    assert weight.tolist() == [1, 1, 1]


def test_training_imports_no_compiler():
    code = (
        "import sys, torch; from ssvae_core.training.optimisation import Optimisation, train;"
        "from ssvae_core.training.adam import Adam; w = torch.nn.Parameter(torch.ones(2));"
        "w.sum().backward(); Adam([w], 0.1, (0.9, 0.999)).step();"
        "sys.exit('torch._dynamo' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
