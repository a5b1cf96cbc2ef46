"""Which checkpoint counts, and that what was learned comes back to the last bit."""

import copy
import logging

import numpy as np
import pytest
import torch

from ssvae_core.distributions import Bernoulli
from ssvae_core.errors import UserError
from ssvae_core.files import ARRAYS, read_bundle, write_bundle
from ssvae_core.models import M2, Batch, Setting
from ssvae_core.training.checkpoints import (
    KEEP,
    learned_arrays,
    load_learned,
    read_newest,
    write_checkpoint,
)
from ssvae_core.training.loop import Optimisation

CPU = torch.device("cpu")


def write(folder, generation, step):
    arrays = {"at": np.array([generation, step])}
    write_checkpoint(folder, generation, step, arrays, {"step": step})


def newest(folder):
    arrays, manifest = read_newest(folder)
    assert manifest["step"] == arrays["at"][1]
    return arrays["at"].tolist()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def damage(checkpoint):
    content = bytearray((checkpoint / ARRAYS).read_bytes())
    content[-1] ^= 1
    (checkpoint / ARRAYS).write_bytes(content)


def test_without_a_checkpoint_there_is_none(tmp_path):
    assert read_newest(tmp_path) is None
    assert read_newest(tmp_path / "not there") is None


def test_the_newest_step_counts_and_not_the_last_in_the_alphabet(tmp_path):
    for step in (9, 100, 20):
        write(tmp_path, 0, step)
    assert newest(tmp_path) == [0, 100]


def test_a_later_generation_counts_before_a_later_step(tmp_path):
    write(tmp_path, 2, 5)
    write(tmp_path, 10, 1)
    assert newest(tmp_path) == [10, 1]


def test_a_trainer_thought_dead_never_takes_over_by_writing_on(tmp_path):
    write(tmp_path, 4, 10)
    for step in (5000, 6000, 7000, 8000):
        write(tmp_path, 3, step)
        assert newest(tmp_path) == [4, 10]


def test_the_newest_few_are_kept(tmp_path):
    for step in range(0, 70, 10):
        write(tmp_path, 1, step)
    assert KEEP == 3
    assert names(tmp_path) == ["ck-1-40", "ck-1-50", "ck-1-60"]


def test_a_damaged_checkpoint_is_passed_over_for_the_one_before(tmp_path, caplog):
    for step in (10, 20, 30):
        write(tmp_path, 0, step)
    damage(tmp_path / "ck-0-30")
    with caplog.at_level(logging.WARNING):
        assert newest(tmp_path) == [0, 20]
    assert "passed over" in caplog.text
    damage(tmp_path / "ck-0-20")
    damage(tmp_path / "ck-0-10")
    assert read_newest(tmp_path) is None


def test_other_things_in_the_folder_are_left_alone(tmp_path):
    (tmp_path / "ck-old-notes").mkdir()
    (tmp_path / "starter").mkdir()
    for step in range(5):
        write(tmp_path, 0, step)
    assert {"ck-old-notes", "starter"} < set(names(tmp_path))
    assert newest(tmp_path) == [0, 4]


# What was learned


def make(hidden_dim=16, seed=0):
    torch.manual_seed(seed)
    model = M2(Setting((6,), 3, Bernoulli()), M2.Config(2, hidden_dim))
    return model, Optimisation(model, CPU, 1e-2)


def teach(optimisation, steps, seed):
    torch.manual_seed(seed)
    for _ in range(steps):
        x, y = torch.rand(12, 6), torch.randint(3, (5,))
        optimisation.step(Batch(x[:5], y, x[5:], 0.4))


def as_saved(model, optimisation, folder):
    """Through a file and back."""
    write_bundle(folder, learned_arrays(model, optimisation.optimizers), {})
    return read_bundle(folder)[0]


def test_what_was_learned_comes_back_exactly(tmp_path):
    model, optimisation = make()
    teach(optimisation, 20, seed=1)
    arrays = as_saved(model, optimisation, tmp_path / "b")
    other, others = make(seed=9)
    load_learned(arrays, other, others.optimizers)
    for name, weight in model.state_dict().items():
        assert torch.equal(other.state_dict()[name], weight), name
    for optimizers in zip(optimisation.optimizers, others.optimizers, strict=True):
        one, two = (optimizer.state_dict() for optimizer in optimizers)
        assert one["state"].keys() == two["state"].keys()
        for index, memory in one["state"].items():
            for name, value in memory.items():
                came = two["state"][index][name]
                assert came.shape == value.shape, name
                assert torch.equal(came, value), name


def test_training_that_goes_on_equals_training_that_never_stopped(tmp_path):
    model, optimisation = make()
    teach(optimisation, 20, seed=1)
    arrays = as_saved(model, optimisation, tmp_path / "b")
    teach(optimisation, 20, seed=2)
    other, others = make(seed=9)
    load_learned(arrays, other, others.optimizers)
    teach(others, 20, seed=2)
    for name, weight in model.state_dict().items():
        assert torch.equal(other.state_dict()[name], weight), name


def test_without_the_optimisers_memory_training_goes_another_way(tmp_path):
    """So the test before would notice if it were lost."""
    model, optimisation = make()
    teach(optimisation, 20, seed=1)
    forgetful = copy.deepcopy(model)
    teach(optimisation, 5, seed=2)
    teach(Optimisation(forgetful, CPU, 1e-2), 5, seed=2)
    assert not torch.equal(model.classifier[0].weight, forgetful.classifier[0].weight)


def test_training_on_does_not_write_into_what_was_loaded():
    model, optimisation = make()
    teach(optimisation, 2, seed=1)
    arrays = {
        name: array.copy() for name, array in learned_arrays(model, optimisation.optimizers).items()
    }
    load_learned(arrays, model, optimisation.optimizers)
    before = {name: array.copy() for name, array in arrays.items()}
    teach(optimisation, 2, seed=3)
    for name, array in arrays.items():
        assert np.array_equal(before[name], array), name


def test_what_does_not_learn_is_not_saved():
    model, optimisation = make()
    model.decoder.requires_grad_(False)
    names = learned_arrays(model, optimisation.optimizers)
    assert "model.classifier.0.weight" in names
    assert not [name for name in names if "decoder" in name]


@pytest.mark.parametrize("hidden_dim", [17, 64])
def test_weights_of_another_size_are_refused(hidden_dim):
    model, optimisation = make()
    arrays = learned_arrays(model, optimisation.optimizers)
    other, others = make(hidden_dim)
    with pytest.raises(UserError, match=r"does not fit: 'classifier\.0\.weight' has shape"):
        load_learned(arrays, other, others.optimizers)


def test_weights_that_are_not_there_are_named():
    model, optimisation = make()
    with pytest.raises(UserError, match="it holds nothing"):
        load_learned({}, model, optimisation.optimizers)
