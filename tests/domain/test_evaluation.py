"""The evaluation of a pilot: worlds whose true effect is known, and every assignment gone through."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain import evaluation
from comptoir.domain.evaluation import (
    Arm,
    BadDesign,
    BadSequence,
    Harm,
    HarmLimits,
    Reading,
    TooManyPairs,
)

BASE, TRIAL = Arm.BASE, Arm.TRIAL


def assignments(pairs: int) -> list[list[Arm]]:
    orders = [(BASE, TRIAL), (TRIAL, BASE)]
    return [[arm for order in drawn for arm in order] for drawn in product(orders, repeat=pairs)]


def binomial_interval(n: int, p: float, miss: float) -> tuple[int, int]:
    """The counts left when a probability of at most `miss` is cut from each end."""
    pmf = [math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    below = next(k for k in range(n + 1) if math.fsum(pmf[: k + 1]) > miss)
    above = next(k for k in range(n, -1, -1) if math.fsum(pmf[k:]) > miss)
    return below, above


# --- Difference in differences ---


def test_difference_in_differences_praises_the_hard_reserve_that_serves_fewer() -> None:
    """First come against the hard reserve, sections 2.11 and 5: top, others, all, as shares."""
    top, others, everybody = (0.736, 0.812), (0.843, 0.732), (0.824, 0.746)

    praised = evaluation.naive_difference_in_differences(top, others)

    assert praised == pytest.approx(0.187)
    assert everybody[1] - everybody[0] == pytest.approx(-0.078)


@given(st.floats(0, 100), st.floats(0, 100), st.integers(1, 50), st.integers(1, 50))
def test_hours_moved_within_one_pool_are_counted_twice_between_equal_groups(
    first: float, second: float, moved: int, drift: int
) -> None:
    treated = (first, first + drift + moved)
    others = (second, second + drift - moved)

    found = evaluation.naive_difference_in_differences(treated, others)

    assert found == pytest.approx(2 * moved)


# --- The draw ---


@given(st.integers(1, 20), st.integers())
def test_every_pair_has_one_week_under_each_rule(pairs: int, seed: int) -> None:
    drawn = evaluation.draw_assignment(pairs, Random(seed))

    assert len(drawn) == 2 * pairs
    assert all({drawn[2 * p], drawn[2 * p + 1]} == {BASE, TRIAL} for p in range(pairs))


def test_the_same_seed_draws_the_same_assignment() -> None:
    assert evaluation.draw_assignment(30, Random(1)) == evaluation.draw_assignment(30, Random(1))
    assert evaluation.draw_assignment(30, Random(1)) != evaluation.draw_assignment(30, Random(2))


def test_all_assignments_are_equally_likely() -> None:
    random, draws = Random(20221031), 800
    drawn = [evaluation.draw_assignment(3, random) for _ in range(draws)]

    low, high = binomial_interval(draws, 1 / 8, 1e-4)
    assert all(low <= drawn.count(tuple(one)) <= high for one in assignments(3))


def test_a_pilot_of_no_weeks_is_refused() -> None:
    with pytest.raises(BadDesign):
        evaluation.draw_assignment(0, Random(3))


# --- The switchback estimate ---

OUTCOMES = st.lists(st.integers(-50, 50), min_size=8, max_size=8)


def observed(plain: Sequence[float], assignment: Sequence[Arm], effect: float) -> list[float]:
    """A world in which each week under the trial rule has `effect` more."""
    return [y + effect * (arm == TRIAL) for y, arm in zip(plain, assignment, strict=True)]


@given(OUTCOMES, st.integers(-9, 9))
def test_over_all_assignments_the_estimate_is_right_on_average(
    plain: list[int], effect: int
) -> None:
    """Whatever the weeks would have been, trends and shocks included."""
    estimates = [
        evaluation.switchback(observed(plain, arms, effect), arms).effect for arms in assignments(4)
    ]

    assert statistics.fmean(estimates) == pytest.approx(effect, abs=1e-9)


def test_what_moves_both_weeks_of_a_pair_is_taken_out() -> None:
    plain = [70.0, 70.0, 95.0, 95.0, 20.0, 20.0]
    arms = [BASE, TRIAL, TRIAL, BASE, BASE, TRIAL]

    assert evaluation.switchback(observed(plain, arms, 2.5), arms).effect == pytest.approx(2.5)


@pytest.mark.parametrize("left", [1.0, -4.0])
def test_what_a_week_leaves_on_the_next_biases_the_estimate_by_half(left: float) -> None:
    """y_t = 3 x_t + g x_(t-1): by the average over all assignments the estimate is 3 - g / 2."""
    estimates = []
    for arms in assignments(4):
        x = [float(arm == TRIAL) for arm in arms]
        outcomes = [3 * now + left * before for now, before in zip(x, [0.0, *x], strict=False)]
        estimates.append(evaluation.switchback(outcomes, arms).effect)

    assert statistics.fmean(estimates) == pytest.approx(3 - left / 2)


def test_volume_that_moves_the_outcome_is_taken_out() -> None:
    """y = 10 + 4 x - 0.5 volume, without noise: the line through the pairs is exact."""
    volumes = [10.0, 30.0, 22.0, 18.0, 40.0, 15.0, 11.0, 12.0]
    arms = [BASE, TRIAL, TRIAL, BASE, BASE, TRIAL, TRIAL, BASE]
    outcomes = observed([10 - 0.5 * volume for volume in volumes], arms, 4)

    adjusted = evaluation.switchback(outcomes, arms, volumes)

    assert adjusted.effect == pytest.approx(4)
    assert evaluation.switchback(outcomes, arms).effect != pytest.approx(4, abs=0.1)


@given(OUTCOMES)
def test_equal_volumes_adjust_nothing(outcomes: list[int]) -> None:
    arms = assignments(4)[6]

    assert evaluation.switchback(outcomes, arms, [7.0] * 8) == evaluation.switchback(outcomes, arms)


# --- The randomisation test ---


def test_six_pairs_have_sixty_four_assignments_and_a_least_p_of_one_in_thirty_two() -> None:
    arms = [BASE, TRIAL] * 6

    found = evaluation.switchback(observed([5.0] * 12, arms, 1), arms)

    assert found.assignments == 64
    assert found.p_value == 2 / 64 == pytest.approx(0.031, abs=5e-4)


@pytest.mark.parametrize("volumes", [None, [3, 9, 4, 4, 8, 1, 5, 6]])
@given(OUTCOMES)
def test_without_an_effect_no_level_is_passed_more_often_than_it_says(
    volumes: list[int] | None, outcomes: list[int]
) -> None:
    """Exactly, over all sixteen assignments, for any weeks whatever."""
    p_values = [evaluation.switchback(outcomes, a, volumes).p_value for a in assignments(4)]

    for level in set(p_values):
        assert sum(p <= level for p in p_values) <= level * len(p_values)


@given(OUTCOMES)
def test_the_p_value_is_the_share_of_sign_changes_that_reach_as_far(outcomes: list[int]) -> None:
    """In whole numbers, without a tolerance."""
    gains = [outcomes[i + 1] - outcomes[i] for i in range(0, 8, 2)]
    sums = [
        abs(sum(s * g for s, g in zip(signs, gains, strict=True)))
        for signs in product((1, -1), repeat=4)
    ]

    found = evaluation.switchback([y / 10 for y in outcomes], [BASE, TRIAL] * 4)

    assert found.p_value == sum(far >= sums[0] for far in sums) / 16


@given(OUTCOMES)
def test_exchanging_the_rules_turns_the_effect_round_and_keeps_its_p(outcomes: list[int]) -> None:
    one = evaluation.switchback(outcomes, [BASE, TRIAL] * 4)
    other = evaluation.switchback(outcomes, [TRIAL, BASE] * 4)

    assert other.effect == -one.effect
    assert other.p_value == one.p_value


def test_weeks_that_are_all_equal_are_no_evidence() -> None:
    found = evaluation.switchback([4.0] * 6, [BASE, TRIAL] * 3)

    assert (found.effect, found.p_value) == (0, 1)


@pytest.mark.parametrize(
    ("outcomes", "arms"),
    [
        ([], []),
        ([1.0], [BASE]),
        ([1.0, 2.0, 3.0], [BASE, TRIAL, BASE]),
        ([1.0, 2.0, 3.0, 4.0], [BASE, TRIAL]),
        ([1.0, 2.0], [TRIAL, TRIAL]),
        ([1.0, 2.0, 3.0, 4.0], [BASE, TRIAL, BASE, BASE]),
    ],
)
def test_weeks_that_are_no_pairs_are_refused(outcomes: list[float], arms: list[Arm]) -> None:
    with pytest.raises(BadDesign):
        evaluation.switchback(outcomes, arms)


def test_volumes_of_other_weeks_are_refused() -> None:
    with pytest.raises(BadDesign):
        evaluation.switchback([1.0, 2.0], [BASE, TRIAL], [5.0])


def test_more_pairs_than_can_be_gone_through_are_refused() -> None:
    with pytest.raises(TooManyPairs):
        evaluation.switchback([1.0] * 34, [BASE, TRIAL] * 17)


# --- The confidence sequence ---

LEVELS = st.floats(0.001, 0.5)


@given(st.integers(1, 60), st.floats(0.05, 5), LEVELS)
def test_at_its_ends_the_mixture_of_likelihood_ratios_is_one_over_alpha(
    t: int, scale: float, alpha: float
) -> None:
    """The mean of exp(b S - t b^2 / 2) over b normal with deviation r, by summing it up.

    Ville's inequality (1939) is about this mixture: hence the interval is right at every look.
    """
    interval = evaluation.confidence_sequence([0.0] * t, 1.0, scale, alpha)[-1]
    total = t * interval.high
    sharp = t + 1 / scale**2
    steps = [total / sharp + i / 20 / math.sqrt(sharp) for i in range(-200, 201)]
    density = [
        math.exp(b * total - t * b * b / 2 - b * b / (2 * scale**2) + math.log(alpha))
        for b in steps
    ]
    mixture = math.fsum(density) / 20 / math.sqrt(sharp) / (scale * math.sqrt(2 * math.pi))

    assert mixture == pytest.approx(1, rel=1e-9)


def test_looking_every_week_gives_no_more_false_alarms_than_alpha() -> None:
    """While an ordinary 95 % interval, looked at as often, gives far more."""
    random, runs, alpha = Random(20221125), 400, 0.05
    scale = evaluation.mixture_scale(16, alpha)
    alarms = ordinary = 0
    for _ in range(runs):
        values = [random.gauss(0, 2) for _ in range(30)]
        sequence = evaluation.confidence_sequence(values, 2, scale, alpha)
        alarms += any(not i.low <= 0 <= i.high for i in sequence)
        ordinary += any(abs(math.fsum(values[:t])) > 1.96 * 2 * math.sqrt(t) for t in range(1, 31))

    _, high = binomial_interval(runs, alpha, 1e-3)
    assert alarms <= high < ordinary


@given(st.lists(st.integers(-90, 90), min_size=1, max_size=20), st.floats(0.1, 9), LEVELS)
def test_each_interval_is_centred_on_the_mean_so_far_and_proportional_to_the_deviation(
    values: list[int], sd: float, alpha: float
) -> None:
    one = evaluation.confidence_sequence(values, sd, 0.5, alpha)
    double = evaluation.confidence_sequence(values, 2 * sd, 0.5, alpha)

    assert len(one) == len(values)
    for t, (narrow, wide) in enumerate(zip(one, double, strict=True), 1):
        assert (narrow.low + narrow.high) / 2 == pytest.approx(statistics.fmean(values[:t]))
        assert wide.high - wide.low == pytest.approx(2 * (narrow.high - narrow.low))


@given(st.floats(0.05, 5), st.floats(0.1, 0.9))
def test_a_smaller_error_level_widens_every_interval(scale: float, part: float) -> None:
    wide = evaluation.confidence_sequence([0.0] * 10, 1, scale, 0.1 * part)
    narrow = evaluation.confidence_sequence([0.0] * 10, 1, scale, 0.1)

    assert all(w.high > n.high for w, n in zip(wide, narrow, strict=True))


@given(st.integers(1, 100), LEVELS, st.floats(0.3, 3).filter(lambda f: abs(f - 1) > 0.05))
def test_no_other_scale_is_narrower_at_the_planned_look(
    planned: int, alpha: float, factor: float
) -> None:
    scale = evaluation.mixture_scale(planned, alpha)
    values = [0.0] * planned

    best = evaluation.confidence_sequence(values, 1, scale, alpha)[-1]
    other = evaluation.confidence_sequence(values, 1, scale * factor, alpha)[-1]

    assert other.high > best.high


@given(st.integers(1, 1_000), st.floats(1e-300, 1 - 1e-9))
def test_the_scale_is_found_at_any_error_level(planned: int, alpha: float) -> None:
    u = planned * evaluation.mixture_scale(planned, alpha) ** 2

    assert u == pytest.approx(math.log1p(u) - 2 * math.log(alpha), rel=1e-9)


@pytest.mark.parametrize(
    ("sd", "scale", "alpha"), [(0, 1, 0.05), (1, 0, 0.05), (1, 1, 0), (1, 1, 1), (math.nan, 1, 0.1)]
)
def test_a_sequence_without_a_scale_is_refused(sd: float, scale: float, alpha: float) -> None:
    with pytest.raises(BadSequence):
        evaluation.confidence_sequence([1.0], sd, scale, alpha)


@pytest.mark.parametrize(("planned", "alpha"), [(0, 0.05), (8, 0), (8, 1)])
def test_no_scale_is_best_for_no_look(planned: int, alpha: float) -> None:
    with pytest.raises(BadSequence):
        evaluation.mixture_scale(planned, alpha)


# --- Stopping for harm ---

LIMITS = HarmLimits()


def reading(access: int = 98, fill: int = 84, before: int = 84, idle: int = 1) -> Reading:
    """In hundredths."""
    return Reading(access / 100, fill / 100, before / 100, idle / 100)


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        (reading(), ()),
        (reading(access=95), ()),
        (reading(access=94), (Harm.DAY_ACCESS,)),
        (reading(fill=80), (Harm.OTHERS_FILL,)),
        (reading(fill=99), ()),
        (reading(idle=3), ()),
        (reading(idle=4), (Harm.AVOIDABLE_IDLE,)),
        (reading(94, 80, 84, 4), (Harm.DAY_ACCESS, Harm.OTHERS_FILL, Harm.AVOIDABLE_IDLE)),
    ],
)
def test_a_pilot_stops_for_each_harm_and_for_nothing_else(
    seen: Reading, found: tuple[Harm, ...]
) -> None:
    assert evaluation.harms(seen, LIMITS) == found


@pytest.mark.parametrize("before", range(3, 101))
def test_a_fall_of_exactly_three_points_is_no_harm_at_any_height(before: int) -> None:
    """In binary 0.80 - 0.77 is more than 0.03 and 0.84 - 0.81 is less."""
    assert evaluation.harms(reading(fill=before - 3, before=before), LIMITS) == ()


def test_a_hard_reserve_would_have_been_stopped() -> None:
    """Section 2.11: day access .844, others' fill from .843 to .732."""
    reserve = Reading(0.844, 0.732, 0.843, 0.0)

    assert evaluation.harms(reserve, LIMITS) == (Harm.DAY_ACCESS, Harm.OTHERS_FILL)


def test_the_limits_are_the_pilots_own() -> None:
    strict = HarmLimits(day_access=0.99, others_fill_drop=0.0, avoidable_idle=0.005)

    assert evaluation.harms(reading(fill=83), strict) == tuple(Harm)
