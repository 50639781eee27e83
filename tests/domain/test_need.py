"""Need behind censored weeks: published values, closed forms, and the likelihood written out."""

from __future__ import annotations

import math
import statistics
from decimal import Decimal, localcontext
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from comptoir.domain import need
from comptoir.domain.need import AllCensored, BadWeek, NoSpread, NotConverged, Week


def weeks_of(text: str) -> list[Week]:
    """Weeks as the capacity model writes them: "15+" is a week cut short at 15."""
    return [Week(float(word.rstrip("+")), word.endswith("+")) for word in text.split()]


NORMAL = weeks_of("9 12 15+ 15+ 11 15+ 8 15+ 13 15+")
POISSON = weeks_of("4 6 8+ 8+ 5 8+ 3 8+ 7 8+")


def censored_at(cap: int) -> st.SearchStrategy[list[Week]]:
    """Weeks of whole volumes under a cap, at least two of them different and free."""
    free = st.lists(st.integers(0, cap - 1), min_size=2, max_size=8)
    return st.tuples(free, st.integers(0, 6)).map(
        lambda both: [Week(v) for v in both[0]] + [Week(cap, censored=True)] * both[1]
    )


def differ(weeks: list[Week]) -> bool:
    return len({week.volume for week in weeks if not week.censored}) > 1


# --- Normal ---


def normal_log_likelihood(weeks: list[Week], mean: float, sd: float) -> float:
    """Density of a free week, upper tail of a censored one, by the standard library."""
    law = statistics.NormalDist(mean, sd)
    return math.fsum(
        math.log(1 - law.cdf(week.volume)) if week.censored else math.log(law.pdf(week.volume))
        for week in weeks
    )


def test_the_worked_example_of_a_normal_need_is_reproduced() -> None:
    found = need.censored_normal(NORMAL)

    assert found.mean == pytest.approx(14.5358, abs=5e-5)
    assert found.sd == pytest.approx(4.5560, abs=5e-5)


def test_both_ways_round_censoring_put_the_need_too_low() -> None:
    """Section 7: at face value 12.8, leaving the censored weeks out 10.6."""
    at_face_value = statistics.fmean(week.volume for week in NORMAL)
    left_out = statistics.fmean(week.volume for week in NORMAL if not week.censored)

    assert (at_face_value, left_out) == pytest.approx((12.8, 10.6))
    assert need.censored_normal(NORMAL).mean > at_face_value > left_out


@given(censored_at(12).filter(differ))
def test_no_other_normal_need_is_likelier(weeks: list[Week]) -> None:
    found = need.censored_normal(weeks)
    best = normal_log_likelihood(weeks, found.mean, found.sd)

    for step in (0.1, 0.01):
        for mean, sd in ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1)):
            moved = (found.mean + step * mean * found.sd, found.sd * (1 + step * sd))
            assert normal_log_likelihood(weeks, *moved) < best + 1e-9


@given(st.lists(st.integers(-50, 50), min_size=2).filter(lambda volumes: len(set(volumes)) > 1))
def test_without_censoring_the_normal_need_is_the_plain_mean_and_deviation(
    volumes: list[int],
) -> None:
    found = need.censored_normal([Week(v) for v in volumes])

    assert found.mean == pytest.approx(statistics.fmean(volumes), abs=1e-9)
    assert found.sd == pytest.approx(statistics.pstdev(volumes))


@given(censored_at(12).filter(differ), st.integers(-1000, 1000), st.sampled_from([0.25, 3, 60]))
def test_origin_and_unit_of_a_normal_need_are_irrelevant(
    weeks: list[Week], origin: int, unit: float
) -> None:
    found = need.censored_normal(weeks)
    moved = need.censored_normal([Week(origin + unit * w.volume, w.censored) for w in weeks])

    assert moved.mean == pytest.approx(origin + unit * found.mean, abs=1e-6 * unit * found.sd)
    assert moved.sd == pytest.approx(unit * found.sd, rel=1e-6)


