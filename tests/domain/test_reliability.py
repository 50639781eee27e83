"""The pattern rule: the published probabilities, exact binomial sums, and flags day by day."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain import business_days, reliability
from comptoir.domain.reliability import BadRule, BadTally, Flag, OutOfRange, PatternRule, Tally

RULE = PatternRule()
MONDAY = date(2026, 11, 2)
HOLIDAY = date(2026, 11, 11)
CLEAN = Tally(10, 0)
BAD_DAY = Tally(20, 6)


def day(count: int, closed: frozenset[date] = frozenset()) -> date:
    """The business day `count` after the first Monday."""
    return business_days.add(MONDAY, count, closed)


def certainty_by_binomials(late: int, kept: int, share: Fraction) -> Fraction:
    """P(Beta(a, b) > x) is the chance of at most a - 1 successes among a + b - 1 of chance x."""
    n, (top, bottom) = late + kept - 1, share.as_integer_ratio()
    ways = sum(math.comb(n, k) * top**k * (bottom - top) ** (n - k) for k in range(late))
    return Fraction(ways, bottom**n)


# --- The probability of too large a share ---


@pytest.mark.parametrize(
    ("late", "appointments", "probability"),
    [(1, 2, 0.21), (3, 10, 0.45), (8, 40, 0.74), (30, 200, 0.94)],
)
def test_the_published_probabilities_are_reproduced(
    late: int, appointments: int, probability: float
) -> None:
    assert RULE.probability(Tally(appointments, late)) == pytest.approx(probability, abs=0.005)


def test_of_the_published_tallies_only_the_last_is_a_pattern() -> None:
    tallies = [Tally(2, 1), Tally(10, 3), Tally(40, 8), Tally(200, 30)]

    assert [RULE.is_pattern(tally) for tally in tallies] == [False, False, False, True]


@given(st.integers(0, 60), st.integers(0, 300))
def test_the_probability_is_the_exact_binomial_sum(late: int, attended: int) -> None:
    exact = certainty_by_binomials(2 + late, 38 + attended, Fraction(1, 10))

    found = RULE.probability(Tally(late + attended, late))

    assert found == pytest.approx(float(exact), abs=1e-12)


@given(st.integers(0, 15), st.integers(0, 300))
def test_one_more_loss_makes_too_large_a_share_likelier_and_one_more_kept_less(
    late: int, attended: int
) -> None:
    before = RULE.probability(Tally(late + attended, late))

    assert RULE.probability(Tally(late + attended + 1, late + 1)) > before
    assert RULE.probability(Tally(late + attended + 1, late)) < before


def test_without_appointments_the_probability_is_the_prior_one() -> None:
    prior = certainty_by_binomials(2, 38, Fraction(1, 10))

    assert RULE.probability(Tally(0, 0)) == pytest.approx(float(prior))


@pytest.mark.parametrize(("late", "flagged"), [(5, False), (6, True)])
def test_an_office_that_loses_everything_is_a_pattern_from_the_sixth_loss(
    late: int, flagged: bool
) -> None:
    """With the prior Beta(2, 38): 0.85 after five of five, 0.92 after six of six."""
    exact = certainty_by_binomials(2 + late, 38, Fraction(1, 10))

    assert (exact >= Fraction(9, 10)) is flagged
    assert RULE.is_pattern(Tally(late, late)) is flagged


def test_fewer_losses_than_the_least_are_no_pattern_however_certain() -> None:
    certain = PatternRule(prior_late=20, prior_kept=20)

    assert certain.probability(Tally(4, 4)) > 0.99
    assert not certain.is_pattern(Tally(4, 4))
    assert certain.is_pattern(Tally(5, 5))


# --- The beta distribution ---

PARAMETERS = st.floats(0.1, 200)
SHARES = st.floats(0, 1)


@given(PARAMETERS, SHARES)
def test_a_beta_with_a_parameter_of_one_is_a_power(a: float, x: float) -> None:
    assert reliability.regularised_beta(a, 1, x) == pytest.approx(x**a, abs=1e-12)
    assert reliability.regularised_beta(1, a, x) == pytest.approx(1 - (1 - x) ** a, abs=1e-12)


@given(SHARES)
def test_the_arcsine_law_is_a_beta_of_halves(x: float) -> None:
    # By both legs: near 1 the arcsine alone loses half its digits.
    expected = 2 / math.pi * math.atan2(math.sqrt(x), math.sqrt(1 - x))

    assert reliability.regularised_beta(0.5, 0.5, x) == pytest.approx(expected, abs=1e-12)


@given(PARAMETERS, PARAMETERS, SHARES)
def test_the_share_lost_and_the_share_kept_are_two_sides_of_one_law(
    a: float, b: float, x: float
) -> None:
    # Exchanging the parameters is exact only when 1 - x is: hence a share of few binary places.
    x = round(x * 1024) / 1024

    lost, kept = reliability.regularised_beta(a, b, x), reliability.regularised_beta(b, a, 1 - x)

    assert lost + kept == pytest.approx(1, abs=1e-12)


@given(st.floats(1.1, 200), st.floats(1.1, 200), st.floats(0.01, 0.99))
def test_neighbouring_betas_obey_their_recurrence(a: float, b: float, x: float) -> None:
    """I_x(a, b) = x I_x(a-1, b) + (1-x) I_x(a, b-1) (DLMF 8.17.18)."""
    i = reliability.regularised_beta

    assert i(a, b, x) == pytest.approx(x * i(a - 1, b, x) + (1 - x) * i(a, b - 1, x), abs=1e-11)


def test_ten_thousand_appointments_keep_eleven_digits() -> None:
    exact = certainty_by_binomials(510, 9_490, Fraction(1, 20))

    found = reliability.regularised_beta(9_490, 510, 0.95)

    assert found == pytest.approx(float(exact), abs=1e-11)


@pytest.mark.parametrize(
    ("a", "b", "x"), [(0, 1, 0.5), (1, -1, 0.5), (1, 1, -0.1), (1, 1, 1.1), (math.nan, 1, 0.5)]
)
def test_what_is_not_a_beta_distribution_is_refused(a: float, b: float, x: float) -> None:
    with pytest.raises(OutOfRange):
        reliability.regularised_beta(a, b, x)


# --- The flag, day by day ---


def test_one_day_of_six_losses_of_twenty_is_not_yet_a_pattern_and_two_are() -> None:
    once, twice = (certainty_by_binomials(2 + 6 * n, 38 + 14 * n, Fraction(1, 10)) for n in (1, 2))
    assert once < Fraction(9, 10) <= twice
    history = {day(0): BAD_DAY, day(1): BAD_DAY}

    assert reliability.flag_on(history, day(0), RULE) is None
    assert reliability.flag_on(history, day(1), RULE) == Flag(day(1))


FLAGGED = {day(0): Tally(6, 6)}


@pytest.mark.parametrize("clean", range(1, 10))
def test_up_to_nine_clean_days_the_flag_holds_and_counts_them(clean: int) -> None:
    assert reliability.flag_on(FLAGGED, day(clean), RULE) == Flag(day(0), clean)


def test_after_ten_clean_days_the_flag_has_ended_by_itself() -> None:
    """Although the window of twenty days still holds all six losses."""
    assert reliability.flag_on(FLAGGED, day(10), RULE) is None
    assert reliability.flag_on(FLAGGED, day(11), RULE) is None


def test_attended_appointments_do_not_shorten_the_clean_days() -> None:
    busy = FLAGGED | {day(n): CLEAN for n in range(1, 11)}

    assert reliability.flag_on(busy, day(9), RULE) == Flag(day(0), 9)
    assert reliability.flag_on(busy, day(10), RULE) is None


def test_weekends_and_closed_days_are_not_clean_days() -> None:
    """Ten business days after Monday 2 November: Monday the 16th, a day later with the 11th off."""
    assert reliability.flag_on(FLAGGED, date(2026, 11, 8), RULE) == Flag(MONDAY, 4)
    assert reliability.flag_on(FLAGGED, date(2026, 11, 16), RULE) is None

    closed = frozenset({HOLIDAY})
    assert reliability.flag_on(FLAGGED, date(2026, 11, 16), RULE, closed) == Flag(MONDAY, 9)
    assert reliability.flag_on(FLAGGED, date(2026, 11, 17), RULE, closed) is None


def test_a_loss_under_a_flag_starts_the_clean_days_anew() -> None:
    again = FLAGGED | {day(9): Tally(30, 1)}

    assert reliability.flag_on(again, day(9), RULE) == Flag(day(0), 0)
    assert reliability.flag_on(again, day(18), RULE) == Flag(day(0), 9)
    assert reliability.flag_on(again, day(19), RULE) is None


def test_after_a_flag_a_new_loss_is_judged_with_what_the_window_still_holds() -> None:
    soon = FLAGGED | {day(19): Tally(1, 1)}
    later = FLAGGED | {day(20): Tally(1, 1)}

    assert reliability.flag_on(soon, day(19), RULE) == Flag(day(19))
    assert reliability.flag_on(later, day(20), RULE) is None


def test_the_window_is_of_business_days() -> None:
    """Day 0 and day 19 of one window; a closed day between them moves day 20 inside it."""
    closed = frozenset({HOLIDAY})
    last = day(20)
    history = {day(0): Tally(5, 5), last: Tally(1, 1)}

    assert reliability.flag_on(history, last, RULE) is None
    assert reliability.flag_on(history, last, RULE, closed) == Flag(last)


def test_kept_appointments_of_the_window_speak_for_the_office() -> None:
    kept = {day(n): Tally(20, 0) for n in range(1, 6)}

    assert reliability.flag_on(kept | {day(6): Tally(6, 6)}, day(6), RULE) is None
    assert reliability.flag_on({day(6): Tally(6, 6)}, day(6), RULE) == Flag(day(6))


def test_a_loss_dated_on_a_closed_day_counts() -> None:
    """As when a day was closed after the fact."""
    saturday = date(2026, 11, 7)

    assert reliability.flag_on({saturday: Tally(6, 6)}, saturday, RULE) == Flag(saturday)


def test_an_office_without_history_has_no_flag() -> None:
    assert reliability.flag_on({}, MONDAY, RULE) is None
    assert reliability.flag_on(FLAGGED, MONDAY - timedelta(days=1), RULE) is None


TALLIES = st.integers(0, 8).flatmap(lambda n: st.integers(0, n).map(lambda late: Tally(n, late)))
HISTORIES = st.dictionaries(st.integers(0, 45).map(day), TALLIES, max_size=30)
EAGER = PatternRule(certainty=0.6, least_late=3, window_days=8, clean_days=4)
DAYS = st.integers(0, 60).map(day)


def losses(history: Mapping[date, Tally], last: date, days: int) -> int:
    """The losses of the `days` business days that end with the business day `last`."""
    window = business_days.between(MONDAY, last, frozenset())[::-1][:days]
    return sum(history[on].late for on in window if on in history)


@given(HISTORIES, DAYS)
def test_whoever_is_flagged_lost_something_within_the_clean_days(
    history: dict[date, Tally], on: date
) -> None:
    flag = reliability.flag_on(history, on, EAGER)

    if losses(history, on, EAGER.clean_days) == 0:
        assert flag is None
    if flag is not None:
        assert losses(history, on, flag.clean) == 0 < losses(history, on, flag.clean + 1)


@given(HISTORIES, DAYS)
def test_a_flag_was_set_on_a_day_whose_window_is_a_pattern(
    history: dict[date, Tally], on: date
) -> None:
    flag = reliability.flag_on(history, on, EAGER)

    if flag is not None:
        window = business_days.between(MONDAY, flag.since, frozenset())[-EAGER.window_days :]
        inside = [history.get(d, Tally(0, 0)) for d in window]
        late, all_of_them = sum(t.late for t in inside), sum(t.appointments for t in inside)
        exact = certainty_by_binomials(2 + late, 38 + all_of_them - late, Fraction(1, 10))
        assert history[flag.since].late > 0
        assert late >= EAGER.least_late
        assert exact >= Fraction(6, 10) - Fraction(1, 10**9)


@given(HISTORIES, DAYS)
def test_a_loss_whose_window_is_a_pattern_leaves_a_flag(
    history: dict[date, Tally], on: date
) -> None:
    window = business_days.between(MONDAY, on, frozenset())[-EAGER.window_days :]
    inside = [history.get(d, Tally(0, 0)) for d in window]
    tally = Tally(sum(t.appointments for t in inside), sum(t.late for t in inside))

    if history.get(on, Tally(0, 0)).late and EAGER.is_pattern(tally):
        assert reliability.flag_on(history, on, EAGER) is not None


@given(HISTORIES, DAYS)
def test_what_happens_later_changes_no_flag(history: dict[date, Tally], on: date) -> None:
    so_far = {d: tally for d, tally in history.items() if d <= on}

    assert reliability.flag_on(so_far, on, EAGER) == reliability.flag_on(history, on, EAGER)


@given(HISTORIES, DAYS, st.integers(0, 80))
def test_a_history_that_starts_with_empty_days_is_the_same_history(
    history: dict[date, Tally], on: date, days_before: int
) -> None:
    longer = {MONDAY - timedelta(days=days_before + 1): Tally(0, 0)} | history

    assert reliability.flag_on(longer, on, EAGER) == reliability.flag_on(history, on, EAGER)


# --- What contradicts itself ---


@pytest.mark.parametrize(("appointments", "late"), [(1, 2), (-1, -1), (3, -1)])
def test_a_tally_loses_no_more_than_it_has(appointments: int, late: int) -> None:
    with pytest.raises(BadTally):
        Tally(appointments, late)


@pytest.mark.parametrize(
    "changed",
    [
        {"prior_late": 0.0},
        {"prior_kept": -1.0},
        {"share": 0.0},
        {"share": 1.0},
        {"certainty": 1.0},
        {"certainty": 0.0},
        {"least_late": 0},
        {"window_days": 0},
        {"clean_days": 0},
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(BadRule):
        PatternRule(**changed)
