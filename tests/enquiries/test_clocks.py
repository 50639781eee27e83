"""Clocks in production: promised at receipt, paused with credit, recomputed by a new holiday, checked."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import ProgrammingError, transaction

from comptoir.domain import clocks as rule
from comptoir.enquiries import jobs
from comptoir.enquiries.actions import clocks, promising
from comptoir.enquiries.models import (
    Clock,
    ClockEvent,
    ClockHappening,
    Enquiry,
    Line,
    Pause,
    Promise,
    ServiceTarget,
    Unit,
    WorkingHours,
)
from comptoir.enquiries.queries import promises, running
from comptoir.people.models import Role
from tests.enquiries.factories import NOW, agent, enquiry, line_of, person
from tests.roster.factories import ClosedDayFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TODAY = date(2026, 11, 16)
DUE = datetime(2026, 11, 30, 21, 0, tzinfo=UTC)
"""The end of the tenth business day after Monday 16 November 2026."""


def final(found: Enquiry) -> Clock:
    return found.clocks.get(promise=Promise.FINAL)


def events(clock: Clock) -> list[ClockHappening]:
    return [ClockHappening(each.kind) for each in clock.events.order_by("pk")]


def target(amount: int, unit: Unit = Unit.DAYS, **values: Any) -> ServiceTarget:
    return promising.start_target(
        **{
            "line": line_of(),
            "promise": Promise.FINAL,
            "valid_from": TODAY,
            "unit": unit,
            "amount": amount,
            "source": "Directive 12",
            "by": person(Role.POLICY_OWNER),
            "now": NOW,
            **values,
        }
    )


class TestStarting:
    def test_both_promises_are_computed_by_one_calendar(
        self, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        found = enquiry()
        Clock.objects.filter(enquiry=found).update(stopped_at=NOW)

        # Hours, closed days, targets; a clock and its event for each promise.
        with django_assert_num_queries(3 + 4):
            clocks.start_all(
                enquiry=found, promises=(Promise.FIRST, Promise.FINAL), at=NOW, now=NOW
            )

    def test_needs_a_target_in_force(self) -> None:
        bare = Line.objects.create(
            code="bare", kind="general", name_en="A", name_fr="B", opened_at=NOW
        )

        with pytest.raises(promises.NothingPromised):
            promises.target_in_force(bare, Promise.FINAL, TODAY)

    def test_one_in_hours_counts_only_hours_that_are_worked(self) -> None:
        target(10, Unit.HOURS)

        # Seven hours are left on Monday, three more on Tuesday from 8:00.
        assert final(enquiry()).due_at == datetime(2026, 11, 17, 16, 0, tzinfo=UTC)

    def test_the_calendar_knows_closed_days_and_has_the_same_version_on_other_days(self) -> None:
        before = promises.calendar_around(NOW).version
        assert promises.calendar_around(NOW + 9 * DAY).version == before

        ClosedDayFactory.create(on=date(2026, 11, 26))

        after = promises.calendar_around(NOW)
        assert after.version != before
        assert date(2026, 11, 26) in after.closed

    def test_closed_days_of_the_next_years_are_known_in_december(self) -> None:
        december = datetime(2026, 12, 30, 15, tzinfo=UTC)

        assert date(2027, 1, 1) in promises.calendar_around(december).closed


class TestTargets:
    def test_another_holds_for_what_is_received_from_its_day_on(self) -> None:
        before = enquiry()
        other = target(3, valid_from=TODAY + DAY)
        after = enquiry(now=NOW + DAY)

        assert final(before).due_at == DUE
        assert final(after).target == other
        assert final(after).due_at == datetime(2026, 11, 20, 21, 0, tzinfo=UTC)

    def test_a_receipt_after_hours_is_promised_by_the_target_of_the_next_business_day(self) -> None:
        target(3, valid_from=TODAY + DAY)
        evening = datetime(2026, 11, 16, 22, 0, tzinfo=UTC)

        assert final(enquiry(now=evening)).target.amount == 3

    def test_none_begins_in_the_past_or_twice_on_a_day(self) -> None:
        target(3)

        with pytest.raises(promising.BeginsAlready):
            target(4)
        with pytest.raises(promising.BeginsInThePast):
            target(4, valid_from=TODAY - DAY)

    def test_none_is_edited(self) -> None:
        made = target(3)

        with pytest.raises(ProgrammingError), transaction.atomic():
            ServiceTarget.objects.filter(pk=made.pk).update(amount=9)
        with pytest.raises(ProgrammingError), transaction.atomic():
            made.delete()


class TestWorkingHours:
    def start(self, periods: dict[str, list[list[str]]], **values: Any) -> WorkingHours:
        by = person(Role.POLICY_OWNER)
        return promising.start_hours(
            **{
                "valid_from": TODAY + DAY,
                "periods": periods,
                "source": "Board",
                "by": by,
                "now": NOW,
                **values,
            }
        )

    def test_hold_for_what_is_received_from_their_day_on(self) -> None:
        before = enquiry()
        self.start({str(day): [["08:00", "12:00"], ["13:00", "18:00"]] for day in range(6)})

        # Saturdays are worked now: the tenth business day after Tuesday is Saturday 28.
        assert final(enquiry(now=NOW + DAY)).due_at == datetime(2026, 11, 28, 23, 0, tzinfo=UTC)
        assert final(before).due_at == DUE
        assert not list(running.of_another_calendar(promises.Calendars()))

    @pytest.mark.parametrize(
        ("periods", "error"),
        [
            ({}, promising.NothingWorked),
            ({"0": []}, promising.NothingWorked),
            ({"0": [["16:00", "08:00"]]}, promising.HoursOutOfOrder),
            ({"0": [["08:00", "12:00"], ["11:00", "16:00"]]}, promising.HoursOutOfOrder),
        ],
    )
    def test_that_cannot_be_are_refused(
        self, periods: dict[str, list[list[str]]], error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            self.start(periods)

    def test_begin_once_a_day_and_not_in_the_past(self) -> None:
        week = {"0": [["08:00", "16:00"]]}
        self.start(week)

        with pytest.raises(promising.BeginsAlready):
            self.start(week)
        with pytest.raises(promising.BeginsInThePast):
            self.start(week, valid_from=TODAY - DAY)


class TestPauses:
    def test_credit_the_working_time_that_passed(self) -> None:
        found = enquiry()
        by = agent().person

        clocks.pause(enquiry=found, reason="client", by=by, now=NOW + DAY)
        clocks.resume(enquiry=found, by=None, now=NOW + 3 * DAY)

        # Two days of eight hours.
        assert final(found).due_at == datetime(2026, 12, 2, 21, 0, tzinfo=UTC)
        assert events(final(found)) == [
            ClockHappening.STARTED,
            ClockHappening.PAUSED,
            ClockHappening.RESUMED,
        ]

    def test_credit_nothing_for_a_night(self) -> None:
        found = enquiry()
        evening = datetime(2026, 11, 16, 22, 0, tzinfo=UTC)

        clocks.pause(enquiry=found, reason="client", by=agent().person, now=evening)
        clocks.resume(enquiry=found, by=None, now=evening + timedelta(hours=8))

        assert final(found).due_at == DUE

    def test_are_credited_to_a_clock_that_stops_meanwhile(self) -> None:
        found = enquiry()
        by = agent().person
        clocks.pause(enquiry=found, reason="client", by=by, now=NOW + DAY)

        clocks.stop(enquiry=found, promise=Promise.FINAL, by=by, now=NOW + 20 * DAY)

        clock = final(found)
        assert rule.is_met(clock.stopped_at or NOW, clock.due_at)
        assert not Pause.objects.filter(clock=clock, ends_at=None).exists()

    def test_do_not_nest_and_end_once(self) -> None:
        found, by = enquiry(), agent().person
        with pytest.raises(clocks.NotPaused):
            clocks.resume(enquiry=found, by=by, now=NOW)
        clocks.pause(enquiry=found, reason="client", by=by, now=NOW)

        with pytest.raises(clocks.PausedAlready):
            clocks.pause(enquiry=found, reason="client", by=by, now=NOW)


class TestAHolidayAnnouncedLater:
    def test_moves_running_due_dates_and_says_so(self) -> None:
        found = enquiry()
        ClosedDayFactory.create(on=date(2026, 11, 26))

        with time_machine.travel(NOW + DAY, tick=False):
            jobs.follow_calendar(0)

        clock = final(found)
        assert clock.due_at == datetime(2026, 12, 1, 21, 0, tzinfo=UTC)
        event = clock.events.get(kind=ClockHappening.RECOMPUTED)
        assert (event.due_before, event.due_after, event.at) == (DUE, clock.due_at, NOW + DAY)

    def test_that_is_taken_back_moves_them_back(self) -> None:
        found = enquiry()
        closed = ClosedDayFactory.create(on=date(2026, 11, 26))
        jobs.follow_calendar(0)
        closed.delete()

        jobs.follow_calendar(0)

        assert final(found).due_at == DUE
        assert final(found).events.filter(kind=ClockHappening.RECOMPUTED).count() == 2

    def test_leaves_no_event_where_nothing_moved_and_is_not_looked_at_again(self) -> None:
        found = enquiry()
        ClosedDayFactory.create(on=date(2027, 3, 1))

        jobs.follow_calendar(0)

        assert events(final(found)) == [ClockHappening.STARTED]
        assert not list(running.of_another_calendar(promises.Calendars()))

    def test_leaves_what_is_stopped_as_it_was(self) -> None:
        found = enquiry()
        clocks.stop(enquiry=found, promise=Promise.FINAL, by=None, now=NOW)
        ClosedDayFactory.create(on=date(2026, 11, 26))

        jobs.follow_calendar(0)

        assert final(found).due_at == DUE

    def test_goes_through_many_in_batches(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(jobs, "BATCH", 3)
        for _ in range(4):
            enquiry()
        ClosedDayFactory.create(on=date(2026, 11, 26))

        jobs.follow_calendar(0)

        assert ClockEvent.objects.filter(kind=ClockHappening.RECOMPUTED).count() == 4
        assert not list(running.differences(promises.Calendars()))


class TestTheNightlyCheck:
    def check(self, caplog: pytest.LogCaptureFixture) -> list[str]:
        with caplog.at_level(logging.ERROR):
            jobs.check_clocks(0)
        return [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]

    def test_is_silent_while_all_agree(self, caplog: pytest.LogCaptureFixture) -> None:
        found = enquiry()
        clocks.pause(enquiry=found, reason="client", by=agent().person, now=NOW)
        enquiry()

        assert self.check(caplog) == []

    def test_names_each_that_differs_and_mends_none(self, caplog: pytest.LogCaptureFixture) -> None:
        found = enquiry()
        wrong = DUE + timedelta(minutes=1)
        Clock.objects.filter(enquiry=found, promise=Promise.FINAL).update(due_at=wrong)

        said = self.check(caplog)

        assert len(said) == 1
        assert found.reference in said[0]
        assert DUE.isoformat() in said[0]
        assert final(found).due_at == wrong

    def test_reads_many_in_few_queries(
        self, django_assert_max_num_queries: Callable[[int], Any]
    ) -> None:
        for _ in range(10):
            enquiry()

        # Hours, closed days, clocks with their pauses.
        with django_assert_max_num_queries(5):
            assert not list(running.differences(promises.Calendars()))
