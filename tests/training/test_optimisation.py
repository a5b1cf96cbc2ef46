"""Steps of every phase, and an epoch's end; on problems whose answer is known."""

import copy
import dataclasses
import math

import pytest
import torch
from torch import nn

from ssvae_core.models import MODELS, Batch, Loss, Phase
from ssvae_core.training.optimisation import Optimisation, TrainingDiverged, mean_terms, train
from tests.support.small_models import batch_of, make

CPU = torch.device("cpu")


def batch(value=3.0, n=4):
    x = torch.full((n, 1), value)
    return Batch(x[:0], torch.zeros(0, dtype=torch.long), x, 0.0)


class Mean(nn.Module):
    """One number that is to become the mean of the examples."""

    def __init__(self):
        super().__init__()
        self.guess = nn.Parameter(torch.zeros(()))

    def loss(self, batch):
        error = (batch.x_unlabelled - self.guess).square().mean()
        return Loss(error, {"error": error})

    def phases(self):
        return [Phase("fit", [self.guess], self.loss)]


class TwoPlayers(nn.Module):
    """Two numbers that want opposite things of each other, as adversarial models do."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Parameter(torch.ones(())), nn.Parameter(torch.ones(()))

    def phases(self):
        return [
            Phase("up", [self.a], lambda _: Loss(-self.a * self.b, {"up": self.a * self.b})),
            Phase("down", [self.b], lambda _: Loss(self.a * self.b, {"down": self.a * self.b})),
        ]


@pytest.mark.parametrize("name", [name for name in MODELS if name != "m1"])  # it takes no steps
def test_steps_far_too_long_leave_every_model_in_numbers(name):
    """A log-variance that runs away comes to an end, and is led back."""
    model = make(name)
    optimisation = Optimisation(model, CPU, 0.3)
    for _ in range(40):
        terms = optimisation.step(batch_of(model))
        assert all(term.isfinite() for term in terms.values())
    assert all(parameter.isfinite().all() for parameter in model.parameters())


def test_training_finds_the_least_squares():
    model = Mean()
    for _ in train(model, [batch(2.0), batch(4.0)], epochs=300, learning_rate=0.05):
        pass
    assert model.guess.item() == pytest.approx(3.0, abs=0.05)


def test_each_phase_moves_its_own_parameters_by_its_own_loss():
    model = TwoPlayers()
    terms = Optimisation(model, CPU, 0.1).step(batch())
    assert model.a.item() == pytest.approx(1.1, abs=1e-4)  # Adam's first step is the rate itself
    assert model.b.item() == pytest.approx(0.9, abs=1e-4)
    assert terms.keys() == {"up", "down"}
    assert terms["up"].item() == pytest.approx(1.0)
    assert terms["down"].item() == pytest.approx(1.1)  # the second phase sees what the first did


def test_a_phase_takes_part_in_every_so_many_steps_only():
    model = TwoPlayers()
    up, down = model.phases()
    model.phases = lambda: [up, dataclasses.replace(down, every=3)]
    optimisation, moved = Optimisation(model, CPU, 0.1), []
    for step in range(7):
        before = model.b.item()
        terms = optimisation.step(dataclasses.replace(batch(), step=step))
        moved.append(model.b.item() != before)
        assert ("down" in terms) == moved[-1]
        assert "up" in terms
    assert moved == [True, False, False, True, False, False, True]


def test_what_is_lowered_too_moves_the_first_phase_only():
    model = TwoPlayers()
    Optimisation(model, CPU, 0.1).step(batch(), lambda _: 5 * model.a * model.b)
    assert model.a.item() == pytest.approx(0.9, abs=1e-4)
    assert model.b.item() == pytest.approx(0.9, abs=1e-4)


def test_terms_hold_no_graph():
    terms = Optimisation(Mean(), CPU, 0.1).step(batch())
    assert not terms["error"].requires_grad


def test_a_step_is_that_of_plain_adam():
    model, other = Mean(), Mean()
    optimisation = Optimisation(model, CPU, 0.05)
    adam = torch.optim.Adam(other.parameters(), 0.05)
    for value in (1.0, 5.0, -2.0):
        optimisation.step(batch(value))
        adam.zero_grad()
        other.loss(batch(value)).total.backward()
        adam.step()
    assert model.guess.item() == pytest.approx(other.guess.item(), abs=1e-6)


class TwoRates(nn.Module):
    """Two numbers, the second of which goes ten times as far in a step."""

    def __init__(self):
        super().__init__()
        self.slow, self.fast = nn.Parameter(torch.zeros(())), nn.Parameter(torch.zeros(()))

    def phases(self):
        return [
            Phase(name, [number], lambda _, number=number: Loss(-number, {}), rate)
            for name, number, rate in (("slow", self.slow, 0.1), ("fast", self.fast, 1.0))
        ]


def test_slowing_down_is_a_fraction_of_each_phases_own_rate_at_the_beginning():
    model = TwoRates()
    optimisation = Optimisation(model, CPU)
    for factor in (0.5, 0.1, 1.0):  # each of the beginning, not of the one before
        before = model.slow.item(), model.fast.item()
        optimisation.slow_down(factor)
        optimisation.step(batch())
        # The gradient is always the same, so a step of Adam is the rate itself.
        assert model.slow.item() - before[0] == pytest.approx(0.1 * factor, rel=1e-4)
        assert model.fast.item() - before[1] == pytest.approx(1.0 * factor, rel=1e-4)


@pytest.mark.parametrize(
    ("left", "share"), [(1.0, 1.0), (0.4, 1.0), (0.2, 0.5), (0.1, 0.25), (0.05, 0.25), (0.0, 0.25)]
)
def test_the_rate_falls_in_the_last_part_of_a_run_in_a_line_and_no_further(left, share):
    model = TwoRates()
    optimisation = Optimisation(model, CPU)
    optimisation.decay(left, within=0.4, floor=0.25)
    optimisation.step(batch())
    assert model.slow.item() == pytest.approx(0.1 * share, rel=1e-4)


def test_an_optimisation_that_remembers_another_goes_on_as_that_one_would():
    model = Mean()
    optimisation = Optimisation(model, CPU, 0.05)
    for value in (1.0, 5.0, -2.0):
        optimisation.step(batch(value))
    before = copy.deepcopy((model, optimisation))
    guesses = []
    for remembers in (False, True):
        other, its = copy.deepcopy(before)
        goes_on = Optimisation(other, CPU, 0.05)
        if remembers:
            goes_on.carry_over(its)
        for _ in range(2):
            goes_on.step(batch(7.0))
        guesses.append(other.guess.item())
    for _ in range(2):
        optimisation.step(batch(7.0))
    assert guesses[1] == model.guess.item()
    assert guesses[0] != pytest.approx(model.guess.item(), abs=1e-3)


def test_there_may_be_nothing_to_remember():
    other = Mean()
    remembering = Optimisation(other, CPU, 0.05)
    remembering.carry_over(Optimisation(Mean(), CPU, 0.05))
    remembering.step(batch(7.0))
    assert other.guess.item() == pytest.approx(0.05, abs=1e-4)


def test_an_epoch_ends_with_the_means_of_its_terms():
    batches = [batch(1.0), batch(3.0)]
    ends = list(train(Mean(), batches, epochs=2, learning_rate=1e-9))
    assert [end.epoch for end in ends] == [1, 2]
    assert ends[0].terms["error"] == pytest.approx((1 + 9) / 2, abs=1e-4)


def test_training_stops_when_nobody_asks_for_more():
    model = Mean()
    epochs = train(model, [batch()], epochs=100)
    next(epochs)
    after_one = model.guess.item()
    epochs.close()
    assert model.guess.item() == after_one


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_term_that_is_no_longer_finite_is_named(value):
    seen = {"style": [torch.tensor(1.0)], "picture": [torch.tensor(0.0), torch.tensor(value)]}
    with pytest.raises(TrainingDiverged, match=f"'picture' became {value}"):
        mean_terms(seen)


def test_training_that_diverges_says_which_term():
    ends = train(Mean(), [batch(), batch(math.nan)], epochs=1)
    with pytest.raises(TrainingDiverged, match="'error' became nan"):
        list(ends)