def test_a_large_common_level_does_not_drown_the_estimate() -> None:
    level = 1e8
    moved = need.censored_normal([Week(level + w.volume, w.censored) for w in NORMAL])

    assert moved.mean - level == pytest.approx(14.5358, abs=1e-4)


@given(censored_at(12).filter(differ))
def test_a_normal_need_is_never_under_the_weeks_at_face_value(weeks: list[Week]) -> None:
    assert need.censored_normal(weeks).mean >= statistics.fmean(w.volume for w in weeks) - 1e-9


def test_a_limit_far_under_every_other_week_hardly_matters() -> None:
    free = weeks_of("20 22 24 26")

    found = need.censored_normal([*free, Week(-1000, censored=True)])

    assert found.mean == pytest.approx(23)


def test_one_free_week_and_a_higher_limit_have_a_likeliest_need() -> None:
    """v = 0 free, c = 1 cut short. Both slopes vanish: m = s h(z), and s^2 = m^2 + s^2 z h(z)."""
    found = need.censored_normal(weeks_of("0 1+"))
    z = (1 - found.mean) / found.sd
    law = statistics.NormalDist()
    hazard = law.pdf(z) / (1 - law.cdf(z))

    assert found.mean == pytest.approx(found.sd * hazard)
    assert found.sd**2 == pytest.approx(found.mean**2 + found.sd**2 * z * hazard)


def test_a_known_need_is_found_again_behind_a_cap_that_binds_half_the_weeks() -> None:
    """Each estimate has an error of about sd / sqrt(weeks) times 1.2; five of these are allowed."""
    random, true = Random(20221125), statistics.NormalDist(40, 8)
    drawn = [random.gauss(true.mean, true.stdev) for _ in range(400)]

    found = need.censored_normal([Week(min(v, 40), v >= 40) for v in drawn])

    assert found.mean == pytest.approx(40, abs=5 * 1.2 * 8 / math.sqrt(400))
    assert found.sd == pytest.approx(8, abs=5 * 1.2 * 8 / math.sqrt(400))


def hazard_in_decimals(z: Decimal) -> Decimal:
    """1/2 less the series of the central part, to sixty digits."""
    with localcontext() as context:
        context.prec = 60
        pi = Decimal("3.14159265358979323846264338327950288419716939937510582097494")
        density = (-z * z / 2).exp() / (2 * pi).sqrt()
        term, total, k = z, z, 1
        while abs(term) > Decimal(10) ** -58:
            k += 2
            term *= z * z / k
            total += term
        return density / (Decimal("0.5") - density * total)


@pytest.mark.parametrize("z", ["-6", "-1", "0", "2.5", "4.9375", "5", "5.5", "8"])
def test_the_normal_hazard_has_thirteen_digits(z: str) -> None:
    expected = float(hazard_in_decimals(Decimal(z)))

    assert need.normal_hazard(float(z)) == pytest.approx(expected, rel=1e-13)


@given(st.floats(5, 1e8))
def test_far_in_the_tail_the_normal_hazard_keeps_between_its_bounds(z: float) -> None:
    """Gordon 1941: z < h(z) < z + 1/z. The tail itself is nought in floats from 39."""
    assert z <= need.normal_hazard(z) <= z + 1 / z


# --- Poisson ---


def test_the_worked_example_of_a_poisson_need_is_reproduced() -> None:
    assert need.censored_poisson(POISSON) == pytest.approx(7.3791, abs=5e-5)
    assert statistics.fmean(week.volume for week in POISSON) == pytest.approx(6.5)


@given(st.integers(1, 500), st.integers(1, 500))
def test_weeks_that_say_only_some_or_none_have_a_closed_form(none: int, some: int) -> None:
    """exp(-n r) (1 - exp(-r))^k is largest where exp(-r) = n / (n + k)."""
    weeks = [Week(0)] * none + [Week(1, censored=True)] * some

    expected = math.log((none + some) / none)
    assert need.censored_poisson(weeks) == pytest.approx(expected, rel=1e-12)


