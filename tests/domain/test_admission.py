"""Admission: what is offered is what is granted, limits are the office's, and the choice is explained.

The vectors V3 to V9 come from the checks that other booking systems publish; the twin in `twin.py`
answers the same questions by trying everything on small days.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain import business_days
from comptoir.domain.admission import admit, admit_at, offers
from comptoir.domain.grid import Grid
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
from tests.domain import twin
from tests.domain.rules import RULE

MONTREAL = ZoneInfo("America/Montreal")
ON = date(2026, 11, 24)
NINE = datetime.combine(ON, time(9), MONTREAL)
LONG_BEFORE = NINE - timedelta(days=3)
GRID = Grid(NINE, 32)
ALL = 2**32 - 1
BOTH = frozenset({"en", "fr"})
ENGLISH = frozenset({"en"})
FRENCH = frozenset({"fr"})
OFFICE, OTHER = 7, 8

FREE_RULE = replace(RULE, minutes_per_day=1440, minutes_per_week=7200, least_notice_minutes=0)


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime.combine(ON, time(hour, minute, second), MONTREAL)


def quarter(hour: int, minute: int = 0) -> int:
    return (hour - 9) * 4 + minute // 15


def between(start: int, end: int) -> int:
    """The mask of whole hours of the clock."""
    return twin.mask_of(set(range(quarter(start), quarter(end))))


def day_of(*hours: ProfessionalHours, **changes: Any) -> Day:
    values: dict[str, Any] = {"on": ON, "grid": GRID, "rule": RULE, "last_bookable": ON}
    return Day(**{**values, "hours": hours, **changes})


def person(number: int = 1, languages: frozenset[str] = BOTH, **masks: Any) -> ProfessionalHours:
    return ProfessionalHours(number, languages, **{"offered": ALL, **masks})


def asking(quanta: int = 2, **changes: Any) -> Request:
    values: dict[str, Any] = {"office": OFFICE, "quanta": quanta, "language": "en"}
    return Request(**{**values, **changes})


def reason(answer: Admitted | Refused) -> Reason:
    assert isinstance(answer, Refused)
    return answer.reason


def granted(answer: Admitted | Refused) -> Admitted:
    assert isinstance(answer, Admitted)
    return answer


def shown(day: Day, request: Request, now: datetime = LONG_BEFORE) -> list[str]:
    """The times offered, as a person reads them."""
    starts = sorted(twin.places(offers(day, request, now)))
    return [f"{day.grid.instant(i).astimezone(MONTREAL):%H:%M}" for i in starts]


# --- Vectors ---


@pytest.mark.parametrize(
    ("days_ahead", "notice", "expected"),
    [(1, 0, 24), (0, 0, 12), (1, 1500, 11)],
)
def test_an_empty_day_offers_each_full_hour_that_keeps_the_notice(
    days_ahead: int, notice: int, expected: int
) -> None:
    """V3: at 11:59:59 UTC, 24 tomorrow, 12 today, 11 tomorrow with 1500 minutes of notice."""
    now = datetime(2026, 11, 23, 11, 59, 59, tzinfo=UTC)
    on = now.date() + timedelta(days=days_ahead)
    day = day_of(
        person(offered=2**96 - 1),
        on=on,
        last_bookable=on,
        grid=Grid(datetime.combine(on, time(0), UTC), 96),
        rule=replace(FREE_RULE, least_notice_minutes=notice),
    )

    starts = twin.places(offers(day, asking(4), now))

    assert len([start for start in starts if start % 4 == 0]) == expected


HALF_HOURS_OF_V4 = [
    "10:00",
    "10:30",
    "12:00",
    "12:30",
    "13:00",
    "13:30",
    "15:00",
    "15:30",
    "16:00",
    "16:30",
]


@pytest.mark.parametrize(
    ("busy", "expected"),
    [
        ([(11, 12), (14, 15)], HALF_HOURS_OF_V4),
        ([(10, 16), (11, 12), (14, 15)], ["16:00", "16:30"]),
    ],
)
def test_times_fit_around_what_is_taken_and_not_into_it(
    busy: list[tuple[int, int]], expected: list[str]
) -> None:
    """V4 and V5: 9 to 17, not before 10, half an hour; a longer block may hold shorter ones."""
    taken = 0
    for start, end in busy:
        taken |= between(start, end)

    times = shown(day_of(person(taken=taken), rule=FREE_RULE), asking(2), now=at(10))

    assert [each for each in times if each.endswith((":00", ":30"))] == expected


@pytest.mark.parametrize(
    ("start", "end", "clashes"),
    [
        (0, 1, False),
        (1, 2, False),
        (1, 3, True),
        (1, 5, True),
        (2, 4, True),
        (3, 5, True),
        (4, 5, False),
        (5, 6, False),
    ],
)
def test_touching_is_not_overlapping_and_enclosing_is(start: int, end: int, clashes: bool) -> None:
    """V6: taken from 2 to 4."""
    taken = twin.mask_of({2, 3})
    request = asking(end - start, start=start)

    answer = admit(day_of(person(taken=taken)), request, LONG_BEFORE)

    assert isinstance(answer, Refused) is clashes


def test_half_past_two_to_half_past_three_clashes_with_two_to_four() -> None:
    """V6, our own case: two quarter hours to the unit."""
    taken = twin.mask_of({4, 5, 6, 7})

    answer = admit(day_of(person(taken=taken)), asking(2, start=5), LONG_BEFORE)

    assert reason(answer) is Reason.TIME_TAKEN


@pytest.mark.parametrize("on", [date(2023, 8, day) for day in (1, 2, 3, 4, 5)])
def test_a_week_does_not_end_with_its_month(on: date) -> None:
    """V9: one a week, taken on Monday 31 July 2023; the rest of that week is refused and not shown."""
    booked_on = date(2023, 7, 31)
    week_use = 1 if business_days.monday_of(on) == booked_on else 0
    day = day_of(
        person(),
        on=on,
        last_bookable=on,
        grid=Grid(datetime.combine(on, time(9), MONTREAL), 32),
        rule=replace(RULE, minutes_per_day=15, minutes_per_week=15, lengths=(15,)),
        use={OFFICE: Use(week=week_use)},
    )
    now = datetime(2023, 7, 31, 12, tzinfo=MONTREAL)

    assert reason(admit(day, asking(1), now)) is Reason.WEEK_LIMIT
    assert offers(day, asking(1), now) == 0


# --- Reasons, in the order in which they are told ---


def test_an_office_that_is_not_active_is_told_that_before_anything_else() -> None:
    day = day_of(rule=None, last_bookable=ON - timedelta(days=1))

    assert (
        reason(admit(day, asking(9, office_active=False), LONG_BEFORE)) is Reason.OFFICE_NOT_ACTIVE
    )


@pytest.mark.parametrize("day", [day_of(), day_of(person(), rule=None)])
def test_a_day_without_hours_or_without_a_rule_is_not_published(day: Day) -> None:
    assert reason(admit(day, asking(), LONG_BEFORE)) is Reason.NOT_PUBLISHED


def test_the_last_bookable_day_is_bookable_and_the_next_is_not() -> None:
    assert isinstance(admit(day_of(person()), asking(), LONG_BEFORE), Admitted)
    beyond = day_of(person(), last_bookable=ON - timedelta(days=1))
    assert reason(admit(beyond, asking(), LONG_BEFORE)) is Reason.BEYOND_HORIZON


@pytest.mark.parametrize("quanta", [-1, 0, 5])
def test_only_the_lengths_of_the_rule_are_offered(quanta: int) -> None:
    day = day_of(person(), rule=replace(FREE_RULE, lengths=(15, 60)))

    assert reason(admit(day, asking(quanta), LONG_BEFORE)) is Reason.LENGTH_NOT_OFFERED


def test_the_daily_limit_is_told_before_the_weekly_one_and_before_a_full_calendar() -> None:
    day = day_of(person(taken=ALL), use={OFFICE: Use(day=3, week=12)})

    assert reason(admit(day, asking(2), LONG_BEFORE)) is Reason.DAY_LIMIT
    assert reason(admit(day, asking(1), LONG_BEFORE)) is Reason.WEEK_LIMIT


def test_the_limit_itself_may_be_used_and_one_quarter_hour_more_may_not() -> None:
    day = day_of(person(), use={OFFICE: Use(day=2, week=10)})

    assert isinstance(admit(day, asking(2), LONG_BEFORE), Admitted)
    assert reason(admit(day, asking(3), LONG_BEFORE)) is Reason.DAY_LIMIT


def test_a_refusal_at_the_limit_carries_the_numbers_that_explain_it() -> None:
    day = day_of(person(taken=between(9, 16)), use={OFFICE: Use(day=3, week=5)})

    answer = admit(day, asking(2), LONG_BEFORE)

    assert answer.counters == {
        "asked": 2,
        "day_used": 3,
        "day_limit": 4,
        "week_used": 5,
        "week_limit": 12,
        "free": 4,
    }


def test_time_that_has_passed_is_not_counted_as_free() -> None:
    """At 16:00 with 15 minutes of notice, 16:15 to 17:00 is what is left of an empty day."""
    answer = admit(day_of(person()), asking(4, start=0), at(16))

    assert answer.counters["free"] == 3


def test_a_time_inside_the_least_notice_is_too_soon_and_not_taken() -> None:
    day = day_of(person())

    assert reason(admit(day, asking(1, start=quarter(10)), at(9, 45, 1))) is Reason.TOO_SOON
    assert isinstance(admit(day, asking(1, start=quarter(10)), at(9, 45)), Admitted)


def test_a_time_that_is_too_near_is_told_so_although_nothing_later_is_left() -> None:
    """The last of the day, shown ten minutes ago: the other language would not help."""
    day = day_of(person())

    assert reason(admit(day, asking(1, start=quarter(16, 45)), at(16, 40))) is Reason.TOO_SOON


def test_a_taken_time_is_told_as_taken_while_others_are_left() -> None:
    day = day_of(person(taken=between(9, 10)))

    assert reason(admit(day, asking(1, start=0), LONG_BEFORE)) is Reason.TIME_TAKEN


def test_a_day_where_the_length_fits_nowhere_has_no_time() -> None:
    """Every second quarter hour is free: plenty for 15 minutes, nothing for 30."""
    day = day_of(person(taken=twin.mask_of(set(range(0, 32, 2)))))

    assert isinstance(admit(day, asking(1), LONG_BEFORE), Admitted)
    assert reason(admit(day, asking(2), LONG_BEFORE)) is Reason.NO_TIME


def test_two_halves_of_different_professionals_do_not_make_an_appointment() -> None:
    day = day_of(person(1, offered=0b01), person(2, offered=0b10))

    assert reason(admit(day, asking(2), LONG_BEFORE)) is Reason.NO_TIME


def test_nothing_begins_so_late_that_it_would_run_past_the_end() -> None:
    assert shown(day_of(person()), asking(4))[-1] == "16:00"
    assert reason(admit(day_of(person()), asking(4, start=29), LONG_BEFORE)) is Reason.NOT_WORKED


def test_an_instant_outside_the_grid_is_refused_and_not_granted() -> None:
    assert reason(admit(day_of(person()), asking(1, start=40), LONG_BEFORE)) is Reason.NOT_WORKED


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (at(14, 7), Reason.OFF_QUARTER),
        (at(14, 0, 30), Reason.OFF_QUARTER),
        (at(8), Reason.NOT_WORKED),
        (at(17), Reason.NOT_WORKED),
        (at(8, 7), Reason.OFF_QUARTER),
    ],
)
def test_an_instant_that_was_never_on_offer_is_not_said_to_be_taken(
    instant: datetime, expected: Reason
) -> None:
    answer = admit_at(day_of(person()), asking(1), instant, LONG_BEFORE)

    assert reason(answer) is expected


def test_an_instant_that_is_one_of_the_days_quarter_hours_is_granted_as_that() -> None:
    answer = admit_at(day_of(person()), asking(1), at(14, 15), LONG_BEFORE)

    assert granted(answer).start == quarter(14, 15)


def test_the_lunch_hour_of_everybody_is_not_said_to_be_taken() -> None:
    day = day_of(person(offered=ALL & ~between(12, 13)))

    assert reason(admit(day, asking(1, start=quarter(12, 30)), LONG_BEFORE)) is Reason.NOT_WORKED


def test_who_works_but_does_not_speak_the_language_does_not_make_a_time_taken() -> None:
    day = day_of(person(1, ENGLISH), person(2, FRENCH, offered=between(9, 10)))

    answer = admit(day, asking(1, start=quarter(11), language="fr"), LONG_BEFORE)

    assert reason(answer) is Reason.NOT_WORKED


# --- What is past, closed, or too far ahead ---


@pytest.mark.parametrize("instant", [at(9), at(9, 7), at(8)])
def test_a_time_of_today_that_has_come_is_past_and_not_too_soon(instant: datetime) -> None:
    """At 12:18, nine o'clock; on a quarter hour, beside one, before the first."""
    answer = admit_at(day_of(person()), asking(1), instant, at(12, 18))

    assert reason(answer) is Reason.PAST


