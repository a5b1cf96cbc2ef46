"""The command line: what it promises to print, and what it says when something is wrong."""

import argparse
import dataclasses
import io
import json
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from small_core import label, make_core, small_config, step

from ssvae_core import cli
from ssvae_core.acquisition import STRATEGIES
from ssvae_core.cli import main
from ssvae_core.cli.reporting import ProgressLine, table
from ssvae_core.cli.sample import EDGE, GAP, grid
from ssvae_core.data import SOURCES
from ssvae_core.data.drawing import draw_labels
from ssvae_core.errors import UserError
from ssvae_core.labels.store import LabelStore
from ssvae_core.models import M2
from ssvae_core.training.evaluation import drawn, mean_bound, oddness
from ssvae_core.training.fitting import Fit
from ssvae_core.training.loop import TrainingDiverged
from ssvae_core.training.saved import load_fit
from ssvae_core.training.starter import Starter

ROOT = Path(__file__).resolve().parents[1]
QUICK = ["--data", "small", "--set", "hidden_dim=32", "--set", "latent_dim=3"]
STEPS = ["--budget", "600", "--steps", "60"]  # the same result at any load of the machine
COMMANDS = {module.__name__.rsplit(".", 1)[1].rstrip("_"): module for module in cli.COMMANDS}


@pytest.fixture(scope="module")
def data(digits):
    """The small digits, with others to test on."""
    from sklearn.datasets import load_digits

    images, answers = load_digits(return_X_y=True)
    pixels = (images[300:400] * (255 / 16)).astype(np.uint8).reshape(-1, 8, 8, 1)
    return dataclasses.replace(
        digits, name="small", test_images=pixels, test_answer_key=answers[300:400].astype(np.int64)
    )


