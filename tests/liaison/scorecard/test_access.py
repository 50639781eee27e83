"""Who had access, on office-days that are counted by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from comptoir.domain.periods import Period
from comptoir.domain.service_day import Reason
from comptoir.liaison.models import Happening, Side, Status
from comptoir.liaison.queries.scorecard import access
from comptoir.liaison.queries.scorecard.access import Access, BusinessClock, Share, Wait
from comptoir.liaison.queries.scorecard.capacity import NO_REQUEST
from comptoir.liaison.queries.scorecard.values import Asked, Looked, Tenure, Terms
from tests.liaison.factories import at
from tests.liaison.scorecard.worlds import (
    MONDAY,
    TUESDAY,
    asked,
    cancelled,
    ended,
    granted,
    missed,
    tenure,
    use,
)

TWO = Terms(floor=2, weekly_floor=4, late_notice_minutes=120)
"""A floor of half an hour."""


def days(
    tenures: list[Tenure] | None = None,
    requests: list[Asked] | None = None,
    terms: Terms = TWO,
) -> list[Access]:
    return access.office_days(use([], tenures or [], requests or [], terms))


def given(tenures: list[Tenure] | None = None, requests: list[Asked] | None = None) -> bool:
    """Whether the one office had access on the one day."""
    (day,) = days(tenures, requests)
    return day.is_given


class TestADayOfAnOffice:
    def test_is_given_by_an_appointment_of_the_floor(self) -> None:
        assert given([tenure(quanta=2)])
        assert not given([tenure(quanta=1)])

    def test_is_given_by_several_that_make_up_the_floor(self) -> None:
        assert given([tenure(9, quanta=1), tenure(14, quanta=1)])

    def test_is_given_although_the_office_let_it_go(self) -> None:
        assert given([cancelled(10)])
        assert given([missed()])

    def test_is_not_given_by_what_the_centre_cancelled(self) -> None:
        assert not given([cancelled(10, side=Side.CENTRE)], [granted()])

    def test_is_not_counted_twice_by_a_move_within_the_day(self) -> None:
        left = tenure(9, quanta=1, booked_at=None, ended=ended(60, Happening.MOVED))

        assert not given([left, tenure(11, quanta=1)])

    def test_is_given_by_the_time_whoever_serves_it(self) -> None:
        how = ended(60, Happening.REASSIGNED, side=Side.CENTRE)

        assert given([tenure(booked_at=None, ended=how), tenure(professional=2)])

    def test_is_not_given_by_a_refusal(self) -> None:
        assert not given([], [asked()])

    def test_is_given_by_an_offer_of_the_floor_instead(self) -> None:
        assert given([], [asked(quanta=4, offered=2)])
        assert not given([], [asked(quanta=4, offered=1)])

    def test_is_given_by_a_booking_after_a_refusal(self) -> None:
        assert given([tenure(14)], [asked(), granted()])

    def test_that_was_never_asked_for_is_none(self) -> None:
        assert days() == []

    def test_is_not_asked_for_by_a_list_on_which_nothing_was(self) -> None:
        assert days([], [asked(listed=True)]) == []

    @pytest.mark.parametrize("reason", sorted(NO_REQUEST))
    def test_is_not_asked_for_by_what_nobody_could_have(self, reason: Reason) -> None:
        assert days([], [asked(reason=reason)]) == []

    def test_keeps_the_reason_it_was_given_last(self) -> None:
        first = asked(reason="day_limit", when=at(MONDAY, 8))
        last = asked(reason="kept", when=at(MONDAY, 9))

        assert [day.reason for day in days([], [last, first])] == ["kept"]

    def test_has_no_reason_where_the_centre_took_it(self) -> None:
        assert [day.reason for day in days([cancelled(10, side=Side.CENTRE)])] == [""]


class TestDayAccess:
    def world(self) -> list[Access]:
        """Office 1 had access on both days, 2 on one of two, 3 on none."""
        return days(
            [tenure(), tenure(on=TUESDAY), tenure(12, office=2)],
            [asked(2, TUESDAY), asked(3)],
        )

    def test_is_the_share_of_office_days(self) -> None:
        # Three of five office-days, of three offices.
        assert access.day_access(self.world()) == Share(3, 5, 3)
        assert access.day_access(self.world()).value == pytest.approx(0.6)

    def test_of_the_others_leaves_some_offices_out(self) -> None:
        assert access.day_access(self.world(), without=frozenset({1})) == Share(1, 3, 2)

    def test_of_nobody_is_not_known(self) -> None:
        assert access.day_access([]).value is None

    def test_misses_are_the_days_without(self) -> None:
        assert [(day.on, day.office) for day in access.floor_misses(self.world())] == [
            (MONDAY, 3),
            (TUESDAY, 2),
        ]


class TestWeekAccess:
    def test_is_the_share_of_offices_that_got_the_weekly_floor_or_all_they_asked_for(self) -> None:
        world = days(
            [
                tenure(9, office=1, quanta=1),  # asked for a quarter hour and got it
                tenure(9, office=2, quanta=4),  # asked for two hours, got the floor of one
                tenure(9, office=3, quanta=2),  # asked for an hour and a half, got half an hour
            ],
            [asked(2, TUESDAY, quanta=4), asked(3, TUESDAY, quanta=4), asked(4, quanta=1)],
        )

        # Offices 1 and 2 of four.
        assert access.week_access(world, weekly_floor=4) == Share(2, 4, 4)

    def test_counts_of_a_day_the_most_that_was_asked_for(self) -> None:
        # Half an hour asked for three times on one day is half an hour, which it got.
        world = days([tenure(quanta=2)], [asked(), asked(), granted()])

        assert access.week_access(world, weekly_floor=4) == Share(1, 1, 1)


class TestBusinessHours:
    CLOCK = BusinessClock(
        Period(at(on, 8), at(on, 18)) for on in (TUESDAY, MONDAY, MONDAY + timedelta(days=3))
    )
    """Monday, Tuesday and Thursday from 8:00 to 18:00: Wednesday is closed."""

    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            (at(MONDAY, 9), at(MONDAY, 11, 30), 2.5),
            (at(MONDAY, 16), at(TUESDAY, 9), 3),
            (at(MONDAY, 6), at(MONDAY, 9), 1),
            (at(MONDAY, 20), at(TUESDAY, 7), 0),
            (at(TUESDAY, 17), at(MONDAY + timedelta(days=3), 8, 15), 1.25),
            (at(MONDAY, 8), at(MONDAY + timedelta(days=9), 8), 30),
        ],
    )
    def test_are_those_in_which_the_centre_works(
        self, start: datetime, end: datetime, expected: float
    ) -> None:
        assert self.CLOCK.between(start, end) == pytest.approx(expected)


class TestThirdNextAvailable:
    CLOCK = BusinessClock([Period(at(MONDAY, 8), at(MONDAY, 18))])
    CHAMBERS = {1: "commons", 2: "commons", 3: "senate"}

    def waits(self, *looks: tuple[int, int | None]) -> dict[str, Wait]:
        """Looks at 9:00 by an office, and the hour of the third time they were offered."""
        return access.third_next_available(
            [
                Looked(office, at(MONDAY, 9), at(MONDAY, hour) if hour else None)
                for office, hour in looks
            ],
            self.CLOCK,
            self.CHAMBERS,
        )

    def test_is_the_median_of_the_looks_of_a_chamber(self) -> None:
        # One, three and eight hours; the senator's office waits two.
        found = self.waits((1, 10), (1, 12), (2, 17), (3, 11))

        assert found == {"commons": Wait(3, 3, 2), "senate": Wait(2, 1, 1)}

    def test_takes_a_look_with_fewer_than_three_times_for_the_longest_wait(self) -> None:
        # One hour, four hours, and two that were offered too few: between 4 and for ever.
        assert self.waits((1, 10), (1, 13), (2, None))["commons"].hours == 4
        assert self.waits((1, 10), (1, 13), (2, None), (2, None))["commons"].hours is None

    def test_is_of_nobody_where_nobody_looked(self) -> None:
        assert self.waits() == {}


def test_a_started_appointment_is_held() -> None:
    assert given([tenure(status=Status.STARTED)])
