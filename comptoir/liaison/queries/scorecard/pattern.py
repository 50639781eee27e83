"""The pattern that the sharing rule is to end: same-day bookings, many of them cancelled at the last minute.

Measured week by week, and compared before and after the first day of a version of the rule. A
comparison in time alone: what else changed at that time is in it too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from comptoir.domain.business_days import monday_of
from comptoir.liaison.models import Happening
from comptoir.liaison.queries.scorecard import access
from comptoir.liaison.queries.scorecard.access import Share
from comptoir.liaison.queries.scorecard.values import WEEK, Tenure, Use
from comptoir.ui import clock

LAST_MINUTE = 15
"""Minutes before its start. The memorandum's word: cancelled in the last fifteen minutes."""

SEVERAL = 2
"""From how many same-day appointments on one day an office takes part in the pattern."""

MOST_WEEKS = 8
"""How many weeks on either side of a change are compared at most."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One week: appointments booked on their own day, cancelled at the last minute, by how many offices."""

    same_day: Share
    last_minute: Share
    crowding: Share
    others_access: Share


@dataclass(frozen=True, slots=True)
class Around:
    """The weeks to be compared around the first day of a version: Mondays before, and from it on."""

    before: tuple[date, ...]
    after: tuple[date, ...]


def pattern(use: Use) -> Pattern:
    """Of the appointments of a week, whatever became of them: the share that was booked on the service
    day itself; the share that offices cancelled less than 15 minutes before the start. Of the offices
    with an appointment: those with two or more same-day ones on one day. Day access of the others.
    """
    booked = [tenure for tenure in use.tenures if tenure.booked_at is not None]
    offices = len({tenure.office for tenure in booked})
    crowding = crowding_offices(booked)
    return Pattern(
        same_day=Share(sum(map(_is_same_day, booked)), len(booked), offices),
        last_minute=Share(sum(map(_is_last_minute, booked)), len(booked), offices),
        crowding=Share(len(crowding), offices, offices),
        others_access=access.day_access(access.office_days(use), without=crowding),
    )


def crowding_offices(booked: Iterable[Tenure]) -> frozenset[int]:
    """The offices that booked several appointments of one day on that very day."""
    found = Counter((one.office, one.on) for one in booked if _is_same_day(one))
    return frozenset(office for (office, _), count in found.items() if count >= SEVERAL)


def around(first: date, earlier: date | None, later: date | None, today: date) -> Around:
    """The whole weeks, up to eight either side, that followed the version before and this one.

    `first` is the version's first day, `earlier` and `later` those of the versions beside it. A week
    in which the rule changed follows neither, and one that is not over is not known yet.
    """
    begins = _monday_from(first)
    before = (monday_of(first) - number * WEEK for number in range(MOST_WEEKS, 0, -1))
    after = (begins + number * WEEK for number in range(MOST_WEEKS))
    end = min(today, monday_of(later) if later is not None else date.max)
    return Around(
        tuple(monday for monday in before if earlier is None or monday >= earlier),
        tuple(monday for monday in after if monday + WEEK <= end),
    )


def _is_same_day(tenure: Tenure) -> bool:
    return tenure.booked_at is not None and clock.service_date(tenure.booked_at) == tenure.on


def _is_last_minute(tenure: Tenure) -> bool:
    ended = tenure.ended
    return (
        ended is not None
        and ended.kind == Happening.CANCELLED
        and tenure.left_by_office
        and ended.notice_minutes < LAST_MINUTE
    )


def _monday_from(day: date) -> date:
    """That day if it is a Monday, else the next."""
    return monday_of(day + timedelta(days=6))
