"""The opening of a day in rounds: replayed from its seed, deaf to speed, one turn each, no names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from math import sqrt
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from comptoir.domain import opening
from comptoir.domain.admission import admit
from comptoir.domain.grid import QUANTUM, Grid
from comptoir.domain.opening import Filed, Opening, SameRank
from comptoir.domain.periods import Period
from comptoir.domain.service_day import (
    Admitted,
    Day,
    ProfessionalHours,
    Reason,
    Refused,
    Request,
    Use,
)
from comptoir.domain.share import Nesting, Owed, Share
from comptoir.domain.waiting import granted
from tests.domain.rules import RULE

ON = date(2026, 11, 24)
NINE = datetime.combine(ON, time(9), ZoneInfo("America/Montreal"))
OPENS = NINE - timedelta(days=14)
CLOSES = OPENS + timedelta(hours=1)
SMALL = 8
ENGLISH = frozenset({"en"})
PLAIN = replace(RULE, minutes_per_day=120, minutes_per_week=240, nesting=None)
HARD = Nesting(floor_minutes=15, take_up_percent=50, least_held_minutes=60)


def a_day(quanta: int, professionals: int = 1, **rest: Any) -> Day:
    """So many quarter hours with each professional, under limits that do not bind."""
    hours = tuple(ProfessionalHours(n, ENGLISH, 2**quanta - 1) for n in range(1, professionals + 1))
    day = Day(on=ON, grid=Grid(NINE, SMALL), rule=PLAIN, last_bookable=ON, hours=hours)
    return replace(day, **rest)


def filed(number: int, office: int, quanta: int = 1, **rest: int | None) -> Filed:
    """A request in the first minute; its rank is its number."""
    start = rest.get("start")
    return Filed(number, Request(office, quanta, "en", start), number, OPENS)


def got(result: Opening) -> Counter[int]:
    """How many appointments each office has of it."""
    granted_to = [o for o in result.outcomes if isinstance(o.answer, Admitted)]
    return Counter(o.filed.request.office for o in granted_to)


# --- Examples ----------------------------------------------------------------------------------


def test_who_asks_for_everything_gets_one_appointment_a_round_like_everybody() -> None:
    """Six quarter hours: the office with six requests gets what two others with one each leave."""
    batch = [*(filed(n, 7) for n in range(6)), filed(10, 8), filed(11, 9)]

    for seed in range(20):
        result = opening.opened(a_day(6), batch, CLOSES, Random(seed))

        assert got(result) == {7: 4, 8: 1, 9: 1}
        assert [len(order) for order in result.orders] == [3, 1, 1, 1, 1]
        rounds = {o.filed.number: o.in_round for o in result.outcomes}
        assert rounds == {0: 1, 1: 2, 2: 3, 3: 4, 4: 5, 5: 5, 10: 1, 11: 1}


def test_an_office_gets_the_first_of_its_list_that_can_be_granted() -> None:
    long, taken, last = filed(3, 7, 4), filed(1, 7, 1, start=0), filed(2, 7, 1, start=1)
    day = granted(a_day(3), 9, 1, Admitted(1, 0, {}))

    result = opening.opened(day, [long, last, taken], CLOSES, Random(1))

    answers = {o.filed.number: o.answer for o in result.outcomes}
    assert isinstance(answers[2], Admitted)
    assert isinstance(answers[1], Refused)
    assert answers[1].reason is Reason.TIME_TAKEN
    assert isinstance(answers[3], Refused)
    assert answers[3].reason is Reason.NO_TIME


@pytest.mark.parametrize(("taken", "expected"), [(0, (2, 4)), (1 << 3, (4, 2)), (0b10100, (3, 1))])
def test_a_window_takes_the_longest_and_of_these_the_soonest_that_lies_within_it(
    taken: int, expected: tuple[int, int]
) -> None:
    """The window has the quarter hours 2 to 5; what others have of them is `taken`."""
    window = Period(NINE + 2 * QUANTUM, NINE + 6 * QUANTUM)
    day = a_day(SMALL, hours=(ProfessionalHours(1, ENGLISH, 2**SMALL - 1, taken),))
    wish = replace(filed(1, 7, 4), window=window, least=1)

    (outcome,) = opening.opened(day, [wish], CLOSES, Random(1)).outcomes

    assert isinstance(outcome.answer, Admitted)
    assert (outcome.answer.start, outcome.quanta) == expected


def test_an_office_is_not_given_two_times_at_once_as_long_as_there_are_others() -> None:
    """Two professionals are free all day: the second appointment comes after the first, not beside it."""
    window = Period(NINE, NINE + SMALL * QUANTUM)
    wishes = [replace(filed(number, 7, 2), window=window) for number in (1, 2)]

    apart = opening.opened(a_day(SMALL, 2), wishes, CLOSES, Random(1))
    beside = opening.opened(a_day(2, 2), wishes, CLOSES, Random(1))

    starts = [
        [o.answer.start for o in r.outcomes if isinstance(o.answer, Admitted)]
        for r in (apart, beside)
    ]
    assert starts == [[0, 2], [0, 0]]


def test_a_window_in_which_nothing_fits_is_refused_though_there_is_time_at_other_hours() -> None:
    full = a_day(2)
    wish = replace(filed(1, 7, 2), window=Period(NINE + 4 * QUANTUM, NINE + 6 * QUANTUM))

    (outcome,) = opening.opened(full, [wish], CLOSES, Random(1)).outcomes

    assert isinstance(outcome.answer, Refused)
    assert outcome.answer.reason is Reason.TIME_TAKEN


def test_a_day_nobody_asked_for_opens_as_it_is() -> None:
    day = a_day(4)

    assert opening.opened(day, [], CLOSES, Random(1)) == Opening((), (), day)


def test_two_requests_of_one_rank_are_refused_and_of_two_offices_they_are_not() -> None:
    same = [replace(filed(1, 7), rank=3), replace(filed(2, 7), rank=3)]

    with pytest.raises(SameRank):
        opening.opened(a_day(4), same, CLOSES, Random(1))
    other = [same[0], replace(filed(2, 8), rank=3)]
    assert got(opening.opened(a_day(4), other, CLOSES, Random(1))) == {7: 1, 8: 1}


# --- Laws --------------------------------------------------------------------------------------

OFFICES = (1, 2, 3, 4)


@st.composite
def batches(draw: st.DrawFn) -> list[Filed]:
    """Up to ten requests of four offices, at different minutes of the hour."""
    batch: list[Filed] = []
    for number in range(draw(st.integers(1, 10))):
        start = draw(st.none() | st.integers(0, SMALL - 1))
        office = draw(st.sampled_from(OFFICES))
        one = filed(number, office, draw(st.integers(1, 4)), start=start)
        rank = sum(f.request.office == office for f in batch)
        minute = timedelta(minutes=draw(st.integers(0, 59)))
        batch.append(replace(one, rank=rank, filed_at=OPENS + minute))
    return batch


@st.composite
def days(draw: st.DrawFn, nestings: st.SearchStrategy[Nesting | None] | None = None) -> Day:
    """One or two professionals; a plain rule or the nested classes, with books that agree."""
    nesting = draw(st.none() | ANY_NESTING if nestings is None else nestings)
    allowances = {office: draw(st.integers(0, 8)) for office in OFFICES}
    week = {office: draw(st.integers(0, 4)) for office in OFFICES}
    owed = {office for office in OFFICES if draw(st.booleans())}
    chance = draw(st.sampled_from([0.2, 0.7]))
    return a_day(
        draw(st.integers(1, SMALL)),
        draw(st.integers(1, 2)),
        rule=replace(PLAIN, nesting=nesting, minutes_per_day=draw(st.sampled_from([30, 120]))),
        use={office: Use(0 if office in owed else 1, week[office] + 1) for office in OFFICES},
        owed=Owed(
            len(owed),
            chance * len(owed),
            chance * (1 - chance) * len(owed),
            sum(max(0, allowances[office] - week[office] - 1) for office in OFFICES),
            draw(st.integers(1, 5)),
        ),
        shares={o: Share(allowances[o], 0, o in owed, chance) for o in OFFICES},
        released_at=draw(st.sampled_from([None, OPENS])),
    )


ANY_NESTING = st.builds(
    Nesting,
    floor_minutes=st.sampled_from([0, 15, 30]),
    miss_per_mille=st.sampled_from([0, 100]),
    take_up_percent=st.sampled_from([0, 80, 100]),
    least_held_minutes=st.sampled_from([30, 180]),
)
SEEDS = st.integers(0, 10**6)


@given(days(), batches(), SEEDS)
def test_the_same_seed_gives_the_same_opening_whenever_and_in_whatever_order_it_was_filed(
    day: Day, batch: list[Filed], seed: int
) -> None:
    first = opening.opened(day, batch, CLOSES, Random(seed))
    random = Random(seed + 1)
    listed = random.sample(batch, len(batch))
    others = [replace(f, filed_at=OPENS + random.random() * timedelta(hours=1)) for f in listed]

    assert opening.opened(day, batch, CLOSES, Random(seed)) == first
    again = opening.opened(day, others, CLOSES, Random(seed))
    assert [(o.filed.number, o.answer, o.in_round) for o in again.outcomes] == [
        (o.filed.number, o.answer, o.in_round) for o in first.outcomes
    ]
    assert (again.orders, again.day) == (first.orders, first.day)


@given(days(), batches(), SEEDS)
def test_each_request_has_one_answer_and_each_office_at_most_one_appointment_a_round(
    day: Day, batch: list[Filed], seed: int
) -> None:
    result = opening.opened(day, batch, CLOSES, Random(seed))

    assert [o.filed for o in result.outcomes] == sorted(batch, key=lambda f: f.number)
    turns = Counter(
        (o.filed.request.office, o.in_round)
        for o in result.outcomes
        if isinstance(o.answer, Admitted)
    )
    assert all(count == 1 for count in turns.values())
    for office in OFFICES:
        rounds = sorted(number for who, number in turns if who == office)
        assert all(office in result.orders[number - 1] for number in rounds)


@given(days(), batches(), SEEDS)
def test_in_the_end_every_request_refused_is_one_that_admission_refuses(
    day: Day, batch: list[Filed], seed: int
) -> None:
    result = opening.opened(day, batch, CLOSES, Random(seed))

    refused = [o for o in result.outcomes if isinstance(o.answer, Refused)]
    for one in refused:
        assert admit(result.day, one.filed.request, CLOSES) == one.answer
        assert one.in_round == len(result.orders)
    taken = sum(o.filed.request.quanta for o in result.outcomes if o not in refused)
    assert sum(hours.taken.bit_count() for hours in result.day.hours) == taken


Turn = tuple[int, int, Day, Filed | None]
"""Round, office, the day when it was asked, what it was granted."""


def turns_of(day: Day, result: Opening) -> tuple[list[Turn], Day]:
    """The opening told again from its outcome alone: whose turn, on which day, with what result."""
    won = {
        (o.in_round, o.filed.request.office): o
        for o in result.outcomes
        if isinstance(o.answer, Admitted)
    }
    turns: list[Turn] = []
    for number, order in enumerate(result.orders, start=1):
        for office in order:
            outcome = won.get((number, office))
            turns.append((number, office, day, outcome.filed if outcome else None))
            if outcome is not None and isinstance(outcome.answer, Admitted):
                day = granted(day, office, outcome.filed.request.quanta, outcome.answer)
    return turns, day


def grantable(day: Day, requests: Sequence[Filed], office: int) -> list[int]:
    """Which of an office's requests `admit` would grant on this day, by rank."""
    own = sorted((f for f in requests if f.request.office == office), key=lambda f: f.rank)
    return [f.rank for f in own if isinstance(admit(day, f.request, CLOSES), Admitted)]


