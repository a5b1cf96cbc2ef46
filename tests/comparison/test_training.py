"""Every model can be a member, on images and on vectors, and is looked at in the same way."""

import json
from itertools import pairwise

import numpy as np
import pytest

from ssvae_core.atlas.starter_folders import encoded_manifest
from ssvae_core.comparison.plan import ComparisonPlan, new_member, read_plan, write_plan
from ssvae_core.comparison.replay import replayed
from ssvae_core.comparison.results import AT, read_result
from ssvae_core.comparison.training import Ground, train_member, train_planned
from ssvae_core.errors import UserError
from ssvae_core.models import MODELS
from ssvae_core.session.trainer_client import Trainer
from ssvae_core.session.workspace import Workspace
from tests.support.small_comparison import labelled_session
from tests.support.small_core import small_config
from tests.support.whole_workspace import DAMAGES

STEPS = 4
KINDS = ("images", "vectors")


@pytest.fixture(scope="module")
def grounds(tmp_path_factory, digits):
    """What members learn on, by kind: the session, its labels and the ground."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "start", lambda self: None)
        patch.setenv("SSVAE_THREADS", "1")
        found, workspaces = {}, []
        for kind in KINDS:
            root = tmp_path_factory.mktemp(kind) / "workspace"
            root.mkdir()
            workspaces.append(Workspace(root))
            session = labelled_session(workspaces[-1], digits, kind == "vectors", n=25)
            labels = replayed(session.history)
            found[kind] = session, labels, Ground.of(session, root)
        yield found
        for workspace in workspaces:
            workspace.close()


def train(ground, folder, model, config=None, **options):
    session, labels, on = ground
    member = new_member(model, small_config(model) if config is None else config, 60.0)
    events = list(train_member(member, labels, on, folder, STEPS, **options))
    results = {
        n: read_result(folder, n, labels.fingerprint, len(session.data)) for n in labels.stops
    }
    return events, results


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("model", MODELS)
def test_every_model_can_be_a_member(grounds, tmp_path, model, kind):
    ground = grounds[kind]
    session, labels, _ = ground
    events, results = train(ground, tmp_path, model)
    assert (events[-1].message, events[-1].share) == ("done", 1.0)
    assert list(results) == [10, 20, 25]
    for n, result in results.items():
        assert result is not None
        assert result.alone.shape == result.together.shape == (2, 300)
        given = labels.classes[:n]
        assert (result.alone[0, labels.examples[:n]] == given).all()
        assert set(result.alone[0]) <= set(given)
        assert result.drawn.tolist() == sorted(set(given))
        assert result.draws.shape == (4, len(result.drawn), *session.data.pictures.shape[1:])
        assert result.counts
        assert all(np.isfinite(value) for value in result.terms.values())
    if MODELS[model].m1 is None and "aae" not in model:
        assert results[25].mean_bound < 0
    if "aae" in model:
        assert results[25].mean_bound is None
    assert any(tmp_path.glob("ck-*"))


def test_it_learns_from_the_labels_of_each_stop_and_no_others(grounds, tmp_path):
    ground = grounds["images"]
    _, labels, _ = ground
    _, results = train(ground, tmp_path, "m1", {})
    right = [
        float((results[n].alone[0, labels.examples[20:]] == labels.classes[20:]).mean())
        for n in (10, 25)
    ]
    assert right[1] == 1  # they are given then
    assert right[0] < 1


def test_the_same_member_says_the_same_again(grounds, tmp_path):
    ground = grounds["images"]
    one, other = (train(ground, tmp_path / name, "m2")[1][25] for name in ("a", "b"))
    assert np.array_equal(one.alone, other.alone)
    assert np.array_equal(one.draws, other.draws)
    assert one.mean_bound == other.mean_bound


def test_its_time_is_what_it_was_given_and_half_of_it_is_for_all_labels(grounds, tmp_path):
    now = [0.0]

    def clock():
        now[0] += 0.5  # seconds, at every look
        return now[0]

    ground = grounds["images"]
    session, labels, on = ground
    member = new_member("m2", small_config("m2"), 40.0)
    events = list(train_member(member, labels, on, tmp_path, None, clock))
    known = labels.fingerprint, len(session.data)
    spent = {n: read_result(tmp_path, n, *known).seconds for n in labels.stops}
    assert spent[25] == pytest.approx(40, abs=6)
    assert spent[25] - spent[20] == pytest.approx(20, abs=3)
    assert all(later.share >= before.share for before, later in pairwise(events))
    assert events[0].seconds_left == 40


@pytest.mark.parametrize("config", [{"latent_dim": -1}, {"depth": 3}, {"latent_dim": "many"}])
def test_a_setting_that_cannot_be_is_said_in_a_sentence(grounds, tmp_path, config):
    with pytest.raises(UserError, match="M2 cannot be made so"):
        train(grounds["images"], tmp_path, "m2", config)


def test_another_encoder_sees_for_this_member_alone(grounds, tmp_path, monkeypatch):
    monkeypatch.setattr("ssvae_core.trainer.open.m1_jobs", lambda state: [])  # it takes longest
    session, labels, on = grounds["images"]
    before = sorted(on.starter.rglob("*"))
    config = {**small_config("m2"), "encoder": "efficientnet-lite0"}
    member = new_member("m2", config, 60.0)
    *_, last = train_member(member, labels, on, tmp_path, STEPS)
    assert (last.message, last.reached) == ("done", 25)
    assert encoded_manifest(tmp_path / "starter")["encoder"] == "efficientnet-lite0"
    assert sorted(on.starter.rglob("*")) == before
    assert session.data.encoder == "contrastive"
    found = read_result(tmp_path, 25, labels.fingerprint, len(session.data))
    assert found is not None


def test_what_is_planned_is_trained_but_for_what_is_done_and_what_fails(grounds, tmp_path):
    _, labels, on = grounds["images"]
    members = tuple(
        new_member("m2", config, 60.0) for config in ({"latent_dim": -1}, small_config("m2"))
    )
    write_plan(tmp_path, ComparisonPlan(members, labels))
    events = list(train_planned(tmp_path, on, 300, STEPS))
    assert [each.member for each in events if each.has_failed] == [members[0].id]
    assert events[-1].member == members[1].id
    ids = {each.member for each in train_planned(tmp_path, on, 300, STEPS)}
    assert ids == {members[0].id}


DAMAGED = ("members.json", "labels/manifest.json", "labels/arrays.safetensors")


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_plan_costs_the_comparison_and_no_more(grounds, tmp_path, name, damage):
    _, labels, _ = grounds["images"]
    members = (new_member("m2", {}, 60.0), new_member("m1", {"width": 2.0}, 30.0))
    write_plan(tmp_path, ComparisonPlan(members, labels))
    assert read_plan(tmp_path).members == members
    DAMAGES[damage](tmp_path / name)
    found = read_plan(tmp_path)
    if damage != "unreadable":  # whoever runs the tests may be allowed to read all
        assert found.members == ()


def test_a_member_that_cannot_be_read_costs_no_other(grounds, tmp_path):
    _, labels, _ = grounds["images"]
    members = (new_member("m2", {}, 60.0), new_member("m1", {}, 30.0))
    write_plan(tmp_path, ComparisonPlan(members, labels))
    file = tmp_path / "members.json"
    written = json.loads(file.read_text())
    odd = ({"id": "../x"}, {"model": "m9"}, {"config": 3}, {"budget": "long"}, {"other": 1})
    file.write_text(json.dumps([*({**written[0], **one} for one in odd), 7, *written]))
    assert read_plan(tmp_path).members == members


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["manifest.json", "arrays.safetensors"])
def test_a_damaged_result_is_left_out(grounds, tmp_path, name, damage):
    session, labels, _ = grounds["images"]
    train(grounds["images"], tmp_path, "m1", {})
    DAMAGES[damage](tmp_path / AT.format(25) / name)
    known = labels.fingerprint, len(session.data)
    if damage != "unreadable":
        assert read_result(tmp_path, 25, *known) is None
    assert read_result(tmp_path, 20, *known) is not None
    assert read_result(tmp_path, 20, "other labels", 300) is None
    assert read_result(tmp_path, 20, labels.fingerprint, 299) is None
