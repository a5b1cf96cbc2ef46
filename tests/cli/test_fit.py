"""`fit`: what it promises to print, and what it says when something is wrong."""

import dataclasses
import json
import time

import numpy as np
import pytest
import torch

from ssvae_core import SSVAEClassifier, cli
from ssvae_core.cli import main
from ssvae_core.data import SOURCES
from ssvae_core.data.label_draw import draw_labels
from ssvae_core.encoders.opening import Opening
from ssvae_core.errors import NeedsDownload, UserError
from ssvae_core.fitting.fit import Fit
from ssvae_core.fitting.saved_fit import load_fit
from ssvae_core.models import M2
from ssvae_core.training.bounds import mean_bound
from ssvae_core.training.optimisation import TrainingDiverged
from tests.support.small_cli import QUICK, STEPS, seen

BRIEF = ["--seconds-per-batch", "0.2"]


def test_fit_says_what_a_script_relies_on(call, fits, data):
    found = call("fit", *QUICK, "--model", "m2", "--labels", "42", "--seed", "3", *STEPS)
    assert found.keys() >= {"model", "data", "labels", "seed", "error", "device", "threads"}
    (fit,) = fits
    assert [found[name] for name in ("model", "data", "labels", "seed")] == ["m2", "small", 42, 3]
    assert (found["device"], found["threads"], found["starter"]) == ("cpu", 1, False)
    assert found["with_teacher"] is True
    assert found["predicted_by"] == fit.predicted_by
    assert np.array_equal(fit.labels, draw_labels(data.answer_key, 42, 3, 10))
    best = fit.probabilities(data.test_images, seen(data.test_images)).argmax(1)
    assert found["error"] == 100 * np.mean(best != data.test_answer_key)
    assert found["error"] < 45  # of chance's 90
    assert found["error_on"] == "test"
    assert found["steps"] == fit.learner.steps == 60
    assert found["epochs"] == pytest.approx(found["steps"] * 128 / 300, abs=0.01)
    assert 0 < found["seconds"] == round(fit.seconds, 2)
    assert found["bound"] == pytest.approx(mean_bound(fit.learner, data.test_images), rel=0.05)


def test_the_bound_is_that_of_the_likeliest_class(call, fits, data):
    call("fit", *QUICK, "--model", "m2", "--budget", "9", "--steps", "30", "--alone")
    model = fits[0].learner.model.eval()
    x = torch.from_numpy(data.test_images).flatten(1) / 255
    with torch.no_grad():
        draws = [model.bound(x, model.classify(x).argmax(-1)).mean() for _ in range(50)]
    draws = torch.stack(draws)
    found = mean_bound(fits[0].learner, data.test_images)
    assert abs(found - draws.mean()) < 5 * draws.std()


def test_a_model_without_densities_has_no_bound(call, monkeypatch, shipped):
    def refuse(self, x, y):
        raise TypeError("No density.")

    monkeypatch.setattr(M2, "log_weight", refuse)
    found = call("fit", *QUICK, "--model", "m2", "--budget", "600", "--steps", "1", "--alone")
    assert found["bound"] is None


def test_where_steps_end_the_run_the_same_seed_gives_the_same_result(call, shipped):
    options = ["fit", *QUICK, "--model", "m2", "--labels", "20", "--budget", "60", "--steps", "40"]
    one, other = call(*options), call(*options)
    assert one["steps"] == other["steps"] == 40
    assert one["error"] == other["error"]
    others = (call(*options, "--seed", seed)["error"] for seed in "123")  # two may agree
    assert any(error != one["error"] for error in others)


def test_fit_prints_a_readable_answer_and_its_progress_apart(capsys, shipped):
    assert main(["fit", *QUICK, "--model", "m2", "--budget", "9", "--steps", "60"]) == 0
    printed = capsys.readouterr()
    lines = dict(line.split("  ", 1) for line in printed.out.splitlines())
    assert lines["model"].strip() == "m2"
    assert 0 <= float(lines["error"]) <= 100
    assert any(
        line.startswith("training, step 50") and line.endswith("s left")
        for line in printed.err.splitlines()
    )