@settings(max_examples=200)
@given(days(), batches(), SEEDS)
def test_no_office_gets_its_next_appointment_before_each_other_was_asked_in_the_same_round(
    day: Day, batch: list[Filed], seed: int
) -> None:
    """Exactly: at each turn an office gets the first of what is left of its list that `admit` grants
    on the day as it then stands, and nothing only if `admit` refuses all of it. So when somebody gets
    a second appointment, an office without a first was refused everything at its turn of the round
    before."""
    turns, after = turns_of(day, opening.opened(day, batch, CLOSES, Random(seed)))

    left = list(batch)
    had: Counter[int] = Counter()
    for number, office, at_the_time, won in turns:
        possible = grantable(at_the_time, left, office)
        assert (won.rank if won else None) == (possible[0] if possible else None)
        if won is not None:
            left.remove(won)
            had[office] += 1
            if had[office] == 2:
                before = [t for t in turns if t[0] == number - 1 and had[t[1]] == 0]
                without = {f.request.office for f in batch if had[f.request.office] == 0}
                assert {t[1] for t in before} == without
                assert all(grantable(t[2], batch, t[1]) == [] for t in before)
    assert sum(h.taken.bit_count() for h in after.hours) == sum(
        f.request.quanta for f in batch if f not in left
    )


