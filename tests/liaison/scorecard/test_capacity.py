"""How hours were used, on worlds of a few quarter hours: every expected number is counted by hand."""

from __future__ import annotations

from datetime import datetime

import pytest

from comptoir.domain.service_day import Reason
from comptoir.liaison.models import Happening, Side, Status
from comptoir.liaison.queries.scorecard import capacity
from comptoir.liaison.queries.scorecard.values import Kept, Tenure, Terms
from tests.liaison.factories import at
from tests.liaison.scorecard.worlds import (
    FRIDAY_BEFORE,
    MONDAY,
    TUESDAY,
    asked,
    between,
    cancelled,
    ended,
    granted,
    hours,
    missed,
    tenure,
    use,
)


class TestOffered:
    def test_counts_the_quarter_hours_of_everybody(self) -> None:
        # 9:00 to 17:00 are 32 quarter hours, 10:00 to 12:00 are 8.
        world = use([hours(), hours(10, 12, professional=2)])

        assert capacity.offered(world) == 40

    def test_counts_what_was_booked_before_it_was_withdrawn(self) -> None:
        # 4 on offer, and the 2 of an appointment that was held outside of them.
        world = use([hours(9, 10)], [tenure(14)])

        assert capacity.offered(world) == 6

    def test_does_not_count_withdrawn_time_that_was_given_up(self) -> None:
        assert capacity.offered(use([hours(9, 10)], [cancelled(10, 14)])) == 4


class TestAttended:
    def test_counts_what_was_held_and_nothing_else(self) -> None:
        world = use(
            [hours()],
            [
                tenure(9, quanta=3),
                tenure(10, status=Status.BOOKED),
                tenure(11, status=Status.STARTED),
                cancelled(5, 12),
                missed(13),
            ],
        )

        assert capacity.attended(world) == 3

    def test_leaves_what_has_no_result_to_be_told_apart(self) -> None:
        world = use([hours()], [tenure(9), tenure(10, status=Status.BOOKED, quanta=4), missed(13)])

        assert capacity.unrecorded(world) == 4


class TestLateLoss:
    def test_is_what_was_given_up_with_too_little_notice(self) -> None:
        # Two hours are asked: 119 minutes are too few, 120 are enough.
        world = use([hours()], [cancelled(119, 10), cancelled(120, 12, quanta=4)])

        assert capacity.lost_late(world, Side.OFFICE) == 2

    def test_is_what_nobody_came_for(self) -> None:
        assert capacity.lost_late(use([hours()], [missed(quanta=3)]), Side.OFFICE) == 3

    def test_counts_a_no_show_even_where_no_notice_is_asked(self) -> None:
        terms = Terms(floor=1, weekly_floor=4, late_notice_minutes=0)

        assert capacity.lost_late(use([hours()], [missed()], terms=terms), Side.OFFICE) == 2

    def test_is_less_what_somebody_took_again(self) -> None:
        # 10:00 to 11:00 was given up; the quarter hour from 10:30 on was taken by another office.
        world = use([hours()], [cancelled(30, quanta=4), tenure(10, 30, office=2, quanta=1)])

        assert capacity.lost_late(world, Side.OFFICE) == 3

    def test_counts_a_quarter_hour_once_that_two_offices_gave_up_one_after_the_other(self) -> None:
        world = use([hours()], [cancelled(100), cancelled(20, office=2)])

        assert capacity.lost_late(world, Side.OFFICE) == 2

    def test_is_of_the_side_that_gave_it_up_last(self) -> None:
        world = use([hours()], [cancelled(100), cancelled(20, office=2, side=Side.CENTRE)])

        assert capacity.lost_late(world, Side.OFFICE) == 0
        assert capacity.lost_late(world, Side.CENTRE) == 2

    def test_counts_what_a_move_leaves_empty(self) -> None:
        left = tenure(10, booked_at=None, ended=ended(60, Happening.MOVED))
        # From 10:00 to 10:15: the rest is what it takes now.
        now = tenure(10, 15)

        assert capacity.lost_late(use([hours()], [left, now]), Side.OFFICE) == 1

    def test_counts_no_time_that_another_professional_took_over(self) -> None:
        how = ended(60, Happening.REASSIGNED, side=Side.CENTRE)
        world = use([hours()], [tenure(booked_at=None, ended=how), tenure(professional=2)])

        assert capacity.lost_late(world, Side.CENTRE) == 0


