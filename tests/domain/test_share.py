"""The nested classes: what each request falls into and must leave, with the numbers of the design."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from math import sqrt
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain import grid as grids
from comptoir.domain import nested, share
from comptoir.domain.admission import admit
from comptoir.domain.grid import Grid
from comptoir.domain.service_day import (
    Admitted,
    Day,
    ProfessionalHours,
    Reason,
    Refused,
    Request,
    Reserve,
)
from comptoir.domain.share import Asking, Nesting, Owed, Share, ShareClass
from tests.domain.rules import RULE
from tests.domain.sharing_world import (
    ENGLISH,
    LONG_BEFORE,
    NINE,
    ON,
    RELEASE,
    World,
    adversarial_misses,
)

HARD = Nesting(floor_minutes=15)
HALF_HOUR = Nesting(floor_minutes=30)
GRID = Grid(NINE, 32)


def asking(quanta: int = 2, *, day: int = 0, week: int = 0, **rest: Any) -> Asking:
    """An office with an allowance of ten quarter hours whose floor is unclaimed, unless said otherwise."""
    whole = {"share": Share(allowance=10, owed=True), "owed": Owed(offices=5), **rest}
    return Asking(quanta, day, week, **whole)


@pytest.mark.parametrize(
    ("quanta", "day", "week", "expected"),
    [
        (1, 0, 0, ShareClass.GUARANTEED),  # no more than the floor
        (2, 0, 0, ShareClass.ALLOTTED),  # the floor does not cover all of it
        (4, 0, 6, ShareClass.ALLOTTED),  # exactly the allowance, exactly the 40 % of it on one day
        (4, 0, 7, ShareClass.OPEN),  # a quarter hour over the allowance
        (4, 1, 1, ShareClass.OPEN),  # a quarter hour over the day's part of it
        (1, 1, 10, ShareClass.OPEN),  # the floor is used, and so is the week
        (1, 0, 10, ShareClass.GUARANTEED),  # the week is used, the floor of this day is not
    ],
)
def test_a_request_falls_into_the_lowest_class_that_covers_all_of_it(
    quanta: int, day: int, week: int, expected: ShareClass
) -> None:
    assert share.classify(HARD, asking(quanta, day=day, week=week)) is expected


def test_after_the_release_one_day_may_take_the_whole_allowance() -> None:
    assert share.classify(HARD, asking(10)) is ShareClass.OPEN
    assert share.classify(HARD, asking(10, released=True)) is ShareClass.ALLOTTED


def test_a_floor_that_was_given_up_for_good_guarantees_nothing() -> None:
    given_up = Share(allowance=0, owed=False)

    assert share.classify(HARD, asking(1, share=given_up)) is ShareClass.OPEN


def test_what_is_left_of_a_half_claimed_floor_is_still_guaranteed() -> None:
    claimed = Share(allowance=0, owed=False)

    assert share.classify(HALF_HOUR, asking(1, day=1, share=claimed)) is ShareClass.GUARANTEED
    assert share.classify(HALF_HOUR, asking(2, day=1, share=claimed)) is ShareClass.OPEN


def test_each_class_leaves_what_the_classes_below_it_are_promised() -> None:
    ask = asking(2, owed=Owed(offices=5, allowances=40, days_left=4))

    classes = (ShareClass.GUARANTEED, ShareClass.ALLOTTED, ShareClass.OPEN)
    kept = {one: share.kept(HARD, ask, one) for one in classes}

    # Four other offices' floors; or 80 % of a fourth of the 30 quanta that others have not claimed.
    assert kept == {ShareClass.GUARANTEED: 0, ShareClass.ALLOTTED: 4, ShareClass.OPEN: 6}


def test_on_an_empty_day_something_is_open_even_with_a_floor_for_everybody() -> None:
    """345 offices, 3,600 quanta allotted to them, 800 a day: added up, 921 would be kept of 800."""
    ask = asking(2, share=Share(owed=False), owed=Owed(345, allowances=3_600, days_left=5))

    assert share.kept(HARD, ask, ShareClass.ALLOTTED) == 345
    assert share.kept(HARD, ask, ShareClass.OPEN) == 576


def test_after_the_release_nothing_is_kept_for_allowances() -> None:
    ask = asking(2, owed=Owed(offices=5, allowances=40, days_left=4), released=True)

    assert share.kept(HARD, ask, ShareClass.OPEN) == 4


def test_the_statistical_floor_keeps_the_number_of_the_design() -> None:
    """345 offices that claim with 0.12: mean 41.4, deviation 6.0, at 99 % 56 quanta, not 345."""
    mean, variance = 345 * 0.12, 345 * 0.12 * 0.88
    nesting = Nesting(floor_minutes=15, miss_per_mille=10)
    ask = asking(2, owed=Owed(345, mean, variance), share=Share(allowance=10, owed=False))

    assert (round(mean, 1), round(sqrt(variance), 1)) == (41.4, 6.0)
    assert share.offices_owed(nesting, ask) == 56
    assert share.offices_owed(Nesting(floor_minutes=15), ask) == 345


def test_the_statistical_floor_never_keeps_more_than_one_for_each() -> None:
    nesting = Nesting(floor_minutes=15, miss_per_mille=1)
    ask = asking(2, owed=Owed(3, 2.7, 0.27), share=Share(owed=False))

    assert share.offices_owed(nesting, ask) == 3


def test_who_asks_is_not_kept_from_itself() -> None:
    chance, others = 0.5, 8
    nesting = Nesting(floor_minutes=15, miss_per_mille=500)  # the median: no spread is added
    owed = Owed(others + 1, 0.25 * others + chance, 0.1875 * others + 0.25)
    ask = asking(2, owed=owed, share=Share(owed=True, chance=chance))

    assert share.offices_owed(nesting, ask) == 2


@pytest.mark.parametrize(
    ("after_nine", "expected"), [(-1, 1.0), (0, 1.0), (90, 0.75), (360, 0.0), (500, 0.0)]
)
def test_kept_floors_melt_away_over_six_hours(after_nine: int, expected: float) -> None:
    assert HARD.ramp(GRID, NINE + timedelta(minutes=after_nine)) == expected


def test_at_half_the_ramp_half_of_the_floors_are_kept() -> None:
    assert (
        share.offices_owed(HARD, asking(ramp=0.5, owed=Owed(offices=8))) == 4
    )  # 3.5 of 7, upwards


@pytest.mark.parametrize(("allowance", "expected"), [(0, 12), (12, 12), (20, 20)])
def test_an_office_holds_its_allowance_ahead_or_three_hours(allowance: int, expected: int) -> None:
    assert HARD.holding_cap(allowance) == expected


def test_a_request_for_the_floor_alone_is_never_too_much_to_hold() -> None:
    full = Share(allowance=4, held=12, owed=True)

    assert share.holds_too_much(HARD, asking(2, share=full))
    assert not share.holds_too_much(HARD, asking(1, share=full))


@given(st.integers(0, 2**12 - 1), st.integers(1, 4))
def test_floors_in_a_day_are_counted_as_laying_them_out_would(free: int, floor: int) -> None:
    """From the left, each as soon as it fits: no other way of laying equal pieces gets more in."""
    laid, at = 0, 0
    while at <= 12 - floor:
        fits = all(free >> at + i & 1 for i in range(floor))
        laid, at = (laid + 1, at + floor) if fits else (laid, at + 1)

    assert share.floors_in(free, floor) == laid


# --- A whole day -------------------------------------------------------------------------------


def world(offices: int = 8, quanta: int = 8, **rest: Any) -> World:
    """One professional with a day of eight quarter hours, as many as there are offices."""
    whole = {"nesting": HARD, "allowances": dict.fromkeys(range(offices), 12), **rest}
    return World(offered={1: 2**quanta - 1}, quanta=quanta, **whole)


def refused(answer: Admitted | Refused) -> Refused:
    assert isinstance(answer, Refused), answer
    return answer


def test_with_a_floor_for_everybody_a_full_day_gives_each_its_quarter_hour_and_no_more() -> None:
    day = world()

    answer = refused(day.book(0, 2))
    assert (answer.reason, answer.of_class) == (Reason.KEPT, ShareClass.ALLOTTED)
    assert answer.counters["instead"] == 1
    assert answer.counters["kept_for_floors"] == 7
    assert all(isinstance(day.book(office, 1), Admitted) for office in range(8))
    assert refused(day.book(0, 1)).reason is Reason.NO_TIME


def test_what_is_not_kept_for_others_is_open_to_who_has_used_its_share() -> None:
    day = world(offices=3, allowances={0: 0, 1: 0, 2: 0})

    assert isinstance(day.book(0, 4), Admitted)
    assert isinstance(day.book(0, 2), Admitted)
    assert refused(day.book(0, 1)).reason is Reason.KEPT
    assert isinstance(day.book(1, 1), Admitted)


def test_the_allowances_of_others_are_kept_until_the_release() -> None:
    day = world(
        offices=2, nesting=Nesting(floor_minutes=0, take_up_percent=100), allowances={0: 0, 1: 6}
    )

    assert refused(day.book(0, 3)).counters["kept"] == 6
    day.now = RELEASE
    assert isinstance(day.book(0, 3), Admitted)


def test_nothing_is_kept_in_the_last_hour_before_a_start() -> None:
    """Two quarter hours are kept for two offices at nine; at nine, the next hour is anybody's."""
    day = world(offices=3, quanta=3, nesting=replace(HARD, ramp_minutes=10_000))
    day.now = NINE - timedelta(minutes=60)

    assert isinstance(day.ask(0, 2, start=0), Admitted)
    assert refused(day.ask(0, 2, start=1)).reason is Reason.KEPT


