"""The memorandum's pattern: same-day bookings, cancelled at the last minute; and the weeks around a change."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from comptoir.liaison.models import Happening, Side
from comptoir.liaison.queries.scorecard import pattern
from comptoir.liaison.queries.scorecard.access import Share
from comptoir.liaison.queries.scorecard.values import WEEK, Tenure
from tests.liaison.factories import at
from tests.liaison.scorecard.worlds import (
    FRIDAY_BEFORE,
    MONDAY,
    TUESDAY,
    asked,
    cancelled,
    ended,
    missed,
    tenure,
    use,
)

THAT_MORNING = at(MONDAY, 8)


def same_day(hour: int = 10, office: int = 1) -> Tenure:
    return tenure(hour, office=office, booked_at=THAT_MORNING)


def of(*tenures: Tenure) -> pattern.Pattern:
    return pattern.pattern(use([], tenures))


class TestSameDay:
    def test_is_booked_on_the_service_day(self) -> None:
        # One of four; the evening before is another day, whatever the clocks of others say.
        found = of(
            same_day(9),
            tenure(10),
            tenure(11, on=TUESDAY, booked_at=at(MONDAY, 23)),
            tenure(12, booked_at=at(MONDAY - timedelta(days=1), 23, 59)),
        )

        assert found.same_day == Share(1, 4, 1)

    def test_counts_an_appointment_whatever_became_of_it(self) -> None:
        found = of(cancelled(10, booked_at=THAT_MORNING), missed(14, booked_at=THAT_MORNING))

        assert found.same_day == Share(2, 2, 1)

    def test_counts_no_place_that_an_appointment_left(self) -> None:
        left = tenure(9, booked_at=None, ended=ended(60, Happening.MOVED))

        assert of(left, tenure(11)).same_day == Share(0, 1, 1)


class TestLastMinute:
    @pytest.mark.parametrize(("notice", "part"), [(14, 1), (15, 0), (0, 1), (600, 0)])
    def test_is_less_than_fifteen_minutes_before(self, notice: int, part: int) -> None:
        assert of(cancelled(notice), tenure(14)).last_minute == Share(part, 2, 1)

    def test_is_the_offices_own_doing(self) -> None:
        assert of(cancelled(5, side=Side.CENTRE)).last_minute == Share(0, 1, 1)

    def test_is_a_cancellation_and_not_an_absence(self) -> None:
        assert of(missed()).last_minute == Share(0, 1, 1)


class TestCrowding:
    def test_is_by_offices_with_several_same_day_appointments_on_a_day(self) -> None:
        # Office 1 has two on Monday. Office 2 has one on each of two days, office 3 one of two.
        found = of(
            same_day(9),
            same_day(11),
            same_day(12, office=2),
            tenure(9, on=TUESDAY, office=2, booked_at=at(TUESDAY, 8)),
            same_day(14, office=3),
            tenure(15, office=3, booked_at=FRIDAY_BEFORE),
        )

        assert found.crowding == Share(1, 3, 3)

    def test_leaves_the_access_of_the_others_to_be_measured(self) -> None:
        # Office 1 crowds. Of the others, 2 had its time and 3 and 4 were refused.
        found = pattern.pattern(
            use([], [same_day(9), same_day(11), tenure(12, office=2)], [asked(3), asked(4)])
        )

        assert found.others_access == Share(1, 3, 3)


class TestTheWeeksAround:
    FIRST = date(2026, 6, 1)
    """A Monday."""

    FAR = date(2027, 6, 1)

    def test_are_eight_on_either_side(self) -> None:
        found = pattern.around(self.FIRST, None, None, self.FAR)

        assert found.before == tuple(self.FIRST - n * WEEK for n in (8, 7, 6, 5, 4, 3, 2, 1))
        assert found.after == tuple(self.FIRST + n * WEEK for n in range(8))

    def test_leave_out_the_week_in_which_the_rule_changed(self) -> None:
        wednesday = self.FIRST + timedelta(days=2)

        found = pattern.around(wednesday, None, None, self.FAR)

        assert found.before[-1] == self.FIRST - WEEK
        assert found.after[0] == self.FIRST + WEEK

    def test_are_only_those_that_are_over(self) -> None:
        today = self.FIRST + timedelta(days=20)  # a Sunday: its week ends that night

        assert pattern.around(self.FIRST, None, None, today).after == (
            self.FIRST,
            self.FIRST + WEEK,
        )

    def test_begin_after_the_version_before(self) -> None:
        thursday = self.FIRST - timedelta(days=18)  # in the third week before

        found = pattern.around(self.FIRST, thursday, None, self.FAR)

        assert found.before == (self.FIRST - 2 * WEEK, self.FIRST - WEEK)

    def test_end_before_the_version_after(self) -> None:
        thursday = self.FIRST + timedelta(days=10)

        found = pattern.around(self.FIRST, None, thursday, self.FAR)

        assert found.after == (self.FIRST,)