class TestRefills:
    @pytest.mark.parametrize(
        ("notice", "bucket"),
        [
            (0, "under_15_minutes"),
            (14, "under_15_minutes"),
            (15, "under_2_hours"),
            (119, "under_2_hours"),
            (120, "under_24_hours"),
            (1439, "under_24_hours"),
            (1440, "24_hours_or_more"),
            (9000, "24_hours_or_more"),
        ],
    )
    def test_are_told_apart_by_the_notice(self, notice: int, bucket: str) -> None:
        found = capacity.refills(use([hours()], [cancelled(notice)]))

        assert {name for name, (_, total) in found.items() if total} == {bucket}

    def test_say_how_much_was_taken_again_of_what_was_given_up(self) -> None:
        # Of the 4 + 2 quarter hours with half an hour of notice one was taken again.
        world = use(
            [hours()],
            [cancelled(30, quanta=4), cancelled(30, 14), tenure(10, 45, office=2, quanta=1)],
        )

        assert capacity.refills(world)["under_2_hours"] == (1, 6)

    def test_count_each_time_that_a_quarter_hour_changed_hands(self) -> None:
        # Given up a day before and taken; given up ten minutes before and left empty.
        world = use([hours()], [cancelled(2000), cancelled(10, office=2)])

        found = capacity.refills(world)
        assert found["24_hours_or_more"] == (2, 2)
        assert found["under_15_minutes"] == (0, 2)

    def test_are_of_offices_only(self) -> None:
        found = capacity.refills(use([hours()], [cancelled(30, side=Side.CENTRE)]))

        assert set(found.values()) == {(0, 0)}

    def test_take_not_attended_for_no_notice(self) -> None:
        assert capacity.refills(use([hours()], [missed()]))["under_15_minutes"] == (0, 2)