@given(st.lists(st.integers(0, 500), min_size=1))
def test_without_censoring_the_rate_is_the_plain_mean(counts: list[int]) -> None:
    rate = need.censored_poisson([Week(c) for c in counts])

    assert rate == pytest.approx(statistics.fmean(counts), rel=1e-14)


def poisson_log_likelihood(weeks: list[Week], rate: float) -> float:
    def mass(count: int) -> float:
        return math.exp(count * math.log(rate) - rate - math.lgamma(count + 1))

    return math.fsum(
        math.log(1 - math.fsum(mass(i) for i in range(int(week.volume))))
        if week.censored
        else math.log(mass(int(week.volume)))
        for week in weeks
    )


@given(censored_at(9))
def test_no_other_rate_is_likelier(weeks: list[Week]) -> None:
    rate = need.censored_poisson(weeks)
    assume(rate > 0)
    best = poisson_log_likelihood(weeks, rate)

    for factor in (0.8, 0.99, 1.01, 1.25):
        assert poisson_log_likelihood(weeks, factor * rate) < best


@given(censored_at(9))
def test_a_rate_is_never_under_the_weeks_at_face_value(weeks: list[Week]) -> None:
    assert need.censored_poisson(weeks) >= statistics.fmean(w.volume for w in weeks) - 1e-12


@given(censored_at(9), st.integers(0, 30), st.integers(0, 30))
def test_a_week_cut_short_higher_up_lowers_no_rate(weeks: list[Week], one: int, other: int) -> None:
    lower, higher = sorted((one, other))
    rates = [need.censored_poisson([*weeks, Week(c, censored=True)]) for c in (lower, higher)]

    assert rates[0] <= rates[1] * (1 + 1e-12)


def test_a_week_cut_short_at_nothing_says_nothing() -> None:
    assert need.censored_poisson([*POISSON, Week(0, censored=True)]) == pytest.approx(
        need.censored_poisson(POISSON)
    )


def test_where_nothing_was_ever_asked_for_the_rate_is_nought() -> None:
    assert need.censored_poisson(weeks_of("0 0 0")) == 0
    assert need.censored_poisson(weeks_of("0 0+")) == 0


def test_large_counts_neither_overflow_nor_lose_the_rate() -> None:
    """One week in three is cut short near the middle of the law: the rate is near the counts."""
    rate = need.censored_poisson(weeks_of("100000 100000 100000+"))

    assert 100_000 < rate < 100_000 + math.sqrt(100_000)


# --- What cannot be answered ---


@pytest.mark.parametrize("weeks", [[], weeks_of("15+ 15+"), weeks_of("0+")])
def test_when_every_week_was_cut_short_no_need_is_the_likeliest(weeks: list[Week]) -> None:
    with pytest.raises(AllCensored):
        need.censored_normal(weeks)
    with pytest.raises(AllCensored):
        need.censored_poisson(weeks)


@pytest.mark.parametrize("text", ["7", "7 7 7", "7 7 6+", "7 7+", "7 5+ 6+"])
def test_weeks_that_do_not_differ_have_no_deviation(text: str) -> None:
    with pytest.raises(NoSpread):
        need.censored_normal(weeks_of(text))


def test_two_free_weeks_in_five_hundred_are_too_few() -> None:
    with pytest.raises(NotConverged):
        need.censored_normal([*weeks_of("8 9"), *[Week(15, censored=True)] * 500])


@pytest.mark.parametrize("volume", [math.nan, math.inf])
def test_a_volume_that_is_no_number_is_refused(volume: float) -> None:
    with pytest.raises(BadWeek):
        need.censored_normal([Week(1), Week(2), Week(volume)])


@pytest.mark.parametrize("week", [Week(1.5), Week(-1), Week(2.5, censored=True)])
def test_what_is_not_a_count_has_no_poisson_rate(week: Week) -> None:
    with pytest.raises(BadWeek):
        need.censored_poisson([Week(1), week])
