"""Professionals, their hours and published days for tests: real rows, clearly fictional people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import factory
from factory.django import DjangoModelFactory

from comptoir.domain import grid as grids
from comptoir.people.models import Grant, Office, Role
from comptoir.roster.models import (
    Absence,
    AbsenceKind,
    ClosedDay,
    ExtraHours,
    OfferedHours,
    PatternException,
    PatternKind,
    Professional,
    ReservedHours,
    ServiceDay,
    WeeklyPattern,
)
from comptoir.roster.queries import plans
from tests.people.factories import GrantFactory, PersonFactory

LONG_AGO = date(2022, 1, 3)
"""A Monday; since when patterns hold that a test does not date."""

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
"""Monday, 9:00 in Montréal: an ordinary morning of a week without holidays."""


class ProfessionalFactory(DjangoModelFactory[Professional]):
    """A bilingual professional in Montréal who holds the role; no hours yet."""

    class Meta:
        model = Professional
        skip_postgeneration_save = True

    person = factory.SubFactory(PersonFactory)
    code = factory.Sequence(lambda n: f"p{n:03}")
    languages = factory.LazyFunction(lambda: ["en", "fr"])
    skills = factory.LazyFunction(list)
    time_zone = "America/Toronto"

    @factory.post_generation
    def granted(self: Professional, create: bool, extracted: bool | None, **_: Any) -> None:
        """The role, unless the person holds it; `granted=False` leaves it out."""
        held = Grant.objects.filter(person=self.person, role=Role.PROFESSIONAL)
        if create and extracted is not False and not held.exists():
            GrantFactory.create(person=self.person, professional=True)


class PatternFactory(DjangoModelFactory[WeeklyPattern]):
    """Mondays from 8 to 16; `rest=True` for a lunch break."""

    class Meta:
        model = WeeklyPattern

    professional = factory.SubFactory(ProfessionalFactory)
    weekday = 0
    starts = time(8)
    ends = time(16)
    valid_from = LONG_AGO

    class Params:
        rest = factory.Trait(kind=PatternKind.BREAK, starts=time(12), ends=time(13))


class ExceptionFactory(DjangoModelFactory[PatternException]):
    class Meta:
        model = PatternException

    professional = factory.SubFactory(ProfessionalFactory)
    on = date(2026, 11, 25)


class AbsenceFactory(DjangoModelFactory[Absence]):
    class Meta:
        model = Absence

    professional = factory.SubFactory(ProfessionalFactory)
    kind = AbsenceKind.SICK
    starts_at = NOW
    ends_at = factory.LazyAttribute(lambda absence: absence.starts_at + timedelta(hours=4))
    entered_by = factory.SubFactory(PersonFactory)
    entered_at = NOW


class ExtraHoursFactory(DjangoModelFactory[ExtraHours]):
    """Two hours asked for and not decided; `approved=True` for approved ones."""

    class Meta:
        model = ExtraHours

    professional = factory.SubFactory(ProfessionalFactory)
    starts_at = datetime(2026, 11, 25, 21, 0, tzinfo=UTC)
    ends_at = factory.LazyAttribute(lambda extra: extra.starts_at + timedelta(hours=2))
    purpose = "Cases left over from the storm"
    requested_by = factory.SubFactory(PersonFactory)
    requested_at = NOW

    class Params:
        approved = factory.Trait(approved_by=factory.SubFactory(PersonFactory), approved_at=NOW)


class ClosedDayFactory(DjangoModelFactory[ClosedDay]):
    class Meta:
        model = ClosedDay

    on = date(2026, 11, 26)
    name_en = "Burst pipe"
    name_fr = "Dégât d’eau"
    reason = "The building is closed for repairs."
    entered_by = factory.SubFactory(PersonFactory)
    entered_at = NOW


def full_week(professional: Professional, starts: time = time(8), ends: time = time(16)) -> None:
    """Monday to Friday between these wall times, since long ago."""
    for weekday in range(5):
        PatternFactory.create(professional=professional, weekday=weekday, starts=starts, ends=ends)


def between(start: float, end: float) -> int:
    """The mask between two hours of the service's wall clock, on a grid that begins at 6:00."""
    return grids.bits(round((start - 6) * 4), round((end - start) * 4))


def offer_day(
    on: date, *masks: int, professionals: Sequence[Professional] = (), **professional: Any
) -> ServiceDay:
    """A published day with one row of hours per mask: of these professionals, or of new ones."""
    who = list(professionals) or [ProfessionalFactory.create(**professional) for _ in masks]
    grid = plans.grid_of(on)
    day, _is_new = ServiceDay.objects.get_or_create(
        on=on,
        defaults={"starts_at": grid.starts_at, "quanta": grid.quanta, "published_at": NOW},
    )
    OfferedHours.objects.bulk_create(
        OfferedHours(day=day, professional=one, mask=mask)
        for one, mask in zip(who, masks, strict=True)
    )
    return day


def reserve(hours: OfferedHours, mask: int, *offices: Office) -> ReservedHours:
    """Keep a part of offered hours for these offices, as approved extra hours do."""
    extra = ExtraHoursFactory.create(professional=hours.professional, approved=True)
    extra.offices.set(offices)
    return ReservedHours.objects.create(
        hours=hours, extra=extra, mask=mask, offices=[office.pk for office in offices]
    )
