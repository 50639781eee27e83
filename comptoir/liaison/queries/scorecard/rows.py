"""The scorecard's rows as plain values: one statement for each kind, however many weeks and offices.

Days are the service's own; an instant belongs to the day whose appointments it is about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.aggregates import BitOr
from django.db.models import F, Sum

from comptoir.domain.grid import QUANTUM, QUANTUM_MINUTES, Grid
from comptoir.domain.periods import Period
from comptoir.liaison.models import (
    Allowance,
    Appointment,
    AppointmentEvent,
    Apportionment,
    Happening,
    Search,
    Side,
    Status,
)
from comptoir.liaison.queries import days, needs
from comptoir.liaison.queries.scorecard.values import (
    About,
    Asked,
    Ended,
    Hours,
    Kept,
    Looked,
    Tenure,
    Terms,
    Use,
)
from comptoir.people.models import Office
from comptoir.roster.models import OfferedHours, ReservedHours, ServiceDay
from comptoir.ui import clock, statements

LONGEST_LOOK = timedelta(days=40)
"""How far ahead a list of times can reach: longer than the horizon of any rule of ours."""

NEAR = timedelta(days=1)
"""A list that is looked at so long before or after a refusal answers it. A default of ours."""

_LEAVES = (Happening.MOVED, Happening.REASSIGNED)
_ENDS = {Happening.CANCELLED: Status.CANCELLED, Happening.NO_SHOW: Status.NO_SHOW}


@dataclass(frozen=True, slots=True)
class Need:
    """Quanta a week that each office needs, as published; or estimated, with no publication in force."""

    by_office: Mapping[int, float]
    apportionment: Apportionment | None


def load(first: date, last: date, rules: days.Rules) -> Use:
    """All that happened of the service days from `first` to `last`, both included. Five statements."""
    return Use(
        _hours(first, last), _tenures(first, last), _asked(first, last), _terms(first, last, rules)
    )


def without_hours(first: date, last: date, rules: days.Rules) -> Use:
    """The same without the hours on offer, for figures about requests alone. Three statements."""
    return Use((), _tenures(first, last), _asked(first, last), _terms(first, last, rules))


def looks(first: date, last: date) -> list[Looked]:
    """The looks at the list that were taken on these days. One statement."""
    start, end = _instants(first, last)
    rows = Search.objects.filter(at__gte=start, at__lt=end, starts_at=None)
    found = rows.order_by("at", "pk").values_list("office_id", "at", "third_at")
    return [Looked(*row) for row in found]


def worked(first: date, last: date) -> list[Period]:
    """From when to when anybody worked on each day, to count business hours with. One statement."""
    rows = ServiceDay.objects.filter(on__range=(first, last), hours__mask__gt=0)
    masks = rows.annotate(mask=BitOr("hours__mask")).values_list("starts_at", "mask")
    return [
        Period(start + _lowest(mask) * QUANTUM, start + mask.bit_length() * QUANTUM)
        for start, mask in masks
    ]


def about_offices() -> dict[int, About]:
    """What every office is grouped by, those that ended included. One statement."""
    rows = Office.objects.values_list("pk", "chamber", "province", "language")
    return {office: About(*values) for office, *values in rows}


def need(monday: date) -> Need:
    """D_i of one week. Two statements; three where it has to be estimated."""
    return need_by_week([monday])[monday]


def need_by_week(mondays: Collection[date]) -> dict[date, Need]:
    """D_i of each week: that of the allowances in force; without any, what offices attended before it.

    Four statements at most, however many weeks.
    """
    published = list(
        Apportionment.objects.filter(valid_from__lte=max(mondays)).order_by("valid_from")
    )
    in_force = {
        monday: max(
            (one for one in published if one.valid_from <= monday), key=_begin, default=None
        )
        for monday in mondays
    }
    allotted: dict[int, dict[int, float]] = defaultdict(dict)
    used = {one.pk for one in in_force.values() if one is not None}
    rows = Allowance.objects.filter(apportionment__in=used)
    for apportionment, office, quanta in rows.values_list("apportionment_id", "office_id", "need"):
        allotted[apportionment][office] = quanta
    without = [monday for monday, one in in_force.items() if one is None]
    estimated = needs.estimated_by_week(without) if without else {}
    return {
        monday: Need(allotted[one.pk], one)
        if one is not None
        else Need({pk: value for pk, value in estimated[monday].items() if value is not None}, None)
        for monday, one in in_force.items()
    }


def attended_before(monday: date) -> dict[int, float]:
    """Quanta that each office attended in the half year before a week. One statement."""
    rows = Appointment.objects.filter(
        status=Status.FINISHED,
        day__on__gte=monday - timedelta(weeks=needs.WEEKS),
        day__on__lt=monday,
    )
    sums = rows.order_by().values("office").annotate(time=Sum(F("ends_at") - F("starts_at")))
    return {office: time / QUANTUM for office, time in sums.values_list("office", "time")}


def names_of(offices: Iterable[int]) -> dict[int, Office]:
    """Offices by key, for those who may see which they are. One statement."""
    return Office.objects.select_related("district").in_bulk(set(offices))


def days_of_service(first: date, last: date) -> list[date]:
    """The days for which hours were published, in order. One statement."""
    rows = ServiceDay.objects.filter(on__range=(first, last))
    return list(rows.order_by("on").values_list("on", flat=True))


def _hours(first: date, last: date) -> list[Hours]:
    kept: dict[int, list[Kept]] = defaultdict(list)
    reserved = ReservedHours.objects.filter(hours__day__on__range=(first, last)).exclude(offices=[])
    for hours, mask, offices in reserved.values_list("hours_id", "mask", "offices"):
        kept[hours].append(Kept(mask, frozenset(offices)))
    rows = OfferedHours.objects.filter(day__on__range=(first, last))
    found = rows.order_by("day__on", "professional_id").values_list(
        "pk",
        "day__on",
        "day__starts_at",
        "day__quanta",
        "professional_id",
        "professional__languages",
        "mask",
    )
    return [
        Hours(on, Grid(start, quanta), who, frozenset(spoken), mask, tuple(kept[pk]))
        for pk, on, start, quanta, who, spoken, mask in found
    ]


def _tenures(first: date, last: date) -> list[Tenure]:
    """Where appointments are, and the places that others left: by a move, or to another professional."""
    left, ended = _ends(first, last)
    rows = Appointment.objects.filter(day__on__range=(first, last)).order_by("starts_at", "pk")
    found = rows.values_list(
        "pk",
        "office_id",
        "professional_id",
        "day__on",
        "starts_at",
        "ends_at",
        "status",
        "booked_at",
    )
    return [
        Tenure(
            office,
            professional,
            on,
            starts_at,
            (ends_at - starts_at) // QUANTUM,
            Status(status),
            booked_at,
            ended.get((pk, status)),
        )
        for pk, office, professional, on, starts_at, ends_at, status, booked_at in found
    ] + left


def _ends(first: date, last: date) -> tuple[list[Tenure], dict[tuple[int, str], Ended]]:
    """The places that appointments left, and how others ended: by appointment and the status it has since."""
    start, end = _instants(first, last)
    rows = AppointmentEvent.objects.filter(
        kind__in=[*_LEAVES, *_ENDS], from_starts_at__gte=start, from_starts_at__lt=end
    )
    left: list[Tenure] = []
    ended: dict[tuple[int, str], Ended] = {}
    found: Any = rows.order_by("at", "pk").values_list(
        "appointment_id",
        "appointment__office_id",
        "kind",
        "at",
        "side",
        "notice_minutes",
        "from_starts_at",
        "from_quanta",
        "from_professional_id",
    )
    for pk, office, kind, at, side, notice, starts_at, quanta, professional in found:
        how = Ended(Happening(kind), at, Side(side), notice or 0)
        if how.kind in _ENDS:
            ended[pk, _ENDS[how.kind]] = how
        else:
            on = clock.service_date(starts_at)
            left.append(
                Tenure(office, professional, on, starts_at, quanta, Status.BOOKED, ended=how)
            )
    return left, ended


# Who asked for a day: by a booking, or by a time that could not be kept. With what was offered of
# that day instead: the floor named in the refusal, or the longest time on a list looked at about then.
# Lists on which nothing was offered come last. Who waits for a time asks for it too: the waiting list's entries belong in this union.
_ASKED = """
SELECT asked.office_id, asked.first, asked.last, asked.at, asked.quanta, asked.language,
       asked.granted, asked.reason,
       GREATEST(asked.instead, CASE WHEN asked.granted OR asked.listed THEN 0 ELSE (
           SELECT COALESCE(max(look.quanta), 0)
             FROM liaison_search look
            WHERE look.office_id = asked.office_id
              AND look.at BETWEEN asked.at - %(near)s AND asked.at + %(near)s
              AND asked.first = ANY(look.offered_on)) END,
           (SELECT COALESCE(max(offer.quanta), 0)
              FROM liaison_offer offer
              JOIN roster_offeredhours hours ON hours.id = offer.hours_id
              JOIN roster_serviceday day ON day.id = hours.day_id
             WHERE offer.office_id = asked.office_id AND day.on = asked.first)),
       asked.listed
  FROM (SELECT office_id, decision.on AS first, decision.on AS last, at, quanta, language,
               accepted AS granted, reason, COALESCE((counters->>'instead')::int, 0) AS instead,
               false AS listed
          FROM liaison_decision decision
         WHERE decision.on BETWEEN %(first)s AND %(last)s AND side = %(office)s
        UNION ALL
        SELECT office_id, first, last, at, quanta, language,
               false, reason, 0, starts_at IS NULL
          FROM liaison_search
         WHERE reason <> '' AND at > %(since)s AND at < %(until)s
           AND last >= %(first)s AND first <= %(last)s
        UNION ALL
        SELECT office_id, first_on, last_on, filed_at, least_quanta, language,
               "end" = 'booked', 'waited', 0, true
          FROM liaison_waitingentry
         WHERE last_on >= %(first)s AND first_on <= %(last)s) asked
 ORDER BY asked.at, asked.office_id