@pytest.fixture(autouse=True)
def machine(data, monkeypatch, tmp_path):
    """One thread, a workspace of its own, two small data sets, and no starter."""
    monkeypatch.setenv("SSVAE_THREADS", "1")
    monkeypatch.setenv("SSVAE_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setattr("ssvae_core.starters.ASSETS", tmp_path)
    for name in [*reversed(SOURCES)]:  # the last that goes comes back first: the order stays
        monkeypatch.delitem(SOURCES, name)
    monkeypatch.setitem(SOURCES, "small", lambda: data)
    nameless = dataclasses.replace(data, name="nameless", answer_key=None)
    monkeypatch.setitem(SOURCES, "nameless", lambda: nameless)


@pytest.fixture
def shipped(data, starter, tmp_path):
    """A starter for the small digits, as assets/ ships one for MNIST."""
    folder = tmp_path / "starter" / "small"
    starter.save(folder, {"fingerprint": data.fingerprint})
    return folder


@pytest.fixture
def fits(monkeypatch):
    """Every fit that a command makes."""
    made, init = [], Fit.__init__

    def remembering(self, *arguments, **options):
        made.append(self)
        init(self, *arguments, **options)

    monkeypatch.setattr(Fit, "__init__", remembering)
    return made


@pytest.fixture
def call(capsys):
    """Runs a command and gives its JSON."""

    def call(*arguments):
        assert main([*arguments, "--json"]) == 0
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    return call


@pytest.fixture
def refused(capsys):
    """Runs a command that must end in a sentence, and gives the sentence."""

    def refused(*arguments):
        capsys.readouterr()
        assert main(arguments) == 2
        printed = capsys.readouterr()
        assert printed.out == ""
        assert "Traceback" not in printed.err
        return printed.err.splitlines()[-1]

    return refused


# datasets


def test_datasets_names_what_there_is(call):
    small, nameless = call("datasets")["datasets"]
    assert small == {
        "name": "small",
        "title": "Small digits",
        "examples": 300,
        "test_examples": 100,
        "shape": [8, 8, 1],
        "classes": list("0123456789"),
        "true_labels": True,
    }
    assert (nameless["name"], nameless["true_labels"]) == ("nameless", False)


def test_datasets_prints_a_table_without_json(capsys):
    assert main(["datasets"]) == 0
    head, small, _ = capsys.readouterr().out.splitlines()
    assert head.split() == ["name", "examples", "test", "shape", "classes", "true", "labels"]
    assert small.split() == ["small", "300", "100", "8", "x", "8", "x", "1", "10", "yes"]


def test_the_last_line_of_json_is_one_object_from_the_shell_too():
    done = subprocess.run(
        [sys.executable, "-m", "ssvae_core", "datasets", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    assert {"mnist"} <= {each["name"] for each in found["datasets"]}
    assert done.stderr == ""


def test_help_and_datasets_do_not_load_torch():
    code = (
        "import contextlib, sys\n"
        "from ssvae_core.cli import COMMANDS, main\n"
        "for command in COMMANDS:\n"
        "    with contextlib.suppress(SystemExit):\n"
        "        main([command.__name__.split('.')[-1], '--help'])\n"
        "main(['datasets'])\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'torch', 'streamlit'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "--per-class" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples_that_parse(name, capsys):
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    examples = capsys.readouterr().out.split("examples:")[1].strip().splitlines()
    for example in examples:
        program, option, package, *arguments = shlex.split(example)
        assert [program, option, package] == ["python", "-m", "ssvae_core"]
        parsed = cli._parser().parse_args(arguments)
        assert parsed.run is COMMANDS[name].run


# fit


def test_fit_says_what_a_script_relies_on(call, fits, data):
    found = call("fit", *QUICK, "--model", "m2", "--labels", "42", "--seed", "3", *STEPS)
    assert found.keys() >= {"model", "data", "labels", "seed", "test_error", "device", "threads"}
    (fit,) = fits
    assert [found[name] for name in ("model", "data", "labels", "seed")] == ["m2", "small", 42, 3]
    assert (found["device"], found["threads"], found["starter"]) == ("cpu", 1, False)
    assert found["coached"] is True
    assert found["speaker"] == fit.speaker
    assert np.array_equal(fit.labels, draw_labels(data.answer_key, 42, 3, 10))
    best = fit.probabilities(data.test_images).argmax(1)
    assert found["test_error"] == 100 * np.mean(best != data.test_answer_key)
    assert found["test_error"] < 45  # of chance's 90
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
    assert one["test_error"] == other["test_error"]
    assert one["test_error"] != call(*options, "--seed", "1")["test_error"]


def test_fit_prints_a_readable_answer_and_its_progress_apart(capsys, shipped):
    assert main(["fit", *QUICK, "--model", "m2", "--budget", "9", "--steps", "60"]) == 0
    printed = capsys.readouterr()
    lines = dict(line.split("  ", 1) for line in printed.out.splitlines())
    assert lines["model"].strip() == "m2"
    assert 0 <= float(lines["test error"]) <= 100
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
    monkeypatch.setattr("ssvae_core.training.fitting.M1_SHARE", 1e-6)
    assert main(["fit", *QUICK, "--model", "m1m2", *STEPS, "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["model"] == "m2"
    assert printed.err.splitlines()[-1] == (
        "The M1 that m1m2 stands on found nothing in these images; m2 was trained instead."
    )


def test_alone_is_without_a_coach_and_without_its_starter(call, shipped):
    found = call("fit", *QUICK, "--model", "m2", "--budget", "9", "--steps", "2", "--alone")
    assert (found["coached"], found["speaker"], found["starter"]) == (False, "model", False)


def test_without_labels_there_is_a_bound_but_no_error(call, shipped):
    options = ["--model", "m2", "--labels", "0", "--budget", "9", "--steps", "2"]
    found = call("fit", *QUICK, *options)
    assert found["test_error"] is None
    assert found["bound"] < 0


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


# simulate


def test_an_oracle_labels_what_the_strategy_asks(call, fits, data, shipped):
    options = ["--labels", "25", "--batch", "10", "--seconds-per-batch", "0.3"]
    found = call("simulate", *QUICK, "--model", "m1m2", "--strategy", "margin", *options)
    assert (found["strategy"], found["batch"], found["starter"]) == ("margin", 10, True)
    assert [point["labels"] for point in found["curve"]] == [10, 20, 25]
    seconds = np.diff([0.0, *(point["seconds"] for point in found["curve"])])
    assert (seconds.round(2) >= 0.3).all()  # 0.95 - 0.65 is a little less
    (fit,) = fits
    given = fit.labels >= 0
    assert given.sum() == 25
    assert np.array_equal(fit.labels[given], data.answer_key[given])
    best = fit.probabilities(data.test_images).argmax(1)
    error = round(100 * np.mean(best != data.test_answer_key), 2)
    assert found["curve"][-1]["test_error"] == error < 60
    assert found["curve"][-1]["speaker"] == fit.speaker
    # Before the first label, the most typical images are asked.
    typical = set(fit.starter.atlas.medoids.tolist())
    assert (
        len(typical & set(np.flatnonzero(given).tolist())) >= 5
    )  # nothing else was known at first


@pytest.mark.parametrize(("model", "alone"), [("m2", False), ("m2", True), ("m1m2", False)])
def test_without_a_starter_the_map_and_the_m1_are_made_first(model, alone, call):
    options = ["--labels", "20", "--seconds-per-batch", "0.3", "--strategy", "close"]
    found = call("simulate", *QUICK, "--model", model, *options, *(["--alone"] if alone else []))
    assert [point["labels"] for point in found["curve"]] == [10, 20]
    assert (found["starter"], found["coached"]) == (False, not alone)
    needs_m1 = model == "m1m2"  # it had as long as both batches
    assert found["curve"][0]["seconds"] >= (2 * 0.3 if needs_m1 else 0) + 0.3


def test_simulate_prints_a_table_without_json(capsys, shipped):
    options = ["--model", "m2", "--labels", "4", "--batch", "3", "--seconds-per-batch", "0.1"]
    assert main(["simulate", *QUICK, *options, "--strategy", "random"]) == 0
    printed = capsys.readouterr()
    head, one, other = printed.out.splitlines()
    assert head.split() == ["labels", "seconds", "test", "error,", "%", "speaker"]
    assert (one.split()[0], other.split()[0]) == ("3", "4")
    assert "3 of 4 labels" in printed.err


def test_an_unknown_strategy_is_refused_with_those_there_are(refused):
    sentence = refused("simulate", *QUICK, "--strategy", "entrpy")
    assert sentence == f"Unknown strategy 'entrpy'. Choose one of: {', '.join(STRATEGIES)}."


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_can_be_simulated(strategy, call, fits, shipped):
    options = ["--model", "m1m2", "--labels", "12", "--batch", "6", "--seconds-per-batch", "0.05"]
    found = call("simulate", *QUICK, *options, "--strategy", strategy, "--class", "4")
    assert [point["labels"] for point in found["curve"]] == [6, 12]
    assert (fits[0].labels >= 0).sum() == 12


def test_a_mix_of_1_asks_what_random_asks(call, fits, shipped):
    options = ["--model", "m2", "--labels", "9", "--batch", "3", "--seconds-per-batch", "0.05"]
    call("simulate", *QUICK, *options, "--strategy", "entropy", "--mix", "1")
    call("simulate", *QUICK, *options, "--strategy", "random")
    assert np.array_equal(fits[0].labels, fits[1].labels)


def test_least_sure_wants_a_class_that_there_is(refused):
    needs = ["simulate", *QUICK, "--strategy", "least-sure"]
    expected = "--strategy least-sure expects --class, one of: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
    assert refused(*needs) == f"{expected}."
    assert refused(*needs, "--class", "ten") == f"{expected}, got 'ten'."


@pytest.mark.parametrize("mix", ["-0.1", "1.5", "half", "nan"])
def test_a_mix_that_is_no_share_is_refused(mix, refused):
    sentence = refused("simulate", *QUICK, f"--mix={mix}")
    assert f"expected a share from 0 to 1, got '{mix}'" in sentence


def test_an_image_of_noise_is_odder_than_the_digits(call, fits, shipped):
    call("simulate", *QUICK, "--model", "m2", "--labels", "10", "--seconds-per-batch", "1")
    learner = fits[0].learner
    some = np.arange(50)
    before = oddness(learner, some)
    assert abs(before.mean()) < 1e-4
    assert np.array_equal(before, oddness(learner, some))
    learner.prepared[7] = torch.randint(0, 256, learner.prepared[7].shape, dtype=torch.uint8)
    assert oddness(learner, some).argmax() == 7


# sample


@pytest.fixture
def workspace(tmp_path):
    return tmp_path / "workspace"


@pytest.fixture
def store(workspace):
    (workspace / "sessions").mkdir(parents=True)
    store = LabelStore(workspace / "labels.db")
    yield store
    store.close()


def new_session(store, name="Digits, Tuesday", classes="0123456789"):
    return store.create_session(
        name,
        data="small",
        model="m1m2",
        n_examples=300,
        classes=tuple(classes),
        config=small_config("m1m2"),
    )


@pytest.fixture
def core(store, data, shipped, workspace):
    """The trainer of a session that has learned a little and saved itself."""
    row = new_session(store)
    folder = workspace / "sessions" / row.id
    core = make_core("m1m2", data, Starter.load(shipped, data.shape), folder, generation=1)
    label(core)
    step(core, 40)
    core.save()
    return core


def session_id(core):
    return core.folder.name


def test_sample_draws_what_the_newest_checkpoint_draws(core, call, tmp_path, store):
    out, before = tmp_path / "drawn.png", sorted(core.folder.rglob("*"))
    options = ["--per-class", "3", "--seed", "5", "--out", str(out)]
    found = call("sample", "--session", session_id(core), *options)
    assert (found["session"], found["labels"], found["out"]) == (session_id(core), 50, str(out))
    assert found["classes"] == list("0123456789")
    expected = drawn(core.learner, 3, 5).reshape(10, 3, 8, 8)
    picture = np.asarray(Image.open(out).convert("L"))
    left = picture.shape[1] - 3 * (EDGE + GAP)
    for k, n in ((0, 0), (4, 1), (9, 2)):
        top, side = GAP + k * (EDGE + GAP), left + n * (EDGE + GAP)
        tile = picture[top : top + EDGE, side : side + EDGE]
        assert np.array_equal(tile[::7, ::7], expected[k, n])
    assert expected.std() > 10  # not grey all over
    # The session's trainer was left alone.
    assert sorted(core.folder.rglob("*")) == before
    assert store.session(session_id(core)).generation == 0


def test_a_session_is_found_by_its_name_too(core, capsys, tmp_path):
    out = str(tmp_path / "drawn.png")
    assert main(["sample", "--session", "Digits, Tuesday", "--out", out]) == 0
    printed = capsys.readouterr().out
    assert printed == (
        f"{out}: 10 of each of 10 classes, drawn by m1m2 of 'Digits, Tuesday' after 50 labels.\n"
    )


def test_classes_without_a_label_are_named(core, data, capsys, tmp_path):
    given = np.flatnonzero(np.isin(core.labels, (3, 7)))
    core.apply(core.label_seq + len(given), given, np.full(len(given), -1))
    step(core, 1)
    core.save()
    assert main(["sample", "--session", session_id(core), "--out", str(tmp_path / "a.png")]) == 0
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == "Without a label yet, so drawn blindly: 3, 7."


def test_a_name_of_two_sessions_is_refused_with_their_ids(core, store, refused):
    other = new_session(store)
    sentence = refused("sample", "--session", "Digits, Tuesday")
    assert sentence.startswith("2 sessions are called 'Digits, Tuesday'. Name one by its id: ")
    assert other.id in sentence
    assert session_id(core) in sentence


def test_without_a_workspace_sample_says_where_it_looked_and_makes_none(refused, workspace):
    sentence = refused("sample", "--session", "any")
    assert sentence.startswith(f"There are no sessions in {workspace}. Start the app")
    assert not workspace.exists()


def test_an_unknown_session_is_refused_with_those_there_are(store, refused):
    row = new_session(store)
    sentence = refused("sample", "--session", "Birds")
    assert sentence.startswith("There is no session 'Birds' in ")
    assert sentence.endswith(f"There is: {row.id} ('Digits, Tuesday').")


def test_a_session_without_a_checkpoint_is_refused(store, refused):
    row = new_session(store)
    sentence = refused("sample", "--session", row.id)
    assert sentence.startswith("The session 'Digits, Tuesday' has no checkpoint yet. Open it")


def test_a_model_without_labels_is_refused(core, refused):
    given = np.flatnonzero(core.labels >= 0)
    core.apply(core.label_seq + len(given), given, np.full(len(given), -1))
    step(core, 1)
    core.save()
    sentence = refused("sample", "--session", session_id(core))
    assert sentence.startswith("The model of 'Digits, Tuesday' has seen no label")


def test_a_checkpoint_that_does_not_fit_is_refused(core, refused, workspace, store):
    row = new_session(store, "Other", classes="01234567")
    core.folder.rename(workspace / "sessions" / row.id)
    sentence = refused("sample", "--session", "Other")
    assert sentence.startswith("The session 'Other' cannot be drawn from. The checkpoint does not")


def test_a_picture_that_cannot_be_written_is_said(core, refused, tmp_path):
    out = tmp_path / "nowhere" / "drawn.png"
    sentence = refused("sample", "--session", session_id(core), "--out", str(out))
    assert sentence == f"{out} cannot be written: No such file or directory."


def test_a_grid_shows_colours_and_makes_room_for_the_longest_name():
    images = np.zeros((2, 3, 80, 60, 3), np.uint8)
    images[1, 2] = (200, 30, 40)
    short = grid(images, ["a", "b"])
    long = grid(images, ["a", "Ornithorhynchus anatinus"])
    assert short.height == long.height == GAP + 2 * (80 + GAP)
    assert long.width > short.width + 60
    assert short.getpixel((short.width - GAP - 1, short.height - GAP - 1)) == (200, 30, 40)


# progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_one_line_is_rewritten_and_gone_at_the_end(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    line = ProgressLine()
    line.say("training", "step 50", 12.4)
    line.say("training", "step 100", -0.2)
    line.clear()
    parts = sys.stderr.getvalue().split("\r")
    assert parts == [
        "",
        "training, step 50, 12 s left\x1b[K",
        "training, step 100, 0 s left\x1b[K",
        "\x1b[K",
    ]


def test_elsewhere_a_stage_is_said_once_in_a_while(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    line = ProgressLine()
    for now[0], stage in ((0, "M1"), (1, "M1"), (2, "training"), (6, "training"), (8, "training")):
        line.say(stage, f"at {now[0]}")
    line.clear()
    assert sys.stderr.getvalue() == "M1, at 0\ntraining, at 2\ntraining, at 8\n"


def test_a_table_has_numbers_to_the_right():
    rows = [["a", 60_000, None], ["long", 7, 1.5]]
    assert table(["name", "n", "error"], rows).splitlines() == [
        "name       n  error",
        "a     60,000      -",
        "long       7    1.5",
    ]


def test_a_parser_never_exits_with_usage():
    with pytest.raises(UserError, match=r"^The following arguments are required: COMMAND\. See"):
        cli._parser().parse_args([])
    assert issubclass(cli.Parser, argparse.ArgumentParser)