ONE_CLASS = st.sampled_from([None, replace(HARD, take_up_percent=0), Nesting(floor_minutes=0)])


@settings(max_examples=200)
@given(days(ONE_CLASS), batches(), SEEDS)
def test_where_no_grant_sets_time_free_nobody_is_second_while_another_could_be_first(
    day: Day, batch: list[Filed], seed: int
) -> None:
    """With no more kept for an office than the quarter hour it takes, what was refused stays refused,
    and the law holds at the moment of the second appointment itself."""
    day = replace(day, released_at=OPENS)
    turns, _ = turns_of(day, opening.opened(day, batch, CLOSES, Random(seed)))

    had: Counter[int] = Counter()
    for _, office, at_the_time, won in turns:
        if won is not None and had[office] == 1:
            assert [o for o in OFFICES if not had[o] and grantable(at_the_time, batch, o)] == []
        had[office] += won is not None


def test_half_hours_that_are_kept_may_make_a_second_appointment_come_before_a_first() -> None:
    """Why the law speaks of the round before. Office 1 claims its half hour with a quarter hour, and
    so sets a quarter hour free after office 3 was refused; the next to be asked takes it."""
    half_hours = Nesting(floor_minutes=30, least_held_minutes=180)
    day = a_day(
        4,
        rule=replace(PLAIN, nesting=half_hours),
        owed=Owed(offices=1),
        shares={1: Share(0, owed=True), 2: Share(8), 3: Share(8)},
        use={2: Use(2, 2), 3: Use(2, 2)},
        released_at=OPENS,
    )
    batch = [filed(1, 1), filed(2, 2), filed(3, 2), filed(4, 3, 2)]

    found = []
    for seed in range(200):
        result = opening.opened(day, batch, CLOSES, Random(seed))
        turns, _ = turns_of(day, result)
        had: Counter[int] = Counter()
        for _, office, at_the_time, won in turns:
            if won is not None and had[office] == 1 and not had[3]:
                found.append(grantable(at_the_time, batch, 3))
            had[office] += won is not None

    assert [4] in found


