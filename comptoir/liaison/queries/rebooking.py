"""What an absence does to appointments, and where each of them could go instead.

An equivalent is the same time with somebody else who speaks the language: the office gives up
nothing, so its share is not asked again. Where there is none, the nearest times that the sharing
rule would grant the office, counted as if the appointment had been given up by the centre.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, Q

from comptoir.domain import admission, grid
from comptoir.domain.admission import Admitted, Day, Request
from comptoir.domain.rule import SharingRule
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    AppointmentQuerySet,
    Happening,
    Side,
    Status,
)
from comptoir.liaison.queries import days, times
from comptoir.people.models import OfficeStatus
from comptoir.roster.models import Absence, Professional
from comptoir.ui import clock

STAND_INS = 3
"""How many colleagues are offered for one appointment."""

NEAREST = 3
"""How many other times are offered when no colleague is free."""


@dataclass(frozen=True, slots=True)
class Equivalents:
    """One affected appointment with what could be put in its place, the best first."""

    appointment: Appointment
    missed: bool
    stand_ins: tuple[Professional, ...]
    nearest: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Dealt:
    """What the centre has already done about an absence."""

    reassigned: int
    moved: int
    cancelled: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.reassigned + self.moved + self.cancelled


def affected_by(absence: Absence) -> AppointmentQuerySet:
    """The appointments that are still booked with the absent professional in that time, in order.

    An absence that was withdrawn affects nothing.
    """
    booked = Appointment.objects.filter(
        professional=absence.professional_id,
        status=Status.BOOKED,
        starts_at__lt=absence.ends_at,
        ends_at__gt=absence.starts_at,
    )
    if absence.withdrawn_at is not None:
        booked = booked.none()
    related = booked.select_related("office__district", "professional__person", "day")
    return related.annotate(cases=Count("case_lines")).order_by("starts_at", "pk")


def dealt_with(absence: Absence) -> Dealt:
    """What the centre has moved, reassigned and cancelled of the absent professional's time."""
    events = AppointmentEvent.objects.filter(
        side=Side.CENTRE,
        from_professional=absence.professional_id,
        at__gte=absence.entered_at,
        from_starts_at__lt=absence.ends_at,
        from_starts_at__gte=absence.starts_at,
    )
    counts = events.aggregate(
        reassigned=Count("pk", filter=Q(kind=Happening.REASSIGNED)),
        moved=Count("pk", filter=Q(kind=Happening.MOVED)),
        cancelled=Count("pk", filter=Q(kind=Happening.CANCELLED)),
    )
    return Dealt(**counts)


def equivalents(
    appointments: Sequence[Appointment], *, now: datetime, seed: int
) -> list[Equivalents]:
    """What could be put in the place of each; two queries for each, and five for all."""
    if not appointments:
        return []
    rules = days.load_rules()
    ahead = days.bookable_dates(rules, now)
    found = [
        (appointment, *_places(appointment, rules, ahead, now, seed))
        for appointment in appointments
    ]
    people = Professional.objects.select_related("person").in_bulk(
        {pk for _, stand_ins, _ in found for pk in stand_ins}
    )
    return [
        Equivalents(
            appointment=appointment,
            missed=appointment.starts_at <= now,
            stand_ins=tuple(people[pk] for pk in stand_ins),
            nearest=tuple(nearest),
        )
        for appointment, stand_ins, nearest in found
    ]


def _places(
    appointment: Appointment, rules: days.Rules, ahead: list[date], now: datetime, seed: int
) -> tuple[list[int], list[datetime]]:
    on = clock.service_date(appointment.starts_at)
    loaded = days.load_days(
        dates=sorted({on, *ahead}),
        office=appointment.office,
        rules=rules,
        now=now,
        excluding=appointment,
        last_bookable=max(ahead, default=on),
    )
    over = appointment.ends_at <= now
    free = [] if over else list(stand_ins(loaded[on].day, appointment, seed=seed))[:STAND_INS]
    if free:
        return free, []
    return [], nearest_times([loaded[day].day for day in ahead], appointment, now)


def stand_ins(day: Day, appointment: Appointment, *, seed: int) -> Iterator[int]:
    """Colleagues who are free for all of the appointment's time on its own day, the best first.

    The best is who `admission.admit` would choose; it is asked again without those already named.
    """
    request = Request(
        office=appointment.office_id,
        quanta=appointment.quanta,
        language=appointment.language,
        start=day.grid.index(appointment.starts_at) if day.hours else None,
        seed=seed,
    )
    open_day = _without_the_rule(day, appointment)
    while day.hours:
        answer = admission.admit(open_day, request, day.grid.starts_at)
        if not isinstance(answer, Admitted):
            return
        yield answer.professional
        open_day = without(open_day, answer.professional)


def without(day: Day, professional: int) -> Day:
    """The day as if this professional were not there."""
    return replace(day, hours=tuple(h for h in day.hours if h.professional != professional))


def _without_the_rule(day: Day, appointment: Appointment) -> Day:
    """The day's calendar alone: the office's share is not touched when only the person changes."""
    whole_day = day.grid.quanta * grid.QUANTUM_MINUTES
    calendar_only = SharingRule(
        version=0,
        minutes_per_day=whole_day,
        minutes_per_week=whole_day,
        lengths=(appointment.minutes,),
        horizon_business_days=0,
        least_notice_minutes=0,
        late_notice_minutes=0,
        late_counts=False,
    )
    day = replace(day, rule=calendar_only, last_bookable=day.on, use={})
    return without(day, appointment.professional_id)


def nearest_times(
    ahead: Iterable[Day], appointment: Appointment, now: datetime, count: int = NEAREST
) -> list[datetime]:
    """The times closest to the appointment's own that the sharing rule would grant its office."""
    request = Request(
        office=appointment.office_id,
        quanta=appointment.quanta,
        language=appointment.language,
        office_active=appointment.office.status == OfficeStatus.ACTIVE,
    )
    offered = [
        times.DayTimes(
            day.on,
            tuple(day.grid.instant(i) for i in grid.indexes(admission.offers(day, request, now))),
            None,
        )
        for day in ahead
    ]
    return times.nearest(offered, appointment.starts_at, count)
