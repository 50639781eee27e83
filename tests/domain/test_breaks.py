"""Breaks in the ranked volumes: Fisher's law, a break that is put there, and one that is not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain import breaks
from comptoir.domain.breaks import BadVolumes, NoResamples, NoSpread, TooFewOffices

SHARES = st.floats(0, 1)
SPACINGS = st.integers(2, 40)


def regular(offices: int, gap: float = 0.5) -> list[float]:
    """Volumes in rank order whose scaled log-spacings are all `gap`."""
    logs = [0.0]
    for k in range(offices - 1, 0, -1):
        logs.append(logs[-1] + gap / k)
    return [100 * math.exp(log) for log in reversed(logs)]


def one_week(volumes: Sequence[float]) -> dict[int, list[float]]:
    return {office: [volume] for office, volume in enumerate(volumes, 1)}


def binomial_interval(n: int, p: float, miss: float) -> tuple[int, int]:
    """The counts left when a probability of at most `miss` is cut from each end."""
    pmf = [math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    below = next(k for k in range(n + 1) if math.fsum(pmf[: k + 1]) > miss)
    above = next(k for k in range(n, -1, -1) if math.fsum(pmf[k:]) > miss)
    return below, above


# --- Fisher's law ---


def test_the_five_per_cent_point_of_ten_spacings_is_fishers() -> None:
    assert breaks.fisher_tail(0.445, 10) == pytest.approx(0.04996, abs=5e-6)


@given(st.floats(0.5, 1))
def test_of_two_spacings_the_larger_is_uniform_above_a_half(share: float) -> None:
    assert breaks.fisher_tail(share, 2) == pytest.approx(2 * (1 - share), abs=1e-15)


@given(st.floats(1 / 3, 1))
def test_of_three_spacings_the_law_is_an_area_of_the_triangle(share: float) -> None:
    """Three corners are cut off; below a half what is left is a triangle of side 3x - 1."""
    area = 3 * (1 - share) ** 2 if share >= 0.5 else 1 - (3 * share - 1) ** 2

    assert breaks.fisher_tail(share, 3) == pytest.approx(area, abs=1e-14)


@pytest.mark.parametrize("spacings", [2, 5, 10, 25, 38, 40])
def test_the_mean_of_the_largest_spacing_is_a_harmonic_sum(spacings: int) -> None:
    """(1 + 1/2 + ... + 1/m) / m, by Renyi's representation; here as the integral of the tail."""
    steps = 4_000
    heights = [breaks.fisher_tail(i / steps, spacings) for i in range(steps + 1)]
    weights = [1, *([4, 2] * (steps // 2 - 1)), 4, 1]
    mean = math.fsum(w * h for w, h in zip(weights, heights, strict=True)) / (3 * steps)

    assert mean == pytest.approx(sum(1 / j for j in range(1, spacings + 1)) / spacings, abs=1e-6)


@given(SPACINGS, st.floats(0, 1))
def test_the_largest_of_m_spacings_is_at_least_one_in_m(spacings: int, part: float) -> None:
    """Here all terms cancel to exactly one: floats would be off by some 1e-12."""
    assert breaks.fisher_tail(part * (1 - 1e-12) / spacings, spacings) == 1.0


@given(SPACINGS, SHARES, SHARES)
def test_a_larger_share_is_no_less_surprising(spacings: int, one: float, other: float) -> None:
    smaller, larger = sorted((one, other))

    assert 0 <= breaks.fisher_tail(larger, spacings) <= breaks.fisher_tail(smaller, spacings) <= 1


def test_the_whole_cannot_be_exceeded() -> None:
    assert breaks.fisher_tail(1.0, 40) == 0.0


def test_far_in_the_tail_one_term_is_left_to_full_precision() -> None:
    expected = 40 * 0.125**39

    assert breaks.fisher_tail(0.875, 40) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("spacings", [0, 1])
def test_one_spacing_has_no_law(spacings: int) -> None:
    with pytest.raises(TooFewOffices):
        breaks.fisher_tail(0.5, spacings)


# --- Finding a break ---


@pytest.mark.parametrize("rank", [3, 12, 40])
def test_a_group_set_apart_is_found_where_it_was_set_apart(rank: int) -> None:
    """The factor adds k ln(factor) to one of 38 spacings that are otherwise equal."""
    volumes = regular(60)
    lifted = [1.6 * v if k <= rank else v for k, v in enumerate(volumes, 1)]

    found = breaks.find_break(one_week(lifted))

    added = rank * math.log(1.6)
    assert (found.rank, found.spacings) == (rank, 38)
    assert found.above == frozenset(range(1, rank + 1))
    assert found.share == pytest.approx((0.5 + added) / (38 * 0.5 + added))
    assert found.p_value == pytest.approx(breaks.fisher_tail(found.share, 38))


@pytest.mark.parametrize(("offices", "spacings"), [(5, 2), (20, 17), (41, 38), (443, 38)])
def test_all_ranks_from_three_are_looked_at_as_far_as_there_are_offices(
    offices: int, spacings: int
) -> None:
    assert breaks.find_break(one_week(regular(offices))).spacings == spacings


def test_equal_spacings_are_no_evidence_of_a_break() -> None:
    assert breaks.find_break(one_week(regular(60))).p_value == pytest.approx(1)


def test_one_giant_is_not_a_group() -> None:
    giant = [1e9, *regular(60)]

    assert breaks.find_break(one_week(giant)).p_value > 0.9


def test_offices_without_a_volume_are_left_out() -> None:
    some = one_week(regular(30))
    none = {office: [0.0] for office in range(100, 120)}

    assert breaks.find_break(some | none) == breaks.find_break(some)


def test_weeks_are_added_up() -> None:
    volumes = regular(30)
    spread = {office: [v / 4, 0.0, v * 3 / 4] for office, v in enumerate(volumes, 1)}

    together, apart = breaks.find_break(one_week(volumes)), breaks.find_break(spread)

    assert apart.share == pytest.approx(together.share)


VOLUMES = st.lists(st.integers(1, 1_000), min_size=6, max_size=50).filter(
    lambda volumes: len(set(sorted(volumes, reverse=True)[2:41])) > 1
)


@given(VOLUMES, st.sampled_from([0.25, 4.0, 1024.0]))
def test_the_unit_of_the_volumes_is_irrelevant(volumes: list[int], unit: float) -> None:
    found = breaks.find_break(one_week(volumes))
    scaled = breaks.find_break(one_week([unit * v for v in volumes]))

    assert scaled.share == pytest.approx(found.share)
    assert scaled.p_value == pytest.approx(found.p_value, abs=1e-9)


@given(VOLUMES, st.randoms(use_true_random=False))
def test_the_order_in_which_offices_are_listed_is_irrelevant(
    volumes: list[int], random: Random
) -> None:
    weekly = one_week(volumes)
    offices = list(weekly)
    random.shuffle(offices)

    assert breaks.find_break({o: weekly[o] for o in offices}) == breaks.find_break(weekly)


@given(VOLUMES)
def test_exactly_the_offices_above_the_break_stand_above_it(volumes: list[int]) -> None:
    weekly = one_week(volumes)
    found = breaks.find_break(weekly)

    above = [v[0] for office, v in weekly.items() if office in found.above]
    below = [v[0] for office, v in weekly.items() if office not in found.above]
    assert len(above) == found.rank
    assert min(above) > max(below)


@pytest.mark.parametrize("level", [0.05, 0.5])
def test_a_smooth_tail_gives_false_alarms_as_often_as_the_level_says(level: float) -> None:
    """Pareto volumes of any exponent: each run is an alarm with exactly this probability."""
    random, runs = Random(20221031), 300
    alarms = 0
    for run in range(runs):
        exponent = 0.8 + run % 3
        volumes = [random.paretovariate(exponent) for _ in range(80)]
        alarms += breaks.find_break(one_week(volumes)).p_value <= level

    low, high = binomial_interval(runs, level, 1e-3)
    assert low <= alarms <= high


# --- Membership ---


def noisy(volumes: Sequence[float], weeks: int, random: Random) -> dict[int, list[float]]:
    return {
        office: [volume * random.uniform(0.7, 1.3) for _ in range(weeks)]
        for office, volume in enumerate(volumes, 1)
    }


def test_a_wide_break_puts_the_same_offices_above_in_every_resample() -> None:
    volumes = [4 * v if k <= 8 else v for k, v in enumerate(regular(40), 1)]

    shares = breaks.membership(noisy(volumes, 12, Random(1)), 50, Random(2))

    assert {office for office, share in shares.items() if share == 1} == set(range(1, 9))
    assert {share for office, share in shares.items() if office > 8} == {0}


def test_an_office_that_owes_its_rank_to_one_week_is_above_as_often_as_the_week_is_drawn() -> None:
    """One week of ten is left out of a resample with probability 0.9^10."""
    weekly = {office: [1000.0] * 10 for office in (1, 2, 3)}
    weekly |= {office: [10.0 / office] * 10 for office in range(5, 12)}
    weekly[4] = [10_000.0] + [0.0] * 9
    resamples = 400

    shares = breaks.membership(weekly, resamples, Random(3))

    low, high = binomial_interval(resamples, 1 - 0.9**10, 1e-4)
    assert low <= round(shares[4] * resamples) <= high
    assert shares[1] == 1


def test_with_one_week_membership_is_the_break_itself() -> None:
    weekly = one_week([3 * v if k <= 6 else v for k, v in enumerate(regular(20), 1)])

    shares = breaks.membership(weekly, 5, Random(4))

    assert {office for office, share in shares.items() if share} == breaks.find_break(weekly).above


def test_the_same_draw_gives_the_same_membership() -> None:
    weekly = noisy(regular(20), 6, Random(5))

    same = [breaks.membership(weekly, 20, Random(6)) for _ in range(2)]
    other = breaks.membership(weekly, 20, Random(7))

    assert same[0] == same[1] != other


def test_where_no_resample_has_a_break_nobody_stands_above() -> None:
    equal = {office: [5.0, 5.0] for office in range(10)}
    few = {office: [float(office), 1.0] for office in range(1, 4)}

    assert set(breaks.membership(equal, 3, Random(8)).values()) == {0}
    assert set(breaks.membership(few, 3, Random(8)).values()) == {0}


# --- What cannot be answered ---


def test_under_five_offices_with_a_volume_there_is_no_break_to_find() -> None:
    with pytest.raises(TooFewOffices):
        breaks.find_break(one_week([9, 7, 5, 3, 0, 0]))


def test_equal_volumes_have_no_break() -> None:
    with pytest.raises(NoSpread):
        breaks.find_break(one_week([50, 40, *[7] * 10]))


@pytest.mark.parametrize(
    "weekly",
    [
        {},
        {1: [], 2: []},
        {1: [1.0, 2.0], 2: [1.0]},
        {1: [1.0], 2: [-1.0]},
        {1: [1.0], 2: [math.nan]},
        {1: [1.0], 2: [math.inf]},
    ],
)
def test_volumes_that_cannot_be_compared_are_refused(weekly: dict[int, list[float]]) -> None:
    with pytest.raises(BadVolumes):
        breaks.find_break(weekly)
    with pytest.raises(BadVolumes):
        breaks.membership(weekly, 1, Random(9))


def test_a_share_of_no_resamples_is_refused() -> None:
    with pytest.raises(NoResamples):
        breaks.membership(one_week(regular(10)), 0, Random(10))
