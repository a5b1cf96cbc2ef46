"""A member becomes the session's model with what it has learned, and the one before comes back."""

import numpy as np
import pytest
import torch

from ssvae_core.atlas.starter_folders import encoded_manifest, starter_of
from ssvae_core.comparison.comparison import Comparison
from ssvae_core.comparison.plan import ComparisonPlan, folder_of, new_member, write_plan
from ssvae_core.comparison.replay import replayed
from ssvae_core.comparison.training import Ground, train_planned
from ssvae_core.errors import Conflict
from ssvae_core.labels.store import Operation
from ssvae_core.session.workspace import Workspace
from ssvae_core.trainer.open import open_core
from tests.support.small_comparison import labelled_session

TINY = {"hidden_dim": 16, "latent_dim": 3}
STEPS = 12


@pytest.fixture
def session(workspace, digits):
    return labelled_session(workspace, digits, n=30)


def core_of(session):
    """The session's trainer, as its worker opens it, with the labels that it lacks."""
    opening = session._open()
    core = open_core(
        data=opening.data,
        model=opening.model,
        config=opening.config,
        n_classes=opening.n_classes,
        seed=opening.seed,
        device="cpu",
        starter=session._starter,
        folder=session.folder,
        generation=opening.generation,
    )
    history, seq = session.history, core.state.label_seq
    if changed := history.changed_since(seq):
        classes = [-1 if label is None else label for label in changed.values()]
        undone = history.undone_since(seq)
        to = np.array(list(changed), np.int32), np.array(classes, np.int16)
        core.apply(history.seq, *to, history.n_classes, undone)
    return core


def weights(core):
    return torch.cat([p.flatten() for p in core.state.learner.model.parameters()]).detach()


@pytest.fixture
def compared(session, workspace):
    """M2, which the session uses, and a CVAE and another M2, trained on its labels."""
    session.choose(anew=True, model="m2", **TINY)
    core = core_of(session)
    for _ in range(STEPS):
        core.step()
    core.save()

    def compared(who=""):
        with session.lock:
            labels = replayed(session.history, who)
        models = [("m2", dict(session.row.config)), ("cvae", TINY), ("m2", {"latent_dim": 2})]
        members = tuple(new_member(*model, 60.0) for model in models)
        folder = folder_of(session.folder)
        write_plan(folder, ComparisonPlan(members, labels))
        for _ in train_planned(folder, Ground.of(session, workspace.root), 300, STEPS):
            pass
        return Comparison(workspace, session.row.id)

    return compared, weights(core)


def test_the_session_goes_on_with_the_members_model_settings_and_weights(session, compared):
    comparison = compared[0]()
    cvae = comparison.plan.members[1]
    comparison.use(cvae.id)
    assert session.row.model == "cvae"
    assert comparison.in_use == cvae
    core = core_of(session)
    assert core.message == ""
    assert core.state.learner.steps == len(comparison.stops) * STEPS
    assert core.state.n_labels == 30
    held = session.folder / "comparison" / cvae.id
    assert core.state.label_seq == session.history.seq
    assert any(held.glob("ck-*"))


def test_labels_given_since_the_comparison_reach_the_model_that_is_put_into_use(session, compared):
    comparison = compared[0]()
    free = int(np.flatnonzero(session.labels < 0)[0])
    session.do(Operation("later", "label", (free,), 3), "Ann")
    session.do(Operation("undo", "undo"), "Ben")  # a label that they learned from
    comparison.use(comparison.plan.members[1].id)
    core = core_of(session)
    assert core.state.labels[free] == 3
    assert core.state.n_labels == 30
    assert core.state.schedule.is_going


@pytest.mark.parametrize("who", ["", "Ann"])
def test_the_model_that_was_in_use_stays_a_member_and_comes_back_as_it_was(session, compared, who):
    begin, before = compared
    comparison = begin(who)
    first, cvae, _ = comparison.plan.members
    config = dict(session.row.config)
    comparison.use(cvae.id)
    core = core_of(session)
    core.step()
    core.save()
    comparison.use(first.id)
    assert (session.row.model, comparison.in_use) == ("m2", first)
    assert {k: v for k, v in session.row.config.items() if k in config} == config
    assert torch.equal(weights(core_of(session)), before)
    comparison.use(cvae.id)  # with the step that it took while it was in use
    assert core_of(session).state.learner.steps == len(comparison.stops) * STEPS + 1


def test_a_model_in_use_that_is_no_member_becomes_one(session, compared):
    comparison = compared[0]()
    session.choose(model="adgm")
    assert comparison.in_use is None
    comparison.use(comparison.plan.members[1].id)
    kept = comparison.plan.members[-1]
    assert kept.model == "adgm"
    assert "compared" in kept.ended
    again = Comparison(comparison.workspace, session.row.id)
    assert kept in again.plan.members


def test_knobs_of_the_one_before_are_not_carried_along(session, compared):
    comparison = compared[0]()
    comparison.use(comparison.plan.members[2].id)
    assert comparison.in_use == comparison.plan.members[2]
    assert "hidden_dim" not in session.row.config
    assert session.row.config["latent_dim"] == 2


def test_the_one_in_use_is_not_removed_and_others_are_with_all_that_they_learned(session, compared):
    comparison = compared[0]()
    first, cvae, other = comparison.plan.members
    with pytest.raises(Conflict, match="in use"):
        comparison.remove(first.id)
    comparison.remove(cvae.id)
    assert comparison.plan.members == (first, other)
    assert not comparison.place(cvae).exists()
    comparison.order([other.id, first.id])
    assert Comparison(comparison.workspace, session.row.id).plan.members == (other, first)


def test_a_member_with_another_encoder_is_used_with_what_it_made_and_the_one_before_comes_back(
    session, workspace, monkeypatch
):
    """The data set's encoder changes, for all sessions on it, and changes back."""
    monkeypatch.setattr(Workspace, "warm", lambda self, name: None)
    monkeypatch.setattr("ssvae_core.trainer.open.m1_jobs", lambda state: [])  # it takes longest
    session.choose(anew=True, model="m2", **TINY)
    core_of(session).save()
    configs = dict(session.row.config), {**session.row.config, "encoder": "efficientnet-lite0"}
    members = tuple(new_member("m2", config, 60.0) for config in configs)
    folder = folder_of(session.folder)
    write_plan(folder, ComparisonPlan(members, replayed(session.history)))
    for _ in train_planned(folder, Ground.of(session, workspace.root), 300, STEPS):
        pass
    comparison = Comparison(workspace, session.row.id)
    first, other = comparison.plan.members
    labels = dict(session.history.labels)
    shared = starter_of(session.data, workspace.root)
    assert comparison.in_use == first

    comparison.use(other.id)
    seen = comparison.session
    assert seen is not session
    assert (seen.data.encoder, seen.history.labels) == ("efficientnet-lite0", labels)
    assert comparison.in_use.id == other.id
    assert comparison.plan.member(first.id).encoder == "contrastive"
    assert encoded_manifest(shared)["encoder"] == "efficientnet-lite0"
    core = core_of(seen)
    assert core.state.starter.features is not None
    assert core.pretraining.job is None  # nothing is encoded twice
    assert core.message == ""

    comparison.use(first.id)
    assert comparison.session.data.encoder == "contrastive"
    assert comparison.in_use.id == first.id
    assert encoded_manifest(shared) == {}
    assert core_of(comparison.session).state.starter.features is None
    assert comparison.session.history.labels == labels