def test_the_default_model_is_the_one_for_images(call, shipped):
    options = ["--data", "small", "--labels", "30", "--budget", "9", "--steps", "3"]
    assert call("fit", *options)["model"] == "guided"


def test_a_starter_made_for_these_images_is_used_unless_told_not_to(call, fits, shipped, starter):
    options = ["fit", *QUICK, "--model", "m1m2", "--labels", "30", "--budget", "0.6"]
    found = call(*options)
    assert found["starter"] is True
    assert found["seconds"] >= 0.6
    assert np.array_equal(fits[0].starter.atlas.neighbours, starter.atlas.neighbours)
    assert call(*options, "--no-starter")["starter"] is False
    assert fits[1].starter is None


def test_a_starter_for_other_images_is_not_used(call, starter, tmp_path):
    starter.save(tmp_path / "starter" / "small", {"fingerprint": "of something else"})
    found = call("fit", *QUICK, "--model", "m2", "--budget", "9", "--steps", "2")
    assert found["starter"] is False


def test_if_the_m1_comes_to_nothing_what_was_trained_instead_is_said(monkeypatch, capsys):
    monkeypatch.setattr("ssvae_core.fitting.fit.M1_SHARE", 1e-6)
    assert main(["fit", *QUICK, "--model", "m1m2", *STEPS, "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["model"] == "m2"
    assert printed.err.splitlines()[-1] == (
        "The M1 that m1m2 stands on found nothing in these images; m2 was trained instead."
    )


def test_photographs_are_encoded_once_and_told_apart_by_their_features(
    call, fits, photos, monkeypatch
):
    quick = photos.encode
    monkeypatch.setattr(photos, "encode", lambda images: time.sleep(0.01) or quick(images))
    options = ["fit", "--data", "photos", "--labels", "4", "--budget", "9", "--steps", "1"]
    found = call(*options)
    assert (found["encoder"], found["features"]) == ("efficientnet-lite0", "mean-colour")
    assert 0 < found["seconds_encoding"] <= found["seconds"]
    assert fits[0].seen.features.shape == (30, 3)
    assert found["error"] == 0
    assert photos.n_seen == 40
    assert call(*options)["error"] == 0
    assert photos.n_seen == 40  # the workspace had kept them


def test_what_is_saved_sees_new_images_of_any_size(call, photos, monkeypatch, tmp_path):
    options = ["--labels", "4", "--budget", "9", "--steps", "1", "--save", str(tmp_path / "model")]
    call("fit", "--data", "photos", *options)
    monkeypatch.setattr("ssvae_core.fitting.array_encoder.open_encoder", lambda choice: photos)
    loaded = SSVAEClassifier.load(tmp_path / "model", device="cpu")
    new = np.full((2, 90, 70, 3), (180, 90, 60), np.uint8)
    new[1] = new[1, ..., ::-1]
    assert loaded.predict(new).tolist() == [1, 0]  # red, blue


def test_features_that_came_with_the_data_are_taken(call, fits, data, monkeypatch):
    features = np.eye(10, 12, dtype=np.float32)[data.answer_key]
    own = dataclasses.replace(data, features=features, identity=data.fingerprint)
    monkeypatch.setitem(SOURCES, "small", lambda: own)
    found = call("fit", *QUICK, "--model", "m2", "--labels", "20", "--budget", "9", "--steps", "1")
    assert (found["encoder"], found["features"]) == ("features", "features")
    assert np.array_equal(fits[0].ensemble.propagated.argmax(1), data.answer_key)


def test_features_of_a_file_are_taken(call, fits, data, tmp_path, refused):
    np.save(tmp_path / "mine.npy", np.eye(10, 12, dtype=np.float32)[data.answer_key])
    options = ["--labels", "20", "--budget", "9", "--steps", "1", "--encoder"]
    found = call("fit", *QUICK, "--model", "m2", *options, f"features:{tmp_path / 'mine.npy'}")
    assert found["features"] == "features"
    assert found["error_on"] == "unlabelled"  # of the test images it has no features
    assert np.array_equal(fits[0].ensemble.propagated.argmax(1), data.answer_key)
    gone = refused("fit", *QUICK, "--model", "m2", *options, f"features:{tmp_path / 'none.npy'}")
    assert "none.npy" in gone


def test_small_grey_images_are_encoded_beside_what_the_model_sees(call, fits, photos):
    options = ["fit", "--data", "small", "--model", "m2", "--labels", "20", "--budget", "9"]
    found = call(*options, "--steps", "1")
    assert (found["encoder"], found["features"]) == ("efficientnet-lite0", "mean-colour")
    assert found["features_beside"]
    assert fits[0].learner.model.n_features == 0
    assert [graph.name for graph in fits[0].graphs] == ["pixels", "features"]
    assert isinstance(found["error"], float)
    assert found["error_on"] == "test"  # which was encoded, too


def test_an_encoder_can_be_chosen_and_left_out(call, fits, photos, refused):
    options = ["fit", "--data", "small", "--model", "m2", "--labels", "20", "--budget", "9"]
    quick = [*options, "--steps", "1"]
    assert call(*quick, "--encoder", "contrastive")["features"] is None
    found = call(*quick, "--encoder", "efficientnet-lite0")
    assert (found["features"], found["features_beside"]) == ("mean-colour", False)
    assert fits[1].seen.features.shape == (300, 3)
    assert fits[1].learner.model.n_features == 3
    colour = ["fit", "--data", "photos", "--labels", "4", "--budget", "9", "--steps", "1"]
    assert call(*colour, "--encoder", "contrastive")["encoder"] is None
    assert "Unknown encoder 'resnet'" in refused(*quick, "--encoder", "resnet")


@pytest.mark.parametrize("command", ["fit", "simulate"])
def test_weights_are_fetched_where_that_is_said(call, refused, photos, monkeypatch, command):
    """As on `import`: not without --download, and then with how much has come."""
    choice, fetched = "transformers:org/model", []

    def opens(choice):
        if not fetched:
            raise NeedsDownload("Not here: add --download.", "org/model", None, "hub", "")
        return photos

    def opened_apart(choice, network):
        fetched.append((choice, network))
        yield Opening("downloading its weights, 1 of 2 MB")
        yield Opening("opened", "key", 3)

    monkeypatch.setattr("ssvae_core.cli.encoding.open_encoder", opens)
    monkeypatch.setattr("ssvae_core.cli.encoding.opened_apart", opened_apart)
    options = [command, "--data", "photos", "--labels", "4", "--encoder", choice]
    options += ["--budget", "9", "--steps", "1"] if command == "fit" else ["--batch", "4", *BRIEF]
    assert "add --download" in refused(*options)
    assert fetched == []
    assert call(*options, "--download")["encoder"] == choice
    assert fetched == [(choice, "download")]


def test_alone_is_without_a_teacher_and_without_its_starter(call, shipped):
    found = call("fit", *QUICK, "--model", "m2", "--budget", "9", "--steps", "2", "--alone")
    assert (found["with_teacher"], found["predicted_by"], found["starter"]) == (
        False,
        "model",
        False,
    )


def test_without_labels_there_is_a_bound_but_no_error(call, shipped):
    options = ["--model", "m2", "--labels", "0", "--budget", "9", "--steps", "2"]
    found = call("fit", *QUICK, *options)
    assert found["error"] is None
    assert found["bound"] < 0


def test_without_a_test_part_the_error_is_on_what_has_no_label(call, fits, data, monkeypatch):
    key = data.answer_key.copy()
    key[7] = -1
    without = {"test_images": None, "test_answer_key": None}
    alone = dataclasses.replace(data, name="alone", answer_key=key, **without)
    monkeypatch.setitem(SOURCES, "alone", lambda: alone)
    options = ["--data", "alone", *QUICK[2:], "--model", "m2", "--labels", "42", *STEPS]
    found = call("fit", *options)
    (fit,) = fits
    rest = (fit.labels < 0) & (key >= 0)
    said = fit.ensemble.probabilities().argmax(1)
    assert found["error_on"] == "unlabelled"
    assert found["error"] == round(100 * np.mean((said != key)[rest]), 2) < 45
    assert found["bound"] is None


def test_knobs_are_set_by_name(call, fits, shipped):
    call("fit", *QUICK, "--model", "m2", "--set", "alpha=2.5", "--budget", "9", "--steps", "1")
    config = fits[0].learner.model.config
    assert (config.alpha, config.hidden_dim, config.latent_dim) == (2.5, 32, 3)


def test_a_fit_that_is_saved_predicts_the_same_when_loaded(call, fits, data, shipped, tmp_path):
    folder = tmp_path / "kept" / "model"
    found = call("fit", *QUICK, "--model", "m2", *STEPS, "--save", str(folder))
    assert found["saved"] == str(folder)
    loaded, _ = load_fit(folder, torch.device("cpu"))
    assert np.array_equal(
        loaded.probabilities(data.test_images), fits[0].probabilities(data.test_images)
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--data", "minst"], "Unknown data set 'minst'. Choose one of: small, nameless."),
        (["--data", "nameless"], "The data set 'nameless' has no true labels"),
        (["--model", "vea"], "Unknown model 'vea'. Choose one of: guided, "),
        (["--labels", "301"], "301 labels were asked for; 'small' has 300 examples."),
        (["--labels", "300"], "30 labels of class"),
        (["--labels", "-1"], "expected a whole number from 0 on, got '-1'. See: python -m "),
        (["--budget", "0"], "expected seconds, more than 0, got '0'"),
        (["--budget", "soon"], "expected seconds, more than 0, got 'soon'"),
        (["--device", "tpu"], "Unknown device 'tpu'. Choose one of: auto, cuda, mps, cpu."),
        (["--set", "alpha"], "--set expects KNOB=VALUE, got 'alpha'."),
        (["--set", "beta=1"], "The model 'm2' has no knob 'beta'. It has: latent_dim, "),
        (["--set", "latent_dim=2.5"], "latent_dim must be a whole number, got '2.5'."),
        (["--set", "alpha=much"], "alpha must be a number, got 'much'."),
        (["--set", "alpha=nan"], "alpha must be a number, got 'nan'."),
        (["--set", "latent_dim=0"], "latent_dim must lie between 1 and "),
        (["--colour"], "Unrecognized arguments: --colour. See: python -m ssvae_core --help"),
    ],
)
def test_fit_says_in_a_sentence_what_is_wrong(options, sentence, refused):
    defaults = ["--data", "small", "--model", "m2", "--budget", "0.1"]
    assert sentence in refused("fit", *defaults, *options)


def test_a_word_of_a_knob_that_does_not_exist_is_refused_with_those_that_do():
    @dataclasses.dataclass(frozen=True)
    class Config:
        kind: str = "a"
        is_on: bool = False

    assert cli.options.knobs(["kind=b", "is_on=true"], "m", Config()) == {
        "kind": "b",
        "is_on": True,
    }
    with pytest.raises(UserError, match="is_on must be true or false, got 'yes'"):
        cli.options.knobs(["is_on=yes"], "m", Config())


def test_a_training_that_diverges_says_what_to_try(monkeypatch, refused):
    def diverge(self, *_):
        raise TrainingDiverged("Training diverged: 'picture' became nan.")
        yield

    monkeypatch.setattr(Fit, "run", diverge)
    sentence = refused("fit", *QUICK, "--model", "m2")
    assert sentence.startswith("Training diverged: 'picture' became nan. Try a smaller learning")


def test_ctrl_c_ends_with_a_word_and_130(monkeypatch, capsys):
    def interrupt(self, *_):
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(Fit, "run", interrupt)
    assert main(["fit", *QUICK, "--model", "m2", "--json"]) == 130
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines()[-1] == "Stopped."
