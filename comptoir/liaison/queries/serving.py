"""What a professional looks at: the day as a line of time, an appointment with its cases, follow-ups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Count, Q, QuerySet

from comptoir.domain import grid as grids
from comptoir.domain import identifiers
from comptoir.domain.disclosure import Fault
from comptoir.domain.grid import QUANTUM, Grid
from comptoir.liaison.models import (
    Appointment,
    CaseLine,
    FollowUp,
    FollowUpTarget,
    Status,
)
from comptoir.liaison.queries import bases
from comptoir.roster import queries as roster
from comptoir.roster.models import Absence, OfferedHours, Professional, ServiceDay
from comptoir.ui import clock

MOST_ON_A_DAY = 300
"""A day has at most 62 quarter hours to sell; the rest would be what was cancelled on it."""

MOST_TARGETS = 100
"""A target lasts months; nobody reads those of the last century."""


class Piece(StrEnum):
    """What a stretch of a professional's day is."""

    APPOINTMENT = "appointment"
    FREE = "free"
    BREAK = "break"
    ABSENCE = "absence"


@dataclass(frozen=True, slots=True)
class Served:
    """An appointment as its professional's day shows it: how many cases, how many of them are ready."""

    appointment: Appointment
    cases: int
    prepared: int
    recorded: int

    @property
    def is_prepared(self) -> bool:
        """Whether every case has notes."""
        return self.prepared == self.cases


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch of the day; `served` only for an appointment."""

    piece: Piece
    starts_at: datetime
    ends_at: datetime
    served: Served | None = None

    @property
    def minutes(self) -> int:
        """Its length."""
        return (self.ends_at - self.starts_at) // timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DayPlan:
    """One professional's day in order of time; `following` is what comes next, or goes on now."""

    on: date
    professional: Professional
    stretches: tuple[Stretch, ...]
    absences: tuple[Absence, ...]
    cancelled: tuple[Served, ...]
    following: Served | None
    unrecorded: tuple[Served, ...]
    previous: date | None
    next: date | None

    @property
    def appointments(self) -> list[Served]:
        """What was not cancelled."""
        return [stretch.served for stretch in self.stretches if stretch.served is not None]

    @property
    def minutes_booked(self) -> int:
        """The length of the appointments that took or will take place."""
        missed = Status.NO_SHOW
        return sum(
            s.appointment.minutes for s in self.appointments if s.appointment.status != missed
        )

    @property
    def minutes_free(self) -> int:
        """What nobody has booked."""
        return sum(s.minutes for s in self.stretches if s.piece is Piece.FREE)

    @property
    def uncovered(self) -> list[tuple[Absence, int]]:
        """The absences in whose time something is still booked, and how many appointments."""
        booked = [s.appointment for s in self.appointments]
        booked = [a for a in booked if a.status == Status.BOOKED]
        counts = [
            (absence, sum(_overlap(absence, appointment) for appointment in booked))
            for absence in self.absences
        ]
        return [(absence, count) for absence, count in counts if count]


def day_plan(professional: Professional, on: date, now: datetime) -> DayPlan:
    """The professional's day `on` as it stands; six queries."""
    served = list(_served(professional, on))
    kept = [s for s in served if s.appointment.status != Status.CANCELLED]
    day = ServiceDay.objects.filter(on=on).first()
    grid = Grid(day.starts_at, day.quanta) if day is not None else _empty_grid(on)
    absences = _absences(professional, grid)
    worked = _worked(day, professional)
    to_come = [s for s in kept if _is_to_come(s.appointment, now)]
    return DayPlan(
        on=on,
        professional=professional,
        stretches=tuple(_stretches(grid, worked, absences, kept)),
        absences=tuple(absences),
        cancelled=tuple(s for s in served if s.appointment.status == Status.CANCELLED),
        following=to_come[0] if to_come and on == clock.service_date(now) else None,
        unrecorded=tuple(s for s in kept if is_unrecorded(s.appointment, now)),
        previous=_neighbour(on, later=False),
        next=_neighbour(on, later=True),
    )