def test_a_past_time_is_past_although_nothing_is_left_of_the_day() -> None:
    day = day_of(person(taken=ALL))

    assert reason(admit_at(day, asking(1), at(9), at(12, 18))) is Reason.PAST
    assert reason(admit_at(day, asking(1), at(9, 7), at(12, 18))) is Reason.PAST
    assert reason(admit_at(day, asking(1), at(14), at(12, 18))) is Reason.NO_TIME


def test_a_time_that_comes_this_very_moment_is_not_past() -> None:
    assert reason(admit_at(day_of(person()), asking(1), at(10), at(10))) is Reason.TOO_SOON


@pytest.mark.parametrize("hours", [(), (person(),)])
def test_a_day_before_today_is_past_with_hours_or_without(
    hours: tuple[ProfessionalHours, ...],
) -> None:
    day = day_of(*hours, first_bookable=ON + timedelta(days=1), closed=not hours)

    assert reason(admit(day, asking(), LONG_BEFORE)) is Reason.PAST
    assert offers(day, asking(), LONG_BEFORE) == 0


@pytest.mark.parametrize("hours", [(), (person(offered=0),)])
def test_a_closed_day_is_closed_whether_or_not_it_was_published_before(
    hours: tuple[ProfessionalHours, ...],
) -> None:
    """And however far ahead: nobody is told to come back when it opens."""
    day = day_of(*hours, closed=True, last_bookable=ON - timedelta(days=1))

    assert reason(admit(day, asking(), LONG_BEFORE)) is Reason.CLOSED