class TestAvoidablyIdle:
    def test_is_what_a_refused_request_could_have_had(self) -> None:
        assert capacity.avoidably_idle(use([hours()], [], [asked(quanta=3)])) == 3

    def test_is_nothing_where_nobody_was_refused(self) -> None:
        assert capacity.avoidably_idle(use([hours()], [], [granted()])) == 0

    def test_is_nothing_where_nothing_was_idle(self) -> None:
        # Held until 10:00; from then on somebody was waited for in vain.
        world = use([hours(9, 11)], [tenure(9, quanta=4), missed(10, quanta=4)], [asked(quanta=1)])

        assert capacity.avoidably_idle(world) == 0

    def test_needs_a_run_as_long_as_the_request(self) -> None:
        # Idle: 9:00 to 9:30 and 10:00 to 11:00.
        world = [hours(9, 11)], [tenure(9, 30)]

        assert capacity.avoidably_idle(use(*world, [asked(quanta=4)])) == 4
        assert capacity.avoidably_idle(use(*world, [asked(quanta=5)])) == 0

    def test_counts_no_idle_time_twice(self) -> None:
        # An hour was idle; three offices asked for half an hour each.
        world = use([hours(9, 10)], [], [asked(office) for office in (1, 2, 3)])

        assert capacity.avoidably_idle(world) == 4

    def test_needs_a_professional_who_speaks_the_language(self) -> None:
        on_offer = [hours(languages=["en"])]

        assert capacity.avoidably_idle(use(on_offer, [], [asked(language="fr")])) == 0
        assert capacity.avoidably_idle(use(on_offer, [], [asked(language="en")])) == 2

    def test_needs_time_on_a_day_that_was_asked_for(self) -> None:
        on_offer = [hours(on=TUESDAY)]

        assert capacity.avoidably_idle(use(on_offer, [], [asked(on=MONDAY)])) == 0
        assert capacity.avoidably_idle(use(on_offer, [], [asked(on=MONDAY, last=TUESDAY)])) == 2

    def test_needs_time_that_was_still_to_come(self) -> None:
        # At 9:40 only 9:45 to 10:00 is left of the hour.
        late = at(MONDAY, 9, 40)

        assert capacity.avoidably_idle(use([hours(9, 10)], [], [asked(when=late, quanta=2)])) == 0
        assert capacity.avoidably_idle(use([hours(9, 10)], [], [asked(when=late, quanta=1)])) == 1

    def test_leaves_out_what_was_kept_for_other_offices(self) -> None:
        for_office_two = [hours(9, 10, kept=[Kept(between(9, 10), frozenset({2}))])]

        assert capacity.avoidably_idle(use(for_office_two, [], [asked(1)])) == 0
        assert capacity.avoidably_idle(use(for_office_two, [], [asked(2)])) == 2

    def test_leaves_out_who_was_granted_as_much_afterwards(self) -> None:
        before, after = at(MONDAY, 8), at(MONDAY, 8, 30)

        def idle(refused_at: datetime, granted_at: datetime, quanta: int) -> int:
            answers = [asked(when=refused_at), granted(when=granted_at, quanta=quanta)]
            return capacity.avoidably_idle(use([hours()], [], answers))

        assert idle(before, after, 2) == 0
        assert idle(before, after, 1) == 2
        assert idle(after, before, 2) == 2

    def test_takes_what_an_office_asks_again_for_one_request_of_the_greatest_length(self) -> None:
        world = use([hours()], [], [asked(quanta=1), asked(quanta=3), asked(quanta=2)])

        assert capacity.avoidably_idle(world) == 3

    def test_serves_the_narrowest_choice_first(self) -> None:
        # The wide request can have Tuesday; the narrow one only Monday's single hour.
        wide = asked(1, MONDAY, last=TUESDAY, quanta=4, when=FRIDAY_BEFORE)
        narrow = asked(2, MONDAY, quanta=4, when=at(MONDAY, 8))
        world = use([hours(9, 10), hours(9, 10, on=TUESDAY)], [], [wide, narrow])

        assert capacity.avoidably_idle(world) == 8

    @pytest.mark.parametrize("reason", sorted(capacity.NO_REQUEST))
    def test_leaves_out_what_nobody_could_have_had(self, reason: Reason) -> None:
        assert capacity.avoidably_idle(use([hours()], [], [asked(reason=reason)])) == 0

    def test_counts_time_given_up_that_nobody_took(self) -> None:
        world = use([hours(10, 11)], [cancelled(10, quanta=4)], [asked(2, quanta=4)])

        assert capacity.avoidably_idle(world) == 4


class TestDirected:
    KEPT = Kept(between(9, 11), frozenset({1, 2}))

    def tenures(self) -> list[Tenure]:
        """Within the directed hours: one held, one missed, one given up; and one outside of them."""
        return [
            tenure(9, quanta=1),
            missed(10, quanta=2),
            cancelled(60, 9),
            tenure(14, quanta=4),
        ]

    def test_hours_are_told_by_offered_booked_and_attended(self) -> None:
        found = capacity.directed(use([hours(kept=[self.KEPT])], self.tenures()))

        assert found == capacity.Directed(offered=8, booked=3, attended=1)

    def test_hours_of_which_there_are_none_come_to_nothing(self) -> None:
        assert capacity.directed(use([hours()], self.tenures())) == capacity.Directed(0, 0, 0)

    def test_hours_that_two_requests_direct_count_once(self) -> None:
        other = Kept(between(10, 12), frozenset({3}))

        # 9:00 to 11:00 and 10:00 to 12:00 are three hours.
        assert capacity.directed(use([hours(kept=[self.KEPT, other])])).offered == 12
