"""What each office needs of a week, estimated from what it attended: the input of the allowances.

Attended time only: what was booked and given up, searched for or refused does not raise it, so that
clicking earns nothing (capacity model, P7). Nor does it say what an office would have used had a limit
not stopped it; `domain.need` can, once refusals have been kept for a while.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Min

from comptoir.domain.business_days import monday_of
from comptoir.liaison.models import Allowance, Appointment, Apportionment, Status
from comptoir.people.models import Office
from comptoir.roster.models import ServiceDay
from comptoir.ui import clock

WEEKS = 26
HALF_LIFE = 13
"""Weeks after which what was attended weighs half."""


QUARTER = timedelta(weeks=13)
"""Within which no allowance moves by more than the movement limit."""

PRIOR_DAYS = 10
"""For how many days of an office's own the mean of all offices stands in."""


@dataclass(frozen=True, slots=True)
class InForce:
    """The allowances of a service day, and the publication they come from."""

    apportionment: Apportionment | None
    quanta: Mapping[int, int]


def estimated(now: datetime) -> dict[int, float | None]:
    """Quanta a week of every active office, from the last whole weeks; None for one too new to know.

    A weighted mean of its weeks, which count less as they lie further back. Weeks before an office
    began, or before the service did, are none of its weeks.
    """
    this_week = monday_of(clock.service_date(now))
    return estimated_by_week([this_week])[this_week]


def estimated_by_week(mondays: Collection[date]) -> dict[date, dict[int, float | None]]:
    """The same as it was known when each of these weeks began. Three statements, however many they are."""
    reach = timedelta(weeks=WEEKS)
    attended = _attended(min(mondays) - reach, max(mondays))
    opened = ServiceDay.objects.aggregate(first=Min("on"))["first"] or max(mondays)
    began = dict(Office.objects.active().values_list("pk", "since").order_by("pk"))
    return {
        monday: {
            office: _mean(
                attended.get(office, {}),
                max(monday - reach, monday_of(max(since, opened))),
                monday,
            )
            for office, since in began.items()
        }
        for monday in mondays
    }


def chances(now: datetime) -> dict[int, float]:
    """How probable it is that each active office claims its floor of a day; 1 where nothing is known.

    The part of the last service days for which it had booked, whatever became of it, drawn towards the
    mean of all offices: a new one, or one that was away for a while, is not taken for one that never comes.
    """
    today = clock.service_date(now)
    first = monday_of(today) - timedelta(weeks=WEEKS)
    days = ServiceDay.objects.filter(on__gte=first, on__lt=today).count()
    claimed: dict[int, set[date]] = defaultdict(set)
    rows = Appointment.objects.filter(
        starts_at__gte=clock.midnight(first, clock.service_zone()),
        starts_at__lt=clock.midnight(today, clock.service_zone()),
    )
    for office, starts_at in rows.values_list("office_id", "starts_at").iterator():
        claimed[office].add(clock.service_date(starts_at))
    offices = list(Office.objects.active().values_list("pk", flat=True).order_by("pk"))
    if not days or not offices:
        return dict.fromkeys(offices, 1.0)
    mean = sum(len(claimed[office]) for office in offices) / (days * len(offices))
    return {
        office: min(1.0, (len(claimed[office]) + PRIOR_DAYS * mean) / (days + PRIOR_DAYS))
        for office in offices
    }


def in_force(on: date) -> InForce:
    """What the offices are allotted on a service day, in quanta a week."""
    found = Apportionment.objects.filter(valid_from__lte=on).order_by("valid_from").last()
    rows = Allowance.objects.filter(apportionment=found).values_list("office_id", "quanta")
    return InForce(found, dict(rows) if found is not None else {})


def a_quarter_before(on: date) -> InForce:
    """What the offices were allotted thirteen weeks before a day, or by the first publication ever.

    Allowances move by so much a quarter: measured from it, publishing often moves nobody further.
    """
    before = in_force(on - QUARTER)
    first = Apportionment.objects.filter(valid_from__lt=on).order_by("valid_from").first()
    return before if before.apportionment or first is None else in_force(first.valid_from)


def _attended(first: date, until: date) -> dict[int, dict[date, int]]:
    """Quanta by office and Monday; the weeks are of the service's own calendar."""
    found: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    rows = Appointment.objects.filter(
        status=Status.FINISHED,
        starts_at__gte=clock.midnight(first, clock.service_zone()),
        starts_at__lt=clock.midnight(until, clock.service_zone()),
    )
    for one in rows.only("office_id", "starts_at", "ends_at").iterator():
        found[one.office_id][monday_of(clock.service_date(one.starts_at))] += one.quanta
    return found


def _mean(weeks: Mapping[date, int], first: date, until: date) -> float | None:
    total = weights = 0.0
    for age in range(1, (until - first).days // 7 + 1):
        weight = 2 ** (-age / HALF_LIFE)
        total += weight * weeks.get(until - timedelta(weeks=age), 0)
        weights += weight
    return total / weights if weights else None