def test_hours_that_are_worked_on_a_closed_day_are_on_offer() -> None:
    assert isinstance(admit(day_of(person(), closed=True), asking(), LONG_BEFORE), Admitted)


def test_a_day_beyond_the_horizon_is_too_far_ahead_and_not_waiting_to_be_published() -> None:
    day = day_of(last_bookable=ON - timedelta(days=1))

    assert reason(admit(day, asking(), LONG_BEFORE)) is Reason.BEYOND_HORIZON


# --- Limits belong to the office ---


def test_what_one_office_used_does_not_count_for_another() -> None:
    day = day_of(person(), use={OTHER: Use(day=4, week=12)})

    assert isinstance(admit(day, asking(4), LONG_BEFORE), Admitted)


@given(st.lists(st.sampled_from([1, 2, 3, 4]), max_size=12), st.randoms(use_true_random=False))
def test_splitting_and_ordering_wishes_never_gets_an_office_past_its_limit(
    wishes: list[int], random: Random
) -> None:
    """Delegates of one office, each with wishes of their own, draw on one share."""
    random.shuffle(wishes)
    used = 0
    for quanta in wishes:
        day = day_of(person(), use={OFFICE: Use(used, used)})
        fits = used + quanta <= RULE.day_limit
        assert isinstance(admit(day, asking(quanta), LONG_BEFORE), Admitted) is fits
        used += quanta if fits else 0

    assert used <= RULE.day_limit


