"""What the roster's list pages show: professionals, absences, extra hours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.db.models import Count, Q, QuerySet

from comptoir.roster.models import (
    Absence,
    ExtraHours,
    PatternException,
    PatternKind,
    Professional,
    WeeklyPattern,
)
from comptoir.roster.queries import hours
from comptoir.roster.queries.hours import BookedOf, ExtraUse, Totals


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list of professionals."""

    professional: Professional
    totals: Totals
    absent: bool


@dataclass(frozen=True, slots=True)
class Spell:
    """Neighbouring weekdays with the same hours and breaks."""

    weekdays: tuple[int, ...]
    hours: tuple[WeeklyPattern, ...]
    breaks: tuple[WeeklyPattern, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """The weekly hours that hold from one date to another."""

    valid_from: date
    valid_until: date | None
    spells: tuple[Spell, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for extra hours; `use` once it is on offer."""

    extra: ExtraHours
    offices: int
    use: ExtraUse | None


def listed(
    professionals: Sequence[Professional],
    first: date,
    last: date,
    booked_of: BookedOf,
    now: datetime,
) -> list[Listed]:
    """The professionals of a page with their hours from `first` to `last`. Two queries, and one for bookings."""
    rows: dict[int, list[hours.Offered]] = {}
    for row in hours.offered(first, last, [one.pk for one in professionals]):
        rows.setdefault(row.professional, []).append(row)
    booked = booked_of([row.pk for same in rows.values() for row in same])
    away = absent_at(now)
    return [
        Listed(one, hours.totals(rows.get(one.pk, []), booked, now), one.pk in away)
        for one in professionals
    ]


def absent_at(now: datetime) -> set[int]:
    """Who is away at this moment."""
    rows = Absence.objects.filter(withdrawn_at=None, starts_at__lte=now, ends_at__gt=now)
    return set(rows.values_list("professional_id", flat=True))


def patterns(professional: Professional, today: date) -> list[Pattern]:
    """The weekly hours in force today and those that follow. One query."""
    rows = professional.patterns.filter(Q(valid_until=None) | Q(valid_until__gt=today)).order_by(
        "valid_from", "valid_until", "weekday", "starts"
    )
    found = []
    for (first, until), same in groupby(rows, key=lambda row: (row.valid_from, row.valid_until)):
        found.append(Pattern(first, until, tuple(_spells(list(same)))))
    return found


def _spells(rows: Iterable[WeeklyPattern]) -> Iterable[Spell]:
    """Weekdays in a row that are worked alike, together."""
    days: dict[int, tuple[list[WeeklyPattern], list[WeeklyPattern]]] = {}
    for row in rows:
        working, resting = days.setdefault(row.weekday, ([], []))
        (resting if row.kind == PatternKind.BREAK else working).append(row)

    def alike(weekday: int) -> list[tuple[object, ...]]:
        return [
            (row.kind, row.starts, row.ends, row.every_weeks)
            for rows in days[weekday]
            for row in rows
        ]

    for _same, group in groupby(sorted(days), key=alike):
        weekdays = tuple(group)
        working, resting = days[weekdays[0]]
        yield Spell(weekdays, tuple(working), tuple(resting))


def exceptions(
    professional: Professional, today: date
) -> list[tuple[date, list[PatternException]]]:
    """The one-off dates from today on, each with its stretches; none means off. One query."""
    rows = professional.exceptions.filter(on__gte=today).order_by("on", "starts")[:100]
    return [(on, list(same)) for on, same in groupby(rows, key=lambda row: row.on)]


def absences(*, now: datetime, over: bool) -> QuerySet[Absence]:
    """Absences that are over, latest first, or that last or come, soonest first."""
    rows = Absence.objects.select_related("professional__person", "entered_by", "withdrawn_by")
    if over:
        return rows.filter(ends_at__lte=now).order_by("-starts_at", "-pk")
    return rows.filter(ends_at__gt=now).order_by("starts_at", "pk")


def coming_absences(professional: Professional, now: datetime) -> QuerySet[Absence]:
    """A professional's absences that last or come and were not withdrawn."""
    rows = professional.absences.filter(withdrawn_at=None, ends_at__gt=now)
    return rows.select_related("entered_by").order_by("starts_at", "pk")


def extra_hours(*, decided: bool) -> QuerySet[ExtraHours]:
    """Requests that wait for a decision, soonest first, or decided ones, latest first."""
    rows = ExtraHours.objects.select_related(
        "professional__person", "requested_by", "approved_by", "declined_by", "withdrawn_by"
    ).annotate(office_count=Count("offices"))
    waiting = Q(approved_at=None, declined_at=None)
    if decided:
        return rows.exclude(waiting).order_by("-starts_at", "-pk")
    return rows.filter(waiting).order_by("starts_at", "pk")


def extra_hours_of(professional: Professional, now: datetime) -> list[ExtraHours]:
    """A professional's requests that are not over, soonest first. One query."""
    rows = professional.extra_hours.filter(ends_at__gt=now)
    rows = rows.select_related("requested_by", "approved_by", "declined_by", "withdrawn_by")
    return list(rows.annotate(office_count=Count("offices")).order_by("starts_at", "pk")[:50])


def asked(extras: Iterable[ExtraHours], booked_of: BookedOf) -> list[Asked]:
    """Requests with the use that was made of them. One query, and one for bookings."""
    extras = list(extras)
    use = hours.use_of_extras(extras, booked_of)
    return [Asked(one, getattr(one, "office_count", 0), use.get(one.pk)) for one in extras]