# --- No names ----------------------------------------------------------------------------------

TRIALS = 1500


def tolerance(trials: int, chance: float = 0.5) -> float:
    """Five standard deviations of a binomial count. For the difference of two counts, of 2n trials."""
    return 5 * sqrt(trials * chance * (1 - chance))


def test_one_place_goes_to_each_of_three_offices_equally_often() -> None:
    batch = [filed(number, number) for number in (1, 2, 3)]
    winners: Counter[int] = Counter()
    for seed in range(TRIALS):
        winners += got(opening.opened(a_day(1), batch, CLOSES, Random(seed)))

    assert set(winners) == {1, 2, 3}
    for office in winners:
        assert abs(winners[office] - TRIALS / 3) < tolerance(TRIALS, 1 / 3)


def test_the_order_is_drawn_anew_in_each_round() -> None:
    """Of two offices that ask twice for four places, the first of one round is half the time the first
    of the next, and of three places each gets the odd one half the time."""
    batch = [filed(number, 1 + number % 2) for number in range(4)]
    same = 0
    odd: Counter[int] = Counter()
    for seed in range(TRIALS):
        orders = opening.opened(a_day(4), batch, CLOSES, Random(seed)).orders
        same += orders[0] == orders[1]
        odd[got(opening.opened(a_day(3), batch, CLOSES, Random(seed)))[1]] += 1

    assert abs(same - TRIALS / 2) < tolerance(TRIALS)
    assert set(odd) == {1, 2}
    assert abs(odd[1] - TRIALS / 2) < tolerance(TRIALS)


def outcomes_of(batch: list[Filed], seeds: range) -> Counter[tuple[int, ...]]:
    """How often each set of granted numbers came about."""
    found: Counter[tuple[int, ...]] = Counter()
    for seed in seeds:
        result = opening.opened(a_day(5), batch, CLOSES, Random(seed))
        won = (o.filed.number for o in result.outcomes if isinstance(o.answer, Admitted))
        found[tuple(won)] += 1
    return found


def test_other_names_for_the_offices_change_nothing_in_distribution() -> None:
    """Three offices of unlike wishes, twice: as 1, 2, 3 and as 9, 4, 6, with other seeds.

    For an outcome of chance p the difference of its two counts in n openings each has the variance
    2np(1-p), at most n/2: five standard deviations are the tolerance of 2n tosses of a coin.
    """
    names = {1: 9, 2: 4, 3: 6}
    batch = [filed(1, 1, 2), filed(2, 1, 2), filed(3, 2, 3), filed(4, 2), filed(5, 3), filed(6, 3)]
    renamed = [
        replace(f, request=replace(f.request, office=names[f.request.office])) for f in batch
    ]

    ours = outcomes_of(batch, range(TRIALS))
    theirs = outcomes_of(renamed, range(TRIALS, 2 * TRIALS))

    assert len(ours) > 3
    for outcome in ours | theirs:
        assert abs(ours[outcome] - theirs[outcome]) < tolerance(2 * TRIALS)


@given(days(), batches(), SEEDS, st.sampled_from(OFFICES))
def test_to_ask_for_more_besides_never_costs_an_office_its_first_wish(
    day: Day, batch: list[Filed], seed: int, office: int
) -> None:
    """The draw of the first round depends on who files, not on how much: nobody need hold back."""
    own = [f for f in batch if f.request.office == office]
    assume(len(own) > 1)
    first = min(own, key=lambda f: f.rank)
    modest = [f for f in batch if f is first or f.request.office != office]

    much = opening.opened(day, batch, CLOSES, Random(seed))
    little = opening.opened(day, modest, CLOSES, Random(seed))

    assert much.orders[0] == little.orders[0]
    won = [
        [o.in_round for o in result.outcomes if o.filed == first and isinstance(o.answer, Admitted)]
        for result in (much, little)
    ]
    assert (won[0] == [1]) == (won[1] == [1])