def test_late_losses_count_like_time_used() -> None:
    """`Use` includes what was given up late: cancelling at the last minute frees the time, not the share."""
    day = day_of(person(), use={OFFICE: Use(day=4, week=4)})

    assert reason(admit(day, asking(1), LONG_BEFORE)) is Reason.DAY_LIMIT
    assert isinstance(admit(day, asking(1, office=OTHER), LONG_BEFORE), Admitted)


# --- Languages, reserves, a chosen professional ---


def test_the_language_asked_for_is_spoken_by_whoever_takes_it() -> None:
    day = day_of(person(1, ENGLISH), person(2, FRENCH))

    assert granted(admit(day, asking(language="fr"), LONG_BEFORE)).professional == 2
    assert granted(admit(day, asking(language="en"), LONG_BEFORE)).professional == 1


def test_without_anybody_of_that_language_there_is_no_time() -> None:
    assert (
        reason(admit(day_of(person(1, ENGLISH)), asking(language="fr"), LONG_BEFORE))
        is Reason.NO_TIME
    )


def test_reserved_hours_are_for_the_offices_they_name() -> None:
    kept = Reserve(between(9, 12), frozenset({OTHER}))
    day = day_of(person(reserves=(kept,)))

    assert shown(day, asking(4))[0] == "12:00"
    assert shown(day, asking(4, office=OTHER))[0] == "09:00"


