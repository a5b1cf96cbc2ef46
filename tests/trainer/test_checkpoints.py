"""Which checkpoint counts, and that what was learned comes back to the last bit."""

import dataclasses
import logging

import numpy as np
import pytest
import torch

from ssvae_core.errors import UserError
from ssvae_core.models import M2, MODELS, ModelInputs
from ssvae_core.models.distributions import Bernoulli
from ssvae_core.storage.bundles import ARRAYS, read_bundle, write_bundle
from ssvae_core.trainer.checkpoints import KEEP, read_newest, write_checkpoint
from ssvae_core.training.learned import learned_arrays, load_learned
from ssvae_core.training.learner import Learner

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
    model = M2(ModelInputs((6,), 3, Bernoulli()), M2.Config(2, hidden_dim))
    values = torch.rand(40, 6, generator=torch.Generator().manual_seed(5))
    spec = dataclasses.replace(MODELS["m2"], n_labelled=5, n_unlabelled=7)
    learner = Learner(model, spec, values, (6,), seed)
    labels = np.full(40, -1, np.int16)
    labels[:6] = np.arange(6) % 3
    learner.take_labels(labels, np.full((40, 3), 1 / 3, np.float32))
    return learner


def teach(learner, steps, seed):
    learner.seed = seed
    for _ in range(steps):
        learner.step()


def state(learner):
    return {
        **{f"model.{name}": tensor for name, tensor in learner.model.state_dict().items()},
        **{f"average.{name}": t for name, t in learner.teacher.average.state_dict().items()},
    }


def as_saved(learner, folder):
    """Through a file and back."""
    write_bundle(folder, learned_arrays(learner), {})
    return read_bundle(folder)[0]


def test_what_was_learned_comes_back_exactly(tmp_path):
    learner, other = make(), make(seed=9)
    teach(learner, 20, seed=1)
    load_learned(as_saved(learner, tmp_path / "b"), other)
    for name, weight in state(learner).items():
        assert torch.equal(state(other)[name], weight), name
    pairs = zip(learner.optimisation.optimizers, other.optimisation.optimizers, strict=True)
    for optimizers in pairs:
        one, two = (optimizer.state_dict() for optimizer in optimizers)
        assert one["state"].keys() == two["state"].keys()
        for index, memory in one["state"].items():
            for name, value in memory.items():
                came = two["state"][index][name]
                assert came.shape == value.shape, name
                assert torch.equal(came, value), name


def test_training_that_goes_on_equals_training_that_never_stopped(tmp_path):
    learner, other = make(), make(seed=9)
    teach(learner, 20, seed=1)
    arrays = as_saved(learner, tmp_path / "b")
    teach(learner, 20, seed=2)
    load_learned(arrays, other)
    other.steps = 20
    teach(other, 20, seed=2)
    for name, weight in state(learner).items():
        assert torch.equal(state(other)[name], weight), name


def test_without_the_optimisers_memory_training_goes_another_way(tmp_path):
    """So the test before would notice if it were lost."""
    learner, forgetful = make(), make(seed=9)
    teach(learner, 20, seed=1)
    forgetful.model.load_state_dict(learner.model.state_dict())
    teach(learner, 5, seed=2)
    teach(forgetful, 5, seed=2)
    name = "model.classifier.0.weight"
    assert not torch.equal(state(learner)[name], state(forgetful)[name])


def test_training_on_does_not_write_into_what_was_loaded():
    learner = make()
    teach(learner, 2, seed=1)
    arrays = {name: array.copy() for name, array in learned_arrays(learner).items()}
    load_learned(arrays, learner)
    before = {name: array.copy() for name, array in arrays.items()}
    teach(learner, 2, seed=3)
    for name, array in arrays.items():
        assert np.array_equal(before[name], array), name


def test_what_does_not_learn_is_not_saved():
    learner = make()
    learner.model.decoder.requires_grad_(False)
    names = learned_arrays(learner)
    assert "model.classifier.0.weight" in names
    assert not [name for name in names if name.startswith("model.decoder")]


@pytest.mark.parametrize("hidden_dim", [17, 64])
def test_weights_of_another_size_are_refused(hidden_dim):
    arrays = learned_arrays(make())
    with pytest.raises(UserError, match=r"does not fit: 'model.classifier\.0\.weight' has shape"):
        load_learned(arrays, make(hidden_dim))


def test_weights_that_are_not_there_are_named():
    with pytest.raises(UserError, match="it holds nothing"):
        load_learned({}, make())
