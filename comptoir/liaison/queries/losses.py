"""What each office lost late, day by day: the tallies that `domain.reliability` looks at, from the rows.

One appointment counts once for each day it had on. It was lost late if something of that day still
counts: not what was refilled, excused or waived. What was given up in time, released because nobody
confirmed it, or cancelled by the centre is no appointment of the office here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from comptoir.domain.reliability import Tally
from comptoir.liaison.models import Appointment, AppointmentEvent, Status
from comptoir.ui import clock

KEPT = (Status.STARTED, Status.FINISHED, Status.NO_SHOW)
"""Not given up. Whether what was not attended is charged is for the rule of its day to say."""

Key = tuple[int, date]
"""An appointment, and a day on which it was to be."""


def tallies(
    first: date, last: date, *, least_late: int, also: Collection[int]
) -> Mapping[int, Mapping[date, Tally]]:
    """By office and day, of offices with so many late losses in the period, and of those in `also`."""
    late = _given_up_late(first, last)
    wanted = {
        office
        for office, counted in late.items()
        if sum(quanta > 0 for quanta in counted.values()) >= least_late
    } | set(also)
    kept = _kept(first, last, wanted)
    return {office: _by_day(late.get(office, {}), kept[office]) for office in wanted}


def _by_day(late: Mapping[Key, int], kept: set[Key]) -> dict[date, Tally]:
    appointments: dict[date, int] = defaultdict(int)
    lost: dict[date, int] = defaultdict(int)
    for key in late.keys() | kept:
        appointments[key[1]] += 1
        lost[key[1]] += late.get(key, 0) > 0
    return {on: Tally(appointments[on], lost[on]) for on in appointments}


def _given_up_late(first: date, last: date) -> dict[int, dict[Key, int]]:
    """By office, what still counts of each appointment's day; nought where it was taken off again."""
    events = AppointmentEvent.objects.filter(from_starts_at__range=_instants(first, last))
    charged = events.filter(~Q(late_quanta=0) | Q(excused_quanta__gt=0)).values_list(
        "appointment__office_id", "appointment_id", "from_starts_at", "late_quanta"
    )
    found: dict[int, dict[Key, int]] = defaultdict(lambda: defaultdict(int))
    for office, appointment, starts_at, quanta in charged.iterator():
        assert starts_at is not None, "the range leaves no null"
        found[office][appointment, clock.service_date(starts_at)] += quanta
    return found


def _kept(first: date, last: date, offices: Collection[int]) -> dict[int, set[Key]]:
    rows = Appointment.objects.filter(
        office__in=offices, status__in=KEPT, starts_at__range=_instants(first, last)
    )
    found: dict[int, set[Key]] = defaultdict(set)
    for office, pk, starts_at in rows.values_list("office_id", "pk", "starts_at").iterator():
        found[office].add((pk, clock.service_date(starts_at)))
    return found


def _instants(first: date, last: date) -> tuple[datetime, datetime]:
    """The first and the last instant of these service days."""
    zone = clock.service_zone()
    ends_at = datetime.combine(last + timedelta(days=1), time(), zone)
    return datetime.combine(first, time(), zone), ends_at - timedelta.resolution