def test_an_appointment_may_span_reserved_and_open_time_of_an_office_that_has_both() -> None:
    day = day_of(person(reserves=(Reserve(between(9, 10), frozenset({OFFICE})),)))

    answer = admit(day, asking(4, start=quarter(9, 30)), LONG_BEFORE)

    assert isinstance(answer, Admitted)


def test_an_office_named_by_one_of_two_reserves_over_the_same_time_is_kept_out_by_the_other() -> (
    None
):
    reserves = (
        Reserve(between(9, 10), frozenset({OFFICE})),
        Reserve(between(9, 10), frozenset({OTHER})),
    )

    assert shown(day_of(person(reserves=reserves)), asking(4))[0] == "10:00"


def test_a_request_for_one_professional_goes_to_nobody_else() -> None:
    day = day_of(person(1, taken=between(9, 10)), person(2))

    assert reason(admit(day, asking(1, start=0, professional=1), LONG_BEFORE)) is Reason.TIME_TAKEN
    assert granted(admit(day, asking(1, start=0, professional=2), LONG_BEFORE)).professional == 2
    assert reason(admit(day, asking(1, professional=3), LONG_BEFORE)) is Reason.NO_TIME


# --- Who takes it ---


def test_somebody_of_one_language_is_preferred_so_that_bilingual_people_stay_free() -> None:
    day = day_of(person(1, BOTH, offered=between(9, 10)), person(2, ENGLISH))

    assert granted(admit(day, asking(4, start=0), LONG_BEFORE)).professional == 2


def test_a_gap_that_fits_exactly_is_filled_first() -> None:
    exact = person(1, taken=ALL & ~between(11, 12))
    end = person(2, taken=between(9, 11))
    middle = person(3)

    answer = admit(day_of(middle, end, exact), asking(4, start=quarter(11)), LONG_BEFORE)

    assert granted(answer).professional == 1


