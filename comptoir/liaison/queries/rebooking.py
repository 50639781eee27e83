"""Appointments whose professional will not be there, and where each of them could go instead.

The cause is an absence, or whatever else took the hours of a published day away: a closed day, other
weekly hours, an exception, somebody who takes no appointments any more.

An equivalent is the same time with somebody else who speaks the language: the office gives up
nothing, so its share is not asked again. Where there is none, other times that the sharing rule
would grant the office, counted as if the appointment had been given up by the centre: later ones,
one for each day. An earlier one asks the office to be ready sooner than it had planned: a lead may
choose it, nothing takes it unasked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeAlias

from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
)

from comptoir.domain import admission, grid
from comptoir.domain.rule import SharingRule
from comptoir.domain.service_day import Admitted, Day, Request
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    AppointmentQuerySet,
    Claim,
    Happening,
    Policy,
    Side,
    Status,
)
from comptoir.liaison.queries import days
from comptoir.people.models import OfficeStatus
from comptoir.roster.models import Absence, Professional, ServiceDay
from comptoir.ui import clock

Cause: TypeAlias = Absence | ServiceDay
"""Why appointments want another place; a day stands for everything that changed its hours."""

STAND_INS = 3
"""How many colleagues are offered for one appointment."""

LATER = 3
"""How many later times are offered when no colleague is free, each on a day of its own."""


@dataclass(frozen=True, slots=True)
class Equivalents:
    """One affected appointment with what could be put in its place, the best first."""

    appointment: Appointment
    missed: bool
    stand_ins: tuple[Professional, ...]
    later: tuple[datetime, ...]
    earlier: datetime | None


@dataclass(frozen=True, slots=True)
class OtherTimes:
    """`later` in order of time, a day each; `earlier` is the last one before, if there is one."""

    later: tuple[datetime, ...] = ()
    earlier: datetime | None = None


@dataclass(frozen=True, slots=True)
class Dealt:
    """What the centre has already done about a cause."""

    reassigned: int
    moved: int
    cancelled: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.reassigned + self.moved + self.cancelled


def affected_by(cause: Cause) -> AppointmentQuerySet:
    """The appointments that are still booked and want another place, in order.

    An absence hits what overlaps it, and nothing once it was withdrawn; a day, every appointment of
    which a quarter hour is claimed and no longer worked.
    """
    booked = Appointment.objects.filter(status=Status.BOOKED)
    if isinstance(cause, ServiceDay):
        booked = booked.filter(Exists(_not_worked()), day=cause)
    elif cause.withdrawn_at is not None:
        booked = booked.none()
    else:
        booked = booked.filter(
            _overlaps(cause, "starts_at", "ends_at"), professional=cause.professional_id
        )
    related = booked.select_related("office__district", "professional__person", "day")
    return related.annotate(cases=Count("case_lines")).order_by("starts_at", "pk")


def _not_worked() -> QuerySet[Claim]:
    """The claims of an appointment that lie outside what its professional still works."""
    claims = Claim.objects.filter(appointment=OuterRef("pk"))
    worked = F("bit").bitand(F("hours__mask"))  # type: ignore[arg-type]  # stubs know numbers only
    return claims.annotate(worked=worked).filter(worked=0)


def _overlaps(absence: Absence, starts: str, ends: str) -> Q:
    """The one test of what an absence hits, for what is booked and for what was."""
    return Q(**{f"{starts}__lt": absence.ends_at, f"{ends}__gt": absence.starts_at})


def dealt_with(cause: Cause) -> Dealt:
    """What the centre has moved, reassigned and cancelled of the time that the cause hits."""
    length = ExpressionWrapper(
        F("from_quanta") * Value(timedelta(minutes=grid.QUANTUM_MINUTES)),
        output_field=DurationField(),
    )
    events = AppointmentEvent.objects.filter(side=Side.CENTRE).annotate(
        from_ends_at=ExpressionWrapper(F("from_starts_at") + length, output_field=DateTimeField())
    )
    if isinstance(cause, ServiceDay):
        ends_at = cause.starts_at + cause.quanta * grid.QUANTUM
        events = events.filter(from_starts_at__gte=cause.starts_at, from_starts_at__lt=ends_at)
    else:
        events = events.filter(
            _overlaps(cause, "from_starts_at", "from_ends_at"),
            from_professional=cause.professional_id,
            at__gte=cause.entered_at,
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
    rules, today = days.load_rules(), clock.service_date(now)
    ahead: dict[Policy | None, list[date]] = {}
    found = []
    for appointment in appointments:
        own = rules.of(appointment.office_id)
        current = own.policy(today)
        if current not in ahead:
            ahead[current] = days.bookable_dates(own, now)
        found.append((appointment, *_places(appointment, own, ahead[current], now, seed)))
    people = Professional.objects.select_related("person").in_bulk(
        {pk for _, stand_ins, _ in found for pk in stand_ins}
    )
    return [
        Equivalents(
            appointment=appointment,
            missed=appointment.starts_at <= now,
            stand_ins=tuple(people[pk] for pk in stand_ins),
            later=other.later,
            earlier=other.earlier,
        )
        for appointment, stand_ins, other in found
    ]


def _places(
    appointment: Appointment, rules: days.Rules, ahead: list[date], now: datetime, seed: int
) -> tuple[list[int], OtherTimes]:
    on = clock.service_date(appointment.starts_at)
    loaded = days.load_days(
        dates=sorted({on, *ahead}),
        office=appointment.office,
        rules=rules,
        now=now,
        excluding=appointment,
        last_bookable=max(ahead, default=on),
        closed=(),
    )
    over = appointment.ends_at <= now
    free = [] if over else list(stand_ins(loaded[on].day, appointment, seed=seed))[:STAND_INS]
    if free:
        return free, OtherTimes()
    return [], other_times([loaded[day].day for day in ahead], appointment, now)


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


def other_times(ahead: Iterable[Day], appointment: Appointment, now: datetime) -> OtherTimes:
    """When else the sharing rule would grant the office its appointment.

    Of each later day the time closest to the appointment's own time of day, as on its own day what
    comes next; and of the times before the appointment's own, the last.
    """
    request = Request(
        office=appointment.office_id,
        quanta=appointment.quanta,
        language=appointment.language,
        office_active=appointment.office.status == OfficeStatus.ACTIVE,
    )
    later: list[datetime] = []
    earlier: list[datetime] = []
    for day in ahead:
        starts = [day.grid.instant(i) for i in grid.indexes(admission.offers(day, request, now))]
        after = [start for start in starts if start > appointment.starts_at]
        earlier += [start for start in starts if start < appointment.starts_at]
        if after:
            later.append(min(after, key=lambda start: _from_its_hour(start, appointment)))
    return OtherTimes(tuple(sorted(later)[:LATER]), max(earlier, default=None))


def _from_its_hour(start: datetime, appointment: Appointment) -> tuple[int, datetime]:
    """How many minutes a start lies from the appointment's own on the service's clock, a tie to the earlier."""
    zone = clock.service_zone()
    wanted, found = (at.astimezone(zone) for at in (appointment.starts_at, start))
    apart = abs((found.hour - wanted.hour) * 60 + found.minute - wanted.minute)
    return apart, start
