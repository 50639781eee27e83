"""How time is offered to who waits: for how long, to whom together, and what each has used of late."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain import waiting
from comptoir.domain.grid import QUANTUM
from comptoir.domain.periods import Period
from comptoir.domain.service_day import Day
from comptoir.domain.waiting import Entry, NoNotice, Offer
from tests.domain.served import matches
from tests.domain.test_waiting import (
    NINE,
    ON,
    POLICY,
    SMALL,
    YESTERDAY,
    a_day,
    binomial_tolerance,
    days,
    entry,
    entry_lists,
    numbers,
)

# --- Offers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notice_minutes", "held_minutes"), [(600, 15.0), (60, 15.0), (40, 10.0), (30, 7.5)]
)
def test_an_offer_is_held_for_a_quarter_of_the_notice_and_at_most_a_quarter_of_an_hour(
    notice_minutes: int, held_minutes: float
) -> None:
    now = NINE - timedelta(minutes=notice_minutes)

    expected = Offer(now + timedelta(minutes=held_minutes), together=False)
    assert waiting.offer(NINE, now, POLICY) == expected


@pytest.mark.parametrize(("notice", "held"), [(1799, 60), (181, 60), (180, 60), (121, 1)])
def test_under_half_an_hour_all_have_a_minute_to_answer_and_two_are_left_to_settle_it(
    notice: int, held: int
) -> None:
    now = NINE - timedelta(seconds=notice)

    expected = Offer(now + timedelta(seconds=held), together=True)
    assert waiting.offer(NINE, now, POLICY) == expected


@pytest.mark.parametrize("notice", [120, 1, 0, -1])
def test_time_that_could_not_be_settled_any_more_is_not_offered(notice: int) -> None:
    with pytest.raises(NoNotice):
        waiting.offer(NINE, NINE - timedelta(seconds=notice), POLICY)


@given(st.integers(121, 7200), st.integers(0, 120), st.integers(1, 60), st.integers(10, 600))
def test_whatever_the_numbers_an_offer_ends_after_now_and_in_time_to_be_settled(
    notice: int, together: int, longest: int, answer: int
) -> None:
    policy = replace(
        POLICY, together_minutes=together, longest_minutes=longest, answer_seconds=answer
    )
    now = NINE - timedelta(seconds=notice)

    assert now < waiting.offer(NINE, now, policy).until <= NINE - timedelta(seconds=120)


@given(st.integers(30 * 60, 30 * 86_400), st.integers(0, 5))
def test_offers_that_nobody_answers_leave_three_quarters_of_the_notice_each(
    seconds: int, unanswered: int
) -> None:
    start = NINE
    now = start - timedelta(seconds=seconds)
    for _ in range(unanswered):
        if start - now >= timedelta(minutes=30):
            now = waiting.offer(start, now, POLICY).until

    assert start - now >= seconds * 0.75**unanswered * timedelta(seconds=1) - timedelta(seconds=1)


def test_of_those_who_accepted_each_is_drawn_as_often_however_they_are_listed() -> None:
    trials = 3000
    picked = Counter(waiting.drawn([4, 11, 7], seed) for seed in range(trials))

    assert set(picked) == {4, 7, 11}
    for number in picked:
        assert abs(picked[number] - trials / 3) < binomial_tolerance(trials, 1 / 3)
    for seed in range(20):
        orders = {waiting.drawn(list(order), seed) for order in permutations([4, 11, 7])}
        assert len(orders) == 1


def test_of_nobody_nobody_is_drawn() -> None:
    assert waiting.drawn([], 1) is None


# --- Handing out -------------------------------------------------------------------------------

LAST_MINUTES = NINE - timedelta(minutes=20)


def handed(day: Day, entries: list[Entry], now: datetime) -> list[tuple[bool, list[int]]]:
    """For each time handed out: whether it is offered together, and the entries that have it."""
    found = waiting.hand_out(day, entries, now, 0, POLICY)
    return [(one.offer.together, numbers(list(one.matches))) for one in found]


def test_with_notice_each_time_is_offered_to_one_alone() -> None:
    entries = [entry(1), entry(2, 8), entry(3, 9)]

    found = handed(a_day(0b11011), entries, YESTERDAY)

    assert [together for together, _ in found] == [False, False]
    assert len({number for _, offered in found for number in offered}) == 2


def test_shortly_before_its_start_time_is_offered_to_all_whom_it_fits() -> None:
    """The third wants more than there is; the fourth asks for what begins later."""
    later = Period(NINE + 3 * QUANTUM, NINE + SMALL * QUANTUM)
    entries = [entry(1), entry(2, 8, least=1), entry(3, 9, least=3, most=3), entry(4, window=later)]

    ((together, offered),) = handed(a_day(0b11), entries, LAST_MINUTES)

    assert together
    assert sorted(offered) == [1, 2]


def test_nobody_is_offered_two_times_at_once() -> None:
    found = handed(a_day(0b11011), [entry(1), entry(2, 8)], LAST_MINUTES)

    offered = [number for _, numbers_offered in found for number in numbers_offered]
    assert sorted(offered) == [1, 2]


def test_who_takes_it_without_being_asked_has_it_alone() -> None:
    automatic = entry(2, 8, auto_accept=True, first=True)

    assert handed(a_day(0b11), [entry(1), automatic], LAST_MINUTES) == [(False, [2])]


def test_what_was_declined_is_not_offered_again() -> None:
    day = a_day(0b11011)

    found = waiting.match(day, [entry(1, declined=0b11)], YESTERDAY, 0)

    assert found is not None
    assert found.start == 3
    assert waiting.match(day, [entry(1, declined=0b11011)], YESTERDAY, 0) is None
    # Nor anything that overlaps it.
    assert waiting.match(a_day(0b111), [entry(1, declined=0b11)], YESTERDAY, 0) is None


@given(days(), entry_lists(), st.integers(31, 600), st.integers(0, 9))
def test_what_is_handed_out_with_notice_is_what_would_be_taken_one_after_the_other(
    day: Day, entries: list[Entry], minutes: int, seed: int
) -> None:
    """Nobody is left out because they were thought to have no chance any more."""
    now = NINE - timedelta(minutes=minutes)
    taken, _ = matches(day, entries, now, seed)

    found = waiting.hand_out(day, entries, now, seed, POLICY)

    assert [one.matches for one in found] == [(match,) for match in taken]


# --- The ledger --------------------------------------------------------------------------------

CHARGES = st.dictionaries(
    st.integers(-60, 5).map(lambda days: ON + timedelta(days=days)), st.integers(0, 40), max_size=8
)


def test_what_was_used_counts_half_after_a_fortnight_and_a_quarter_after_four_weeks() -> None:
    used = {ON - timedelta(days=days): 8 for days in (1, 15, 29)}

    assert waiting.ledger(used, ON, POLICY) == 8 + 4 + 2


def test_what_is_used_today_and_later_does_not_count_yet() -> None:
    assert waiting.ledger({ON: 3, ON + timedelta(days=2): 5}, ON, POLICY) == 0


@given(CHARGES)
def test_the_ledger_decays_every_night_and_then_adds_the_day(charges: dict[date, int]) -> None:
    """The design's nightly step, Led * 2**(-1/14) + the day's charges, done in floats."""
    led = 0.0
    for past in range(-60, 0):
        led = led * 2 ** (-1 / 14) + charges.get(ON + timedelta(days=past), 0)

    assert float(waiting.ledger(charges, ON, POLICY)) == pytest.approx(led, rel=1e-8)


@given(CHARGES, st.integers(0, 3))
def test_a_fortnight_without_use_halves_the_ledger_exactly(
    charges: dict[date, int], fortnights: int
) -> None:
    past = {day: quanta for day, quanta in charges.items() if day < ON}
    later = ON + timedelta(days=14 * fortnights)

    halved = waiting.ledger(past, ON, POLICY) / 2**fortnights
    assert waiting.ledger(past, later, POLICY) == halved