def _overlap(absence: Absence, appointment: Appointment) -> bool:
    return absence.starts_at < appointment.ends_at and appointment.starts_at < absence.ends_at


def is_unrecorded(appointment: Appointment, now: datetime) -> bool:
    """Whether its time has passed and nobody has said what became of it."""
    return appointment.status == Status.BOOKED and appointment.ends_at <= now


def _is_to_come(appointment: Appointment, now: datetime) -> bool:
    booked = appointment.status == Status.BOOKED and appointment.ends_at > now
    return booked or appointment.status == Status.STARTED


def _served(professional: Professional, on: date) -> Iterator[Served]:
    rows: Iterable[Any] = (
        Appointment.objects.filter(professional=professional, day__on=on)
        .select_related("office__district", "day")
        .annotate(
            cases=Count("case_lines"),
            prepared=Count("case_lines", filter=~Q(case_lines__preparation="")),
            recorded=Count("case_lines", filter=~Q(case_lines__outcome="")),
        )
        .order_by("starts_at", "pk")[:MOST_ON_A_DAY]
    )
    return (Served(row, row.cases, row.prepared, row.recorded) for row in rows)


def _worked(day: ServiceDay | None, professional: Professional) -> int:
    hours = OfferedHours.objects.filter(day=day, professional=professional).first()
    return hours.mask if day is not None and hours is not None else 0


def _stretches(
    grid: Grid, worked: int, absences: Sequence[Absence], kept: Sequence[Served]
) -> list[Stretch]:
    """Appointments, and between them free time, breaks and absences, in order of time."""
    taken = _mask(grid, ((s.appointment.starts_at, s.appointment.ends_at) for s in kept))
    absent = _mask(grid, ((a.starts_at, a.ends_at) for a in absences)) & ~worked & ~taken
    stretches = [
        Stretch(Piece.APPOINTMENT, s.appointment.starts_at, s.appointment.ends_at, s) for s in kept
    ]
    stretches += _runs(grid, Piece.FREE, worked & ~taken)
    stretches += _runs(grid, Piece.ABSENCE, absent)
    whole = worked | taken | absent
    gaps = grids.bits(0, whole.bit_length()) & ~whole & ~grids.bits(0, _lowest(whole))
    stretches += _runs(grid, Piece.BREAK, gaps)
    return sorted(stretches, key=lambda s: (s.starts_at, s.ends_at))


def _empty_grid(on: date) -> Grid:
    return Grid(datetime.combine(on, time(), clock.service_zone()), 0)


def _absences(professional: Professional, grid: Grid) -> list[Absence]:
    rows = Absence.objects.filter(
        professional=professional,
        withdrawn_at=None,
        starts_at__lt=grid.instant(grid.quanta),
        ends_at__gt=grid.starts_at,
    )
    return list(rows.order_by("starts_at", "pk"))


