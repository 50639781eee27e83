"""What time given up late costs: nothing twice, nothing with notice, nothing that was used again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import permutations
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain import charges
from comptoir.domain.charges import Booked, Charge, OutsideTheDay
from comptoir.domain.grid import Grid
from comptoir.domain.service_day import Use
from tests.domain.rules import RULE

ON = date(2026, 11, 24)  # a Tuesday
NINE = datetime.combine(ON, time(9), ZoneInfo("America/Montreal"))
QUANTA = 16
GRID = Grid(NINE, QUANTA)
FREE_NOTICE = timedelta(minutes=RULE.late_notice_minutes)
TEN = NINE + timedelta(hours=1)
AN_HOUR = Booked(ON, GRID, office=7, professional=1, start=4, quanta=4)


def late(*, before: timedelta = timedelta(minutes=30)) -> Charge:
    """The hour from ten, given up half an hour before unless said otherwise."""
    return charges.given_up(AN_HOUR, RULE, TEN - before)


# --- One appointment ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notice", "charged"),
    [
        (timedelta(days=3), 0),
        (FREE_NOTICE, 0),  # exactly the free notice is on time
        (FREE_NOTICE - timedelta(seconds=1), 4),
        (timedelta(0), 4),
        (timedelta(minutes=-20), 4),
    ],
)
def test_time_given_up_with_notice_costs_nothing_and_all_of_it_with_less(
    notice: timedelta, charged: int
) -> None:
    assert charges.given_up(AN_HOUR, RULE, TEN - notice).quanta == charged


def test_what_was_given_up_late_is_pending_until_it_begins() -> None:
    assert late() == Charge(AN_HOUR, pending=0b1111_0000)


def test_who_does_not_come_has_lost_what_has_begun_and_the_rest_may_be_refilled() -> None:
    missed = charges.given_up(AN_HOUR, RULE, TEN + timedelta(minutes=20))

    assert missed == Charge(AN_HOUR, pending=0b1100_0000, lost=0b0011_0000)


def test_each_quarter_hour_taken_again_is_refunded_and_what_begins_empty_is_lost() -> None:
    charge = charges.refilled(late(), 1, 0b0110_0000)
    after = charges.settled(charge, charges.begun(GRID, TEN + timedelta(hours=1)))

    assert charge.quanta == 2
    assert after == Charge(AN_HOUR, refunded=0b0110_0000, lost=0b1001_0000)


def test_a_quarter_hour_that_begins_now_can_still_be_refilled() -> None:
    at_the_start = charges.settled(late(), charges.begun(GRID, TEN))
    after = charges.settled(late(), charges.begun(GRID, TEN + timedelta(microseconds=1)))

    assert charges.refilled(at_the_start, 1, 0b1_0000).quanta == 3
    assert charges.refilled(after, 1, 0b1_0000).quanta == 4


def test_time_of_another_professional_refunds_nothing() -> None:
    assert charges.refilled(late(), 2, AN_HOUR.mask) == late()


def test_moving_by_a_quarter_hour_costs_the_quarter_hour_that_it_leaves_empty() -> None:
    moved_to = replace(AN_HOUR, start=5)

    assert charges.refilled(late(), 1, moved_to.mask).pending == 0b1_0000


def test_an_excuse_that_comes_after_the_loss_gives_all_of_it_back() -> None:
    lost = charges.settled(late(), 2**QUANTA - 1)

    assert lost.quanta == 4
    assert charges.excuse(lost) == Charge(AN_HOUR, refunded=AN_HOUR.mask)


def test_a_rule_under_which_late_time_does_not_count_charges_nothing() -> None:
    lenient = replace(RULE, late_counts=False)

    assert charges.given_up(AN_HOUR, lenient, TEN).quanta == 0


def test_a_loss_is_charged_to_its_day_and_its_week_and_to_no_other() -> None:
    lost = charges.settled(late(), 2**QUANTA - 1)
    of_another = replace(lost, booked=replace(AN_HOUR, office=8))
    both = [lost, of_another]

    assert charges.charged(both, 7, ON) == Use(day=4, week=4)
    assert charges.charged(both, 7, date(2026, 11, 23)) == Use(day=0, week=4)  # its Monday
    assert charges.charged(both, 7, date(2026, 11, 29)) == Use(day=0, week=4)  # its Sunday
    for other_week in (date(2026, 11, 22), date(2026, 11, 30), ON + timedelta(days=7)):
        assert charges.charged(both, 7, other_week) == Use()


@pytest.mark.parametrize(("start", "quanta"), [(0, 0), (-1, 2), (15, 2), (16, 1)])
def test_an_appointment_outside_its_day_is_refused(start: int, quanta: int) -> None:
    with pytest.raises(OutsideTheDay):
        replace(AN_HOUR, start=start, quanta=quanta)


# --- Laws --------------------------------------------------------------------------------------

MASKS = st.integers(0, 2**QUANTA - 1)
PROFESSIONALS = st.integers(1, 2)
MINUTES = st.integers(-300, 300)
"""After nine; the day of the tests goes from nine to one."""


@st.composite
def bookings(draw: st.DrawFn) -> Booked:
    quanta = draw(st.integers(1, 4))
    start = draw(st.integers(0, QUANTA - quanta))
    return Booked(ON, GRID, draw(st.integers(7, 8)), draw(PROFESSIONALS), start, quanta)


def at(minutes: int) -> datetime:
    return NINE + timedelta(minutes=minutes)


Step = tuple[str, int, int]
STEPS = st.lists(st.tuples(st.sampled_from(["refill", "settle", "excuse"]), PROFESSIONALS, MASKS))


def stepped(charge: Charge, step: Step) -> Charge:
    what, professional, mask = step
    if what == "refill":
        return charges.refilled(charge, professional, mask)
    return charges.settled(charge, mask) if what == "settle" else charges.excuse(charge)


@given(bookings(), MINUTES, st.booleans(), STEPS)
def test_charged_and_refunded_are_always_what_was_given_up(
    booked: Booked, minutes: int, excused: bool, steps: list[Step]
) -> None:
    """So a charge never exceeds what was given up, and nothing is refunded twice."""
    charge = charges.given_up(booked, RULE, at(minutes), excused=excused)
    for step in [("refill", 1, 0), *steps]:
        before, charge = charge, stepped(charge, step)

        assert charge.quanta + charge.refunded.bit_count() == booked.quanta
        assert charge.pending | charge.lost | charge.refunded == booked.mask
        assert charge.pending & charge.lost == 0
        assert before.refunded & ~charge.refunded == 0


@given(bookings(), MINUTES, st.lists(st.tuples(PROFESSIONALS, MASKS), max_size=4))
def test_the_order_of_refills_is_irrelevant(
    booked: Booked, minutes: int, refills: list[tuple[int, int]]
) -> None:
    given_up = charges.given_up(booked, RULE, at(minutes))
    found = set()
    for order in permutations(refills):
        charge = given_up
        for professional, mask in order:
            charge = charges.refilled(charge, professional, mask)
        found.add(charge)

    assert len(found) == 1


@given(bookings(), MINUTES, st.booleans())
def test_notice_enough_or_an_excuse_never_charges(
    booked: Booked, minutes: int, excused: bool
) -> None:
    now = at(minutes)
    charge = charges.given_up(booked, RULE, now, excused=excused)

    in_time = booked.grid.instant(booked.start) - now >= FREE_NOTICE
    assert (charge.quanta == 0) == (excused or in_time)


Refill = tuple[int, int, int]
"""When (minutes after nine), of whom, which quarter hours."""


def in_the_end(booked: Booked, minutes: int, refills: list[Refill]) -> int:
    """What is charged when the day is over; a refill comes after the cancellation and before its start."""
    charge = charges.given_up(booked, RULE, at(minutes))
    for when, professional, mask in sorted(refills):
        gone = charges.begun(GRID, at(when))
        if when >= minutes:
            charge = charges.refilled(charges.settled(charge, gone), professional, mask & ~gone)
    return charges.settled(charge, 2**QUANTA - 1).quanta


@given(bookings(), MINUTES, MINUTES, st.lists(st.tuples(MINUTES, PROFESSIONALS, MASKS)))
def test_earlier_notice_never_charges_more(
    booked: Booked, one: int, other: int, refills: list[Refill]
) -> None:
    """Whatever is refilled after the later of two cancellations would have been after the earlier."""
    earlier, later = sorted([one, other])

    assert in_the_end(booked, earlier, refills) <= in_the_end(booked, later, refills)


@given(bookings(), bookings(), MINUTES, st.integers(0, 60))
def test_only_what_was_given_up_in_time_can_be_refunded_by_a_booking_that_costs_nothing_itself(
    booked: Booked, second: Booked, minutes: int, after: int
) -> None:
    """Who books its own time again, further on, and gives that up too, is not charged for what
    begins later than the free notice from the first cancellation, and for nothing nearer."""
    first = charges.given_up(booked, RULE, at(minutes))
    again = charges.given_up(second, RULE, at(minutes + after))
    if again.quanta:
        return

    refunded = charges.refilled(first, second.professional, second.mask).refunded & ~first.refunded

    near = charges.begun(GRID, at(minutes) + FREE_NOTICE)
    assert refunded & near == 0


# --- A whole day -------------------------------------------------------------------------------


@dataclass
class Play:
    """Appointments booked and given up at random as the day goes by; the sums are kept apart."""

    random: Random
    now: datetime = NINE - timedelta(hours=2)

    def __post_init__(self) -> None:
        self.live: list[Booked] = []
        self.charges: list[Charge] = []
        self.given_up = 0

    def book(self) -> None:
        quanta = self.random.randint(1, 4)
        first = GRID.first_from(self.now)
        if first > QUANTA - quanta:
            return
        start, who = self.random.randint(first, QUANTA - quanta), self.random.randint(1, 2)
        new = Booked(ON, GRID, self.random.randint(7, 9), who, start, quanta)
        if all(new.mask & b.mask == 0 for b in self.live if b.professional == who):
            self.live.append(new)
            self.charges = [charges.refilled(c, who, new.mask) for c in self.charges]

    def cancel(self) -> None:
        if self.live:
            booked = self.live.pop(self.random.randrange(len(self.live)))
            excused = self.random.random() < 0.2
            self.given_up += booked.quanta
            self.charges.append(charges.given_up(booked, RULE, self.now, excused=excused))

    def tick(self) -> None:
        self.now += self.random.randint(0, 20) * timedelta(minutes=1)
        gone = charges.begun(GRID, self.now)
        self.charges = [charges.settled(c, gone) for c in self.charges]


@given(st.integers(0, 10**6))
def test_no_quarter_hour_is_ever_pending_twice_and_none_that_is_taken_is_pending(seed: int) -> None:
    """Which is why a pending quarter hour can be stored under the key of a claim."""
    play = Play(Random(seed))
    for _ in range(40):
        play.random.choice([play.book, play.book, play.cancel, play.tick])()
        for professional in (1, 2):
            masks = [b.mask for b in play.live if b.professional == professional]
            masks += [c.pending for c in play.charges if c.booked.professional == professional]
            assert sum(mask.bit_count() for mask in masks) == _union(masks).bit_count()
    refunded = sum(c.refunded.bit_count() for c in play.charges)
    uses = [charges.charged(play.charges, office, ON) for office in (7, 8, 9)]
    assert sum(use.week for use in uses) + refunded == play.given_up


def _union(masks: list[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found
