"""The team lead's board: a fortnight at a glance, and one day quarter hour by quarter hour.

What is booked is given by the room above: `booked_of` answers with masks, and for a day there are
`Booking`s with the address of each appointment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.utils.translation import gettext_lazy

from comptoir.domain import business_days, grid
from comptoir.domain.grid import Grid
from comptoir.people.models import Language
from comptoir.roster.models import ServiceDay
from comptoir.roster.queries import calendar, hours, plans
from comptoir.roster.queries.hours import BookedOf, Offered, Totals
from comptoir.ui import clock, times

LANGUAGES = (Language.ENGLISH.value, Language.FRENCH.value)
PER_HOUR = 60 // grid.QUANTUM_MINUTES

THIN = {
    "none": {
        "en": gettext_lazy("Nobody offers English."),
        "fr": gettext_lazy("Nobody offers French."),
    },
    "gone": {
        "en": gettext_lazy("Nothing is left in English."),
        "fr": gettext_lazy("Nothing is left in French."),
    },
    "little": {
        "en": gettext_lazy("Little is left in English: %(left)s of %(all)s."),
        "fr": gettext_lazy("Little is left in French: %(left)s of %(all)s."),
    },
    "gap": {
        "en": gettext_lazy("%(when)s: nobody offers English."),
        "fr": gettext_lazy("%(when)s: nobody offers French."),
    },
}


@dataclass(frozen=True, slots=True)
class DaySummary:
    """One day of the board. `by_language` counts a bilingual professional in both."""

    on: date
    closed: calendar.Closure | None
    published: ServiceDay | None
    totals: Totals
    by_language: Mapping[str, Totals]
    professionals: int
    extra: int
    thin: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fortnight:
    """The days of the board and what they add up to."""

    first: date
    last: date
    days: tuple[DaySummary, ...]
    totals: Totals


@dataclass(frozen=True, slots=True)
class Booking:
    """A stretch of a professional's day that is taken, as its room names and addresses it."""

    professional: int
    first: int
    quanta: int
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring quarter hours in one state: `kind` is none, free, extra, kept, booked, unattended or absent."""

    kind: str
    first: int
    quanta: int
    starts_at: datetime
    ends_at: datetime
    label: str = ""
    url: str = ""

    @property
    def minutes(self) -> int:
        """Its length."""
        return self.quanta * grid.QUANTUM_MINUTES


@dataclass(frozen=True, slots=True)
class Row:
    """One professional's day, from the first hour shown to the last."""

    professional: int
    code: str
    name: str
    languages: tuple[str, ...]
    totals: Totals
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class DayBoard:
    """A day in full: `hours` are the instants at which the columns of an hour begin."""

    summary: DaySummary
    hours: tuple[datetime, ...]
    rows: tuple[Row, ...]

    @property
    def unattended(self) -> list[tuple[Row, Stretch]]:
        """What is booked and no longer worked, with whose it is."""
        return [
            (row, one) for row in self.rows for one in row.stretches if one.kind == "unattended"
        ]


def fortnight(first: date, last: date, *, booked_of: BookedOf, now: datetime) -> Fortnight:
    """The weekdays from `first` to `last`, closed ones named. Three queries, and one for bookings."""
    closed = calendar.closures(first, last)
    published = {day.on: day for day in ServiceDay.objects.filter(on__range=(first, last))}
    everything = hours.offered(first, last)
    booked = booked_of([row.pk for row in everything])
    offered = {on: list(rows) for on, rows in groupby(everything, key=lambda row: row.on)}
    dates = business_days.between(first, last, frozenset())
    days = tuple(
        _summary(on, closed.get(on), published.get(on), offered.get(on, []), booked, now)
        for on in dates
    )
    return Fortnight(first, last, days, sum((day.totals for day in days), Totals()))


def day_board(
    on: date, *, booked_of: BookedOf, bookings: Sequence[Booking], now: datetime
) -> DayBoard:
    """One day, professional by professional. Eight queries, however many there are, and one for bookings."""
    closed = calendar.closures(on, on)
    published = ServiceDay.objects.select_related("published_by").filter(on=on).first()
    offered = hours.offered(on, on)
    booked = booked_of([one.pk for one in offered])
    summary = _summary(on, closed.get(on), published, offered, booked, now)
    if not offered:
        return DayBoard(summary, (), ())
    absent = _absent(on, offered, frozenset(closed), now)
    first, last = _shown(offered, booked, absent)
    summary = replace(summary, thin=(*summary.thin, *_gaps(offered, now)))
    starts = (offered[0].grid.instant(i) for i in range(first, last, PER_HOUR))
    rows = tuple(
        _row(one, booked.get(one.pk, 0), absent[one.professional], bookings, (first, last), now)
        for one in offered
    )
    return DayBoard(summary, tuple(starts), rows)


def open_day_beside(on: date, step: int) -> date:
    """The business day before (-1) or after (1) a date; closed days are stepped over. One query."""
    span = timedelta(days=30)
    closed = calendar.closed_days(on - span, on + span)
    found = on + timedelta(days=step)
    while not business_days.is_business_day(found, closed):
        found += timedelta(days=step)
    return found