def test_a_half_hour_that_would_break_up_the_last_ones_is_refused_and_an_aligned_one_is_not() -> (
    None
):
    day = world(offices=4, nesting=HALF_HOUR)

    assert refused(day.ask(0, 2, start=1)).reason is Reason.WOULD_SPLIT
    assert isinstance(day.ask(0, 2, start=2), Admitted)
    answer = day.ask(0, 2)
    assert isinstance(answer, Admitted)
    assert answer.start == 0


def test_a_floor_given_up_in_time_is_owed_again() -> None:
    day = world()
    day.book(0, 1)

    day.cancel(day.taken[0])

    assert 0 in day.unclaimed
    assert day.floor_is_safe(0)


def test_a_quarter_hour_given_up_opens_no_claim_to_a_half_hour_that_nobody_freed() -> None:
    day = world(offices=4, nesting=HALF_HOUR)
    for office in (0, 1, 2):
        day.book(office, 2)
    day.book(3, 1)
    last = day.taken[-1]
    day.offered[1] &= ~(grids.bits(6, 2) & ~last.mask)  # the other half of it is withdrawn

    day.cancel(last)

    assert 3 not in day.unclaimed


def test_hours_directed_at_an_office_are_its_own_beside_its_share() -> None:
    """All that is anybody's is kept, and the office holds all it may: its own hours are there for it."""
    offices = {0: Share(allowance=0, held=12), 1: Share(owed=True)}
    day = Day(
        on=ON,
        grid=Grid(NINE, 4),
        rule=replace(RULE, nesting=HARD),
        last_bookable=ON,
        hours=(ProfessionalHours(1, ENGLISH, 0b1111, reserves=(Reserve(0b1110, frozenset({0})),)),),
        owed=Owed(offices=1),
        shares=offices,
    )

    answer = admit(day, Request(0, 2, "en"), LONG_BEFORE)

    assert isinstance(answer, Admitted)
    assert (answer.start, answer.of_class) == (1, ShareClass.DIRECTED)
    assert refused(admit(day, Request(0, 2, "en", start=0), LONG_BEFORE)).reason is (
        Reason.HOLDS_TOO_MUCH
    )


