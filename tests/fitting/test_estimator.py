"""SSVAEClassifier keeps scikit-learn's conventions, and its own promises on top of them."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from ssvae_core import SSVAEClassifier, load_dataset
from ssvae_core.errors import UserError
from tests.support.small_classifier import classifier

EXPECTED_FAILURES = {
    "check_classifiers_classes": (
        "one of its parts has -1 as a class, which is 'no label' here; scikit-learn exempts its "
        "own semi-supervised classifiers from that by name, and under such a name it passes (below)"
    ),
}
SMALL = {"hidden_dim": 16}


@parametrize_with_checks(
    [classifier("m2", config=SMALL)],
    expected_failed_checks=lambda _: EXPECTED_FAILURES,
)
def test_scikit_learns_own_check_passes(estimator, check):
    check(estimator)


def test_the_check_of_classes_passes_under_a_name_that_scikit_learn_knows_as_semi_supervised():
    estimator_checks.check_classifiers_classes(
        "LabelPropagation", classifier("m2", max_iter=5, config=SMALL)
    )


@pytest.mark.parametrize(
    "name",
    ["check_methods_subset_invariance", "check_fit2d_1feature", "check_transformer_n_iter"],
)
def test_the_default_model_on_an_m1_passes_too(name):
    getattr(estimator_checks, name)("SSVAEClassifier", classifier(max_iter=10))


def test_the_package_offers_it_without_importing_torch_until_it_is_asked_for():
    code = (
        "import sys, ssvae_core\n"
        "ssvae_core.load_dataset\n"
        "ssvae_core.SSVAEClassifier()\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"
    assert load_dataset.__module__ == "ssvae_core.data"


def test_five_labels_of_each_digit_say_most_of_the_others(fitted, images, digits):
    assert fitted.score(images, digits.answer_key) > 0.85


def test_images_go_to_the_guided_model_and_vectors_to_one_on_an_m1(fitted, on_vectors):
    assert (fitted.model_, fitted.image_shape_, fitted.n_features_in_) == ("guided", (8, 8, 1), 64)
    assert (on_vectors.model_, on_vectors.image_shape_) == ("m1m2", None)
    assert on_vectors.n_features_in_ == 4


def test_what_it_says_has_the_shapes_it_promises(fitted, images):
    some, n_styles = images[:7], fitted.fit_.learner.model.style_dim
    assert fitted.predict(some).shape == (7,)
    assert fitted.predict_proba(some).shape == (7, 10)
    assert fitted.transform(some).shape == (7, n_styles + 10)
    assert fitted.get_feature_names_out().shape == (n_styles + 10,)
    assert fitted.reconstruct(some).shape == some.shape
    assert fitted.sample(3, 2).shape == (2, 8, 8, 1)


def test_a_low_temperature_draws_more_alike_and_none_below_0(fitted):
    def spread(temperature, mean=False):
        drawn = fitted.sample(3, 40, random_state=0, mean=mean, temperature=temperature)
        return drawn.std(0).mean()

    assert spread(0.0) < spread(1.0) < spread(3.0)
    assert spread(0.0, mean=True) < 1e-6 < spread(1.0, mean=True)
    for wrong in (-0.5, float("nan")):
        with pytest.raises(UserError, match="temperature is 0 or more, got"):
            fitted.sample(3, temperature=wrong)


def test_the_last_columns_of_its_code_are_the_probabilities(fitted, images):
    code = fitted.transform(images[:9])
    assert_allclose(code[:, -10:], fitted.predict_proba(images[:9]), rtol=1e-5, atol=1e-7)
    assert fitted.get_feature_names_out()[-1] == "class_9"


def test_what_it_draws_again_is_nearer_to_the_image_than_the_mean_image_is(images, few):
    learned = classifier(max_iter=100).fit(images, few)
    x = images / 255
    drawn = learned.reconstruct(images)
    assert ((drawn - x) ** 2).mean() < ((x.mean(0) - x) ** 2).mean()


def test_vectors_are_measured_in_any_units_and_given_back_in_them(flowers, on_vectors):
    X, _, few = flowers
    scale, centre = np.array([1e3, 0.01, 1.0, 50.0]), 100.0
    other = classifier(max_iter=30).fit(X * scale + centre, few)
    assert_allclose(other.predict_proba(X * scale + centre), on_vectors.predict_proba(X), atol=0.01)
    spread = np.abs(other.sample(1, 50) - centre) / scale
    assert (spread < 3 * X.max(0)).all()
    assert_allclose(
        (other.reconstruct(X * scale + centre) - centre) / scale,
        on_vectors.reconstruct(X),
        atol=1e-2,
    )


def test_the_same_seed_and_number_of_steps_give_the_same_result(images, few, fitted):
    again = SSVAEClassifier(max_iter=40, budget=1e6, device="cpu", random_state=0)
    again.fit(images, few)
    assert_array_equal(again.predict_proba(images), fitted.predict_proba(images))
    assert_array_equal(again.sample(4, 3), fitted.sample(4, 3))


def test_another_seed_gives_another_result(images, few, fitted):
    other = classifier(max_iter=40).set_params(random_state=1).fit(images, few)
    assert np.abs(other.sample(4, 3) - fitted.sample(4, 3)).max() > 0.01


def test_the_draws_of_others_are_not_disturbed(images, few):
    import torch

    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    classifier(max_iter=2).fit(images, few).sample(1, 2)
    assert_array_equal(torch.rand(3), expected)


def test_a_budget_that_is_spent_ends_it_before_max_iter(images, few, digits):
    hasty = classifier(max_iter=1000).set_params(budget=1e-9).fit(images, few)
    assert hasty.n_iter_ == 0
    assert hasty.fit_.predicted_by == "propagation"
    assert hasty.score(images, digits.answer_key) > 0.8


def test_an_m1_that_finds_nothing_is_done_without():
    X = np.ones((20, 3))
    y = np.r_[np.zeros(8), np.ones(4), np.full(8, -1)].astype(int)
    learned = classifier(max_iter=10, config={"alpha": 1.0}).fit(X, y)
    assert learned.model_ == "m2"
    assert learned.fit_.config.alpha == 1.0
    assert_array_equal(learned.classes_, [0, 1])
    assert_allclose(learned.predict_proba(X).sum(1), 1)


def test_other_images_than_it_learned_from_are_refused(fitted, on_vectors, images):
    with pytest.raises(ValueError, match=r"images of 7 x 8; .* learned from images of 8 x 8"):
        fitted.predict(images[:3, 1:])
    with pytest.raises(ValueError, match=r"X holds vectors; .* images of 8 x 8"):
        fitted.predict(images[:3].reshape(3, -1) / 255)
    with pytest.raises(ValueError, match=r"X holds images of 8 x 8; .* vectors"):
        on_vectors.predict(images[:3])


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"model": "m9"}, "Unknown model 'm9'. Choose one of: "),
        ({"config": {"depth": 3}}, "guided has no knob 'depth'. It has: latent_dim, "),
        ({"config": {"latent_dim": 0}}, "latent_dim must lie between 1 and 256, got 0"),
        ({"max_iter": None}, "needs an end"),
    ],
)
def test_settings_that_cannot_be_are_said_to_be_so(images, few, settings, says):
    with pytest.raises(ValueError, match=says):
        classifier().set_params(**settings).fit(images, few)


def test_more_labels_for_the_same_examples_go_on_from_the_weights_there_are(images, few, digits):
    learner = classifier(max_iter=20).partial_fit(images, few)
    model, y = learner.fit_.learner.model, digits.answer_key.copy()
    y[200:] = -1
    learner.partial_fit(images, y)
    assert learner.n_iter_ == 40
    assert learner.fit_.learner.model is model
    assert_array_equal(learner.fit_.labels, y)


def test_a_label_that_is_taken_back_is_forgotten(images, few):
    learner = classifier(max_iter=1).partial_fit(images, few)
    first = np.flatnonzero(few >= 0)[0]
    learner.partial_fit(images[first : first + 1], [-1])
    assert len(learner.fit_.labels) == len(few)
    assert learner.fit_.labels[first] == -1
    assert (learner.fit_.labels >= 0).sum() == (few >= 0).sum() - 1


def test_new_examples_are_added_to_those_there_are(images, few, digits):
    learner = classifier(max_iter=20).partial_fit(images[:150], few[:150])
    learner.partial_fit(images[140:], few[140:])
    assert_array_equal(learner.fit_.labels, few)
    assert learner.fit_.graphs[0].neighbours.shape[0] == len(few)
    assert learner.score(images, digits.answer_key) > 0.8


def test_new_classes_make_the_model_grow_and_stay_in_order(images, digits):
    y = digits.answer_key
    learner = classifier(max_iter=20).partial_fit(images, np.where(y >= 5, y, -1))
    assert_array_equal(learner.classes_, range(5, 10))
    learner.partial_fit(images, y)
    assert_array_equal(learner.classes_, range(10))
    assert learner.score(images, y) > 0.9
    assert_array_equal(
        learner.classes_[learner.predict_proba(images).argmax(1)], learner.predict(images)
    )


def test_a_model_on_an_m1_goes_on_with_new_examples_and_classes(flowers):
    X, y, _ = flowers
    learner = classifier(max_iter=20).partial_fit(X[:100], y[:100])
    learner.partial_fit(X[100:], y[100:])
    assert_array_equal(learner.classes_, [0, 1, 2])
    assert learner.score(X, y) > 0.85


def test_classes_without_a_label_yet_can_be_named(images, few):
    learner = classifier(max_iter=1).partial_fit(images, np.full(len(few), -1), classes=range(10))
    assert_allclose(learner.predict_proba(images[:4]), 0.1)
    assert learner.partial_fit(images, few, classes=[10]).classes_[-1] == 10


def test_a_search_in_a_pipeline_scores_the_labelled_examples_only(flowers):
    X, _, few = flowers
    pipeline = make_pipeline(MinMaxScaler(), classifier("m2", max_iter=10, config=SMALL))
    grid = {"ssvaeclassifier__config": [SMALL, {"hidden_dim": 32}]}
    search = GridSearchCV(pipeline, grid, cv=2)
    search.fit(X, few)
    assert search.best_score_ > 0.6
    assert search.predict(X).shape == (len(X),)


def test_a_score_leaves_out_what_has_no_label(fitted, images, few):
    given = few >= 0
    expected = (fitted.predict(images[given]) == few[given]).mean()
    assert fitted.score(images, few) == pytest.approx(expected)
    with pytest.raises(ValueError, match="no label to score by"):
        fitted.score(images, np.full(len(few), -1))


def test_a_class_it_does_not_know_cannot_be_drawn(fitted):
    with pytest.raises(ValueError, match=r"There is no class 12. Choose one of: 0, 1, 2"):
        fitted.sample(12)