@pytest.mark.parametrize(
    "long_stretch",
    [pytest.param((11, 17), id="its beginning"), pytest.param((9, 12), id="its end")],
)
def test_an_end_of_a_long_stretch_is_preferred_to_the_middle_of_a_shorter_one(
    long_stretch: tuple[int, int],
) -> None:
    """From 11 to 12: taking the middle would leave two pieces, taking an end leaves one."""
    middle = person(1, offered=twin.mask_of(set(range(quarter(10, 45), quarter(12, 15)))))
    end = person(2, offered=between(*long_stretch))

    answer = admit(day_of(middle, end), asking(4, start=quarter(11)), LONG_BEFORE)

    assert granted(answer).professional == 2


def test_the_shorter_of_two_stretches_is_used_so_that_the_longer_stays_whole() -> None:
    long = person(1)
    short = person(2, taken=between(11, 17))

    answer = admit(day_of(long, short), asking(2, start=0), LONG_BEFORE)

    assert granted(answer).professional == 2


def test_the_less_loaded_of_two_alike_takes_it() -> None:
    """Both have the same stretch from 9 to 10; one has a fuller afternoon."""
    rested = person(1, offered=between(9, 10) | between(13, 17), taken=between(13, 14))
    busy = person(2, offered=between(9, 10) | between(13, 17), taken=between(13, 16))

    answer = admit(day_of(busy, rested), asking(2, start=0), LONG_BEFORE)

    assert granted(answer).professional == 1


def test_the_soonest_time_is_taken_when_none_is_asked_for() -> None:
    day = day_of(person(1, taken=between(9, 11)), person(2, taken=between(9, 10)))

    answer = granted(admit(day, asking(4), LONG_BEFORE))

    assert (answer.start, answer.professional) == (quarter(10), 2)


def test_among_equals_the_seed_decides_and_no_one_is_always_first() -> None:
    day = day_of(*(person(number) for number in range(1, 5)))

    chosen = Counter(
        granted(admit(day, asking(start=0, seed=seed), LONG_BEFORE)).professional
        for seed in range(400)
    )

    assert set(chosen) == {1, 2, 3, 4}
    assert min(chosen.values()) > 50


def test_every_reason_can_happen() -> None:
    """No code without a case: the sentences shown to people are written for all of them."""
    full = {
        Reason.OFFICE_NOT_ACTIVE: (day_of(person()), asking(office_active=False)),
        Reason.PAST: (day_of(person(), first_bookable=ON + timedelta(days=1)), asking()),
        Reason.CLOSED: (day_of(closed=True), asking()),
        Reason.NOT_PUBLISHED: (day_of(), asking()),
        Reason.BEYOND_HORIZON: (day_of(person(), last_bookable=ON - timedelta(days=1)), asking()),
        Reason.LENGTH_NOT_OFFERED: (day_of(person()), asking(5)),
        Reason.TOO_SOON: (day_of(person(), on=ON), asking(1, start=1)),
        Reason.DAY_LIMIT: (day_of(person(), use={OFFICE: Use(4, 4)}), asking(1)),
        Reason.WEEK_LIMIT: (day_of(person(), use={OFFICE: Use(0, 12)}), asking(1)),
        Reason.NO_TIME: (day_of(person(taken=ALL)), asking(1)),
        Reason.TIME_TAKEN: (day_of(person(taken=2)), asking(1, start=1)),
        Reason.NOT_WORKED: (day_of(person(offered=1)), asking(1, start=1)),
    }

    of_the_classes = {Reason.HOLDS_TOO_MUCH, Reason.KEPT, Reason.WOULD_SPLIT}  # see test_share
    assert {*full, Reason.OFF_QUARTER} | of_the_classes == set(Reason)
    assert reason(admit_at(day_of(person()), asking(), at(9, 7), LONG_BEFORE)) is Reason.OFF_QUARTER
    for expected, (day, request) in full.items():
        now = at(9, 1) if expected is Reason.TOO_SOON else LONG_BEFORE
        assert reason(admit(day, request, now)) is expected
