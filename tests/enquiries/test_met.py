"""Promises kept in a period, counted under the target they were made by and under another one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from comptoir.enquiries.actions import clocks, promising, restricting
from comptoir.enquiries.models import Enquiry, Line, Promise, State, Unit
from comptoir.enquiries.queries import met
from comptoir.enquiries.queries.met import Kept, Row
from comptoir.people.models import Role
from tests.enquiries.crises import open_crisis
from tests.enquiries.factories import NOW, agent, enquiry, line_of, person

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
FIRST, LAST = date(2026, 11, 16), date(2026, 11, 20)
LATER = NOW + 30 * DAY


def answered(after: timedelta, **values: Any) -> Enquiry:
    """One whose final promise was stopped so much after it came."""
    found = enquiry(**values)
    clocks.stop(enquiry=found, promise=Promise.FINAL, by=None, now=found.received_at + after)
    return found


def finals(now: datetime = LATER, line: Line | None = None) -> Row:
    rows = met.met(first=FIRST, last=LAST, now=now)
    wanted = line or line_of()
    return next(row for row in rows if (row.line, row.promise) == (wanted, Promise.FINAL))


def test_in_time_late_and_not_due_are_told_apart() -> None:
    answered(2 * DAY)
    answered(20 * DAY)
    enquiry()

    kept = finals(NOW + 5 * DAY).own

    # What was stopped after that moment counts as it stands on record.
    assert (kept.met, kept.missed, kept.open) == (1, 1, 1)
    assert kept.rate == pytest.approx(0.5)


def test_what_is_restricted_is_not_counted() -> None:
    enquiry()
    lead = person(Role.TEAM_LEAD)
    restricting.restrict(enquiry=enquiry(), named=[lead], by=lead, now=NOW)

    assert finals().received == 1


def test_what_still_runs_past_its_due_moment_is_missed() -> None:
    enquiry()

    assert finals(LATER).own == Kept(met=0, missed=1, open=0)


def test_at_the_very_moment_is_in_time() -> None:
    found = enquiry()
    due_at = found.clocks.get(promise=Promise.FINAL).due_at
    clocks.stop(enquiry=found, promise=Promise.FINAL, by=None, now=due_at)

    assert finals().own.met == 1


def test_what_waits_for_the_client_is_neither_kept_nor_broken() -> None:
    found = enquiry()
    clocks.pause(enquiry=found, reason="client", by=agent().person, now=NOW)

    assert finals().own == Kept(met=0, missed=0, open=1)
    assert finals().own.rate is None


def test_the_same_period_under_the_old_and_the_new_target() -> None:
    answered(2 * DAY)
    answered(4 * DAY)
    answered(20 * DAY)
    promising.start_target(
        line=line_of(),
        promise=Promise.FINAL,
        valid_from=FIRST + 4 * DAY,
        unit=Unit.DAYS,
        amount=3,
        source="Board",
        by=person(Role.POLICY_OWNER),
        now=NOW,
    )

    row = finals()

    assert row.other is not None
    assert row.other.amount == 3
    assert (row.own.met, row.own.missed) == (2, 1)
    assert (row.under_other.met, row.under_other.missed) == (1, 2)
    assert row.received == 3


def test_pauses_are_credited_under_the_other_target_too() -> None:
    found = enquiry()
    clocks.pause(enquiry=found, reason="client", by=agent().person, now=NOW + DAY)
    clocks.resume(enquiry=found, by=None, now=NOW + 4 * DAY)
    clocks.stop(enquiry=found, promise=Promise.FINAL, by=None, now=NOW + 7 * DAY)
    promising.start_target(
        line=line_of(),
        promise=Promise.FINAL,
        valid_from=LAST,
        unit=Unit.DAYS,
        amount=2,
        source="Board",
        by=person(Role.POLICY_OWNER),
        now=NOW,
    )

    assert finals().under_other.met == 1


def test_only_promises_of_the_period_count() -> None:
    enquiry(now=NOW - DAY)
    enquiry(now=NOW + 5 * DAY)

    assert met.met(first=FIRST, last=LAST, now=LATER) == []


def test_drills_and_what_became_part_of_another_do_not_count() -> None:
    real = enquiry()
    other = enquiry()
    other.state, other.joined_to = State.JOINED, real
    other.save()
    enquiry(line=open_crisis(is_drill=True).line)

    rows = met.met(first=FIRST, last=LAST, now=LATER)

    assert {row.line for row in rows} == {line_of()}
    assert finals().received == 1


def test_more_than_can_be_counted_at_once_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(met, "MOST", 3)
    enquiry()
    enquiry()

    with pytest.raises(met.TooMuch):
        met.met(first=FIRST, last=LAST, now=LATER)


def test_the_number_of_queries_does_not_grow(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for _ in range(6):
        enquiry()

    # Targets of today, hours, clocks, their pauses.
    with django_assert_num_queries(4):
        met.met(first=FIRST, last=LAST, now=LATER)