def _mask(grid: Grid, periods: Iterable[tuple[datetime, datetime]]) -> int:
    """The quarter hours that the periods touch."""
    mask = 0
    for start, end in periods:
        first = max((start - grid.starts_at) // QUANTUM, 0)
        last = min(-((grid.starts_at - end) // QUANTUM), grid.quanta)
        mask |= grids.bits(first, last - first) if last > first else 0
    return mask


def _runs(grid: Grid, piece: Piece, mask: int) -> list[Stretch]:
    return [
        Stretch(piece, grid.instant(first), grid.instant(first + length))
        for first, length in grids.runs(mask)
    ]


def _lowest(mask: int) -> int:
    return (mask & -mask).bit_length() - 1 if mask else 0


def _neighbour(on: date, *, later: bool) -> date | None:
    """The published day before or after."""
    days = ServiceDay.objects.values_list("on", flat=True)
    if later:
        return days.filter(on__gt=on).order_by("on").first()
    return days.filter(on__lt=on).order_by("-on").first()


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """One case as its professional reads it; with `faults` it may not be spoken about."""

    line: CaseLine
    faults: tuple[Fault, ...]

    @property
    def uci(self) -> str:
        """The client's number as people write it, or nothing."""
        return identifiers.format_uci(self.line.uci) if self.line.uci else ""

    @property
    def reasons(self) -> list[str]:
        """Why it may not be spoken about, in words."""
        return [bases.sentence(fault, self.line) for fault in self.faults]

    @property
    def follow_up(self) -> FollowUp | None:
        """What is left to do, if anything."""
        return self.line.left_to_do


def case_sheets(appointment: Appointment, now: datetime) -> list[CaseSheet]:
    """The appointment's cases in order; one query."""
    today = clock.service_date(now)
    lines = appointment.case_lines.select_related("follow_up", "recorded_by").order_by("position")
    sheets = []
    for line in lines:
        line.appointment = appointment
        sheets.append(CaseSheet(line, tuple(bases.faults(line, appointment, today))))
    return sheets


def minutes_so_far(appointment: Appointment, now: datetime) -> int:
    """How long it has gone on, in whole minutes."""
    if appointment.started_at is None:
        return 0
    return max((now - appointment.started_at) // timedelta(minutes=1), 0)


def following_appointment(appointment: Appointment) -> Appointment | None:
    """The next one of the same professional on the same day that is still booked."""
    later = Appointment.objects.filter(
        professional=appointment.professional_id,
        day=appointment.day_id,
        status=Status.BOOKED,
        starts_at__gt=appointment.starts_at,
    )
    return later.select_related("office__district").order_by("starts_at").first()


@dataclass(frozen=True, slots=True)
class DueDates:
    """When a follow-up that is left now would be due under the target in force."""

    usual: date
    urgent: date
    business_days: int
    urgent_hours: int


def due_dates(now: datetime) -> DueDates | None:
    """The proposed due dates; None when no target is in force, and then a date is typed."""
    today = clock.service_date(now)
    target = target_on(today)
    if target is None:
        return None
    return DueDates(
        usual=roster.horizon(today, target.business_days),
        urgent=clock.service_date(now + timedelta(hours=target.urgent_hours)),
        business_days=target.business_days,
        urgent_hours=target.urgent_hours,
    )


def target_on(day: date) -> FollowUpTarget | None:
    """The target of a day: the last that began by then."""
    return FollowUpTarget.objects.filter(valid_from__lte=day).order_by("-valid_from").first()


@dataclass(frozen=True, slots=True)
class Targets:
    """Every target, as seen from one day: the one in force, the next ones, the last ones."""

    current: FollowUpTarget | None
    coming: list[FollowUpTarget]
    earlier: list[FollowUpTarget]


def targets(today: date) -> Targets:
    """The targets around `today`; a few rows, read at once."""
    everything = FollowUpTarget.objects.select_related("created_by").order_by("-valid_from")
    latest = list(everything[:MOST_TARGETS])
    begun = [target for target in latest if target.valid_from <= today]
    coming = [target for target in reversed(latest) if target.valid_from > today]
    return Targets(begun[0] if begun else None, coming, begun[1:])


class Show(StrEnum):
    """Which follow-ups a list shows."""

    OPEN = "open"
    LATE = "late"
    DONE = "done"


def follow_ups(
    everyone: QuerySet[FollowUp], *, show: Show, professional: Professional | None, today: date
) -> QuerySet[FollowUp]:
    """Those of `everyone` that the list shows: what is due first, or what was done last."""
    found = everyone if professional is None else everyone.filter(professional=professional)
    if show is Show.DONE:
        return found.filter(done_at__isnull=False).order_by("-done_at", "-pk")
    found = found.filter(done_at=None)
    if show is Show.LATE:
        found = found.filter(due_on__lt=today)
    return found.order_by("due_on", "pk")


def count_follow_ups(
    everyone: QuerySet[FollowUp], *, professional: Professional | None, today: date
) -> dict[Show, int]:
    """How many there are of each; one query."""
    found = everyone if professional is None else everyone.filter(professional=professional)
    counts = found.aggregate(
        open=Count("pk", filter=Q(done_at=None)),
        late=Count("pk", filter=Q(done_at=None, due_on__lt=today)),
        done=Count("pk", filter=Q(done_at__isnull=False)),
    )
    return {show: counts[show.value] for show in Show}
