"""What the teacher teaches and when, and the average of the model that it keeps."""

import numpy as np
import pytest
import torch
from small_core import KINDS, K, small_model
from torch import nn

from ssvae_core.models import MODELS, Batch
from ssvae_core.training import teacher as module
from ssvae_core.training.learner import Learner
from ssvae_core.training.teacher import (
    CONFIDENT_PROPAGATION,
    ENOUGH,
    FEW,
    FIRST,
    PROPAGATED,
    SEVERAL,
    Teacher,
)
from ssvae_core.training.tensors import as_inputs

P, N_CLASSES = 5, 4
EVERY_CLASS = torch.ones(N_CLASSES, dtype=torch.bool)
EVEN = torch.full((N_CLASSES,), 1 / N_CLASSES)


class Reader(nn.Module):
    """The least that can have a teacher: one layer, and running averages of what it saw."""

    def __init__(self, n_classes=N_CLASSES):
        super().__init__()
        self.n_classes = n_classes
        self.seen = nn.BatchNorm1d(P)
        self.layer = nn.Linear(P, n_classes)

    def classify(self, x):
        return self.layer(x).log_softmax(-1)


class Mirror(nn.Module):
    """The easiest warp to undo."""

    def forward(self, x):
        return x.flip(-1)


@pytest.fixture
def reader():
    torch.manual_seed(0)
    return Reader()


def answering(log_p, warp=None):
    """A teacher whose average gives example k of `torch.eye(P)` the probabilities log_p[k]."""
    model = Reader()
    with torch.no_grad():
        model.layer.weight.zero_()[:, : len(log_p)] = log_p.T
        model.layer.bias.zero_()
    return Teacher(model, warp or Mirror()), torch.eye(P)[: len(log_p)]


def batch_of(n_labelled=3, n_unlabelled=6, soft_targets=True):
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(n_labelled + n_unlabelled, P, generator=generator)
    y = torch.arange(n_labelled) % N_CLASSES
    teacher_targets = torch.rand(n_unlabelled, N_CLASSES, generator=generator)
    teacher_targets[::2] = 0  # no lesson
    return Batch(x[:n_labelled], y, x[n_labelled:], 0.3, teacher_targets if soft_targets else None)


# Who teaches


@pytest.mark.parametrize(
    ("n_labels", "steps", "share"),
    [
        (1000, FIRST - 1, 0.0),
        (1000, FIRST, 1.0),
        (SEVERAL + 1, FIRST, 1.0),
        (SEVERAL, 10 * FIRST, 0.5),
        (FEW + 1, 10 * FIRST, 0.5),
        (FEW, 10 * FIRST, 0.0),
    ],
)
def test_the_teacher_takes_over_after_some_steps_and_with_enough_labels(
    reader, n_labels, steps, share
):
    assert Teacher(reader, Mirror()).share_of_teacher(n_labels, steps) == share
    assert Teacher(reader, None).share_of_teacher(n_labels, steps) == 0.0


@pytest.mark.parametrize(
    ("n_labels", "share", "weight"),
    [(0, 0.0, 1.0), (ENOUGH, 0.0, 1.0), (4 * ENOUGH, 0.0, 0.25), (4 * ENOUGH, 1.0, 1.0)],
)
def test_propagation_alone_counts_less_the_more_labels_there_are(reader, n_labels, share, weight):
    assert Teacher(reader, None).weight(n_labels, share) == weight


def test_a_teacher_that_has_given_up_teaches_what_labels_propagate_on_images_as_they_are(reader):
    teacher, batch = Teacher(reader, Mirror()), batch_of()
    teacher.give_up()
    assert teacher.share_of_teacher(1000, 100 * FIRST) == 0.0
    assert teacher.loss(reader, batch).item() == Teacher(reader, None).loss(reader, batch).item()
    assert (
        teacher.loss(reader, batch).item() != Teacher(reader, Mirror()).loss(reader, batch).item()
    )


def test_the_teacher_sees_what_is_slightly_warped(reader):
    x = torch.rand(3, P)
    plain, other = Teacher(reader, Mirror()), Teacher(reader, Mirror(), slightly=Mirror())
    assert torch.equal(
        other.teacher_targets(x, EVEN.expand(3, -1), EVERY_CLASS, 1.0),
        plain.teacher_targets(Mirror()(x), EVEN.expand(3, -1), EVERY_CLASS, 1.0),
    )


def test_before_that_the_lessons_are_those_of_propagation(reader):
    propagated = torch.rand(6, N_CLASSES).softmax(-1)
    teacher_targets = Teacher(reader, Mirror()).teacher_targets(
        torch.rand(6, P), propagated, EVERY_CLASS, 0.0
    )
    assert torch.equal(teacher_targets, propagated)


