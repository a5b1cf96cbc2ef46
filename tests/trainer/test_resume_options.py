"""A checkpoint or an M1 made by other options is left alone."""

import numpy as np
import pytest

from ssvae_core.options.options import AUTO, FittingOptions
from ssvae_core.pretraining.starter import Starter, has_m1
from ssvae_core.trainer.core import TrainerCore
from ssvae_core.trainer.resume import learned_before
from ssvae_core.trainer.state import new_state
from tests.support.small_core import K, label, make_core, small_config, snapshot, step

GREY = (8, 8, 1)


def other_core(core, **config):
    """A core in the same folder whose config says this besides."""
    state = new_state(
        core.state.data,
        core.state.starter,
        model="guided",
        config={**small_config("guided"), **config},
        n_classes=K,
        device=core.state.device,
        folder=core.state.folder,
    )
    return TrainerCore(state)


@pytest.fixture
def learned_core(digits, starter, tmp_path):
    core = make_core("guided", digits, starter, tmp_path)
    label(core)
    step(core, 3)
    core.save()
    return core


@pytest.mark.parametrize("config", [{"likelihood": "gaussian"}, {"networks": "mlp"}])
def test_a_checkpoint_of_other_choices_is_left_and_learning_begins_anew(learned_core, config):
    other = other_core(learned_core, **config)
    other.resume()
    assert (other.state.label_seq, other.state.step_count, other.message) == (0, 0, "")
    assert not list(learned_before(other.state, 51))
    label(other)
    step(other, 2)
    assert snapshot(other) is not None


@pytest.mark.parametrize("config", [{}, {"batch": 20}, {"likelihood": "bernoulli"}])
def test_a_checkpoint_of_a_model_made_alike_is_gone_on_from(learned_core, config):
    other = other_core(learned_core, **config)
    other.resume()
    assert (other.state.label_seq, other.state.step_count) == (50, 3)
    assert list(learned_before(other.state, 51))


def test_a_checkpoint_from_before_there_were_choices_is_gone_on_from(learned_core):
    [manifest] = learned_core.state.folder.glob("ck-*/manifest.json")
    text = manifest.read_text()
    assert '"choices"' in text
    manifest.write_text(text.replace('"choices"', '"as it was called never"'))
    other = other_core(learned_core)
    other.resume()
    assert other.state.step_count == 3


def test_an_m1_made_by_other_choices_is_not_taken(starter, tmp_path):
    starter.save(tmp_path, {"fingerprint": "x"})
    assert has_m1(tmp_path, GREY, AUTO)
    assert has_m1(tmp_path, GREY, FittingOptions(likelihood="bernoulli", batch=9))
    gaussian = FittingOptions(likelihood="gaussian")
    assert not has_m1(tmp_path, GREY, gaussian)
    opened = Starter.open(tmp_path, GREY, options=gaussian)
    assert not opened.is_trained
    assert opened.m1.options == gaussian
    np.testing.assert_array_equal(opened.atlas.xy, starter.atlas.xy)
    opened.save(tmp_path, {"fingerprint": "x"})
    assert Starter.open(tmp_path, GREY, options=gaussian).is_trained
    assert not has_m1(tmp_path, GREY, AUTO)
