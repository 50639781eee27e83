"""The waiting list: who is next, that nothing they could have stays empty, and how it is offered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from math import ceil, sqrt
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comptoir.domain import waiting
from comptoir.domain.admission import admit
from comptoir.domain.grid import QUANTUM, Grid
from comptoir.domain.periods import Period
from comptoir.domain.service_day import (
    Admitted,
    Day,
    ProfessionalHours,
    Reason,
    Refused,
    Request,
    Reserve,
    Use,
)
from comptoir.domain.share import Nesting, Owed, Share, ShareClass
from comptoir.domain.waiting import BadEntry, Entry, Match, OfferPolicy
from tests.domain.rules import RULE
from tests.domain.served import candidates, matches
from tests.domain.sharing_world import World

ON = date(2026, 11, 24)
NINE = datetime.combine(ON, time(9), ZoneInfo("America/Montreal"))
YESTERDAY = NINE - timedelta(days=1)
SMALL = 7
GRID = Grid(NINE, SMALL)
WHOLE_DAY = Period(NINE, NINE + SMALL * QUANTUM)
ENGLISH, FRENCH, BOTH = frozenset({"en"}), frozenset({"fr"}), frozenset({"en", "fr"})
POLICY = OfferPolicy()
WIDE = replace(RULE, minutes_per_day=105, minutes_per_week=210, least_notice_minutes=0)


def entry(number: int = 1, office: int = 7, **rest: Any) -> Entry:
    """An entry for half an hour at any time of the day, unless said otherwise."""
    whole: dict[str, Any] = {
        "least": 2, "most": 2, "window": WHOLE_DAY, "language": "en", "filed_at": YESTERDAY
    }  # fmt: skip
    return Entry(number, office, **{**whole, **rest})


def a_day(free: int = 2**SMALL - 1, **rest: Any) -> Day:
    """One professional who is free in these quarter hours, under limits that do not bind."""
    hours = (ProfessionalHours(1, ENGLISH, free),)
    whole = {"rule": WIDE, "last_bookable": ON, "hours": hours, **rest}
    return Day(on=ON, grid=GRID, **whole)


def numbers(found: list[Match]) -> list[int]:
    return [one.entry.number for one in found]


# --- What an entry gets ------------------------------------------------------------------------


def test_an_entry_gets_the_longest_that_fits_and_not_the_soonest() -> None:
    found = waiting.match(a_day(0b111_0_11), [entry(least=1, most=4)], YESTERDAY, 0)

    assert found is not None
    assert (found.start, found.quanta, found.professional) == (3, 3, 1)


def test_an_appointment_lies_wholly_within_the_window() -> None:
    """From 9:10 to 10:10 there are the quarter hours from 9:15 to 10:00."""
    window = Period(NINE + timedelta(minutes=10), NINE + timedelta(minutes=70))

    found = waiting.match(a_day(), [entry(least=1, most=4, window=window)], YESTERDAY, 0)

    assert found is not None
    assert (found.start, found.quanta) == (1, 3)


def test_an_entry_gets_nothing_with_less_notice_than_it_wants() -> None:
    wants_an_hour = [entry(least_notice=timedelta(hours=1))]
    at = NINE - timedelta(minutes=30)

    found = waiting.match(a_day(), wants_an_hour, at, 0)
    assert found is not None
    assert found.start == 2  # at half past nine
    assert waiting.match(a_day(0b11), wants_an_hour, at, 0) is None


@pytest.mark.parametrize(
    "other",
    [{"language": "fr"}, {"filed_at": NINE}, {"office_active": False}, {"least": 5, "most": 6}],
)
def test_who_cannot_have_it_is_passed_over(other: dict[str, Any]) -> None:
    """Nobody speaks French, the second was not there yet, and no length above an hour is offered."""
    assert waiting.match(a_day(), [entry(1, **other), entry(2)], YESTERDAY, 0) is not None
    assert waiting.match(a_day(), [entry(1, **other)], YESTERDAY, 0) is None


@pytest.mark.parametrize(("least", "most"), [(0, 2), (3, 2), (-1, -1)])
def test_an_entry_for_nothing_is_refused(least: int, most: int) -> None:
    with pytest.raises(BadEntry):
        entry(least=least, most=most)


# --- The order ---------------------------------------------------------------------------------

NESTING = Nesting(floor_minutes=15, day_cap_percent=100)
SHARES = {
    1: Share(allowance=4, owed=True),  # a half hour is more than its floor, within its allowance
    2: Share(allowance=1),  # a half hour is more than its allowance
    3: Share(allowance=4),
}


def shared_day(free: int = 0b11) -> Day:
    return a_day(free, rule=replace(WIDE, nesting=NESTING), shares=SHARES)


def test_the_class_comes_first_whatever_was_used() -> None:
    heavy, light = Fraction(100), Fraction(0)
    floor = entry(1, 1, least=1, most=1, ledger=heavy)
    allotted = entry(2, 3, ledger=Fraction(50))
    open_one = entry(3, 2, ledger=light)

    found = candidates(shared_day(), [open_one, allotted, floor], YESTERDAY, 0)

    assert numbers(found) == [1, 2, 3]
    assert [one.admitted.of_class for one in found] == [
        ShareClass.GUARANTEED,
        ShareClass.ALLOTTED,
        ShareClass.OPEN,
    ]


def test_to_ask_for_a_quarter_hour_or_more_is_no_way_to_get_more_sooner() -> None:
    """A quarter hour would be its floor, but what it would get is the half hour."""
    flexible = entry(1, 1, least=1, most=2, ledger=Fraction(9))
    plain = entry(2, 3, ledger=Fraction(8))

    assert numbers(candidates(shared_day(), [flexible, plain], YESTERDAY, 0)) == [2, 1]
    found, _ = matches(shared_day(0b111), [flexible, plain], YESTERDAY, 0)
    assert [(one.entry.number, one.quanta) for one in found] == [(2, 2), (1, 1)]


def test_in_a_class_who_used_least_of_its_allowance_comes_first() -> None:
    """(Led + 1) / 4A: 12/24, 5/12 and 20/44 are in the order 5/12 < 20/44 < 12/24."""
    allowances = {1: 6, 2: 3, 3: 11}
    used = {1: 11, 2: 4, 3: 19}
    shares = {office: Share(allowance) for office, allowance in allowances.items()}
    day = replace(shared_day(), shares=shares)
    entries = [entry(office, office, ledger=Fraction(led)) for office, led in used.items()]

    assert numbers(candidates(day, entries, YESTERDAY, 0)) == [2, 3, 1]


def test_equal_shares_are_equal_exactly_and_then_the_draw_decides() -> None:
    """(1/3 + 1) / (4 * 4) and (1 + 1) / (4 * 6) are both a twelfth, which no float is."""
    third, one = entry(1, ledger=Fraction(1, 3)), entry(2, ledger=Fraction(1))
    places = [waiting.place(third, None, 4, 0), waiting.place(one, None, 6, 0)]

    assert places[0][:4] == places[1][:4] == (True, 0, False, Fraction(1, 12))
    first = Counter(
        min([(third, 4), (one, 6)], key=lambda e: waiting.place(e[0], None, e[1], seed))[0].number
        for seed in range(2000)
    )
    assert abs(first[1] - 1000) < binomial_tolerance(2000, 0.5)


def test_who_lost_time_through_the_centre_comes_before_every_class() -> None:
    nothing_used = entry(1, 1)
    made_good = entry(2, 2, ledger=Fraction(10**6), first=True)
    day = shared_day()

    assert numbers(candidates(day, [nothing_used, made_good], YESTERDAY, 0)) == [2, 1]


def test_the_order_of_a_full_day_is_the_order_in_which_time_would_be_given() -> None:
    """Nothing is free; with all of it free the same entries are served in the same order."""
    free = shared_day()
    full = replace(free, hours=tuple(replace(hours, taken=hours.offered) for hours in free.hours))
    entries = [entry(number, number) for number in (3, 2, 1)]

    assert candidates(full, entries, YESTERDAY, 0) == []
    assert [one.number for one in waiting.in_order(full, entries, YESTERDAY, 0)] == numbers(
        candidates(free, entries, YESTERDAY, 0)
    )


def binomial_tolerance(trials: int, chance: float) -> float:
    """Five standard deviations: a fair draw leaves them once in 1.7 million tests."""
    return 5 * sqrt(trials * chance * (1 - chance))


@given(st.lists(st.integers(1, 50), min_size=1), st.fractions(0, 100), st.fractions(0, 100))
def test_without_an_allowance_one_is_last_of_its_class_and_ordered_by_the_ledger(
    allowances: list[int], ledger: Fraction, other: Fraction
) -> None:
    nothing = waiting.place(entry(1, ledger=ledger), ShareClass.OPEN, 0, 0)
    heaviest = entry(2, ledger=Fraction(10**9))

    assert all(waiting.place(heaviest, ShareClass.OPEN, a, 0) < nothing for a in allowances)
    assert nothing > waiting.place(heaviest, ShareClass.ALLOTTED, 0, 0)
    if ledger < other:
        assert nothing < waiting.place(entry(3, ledger=other), ShareClass.OPEN, 0, 0)


@given(st.fractions(0, 100), st.integers(0, 50), st.fractions(0, 10), st.integers(1, 50))
def test_less_used_or_more_allotted_is_never_later(
    ledger: Fraction, allowance: int, less: Fraction, more: int
) -> None:
    place = waiting.place(entry(ledger=ledger + less), ShareClass.OPEN, allowance, 0)

    assert waiting.place(entry(ledger=ledger), ShareClass.OPEN, allowance, 0) <= place
    bigger = allowance + more
    assert waiting.place(entry(ledger=ledger + less), ShareClass.OPEN, bigger, 0) < place


# --- Nothing feasible stays empty (P3) ---------------------------------------------------------

OFFICES = (7, 8, 9)
MASKS = st.integers(0, 2**SMALL - 1)
RESERVES = st.builds(Reserve, MASKS, st.frozensets(st.sampled_from(OFFICES), max_size=2))
NESTINGS = st.builds(
    Nesting,
    floor_minutes=st.sampled_from([0, 15, 30]),
    miss_per_mille=st.sampled_from([0, 200]),
    holding_percent=st.sampled_from([0, 100]),
    least_held_minutes=st.sampled_from([0, 30, 60]),
    ramp_minutes=st.sampled_from([0, 60]),
    standby_minutes=st.sampled_from([0, 45]),
)


ANY_SHARE = st.builds(Share, st.integers(0, 6), st.integers(0, 3), st.booleans(), st.just(0.3))
ANY_OWED = st.builds(Owed, st.integers(0, 6), st.floats(0, 4), st.floats(0, 2), st.integers(0, 9))
ANY_USE = st.builds(Use, st.integers(0, 3), st.integers(3, 9))


@st.composite
def hours_of(draw: st.DrawFn, number: int) -> ProfessionalHours:
    """Any hours of one professional, partly taken, partly directed at somebody."""
    return ProfessionalHours(
        number,
        draw(st.sampled_from([ENGLISH, FRENCH, BOTH])),
        draw(MASKS),
        draw(st.sampled_from([0, 0b1, 0b1000, 0b110])),
        tuple(draw(st.lists(RESERVES, max_size=1))),
    )


@st.composite
def days(draw: st.DrawFn) -> Day:
    """One to three professionals, any hours, limits and shares; released or not."""
    hours = tuple(draw(hours_of(number)) for number in range(1, draw(st.integers(1, 3)) + 1))
    rule = replace(
        WIDE,
        minutes_per_day=draw(st.sampled_from([30, 60, 105])),
        least_notice_minutes=draw(st.sampled_from([0, 20])),
        nesting=draw(st.none() | NESTINGS),
    )
    return Day(
        on=ON,
        grid=GRID,
        rule=rule,
        last_bookable=ON,
        hours=hours,
        use=draw(st.dictionaries(st.sampled_from(OFFICES), ANY_USE)),
        owed=draw(ANY_OWED),
        shares=draw(st.fixed_dictionaries(dict.fromkeys(OFFICES, ANY_SHARE))),
        released_at=draw(st.sampled_from([None, NINE - timedelta(hours=19)])),
    )


def released(day: Day) -> Day:
    """The same after its release and the end of its ramp: nothing is kept, so P3 says the most."""
    assert day.rule is not None
    nesting = day.rule.nesting and replace(day.rule.nesting, ramp_minutes=0)
    return replace(
        day,
        rule=replace(day.rule, nesting=nesting),
        released_at=NINE - timedelta(hours=19),
    )


@st.composite
def entry_lists(draw: st.DrawFn) -> list[Entry]:
    """Up to five entries of any sort."""
    entries = []
    for number in range(draw(st.integers(1, 5))):
        first, last = sorted(draw(st.sets(st.integers(0, SMALL), min_size=2, max_size=2)))
        least = draw(st.integers(1, 3))
        entries.append(
            entry(
                number,
                draw(st.sampled_from(OFFICES)),
                least=least,
                most=draw(st.integers(least, 4)),
                window=Period(GRID.instant(first), GRID.instant(last)),
                language=draw(st.sampled_from(["en", "fr"])),
                least_notice=timedelta(minutes=draw(st.sampled_from([0, 0, 40]))),
                ledger=draw(st.sampled_from([Fraction(0), Fraction(5, 3)])),
                first=draw(st.sampled_from([False, False, True])),
                declined=draw(st.sampled_from([0, 0, 0b101])),
            )
        )
    return entries


MOMENTS = st.integers(-90, 75).map(lambda minutes: NINE + timedelta(minutes=minutes))
AFTER_NINE = st.integers(1, 75).map(lambda minutes: NINE + timedelta(minutes=minutes))


def tries(day: Day, one: Entry, now: datetime) -> Iterator[tuple[int, int, ProfessionalHours]]:
    """Every length, start and professional the entry itself would take, by instants alone."""
    for quanta in range(one.least, one.most + 1):
        for start in range(SMALL - quanta + 1):
            begins, ends = GRID.instant(start), GRID.instant(start + quanta)
            inside = one.window.start <= begins and ends <= one.window.end
            inside = inside and not one.declined >> start & (2**quanta - 1)
            if inside and begins - now >= one.least_notice and one.filed_at <= now:
                for hours in day.hours:
                    yield quanta, start, hours


def fits_by_hand(
    day: Day, one: Entry, now: datetime, quanta: int, start: int, hours: ProfessionalHours
) -> bool:
    """Whether it could be had on a day that keeps nothing: written out, without asking the product."""
    assert day.rule is not None
    use = day.use.get(one.office, Use())
    places = range(start, start + quanta)
    foreign = [r.mask for r in hours.reserves if one.office not in r.offices]
    free = all(
        hours.offered >> i & 1 and not hours.taken >> i & 1 and not any(m >> i & 1 for m in foreign)
        for i in places
    )
    notice = GRID.instant(start) - now
    within = (
        use.day + quanta <= day.rule.minutes_per_day // 15
        and use.week + quanta <= day.rule.minutes_per_week // 15
        and notice >= timedelta(minutes=day.rule.least_notice_minutes)
    )
    directed = all(any(r.mask >> i & 1 for r in hours.reserves) for i in places)
    speaks = one.language in hours.languages
    return speaks and free and within and (directed or has_room(day, one, quanta, notice))


def has_room(day: Day, one: Entry, quanta: int, notice: timedelta) -> bool:
    """Room to hold it; in the last hour, and for what is left of its floor, anybody has."""
    nesting = day.rule.nesting if day.rule else None
    if nesting is None or notice <= timedelta(minutes=nesting.standby_minutes):
        return True
    share, used = day.shares[one.office], day.use.get(one.office, Use()).day
    cap = max(
        nesting.least_held_minutes // 15, ceil(share.allowance * nesting.holding_percent / 100)
    )
    own = nesting.floor_minutes // 15 - used if share.owed or used else 0
    return quanta <= own or share.held + quanta <= cap


@settings(max_examples=300)
@given(days().map(released), entry_lists(), AFTER_NINE, st.integers(0, 9))
def test_once_nothing_is_kept_no_run_stays_empty_that_a_live_entry_fits(
    day: Day, entries: list[Entry], now: datetime, seed: int
) -> None:
    found, after = matches(day, entries, now, seed)

    served = numbers(found)
    still_fits = [
        (one.number, quanta, start)
        for one in entries
        if one.number not in served
        for quanta, start, hours in tries(after, one, now)
        if fits_by_hand(after, one, now, quanta, start, hours)
    ]
    assert still_fits == []


def allowed(day: Day, one: Entry, now: datetime) -> dict[int, set[tuple[int, int]]]:
    """What `admit` would grant the entry, by length, trying every start with every professional."""
    found: dict[int, set[tuple[int, int]]] = {}
    for quanta, start, hours in tries(day, one, now):
        request = Request(one.office, quanta, one.language, start, hours.professional)
        if isinstance(admit(day, request, now), Admitted):
            found.setdefault(quanta, set()).add((start, hours.professional))
    return found


@settings(max_examples=200)
@given(days(), entry_lists(), MOMENTS, st.integers(0, 9))
def test_whatever_is_kept_each_entry_is_matched_with_the_longest_that_admission_grants(
    day: Day, entries: list[Entry], now: datetime, seed: int
) -> None:
    found = {one.entry.number: one for one in candidates(day, entries, now, seed)}

    for one in entries:
        everything = allowed(day, one, now)
        assert (one.number in found) == bool(everything)
        if everything:
            best = found[one.number]
            assert best.quanta == max(everything)
            assert (best.start, best.professional) in everything[best.quanta]
            assert best.start == min(start for start, _ in everything[best.quanta])


@given(days(), entry_lists(), MOMENTS, st.integers(0, 9))
def test_in_the_end_admission_grants_nothing_more_and_no_quarter_hour_went_twice(
    day: Day, entries: list[Entry], now: datetime, seed: int
) -> None:
    found, after = matches(day, entries, now, seed)

    served = numbers(found)
    assert len(served) == len(set(served))
    assert not any(allowed(after, one, now) for one in entries if one.number not in served)
    taken = sum(hours.taken.bit_count() for hours in day.hours)
    assert sum(h.taken.bit_count() for h in after.hours) == taken + sum(m.quanta for m in found)


@given(days(), entry_lists(), MOMENTS, st.integers(0, 9))
def test_who_is_next_is_the_first_of_all_candidates(
    day: Day, entries: list[Entry], now: datetime, seed: int
) -> None:
    """`match` leaves most entries unasked."""
    found = candidates(day, entries, now, seed)

    assert waiting.match(day, entries, now, seed) == (found[0] if found else None)


@given(days(), entry_lists(), MOMENTS, st.integers(0, 9), st.randoms(use_true_random=False))
def test_the_order_in_which_entries_are_listed_is_irrelevant(
    day: Day, entries: list[Entry], now: datetime, seed: int, random: Random
) -> None:
    listed = list(entries)
    random.shuffle(listed)

    assert matches(day, listed, now, seed) == matches(day, entries, now, seed)


def test_between_the_release_and_the_end_of_the_ramp_floors_may_keep_a_run_empty_to_its_start() -> (
    None
):
    """P3 holds for entries content with the last hour's notice, not for one that wants two hours.

    The only half hour of the day is kept for two offices; whoever would wait until nothing is kept
    before nine has it at eight. An entry that wants it by seven is refused, and at eight it is no
    longer live: the run may stay empty although the entry fits it, after the release, with notice.
    """
    nesting = Nesting(floor_minutes=15)
    day = a_day(
        0b11,
        rule=replace(WIDE, nesting=nesting),
        shares={7: Share(allowance=8)},
        owed=Owed(offices=2),
        released_at=NINE - timedelta(hours=19),
    )
    seven, eight = NINE - timedelta(hours=2), NINE - timedelta(hours=1)
    early = entry(1, least_notice=timedelta(hours=2))

    refused = admit(day, early.request(2, start=0), seven)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.KEPT
    assert waiting.match(day, [early], seven, 0) is None
    assert waiting.match(day, [early], eight, 0) is None
    assert waiting.match(day, [replace(early, least_notice=timedelta(hours=1))], eight, 0)


# --- Afterwards --------------------------------------------------------------------------------


@given(st.integers(0, 10**6), st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4)), max_size=8))
def test_the_day_after_a_grant_is_the_day_as_the_books_would_give_it(
    seed: int, asked: list[tuple[int, int]]
) -> None:
    world = World(
        offered={1: 255, 2: 255},
        allowances={office: (seed >> office) % 7 for office in range(5)},
        nesting=Nesting(floor_minutes=15, least_held_minutes=60),
    )
    for office, quanta in asked:
        before = world.day()
        answer = world.book(office, quanta)
        if isinstance(answer, Admitted):
            assert waiting.granted(before, office, quanta, answer) == world.day()


def test_a_first_claim_takes_its_own_term_out_of_what_will_probably_be_claimed() -> None:
    chances = {7: 0.5, 8: 0.2, 9: 0.1}

    def owed_to(offices: list[int]) -> Owed:
        left = [chances[office] for office in offices]
        return Owed(len(left), sum(left), sum(p * (1 - p) for p in left))

    day = a_day(
        owed=owed_to([7, 8, 9]),
        shares={office: Share(0, 0, owed=True, chance=p) for office, p in chances.items()},
    )

    after = waiting.granted(day, 8, 1, Admitted(1, 0, {}))
    again = waiting.granted(after, 8, 1, Admitted(1, 1, {}))

    expected = owed_to([7, 9])
    assert (after.owed.offices, again.owed.offices) == (2, 2)
    for one in (after.owed, again.owed):
        assert one.mean == pytest.approx(expected.mean)
        assert one.variance == pytest.approx(expected.variance)