def test_the_teacher_names_a_class_only_where_both_together_are_sure():
    """Each row is what both together make of it, propagation knowing nothing."""
    both = torch.full((3, N_CLASSES), (1 - CONFIDENT_PROPAGATION) / (N_CLASSES - 1))
    both[0, 2], both[1, 1], both[2] = (
        CONFIDENT_PROPAGATION + 1e-2,
        CONFIDENT_PROPAGATION - 1e-2,
        1 / N_CLASSES,
    )
    p = both.pow(1 / (1 - PROPAGATED))
    teacher, x = answering((p / p.sum(-1, keepdim=True)).log())
    teacher_targets = teacher.teacher_targets(x, EVEN.expand(3, -1), EVERY_CLASS, 1.0)
    assert teacher_targets.tolist() == [[0, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]]


def test_propagation_has_its_part_of_the_word():
    """A teacher in doubt between two classes is decided, one that is sure is not overruled."""
    p = torch.tensor([[0.48, 0.5, 0.01, 0.01], [0.001, 0.997, 0.001, 0.001]])
    propagated = torch.tensor([[0.97, 0.01, 0.01, 0.01]]).expand(2, -1)
    teacher, x = answering(p.log())
    teacher_targets = teacher.teacher_targets(x, propagated, EVERY_CLASS, 1.0)
    assert teacher_targets.tolist() == [[1, 0, 0, 0], [0, 1, 0, 0]]
    assert teacher.teacher_targets(x, EVEN.expand(2, -1), EVERY_CLASS, 1.0)[0].sum() == 0


def test_the_teacher_never_names_a_class_without_labels():
    """It is sure of class 3, which has no label; of the others only in the first case."""
    p = torch.tensor([[1e-5, 1e-5, 0.02, 0.97], [0.01, 0.01, 0.01, 0.97]])
    known = torch.tensor([True, True, True, False])
    teacher, x = answering(p.log())
    teacher_targets = teacher.teacher_targets(x, EVEN.expand(2, -1), known, 1.0)
    assert teacher_targets.tolist() == [[0, 0, 1, 0], [0, 0, 0, 0]]


def test_with_several_labels_each_example_has_one_teacher_or_the_other():
    n = 2000
    p = torch.tensor([[0.997, 0.001, 0.001, 0.001]])
    teacher, x = answering(p.log())
    torch.manual_seed(0)
    propagated = torch.full((n, N_CLASSES), 0.25)
    teacher_targets = teacher.teacher_targets(x.expand(n, -1), propagated, EVERY_CLASS, 0.3)
    of_the_teacher = (teacher_targets == torch.tensor([1.0, 0, 0, 0])).all(-1)
    assert ((teacher_targets == 0.25).all(-1) == ~of_the_teacher).all()
    assert of_the_teacher.float().mean().item() == pytest.approx(0.3, abs=5 * (0.21 / n) ** 0.5)


def test_the_teacher_is_the_average_and_sees_the_image_as_it_is(reader):
    teacher = Teacher(reader, Mirror())
    with torch.no_grad():
        teacher.average.layer.weight.mul_(100)
        reader.layer.weight.zero_()
    x = torch.randn(50, P)
    teacher_targets = teacher.teacher_targets(x, EVEN.expand(50, -1), EVERY_CLASS, 1.0)
    taught = teacher_targets.sum(-1) > 0
    assert taught.any()
    assert torch.equal(
        teacher_targets.argmax(-1)[taught], teacher.average.classify(x).argmax(-1)[taught]
    )


# What is lowered


def by_hand(model, x_labelled, y, x_unlabelled, soft_targets):
    """Example by example: the mean over the labels plus the mean over the others."""
    loss = 0.0
    for x, label in zip(x_labelled, y, strict=True):
        loss -= model.classify(x[None])[0, label].item() / len(y)
    for x, lesson in zip(x_unlabelled, soft_targets, strict=True):
        log_q = model.classify(x[None])[0]
        loss -= sum(p * q for p, q in zip(lesson.tolist(), log_q.tolist(), strict=True)) / len(
            soft_targets
        )
    return loss


@pytest.mark.parametrize(("n_labelled", "n_unlabelled"), [(3, 6), (3, 0), (0, 6), (1, 1)])
def test_the_loss_is_the_cross_entropy_to_the_labels_and_to_the_lessons(
    reader, n_labelled, n_unlabelled
):
    batch = batch_of(n_labelled, n_unlabelled)
    expected = by_hand(
        reader, batch.x_labelled, batch.y_labelled, batch.x_unlabelled, batch.soft_targets
    )
    loss = Teacher(reader, None).loss(reader, batch)
    assert loss.item() == pytest.approx(expected, abs=1e-5)


