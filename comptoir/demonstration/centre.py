"""The centre: who takes appointments, when, in which languages, and the days that are published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from comptoir.demonstration.people import Staff
from comptoir.demonstration.scale import Scale
from comptoir.domain import business_days
from comptoir.domain.grid import Grid
from comptoir.domain.service_day import ProfessionalHours, Reserve
from comptoir.people.models import Office, Person
from comptoir.roster.models import (
    Absence,
    AbsenceKind,
    ClosedDay,
    ExtraHours,
    LineOfBusiness,
    OfferedHours,
    PatternKind,
    Professional,
    ReservedHours,
    ServiceDay,
    WeeklyPattern,
)
from comptoir.roster.queries import plans as roster
from comptoir.ui import clock

FULL_DAYS = (
    ("America/Montreal", time(8, 0), time(15, 15), time(11, 30), time(12, 15)),
    ("America/Montreal", time(8, 30), time(15, 45), time(12, 0), time(12, 45)),
    ("America/Montreal", time(9, 0), time(16, 15), time(12, 30), time(13, 15)),
    ("America/Montreal", time(10, 0), time(17, 15), time(13, 0), time(13, 45)),
    ("America/Montreal", time(11, 0), time(18, 15), time(14, 0), time(14, 45)),
    ("America/Montreal", time(12, 0), time(19, 15), time(15, 30), time(16, 15)),
    ("America/Vancouver", time(8, 30), time(15, 45), time(12, 0), time(12, 45)),
)
"""Zone, start, end, break: six and a half hours each, from 8:00 in Montréal to 15:45 in Vancouver."""

PART_DAYS = (
    ("America/Montreal", time(9, 0), time(12, 0)),
    ("America/Montreal", time(13, 0), time(16, 0)),
)
"""Three hours; these professionals spend the rest of the day on other work."""

LANGUAGES = (["en", "fr"], ["en"], ["en", "fr"], ["fr"], ["en"], ["en", "fr"])
"""Half of the professionals serve in both official languages."""

SKILLS = list(LineOfBusiness)


@dataclass(frozen=True, slots=True)
class PublishedDay:
    """A service day as the rows booking needs, and as the domain's values while nothing is booked."""

    on: date
    day_id: int
    grid: Grid
    published_at: datetime
    hours: tuple[ProfessionalHours, ...]
    hours_ids: dict[int, int]


@dataclass(frozen=True, slots=True)
class Dates:
    """The days of the world, from the first of its history to the last that is published."""

    first: date
    today: date
    last: date
    closed: frozenset[date]

    @property
    def open(self) -> list[date]:
        """The business days, in order."""
        return business_days.between(self.first, self.last, self.closed)


def make_professionals(scale: Scale, staff: Staff, rng: Random, dates: Dates) -> list[Professional]:
    """Write the professionals and their weekly patterns, which hold from well before the first day."""
    made = []
    for number, person in enumerate(staff.professionals):
        full = number < scale.full_time
        shift = FULL_DAYS[number % len(FULL_DAYS)] if full else PART_DAYS[number % len(PART_DAYS)]
        made.append(
            Professional(
                pk=number
                + 1,  # ties are settled by keys: ours, so that a seed gives the same world
                person=person,
                code=f"csp-{number + 1:02}",
                languages=LANGUAGES[number % len(LANGUAGES)],
                skills=sorted(rng.sample(SKILLS, rng.randrange(3, 7))),
                time_zone=shift[0],
            )
        )
    Professional.objects.bulk_create(made)
    WeeklyPattern.objects.bulk_create(
        row
        for number, professional in enumerate(made)
        for row in _pattern(professional, number, scale, dates.first - timedelta(days=120))
    )
    return made


def _pattern(
    professional: Professional, number: int, scale: Scale, valid_from: date
) -> list[WeeklyPattern]:
    if number < scale.full_time:
        _zone, starts, ends, *away = FULL_DAYS[number % len(FULL_DAYS)]
    else:
        _zone, starts, ends = PART_DAYS[number % len(PART_DAYS)]
        away = []
    spells = [(PatternKind.HOURS, starts, ends)]
    if away:
        spells.append((PatternKind.BREAK, away[0], away[1]))
    return [
        WeeklyPattern(
            professional=professional,
            kind=kind,
            weekday=weekday,
            starts=first,
            ends=end,
            valid_from=valid_from,
        )
        for weekday in range(5)
        for kind, first, end in spells
    ]