"""


def _asked(first: date, last: date) -> list[Asked]:
    start, end = _instants(first, last)
    values = {
        "first": first,
        "last": last,
        "since": start - LONGEST_LOOK,
        "until": end,
        "near": NEAR,
        "office": Side.OFFICE.value,
    }
    return [Asked(*row) for row in statements.rows(_ASKED, values)]


def _terms(first: date, last: date, rules: days.Rules) -> dict[date, Terms]:
    span = (last - first).days + 1
    return {on: _of_day(rules, on) for on in (first + timedelta(days=n) for n in range(span))}


def _of_day(rules: days.Rules, on: date) -> Terms:
    """A floor is a quarter hour at least: less is no access. Without a rule nothing is late."""
    policy = rules.policy(on)
    if policy is None:
        return Terms(floor=1, weekly_floor=1, late_notice_minutes=0)
    return Terms(
        floor=max(1, policy.floor_minutes // QUANTUM_MINUTES),
        weekly_floor=max(1, policy.weekly_floor_minutes // QUANTUM_MINUTES),
        late_notice_minutes=policy.late_notice_minutes,
    )


def _begin(apportionment: Apportionment) -> date:
    return apportionment.valid_from


def _instants(first: date, last: date) -> tuple[datetime, datetime]:
    zone = clock.service_zone()
    return clock.midnight(first, zone), clock.midnight(last + timedelta(days=1), zone)


def _lowest(mask: int) -> int:
    return (mask & -mask).bit_length() - 1