def test_the_model_must_say_the_same_of_warped_examples(reader):
    batch = batch_of()
    warped = (
        batch.x_labelled.flip(-1),
        batch.y_labelled,
        batch.x_unlabelled.flip(-1),
        batch.soft_targets,
    )
    loss = Teacher(reader, Mirror()).loss(reader, batch)
    assert loss.item() == pytest.approx(by_hand(reader, *warped), abs=1e-5)


def test_without_lessons_the_labels_teach_alone(reader):
    batch = batch_of(soft_targets=False)
    none = batch.x_unlabelled[:0], torch.zeros(0, N_CLASSES)
    loss = Teacher(reader, None).loss(reader, batch)
    expected = by_hand(reader, batch.x_labelled, batch.y_labelled, *none)
    assert loss.item() == pytest.approx(expected, abs=1e-5)


def test_lessons_are_taught_to_the_model_and_not_to_the_average(reader):
    teacher = Teacher(reader, None)
    teacher.loss(reader, batch_of()).backward()
    assert reader.layer.weight.grad is not None
    assert all(p.grad is None and not p.requires_grad for p in teacher.average.parameters())


# The average


def test_the_average_is_exponential_and_faster_in_the_first_steps(reader, monkeypatch):
    """Against its closed form: each step's weights, times what the later steps left of them."""
    monkeypatch.setattr(module, "DECAY", 0.5)
    n = 25  # from step 10 on, the decay is 0.5
    decays = np.array([min(0.5, step / (10 + step)) for step in range(1, n + 1)])
    assert decays[0] < decays[5] < decays[-1]
    left = np.append(np.cumprod(decays[::-1])[::-1], 1.0)  # of what was there before each step
    states = [{name: t.clone() for name, t in reader.state_dict().items()}]
    teacher = Teacher(reader, None)
    for step in range(1, n + 1):
        for tensor in reader.state_dict().values():
            if tensor.is_floating_point():
                tensor.normal_()
        states.append({name: t.clone() for name, t in reader.state_dict().items()})
        teacher.follow(reader, step)
    for name in ("layer.weight", "layer.bias", "seen.weight", "seen.running_mean"):
        expected = left[0] * states[0][name].double()
        for step in range(1, n + 1):
            expected += left[step] * (1 - decays[step - 1]) * states[step][name].double()
        found = teacher.average.state_dict()[name].double()
        torch.testing.assert_close(found, expected, atol=1e-6, rtol=0)


@pytest.fixture(params=KINDS)
def learner(request, digits, starter):
    pixels = torch.from_numpy(digits.images).flatten(1)
    model = small_model(request.param, starter, pixels)
    learner = Learner(model, MODELS[request.param], pixels, (8, 8, 1), seed=0)
    learner.take_labels(digits.answer_key.astype(np.int16), np.eye(K, dtype=np.float32)[[0] * 300])
    return learner


def test_a_step_moves_the_average_towards_the_model_and_in_no_other_way(learner):
    average = learner.teacher.average
    before = {name: p.clone() for name, p in average.named_parameters()}
    learner.step()
    assert not average.training
    after = dict(learner.model.named_parameters())
    for name, parameter in average.named_parameters():
        assert parameter.grad is None
        assert not parameter.requires_grad
        expected = before[name].lerp(after[name], 1 - 1 / 11)
        torch.testing.assert_close(parameter, expected, atol=1e-6, rtol=1e-5)


def test_the_average_speaks_for_the_model(learner):
    learner.step()
    with torch.no_grad():
        for phase in learner.model.phases():
            for parameter in phase.parameters:
                parameter.zero_()  # whatever the model would say now
        expected = learner.teacher.average.classify(as_inputs(learner.prepared))
    found = learner.classify(as_inputs(learner.prepared))
    torch.testing.assert_close(found, expected.exp(), atol=2e-2, rtol=0)


def test_the_average_grows_by_a_class_from_what_it_was_itself(reader):
    teacher, larger = Teacher(reader, None), Reader(N_CLASSES + 1)
    with torch.no_grad():
        teacher.average.layer.weight.mul_(3)
    before, x = teacher.average.classify(torch.eye(P)), torch.eye(P)
    teacher.grow(larger)
    after = teacher.average.classify(x)
    assert after.shape == (P, N_CLASSES + 1)
    torch.testing.assert_close(after[:, :N_CLASSES].log_softmax(-1), before, atol=1e-5, rtol=1e-5)
    assert all(not p.requires_grad for p in teacher.average.parameters())
    assert all(p.requires_grad for p in larger.parameters())
    teacher.follow(larger, 1)