def test_who_has_a_floor_to_claim_is_not_stopped_by_what_it_holds() -> None:
    day = world(offices=2, nesting=replace(HARD, least_held_minutes=30, holding_percent=0))
    day.book(0, 2)

    assert refused(day.ask(0, 1)).reason is Reason.HOLDS_TOO_MUCH
    assert isinstance(day.ask(1, 1), Admitted)


# --- Floor safety (P1) ---------------------------------------------------------------------------

RUNS, STEPS = 300, 400


@pytest.mark.slow
@pytest.mark.parametrize("floor", [1, 2])
@pytest.mark.parametrize("first", range(0, RUNS, 50))
def test_no_adversary_makes_an_owed_floor_be_refused(first: int, floor: int) -> None:
    misses = [adversarial_misses(seed, floor, STEPS) for seed in range(first, first + 50)]

    assert misses == [0] * 50


@pytest.mark.slow
def test_counting_quarter_hours_alone_would_break_half_hour_floors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = nested.seen

    def without_runs(day: Day, request: Request, now: datetime) -> nested.Classes | None:
        classes = seen(day, request, now)
        return replace(classes, spare_floors=10**6) if classes else None

    monkeypatch.setattr(nested, "seen", without_runs)

    assert any(adversarial_misses(seed, 2, STEPS) for seed in range(20))


