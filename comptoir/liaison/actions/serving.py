"""The professional's side: start, record one outcome per case, finish, note an absence, follow up."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.audit.models import Verb
from comptoir.liaison.actions import counting, locking
from comptoir.liaison.models import (
    FOLLOWED_OUTCOMES,
    Appointment,
    AppointmentEvent,
    CaseLine,
    Claim,
    FollowUp,
    Happening,
    Outcome,
    Side,
    Status,
)
from comptoir.liaison.queries import days
from comptoir.people.models import Person
from comptoir.ui import clock


class WrongState(Exception):
    """The appointment is not where this step begins."""


class TooEarly(Exception):
    """Nobody can be absent from what has not begun."""


class OutcomesMissing(Exception):
    """An appointment is finished when every case has its outcome; `positions` have none."""

    def __init__(self, positions: list[int]) -> None:
        super().__init__(positions)
        self.positions = positions


class DueDateMissing(Exception):
    """What is referred or asked for has a due date."""


@transaction.atomic
def start_appointment(
    *, appointment: Appointment, office_late_minutes: int | None, by: Person, now: datetime
) -> Appointment:
    """Begin; the office may have arrived late. Raises WrongState."""
    current = _locked(appointment, Status.BOOKED)
    current.status = Status.STARTED
    current.started_at = now
    current.office_late_minutes = office_late_minutes
    current.save(update_fields=["status", "started_at", "office_late_minutes"])
    _happened(current, Happening.STARTED, by, now)
    return current


@transaction.atomic
def finish_appointment(*, appointment: Appointment, by: Person, now: datetime) -> Appointment:
    """End; the time really used is from start to now. Raises WrongState, OutcomesMissing."""
    current = _locked(appointment, Status.STARTED)
    missing = current.case_lines.filter(outcome="").order_by("position")
    positions = list(missing.values_list("position", flat=True))
    if positions:
        raise OutcomesMissing(positions)
    current.status = Status.FINISHED
    current.finished_at = now
    current.save(update_fields=["status", "finished_at"])
    _happened(current, Happening.FINISHED, by, now)
    return current


@locking.patient
def record_no_show(*, appointment: Appointment, by: Person, now: datetime) -> Appointment:
    """Nobody came: what is left of the time is free at once, and the whole counts as given up late.

    Raises WrongState, TooEarly.
    """
    with transaction.atomic():
        on = clock.service_date(appointment.starts_at)
        locking.lock_days([on])
        current = _locked(appointment, Status.BOOKED)
        if now < current.starts_at:
            raise TooEarly
        weeks = locking.lock_weeks(current.office, [on])
        rule = days.load_rules().on(on)
        counted = current.quanta if rule is not None and rule.late_counts else 0
        counting.give_up(weeks, on, current.quanta, still_counted=counted)
        counting.save(weeks)
        Claim.objects.filter(appointment=current).delete()
        current.status = Status.NO_SHOW
        current.save(update_fields=["status"])
        _happened(current, Happening.NO_SHOW, by, now, late_quanta=counted)
    return current


@transaction.atomic
def record_outcome(
    *,
    case_line: CaseLine,
    outcome: Outcome,
    answer: str,
    advice: str,
    task: str,
    due_on: date | None,
    by: Person,
    now: datetime,
) -> CaseLine:
    """Keep the one outcome of a case; what is referred or asked for leaves a follow-up with a due date.

    It may be corrected until the appointment is finished; every version stays in the history.
    Raises DueDateMissing, WrongState.
    """
    appointment = _locked(case_line.appointment, Status.STARTED)
    followed = outcome in FOLLOWED_OUTCOMES
    if followed and due_on is None:
        raise DueDateMissing
    case_line.outcome = outcome
    case_line.answer = answer
    case_line.advice = advice
    case_line.recorded_by = by
    case_line.recorded_at = now
    case_line.save(update_fields=["outcome", "answer", "advice", "recorded_by", "recorded_at"])
    if followed and due_on is not None:
        FollowUp.objects.update_or_create(
            case_line=case_line,
            defaults={
                "professional": appointment.professional,
                "task": task,
                "due_on": due_on,
                "created_at": now,
            },
        )
    else:
        FollowUp.objects.filter(case_line=case_line, done_at=None).delete()
    audit.record(
        verb=Verb.DISCLOSED,
        action="case.outcome",
        subject=case_line,
        by=by,
        now=now,
        office_id=appointment.office_id,
        detail={"outcome": outcome, "basis": case_line.legal_basis},
    )
    return case_line


@transaction.atomic
def prepare_case(*, case_line: CaseLine, preparation: str, by: Person, now: datetime) -> CaseLine:
    """Keep the professional's own notes on a case, which no office sees."""
    case_line.preparation = preparation
    case_line.save(update_fields=["preparation"])
    audit.record(
        action="case.prepared",
        subject=case_line,
        by=by,
        now=now,
        office_id=case_line.appointment.office_id,
    )
    return case_line


@transaction.atomic
def complete_follow_up(*, follow_up: FollowUp, result: str, by: Person, now: datetime) -> FollowUp:
    """Close a follow-up with what came of it, which the office can read. Raises WrongState."""
    current = FollowUp.objects.select_for_update(of=("self",)).get(pk=follow_up.pk)
    if current.done_at is not None:
        raise WrongState
    current.done_at = now
    current.done_by = by
    current.result = result
    current.save(update_fields=["done_at", "done_by", "result"])
    audit.record(
        action="follow_up.done",
        subject=current,
        by=by,
        now=now,
        office_id=current.case_line.appointment.office_id,
    )
    return current


def _locked(appointment: Appointment, expected: Status) -> Appointment:
    """The row, locked, if it is where the step begins; raises WrongState."""
    rows = Appointment.objects.select_related("office", "professional")
    current = rows.select_for_update(of=("self",)).get(pk=appointment.pk)
    if current.status != expected:
        raise WrongState
    return current


def _happened(
    appointment: Appointment, kind: Happening, by: Person, now: datetime, *, late_quanta: int = 0
) -> None:
    AppointmentEvent.objects.create(
        appointment=appointment,
        kind=kind,
        at=now,
        by=by,
        side=Side.OFFICE if kind == Happening.NO_SHOW else Side.CENTRE,
        notice_minutes=0 if kind == Happening.NO_SHOW else None,
        late_quanta=late_quanta,
        from_starts_at=appointment.starts_at,
        from_quanta=appointment.quanta,
        from_professional=appointment.professional,
    )
    audit.record(
        action=f"appointment.{kind}",
        subject=appointment,
        by=by,
        now=now,
        office_id=appointment.office_id,
        detail={"after_minutes": (now - appointment.starts_at) // timedelta(minutes=1)},
    )