def make_closed_day(dates: Dates, by: Person) -> None:
    """Write one day on which the centre was closed beside the holidays, in the middle of the past."""
    past = [on for on in dates.open if on < dates.today]
    on = past[len(past) // 2]
    ClosedDay.objects.create(
        on=on,
        name_en="Building closed",
        name_fr="Immeuble fermé",
        reason="The building was without power.",
        entered_by=by,
        entered_at=at(on, time(6, 40)),
    )


def make_absences(
    professionals: Sequence[Professional], dates: Dates, by: Person, rng: Random
) -> None:
    """Write planned days away, known before the days were published, and a vacation ahead."""
    rows = []
    for professional in professionals:
        for on in dates.open:
            if on <= dates.today and rng.random() < 0.015:
                kind = rng.choice([AbsenceKind.VACATION, AbsenceKind.TRAINING])
                rows.append(_absence(professional, kind, on, on, by))
    ahead = [on for on in dates.open if on > dates.today]
    rows.append(
        _absence(professionals[-1], AbsenceKind.VACATION, ahead[5 % len(ahead)], ahead[-1], by)
    )
    Absence.objects.bulk_create(rows)


def _absence(
    professional: Professional, kind: AbsenceKind, first: date, last: date, by: Person
) -> Absence:
    return Absence(
        professional=professional,
        kind=kind,
        starts_at=at(first, time(0)),
        ends_at=at(last + timedelta(days=1), time(0)),
        entered_by=by,
        entered_at=at(first - timedelta(days=21), time(10)),
    )


def make_extra_hours(
    professionals: Sequence[Professional],
    offices: Sequence[Office],
    dates: Dates,
    staff: Staff,
    *,
    now: datetime,
) -> None:
    """Write extra hours: past ones open to all, coming ones for named offices, one still to approve."""
    past = [on for on in dates.open if on < dates.today]
    ahead = [on for on in dates.open if on > dates.today]
    first, second = professionals[:2]
    open_to_all = [
        _extra(second, on, "Backlog after the holiday", staff, approved=True)
        for on in past[:: max(1, len(past) // 6)]
    ]
    named = _extra(first, ahead[1], "Many urgent study permits", staff, approved=True)
    waiting = _extra(second, ahead[3], "High demand in the west", staff, approved=False)
    ExtraHours.objects.bulk_create([*open_to_all, named, waiting])
    named.offices.set(offices[: len(offices) // 10 + 1])


def _extra(
    professional: Professional, on: date, purpose: str, staff: Staff, *, approved: bool
) -> ExtraHours:
    asked_at = at(on - timedelta(days=25), time(11))
    return ExtraHours(
        professional=professional,
        starts_at=at(on, time(16, 30)),
        ends_at=at(on, time(18, 30)),
        purpose=purpose,
        requested_by=professional.person,
        requested_at=asked_at,
        approved_by=staff.team_lead if approved else None,
        approved_at=asked_at + timedelta(hours=3) if approved else None,
    )


def publish(dates: Dates, by: Person, horizon: int, *, now: datetime) -> dict[date, PublishedDay]:
    """Write every open day's hours, as publishing made them a day before they could be booked."""
    plans = roster.plans(dates.first, dates.last, now=now)
    languages = {p.pk: frozenset(p.languages) for p in Professional.objects.all()}
    extras = {
        extra.pk: [office.pk for office in extra.offices.all()]
        for extra in ExtraHours.objects.prefetch_related("offices")
    }
    days = [_service_day(on, _published_at(on, horizon, dates), by) for on in dates.open]
    ServiceDay.objects.bulk_create(days)
    published = {}
    for day in days:
        grid = Grid(day.starts_at, day.quanta)
        worked = {
            pk: found
            for pk, plan in sorted(plans.items())
            if (found := roster.worked_mask(day.on, grid, plan, dates.closed)).mask
        }
        rows = OfferedHours.objects.bulk_create(
            OfferedHours(day=day, professional_id=pk, mask=found.mask)
            for pk, found in worked.items()
        )
        reserved = [
            ReservedHours(hours=row, extra_id=extra, mask=mask, offices=extras[extra])
            for row in rows
            for extra, mask in worked[row.professional_id].from_extras.items()
        ]
        ReservedHours.objects.bulk_create(reserved)
        published[day.on] = PublishedDay(
            on=day.on,
            day_id=day.pk,
            grid=grid,
            published_at=day.published_at,
            hours=tuple(_hours(row, languages, reserved) for row in rows),
            hours_ids={row.professional_id: row.pk for row in rows},
        )
    return published


def _hours(
    row: OfferedHours, languages: dict[int, frozenset[str]], reserved: list[ReservedHours]
) -> ProfessionalHours:
    kept = [extra for extra in reserved if extra.hours == row and extra.offices]
    return ProfessionalHours(
        professional=row.professional_id,
        languages=languages[row.professional_id],
        offered=row.mask,
        reserves=tuple(Reserve(extra.mask, frozenset(extra.offices)) for extra in kept),
    )


def _service_day(on: date, published_at: datetime, by: Person) -> ServiceDay:
    grid = roster.grid_of(on)
    return ServiceDay(
        on=on,
        starts_at=grid.starts_at,
        quanta=grid.quanta,
        published_at=published_at,
        published_by=by,
    )


def _published_at(on: date, horizon: int, dates: Dates) -> datetime:
    """The afternoon before the day came into reach: `horizon` business days and one before it."""
    back, left = on, horizon + 1
    while left:
        back -= timedelta(days=1)
        left -= business_days.is_business_day(back, dates.closed)
    return at(back, time(16))


def at(on: date, wall: time) -> datetime:
    """An instant by the centre's clock."""
    return datetime.combine(on, wall, clock.service_zone())