@pytest.mark.slow
def test_giving_every_floor_back_would_break_half_hour_floors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(share, "is_given_back", lambda *_: True)

    assert any(adversarial_misses(seed, 2, STEPS) for seed in range(20))


# --- Laws ------------------------------------------------------------------------------------------


def played(random: Random, steps: int, names: dict[int, int] | None = None) -> list[object]:
    """Answers of a random play; with `names`, of the same play with other names for the offices."""
    names = names or {office: office for office in range(5)}
    day = World(
        offered={1: 255, 2: 255},
        allowances={names[office]: 3 * office for office in range(5)},
        nesting=Nesting(floor_minutes=random.choice([15, 30]), least_held_minutes=60),
    )
    answers: list[object] = []
    for _ in range(steps):
        office, quanta = names[random.randrange(5)], random.randint(1, 4)
        if day.taken and random.random() < 0.3:
            day.cancel(day.taken[random.randrange(len(day.taken))])
        else:
            answer = day.book(office, quanta, random.choice([None, random.randrange(8)]))
            reason = answer.reason if isinstance(answer, Refused) else answer.start
            answers.append((reason, answer.of_class, dict(answer.counters)))
    return answers


@given(st.integers(0, 10**6), st.permutations(range(100, 105)))
def test_other_names_for_the_offices_change_no_answer(seed: int, names: list[int]) -> None:
    renamed = dict(enumerate(names))

    assert played(Random(seed), 25) == played(Random(seed), 25, renamed)


@given(st.integers(0, 10**6), st.integers(0, 12), st.integers(2, 4), st.data())
def test_no_office_gets_in_parts_what_its_class_refuses_as_a_whole(
    seed: int, before: int, quanta: int, data: st.DataObject
) -> None:
    random = Random(seed)
    day = World(
        offered={1: 255, 2: 255},
        allowances={office: random.randint(0, 8) for office in range(8)},
        nesting=Nesting(
            floor_minutes=random.choice([15, 30]), least_held_minutes=random.choice([30, 60, 240])
        ),
    )
    for _ in range(before):
        day.book(random.randrange(8), random.randint(1, 4))
    whole = day.ask(0, quanta)
    parts = data.draw(
        st.lists(st.integers(1, quanta), min_size=2, max_size=4).filter(lambda p: sum(p) == quanta)
    )

    answers = [day.book(0, part) for part in parts]

    # Not where it would break up half hours: that is about one stretch, and parts need not lie in one.
    if isinstance(whole, Refused) and whole.reason in (Reason.KEPT, Reason.HOLDS_TOO_MUCH):
        assert any(isinstance(answer, Refused) for answer in answers)


@given(st.integers(0, 10**6), st.integers(1, 10))
def test_who_gives_up_in_time_and_asks_again_for_the_same_stands_no_better_than_it_stood(
    seed: int, before: int
) -> None:
    random = Random(seed)
    day = World(
        offered={1: 255, 2: 255},
        allowances={office: random.randint(0, 8) for office in range(6)},
        nesting=Nesting(floor_minutes=random.choice([15, 30])),
    )
    for _ in range(before):
        day.book(random.randrange(6), random.randint(1, 4))
    if not day.taken:
        return
    own = random.choice(day.taken)
    stood = (day.used(own.office), day.held(own.office), set(day.unclaimed))

    day.cancel(own)
    again = day.book(own.office, own.quanta, own.start)

    if isinstance(again, Admitted):
        assert (day.used(own.office), day.held(own.office), set(day.unclaimed)) == stood
    else:  # what was open then may be kept by now: others have booked of theirs since
        assert day.used(own.office) == stood[0] - own.quanta
        assert again.of_class is ShareClass.OPEN
