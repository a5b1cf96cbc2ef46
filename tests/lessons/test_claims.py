"""What the lessons claim, of what three seeds came to as `make lessons` keeps it.

That the code still gives what is kept, test_kept.py sees.
"""

from __future__ import annotations

import pytest

from ssvae_core.lessons import LESSONS
from ssvae_core.lessons.kept import SEEDS, read_kept

every_seed = pytest.mark.parametrize("seed", range(len(SEEDS)), ids=[f"seed {s}" for s in SEEDS])


def measured(lesson, value, free=None, seed=0):
    """What came out there."""
    return read_kept(LESSONS[lesson]).at(LESSONS[lesson], value, free)[seed]


@every_seed
def test_collapse_dear_information_silences_latents_and_the_bound_is_best_at_its_own_price(seed):
    at = {beta: measured("collapse", beta, seed=seed) for beta in (0.1, 1, 4, 16)}
    assert at[16]["used"] <= 3
    assert at[1]["used"] >= 7
    assert at[16]["kl"] <= at[0.1]["kl"] / 10
    assert at[1]["bound"] > max(at[beta]["bound"] for beta in (0.1, 4, 16))


@every_seed
def test_beside_labels_that_spread_are_far_better_than_labels_alone(seed):
    nearest, network, _, learned = (measured("beside", how, seed=seed)["wrong"] for how in range(4))
    assert learned <= nearest - 40
    assert learned <= network - 35


@every_seed
def test_next_typical_images_leave_less_than_half_the_error_of_random_ones(seed):
    at_random, typical = (measured("next", how, seed=seed)["wrong"] for how in (0, 2))
    assert typical < at_random / 2


@every_seed
def test_poison_wrong_labels_come_first_and_less_so_if_all_are_wrong_alike(seed):
    assert measured("poison", 2, seed=seed)["found"] >= 80
    by_any, alike = (measured("poison", 4, how, seed=seed)["found"] for how in (0, 1))
    assert alike < by_any


@every_seed
def test_density_a_known_density_and_not_the_vae_makes_new_images_pass_for_real(seed):
    alone, fitted, variational = (measured("density", how, seed=seed)["real"] for how in range(3))
    assert variational >= alone + 0.08
    assert fitted >= variational - 0.03


@every_seed
def test_bound_both_ways_to_the_kl_agree_and_more_draws_come_closer(seed):
    at = measured("bound", 64, seed=seed)
    assert abs(at["closed"] - at["sampled"]) < 0.2
    assert at["gain"] > 0.5


@every_seed
def test_stack_m1_spares_m2_more_than_half_of_its_errors(seed):
    alone, stacked = (measured("stack", model, seed=seed)["wrong"] for model in (0, 1))
    assert stacked < alone / 2


@every_seed
def test_ladder_the_digit_goes_with_the_level_that_is_drawn_anew(seed):
    nothing, bottom, top = (measured("ladder", level, seed=seed)["kept"] for level in (0, 1, 3))
    assert nothing >= 90
    assert bottom >= top + 20
    assert top < 50


@every_seed
def test_style_what_y_says_is_left_out_of_z_and_slant_is_left_in(seed):
    vae, cvae = (measured("style", model, seed=seed) for model in (0, 1))
    assert vae["right"] >= 70
    assert cvae["right"] <= 45
    assert cvae["slant"] >= 0.8


@every_seed
def test_adversary_codes_spread_as_the_prior_and_twice_as_wide_without(seed):
    off, at_work = (measured("adversary", rate, seed=seed)["spread"] for rate in (0, 1))
    assert 0.8 <= at_work <= 1.2
    assert off >= 2 * at_work