def _summary(
    on: date,
    closed: calendar.Closure | None,
    published: ServiceDay | None,
    offered: Sequence[Offered],
    booked: Mapping[int, int],
    now: datetime,
) -> DaySummary:
    by_language = {
        language: hours.totals((one for one in offered if language in one.languages), booked, now)
        for language in LANGUAGES
    }
    coming = published is not None and closed is None and on >= clock.service_date(now)
    return DaySummary(
        on=on,
        closed=closed,
        published=published,
        totals=hours.totals(offered, booked, now),
        by_language=by_language,
        professionals=sum(1 for one in offered if one.mask),
        extra=sum(one.extra.bit_count() for one in offered) * grid.QUANTUM_MINUTES,
        thin=tuple(_thin(by_language)) if coming else (),
    )


def _thin(by_language: Mapping[str, Totals]) -> Iterable[str]:
    """In which language there is little to book, in words; what is little is a setting."""
    for language, found in by_language.items():
        if not found.offered:
            yield str(THIN["none"][language])
        elif not found.free:
            yield str(THIN["gone"][language])
        elif found.free * 100 < found.offered * settings.SERVICE_THIN_PERCENT:
            lengths = {"left": times.duration(found.free), "all": times.duration(found.offered)}
            yield str(THIN["little"][language]) % lengths


def _gaps(offered: Sequence[Offered], now: datetime) -> Iterable[str]:
    """When, between the day's first hour and its last, nobody works in a language."""
    day = offered[0].grid
    begun = grid.bits(0, day.first_from(now))
    everything = _union(offered)
    if not everything:
        return
    first = (everything & -everything).bit_length() - 1
    span = grid.bits(first, everything.bit_length() - first)
    for language in LANGUAGES:
        spoken = _union(one for one in offered if language in one.languages)
        if not spoken:
            continue
        for start, quanta in grid.runs(span & ~spoken & ~begun):
            when = times.time_range(day.instant(start), day.instant(start + quanta), named=False)
            yield str(THIN["gap"][language]) % {"when": when[:1].upper() + when[1:]}


def _union(offered: Iterable[Offered]) -> int:
    mask = 0
    for one in offered:
        mask |= one.mask
    return mask


def _absent(
    on: date, offered: Sequence[Offered], closed: frozenset[date], now: datetime
) -> dict[int, int]:
    """What each would work were it not for an absence."""
    known = plans.plans(on, on, [one.professional for one in offered], now=now)
    found = {}
    for one in offered:
        plan = known.get(one.professional)
        present = replace(plan, absences=()) if plan is not None else None
        work = plans.worked_mask(on, one.grid, present, closed).mask if present else 0
        found[one.professional] = work & ~one.mask
    return found


def _shown(
    offered: Sequence[Offered], booked: Mapping[int, int], absent: Mapping[int, int]
) -> tuple[int, int]:
    """The whole hours around everything there is to show."""
    mask = _union(offered)
    for one in offered:
        mask |= booked.get(one.pk, 0) | absent[one.professional]
    if not mask:
        return 0, offered[0].grid.quanta
    first = ((mask & -mask).bit_length() - 1) // PER_HOUR * PER_HOUR
    last = -(-mask.bit_length() // PER_HOUR) * PER_HOUR
    return first, min(last, offered[0].grid.quanta)


def _row(
    one: Offered,
    booked: int,
    absent: int,
    bookings: Sequence[Booking],
    shown: tuple[int, int],
    now: datetime,
) -> Row:
    """A professional's quarter hours, neighbours in one state together."""
    kinds = [_kind(one, booked, absent, i) for i in range(*shown)]
    taken = {
        i: booking
        for booking in bookings
        if booking.professional == one.professional
        for i in range(booking.first, booking.first + booking.quanta)
    }
    keys = [(kind, taken.get(i)) for i, kind in enumerate(kinds, shown[0])]
    stretches, first = [], shown[0]
    for (kind, booking), same in groupby(keys):
        quanta = len(list(same))
        stretches.append(_stretch(one.grid, kind, first, quanta, booking))
        first += quanta
    return Row(
        professional=one.professional,
        code=one.code,
        name=one.name,
        languages=one.languages,
        totals=hours.totals([one], {one.pk: booked}, now),
        stretches=tuple(stretches),
    )


def _kind(one: Offered, booked: int, absent: int, index: int) -> str:
    bit = 1 << index
    states = (
        ("unattended", booked & ~one.mask),
        ("booked", booked),
        ("kept", one.kept & one.mask),
        ("extra", one.extra & one.mask),
        ("free", one.mask),
        ("absent", absent),
    )
    return next((name for name, mask in states if mask & bit), "none")


def _stretch(day: Grid, kind: str, first: int, quanta: int, booking: Booking | None) -> Stretch:
    return Stretch(
        kind=kind,
        first=first,
        quanta=quanta,
        starts_at=day.instant(first),
        ends_at=day.instant(first + quanta),
        label=booking.label if booking else "",
        url=booking.url if booking else "",
    )
