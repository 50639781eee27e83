"""The professional's side: start, record one outcome per case, finish, note an absence, follow up."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.audit.models import Verb
from comptoir.liaison.actions import counting, locking
from comptoir.liaison.models import (
    BASELESS_OUTCOMES,
    FOLLOWED_OUTCOMES,
    SILENT_OUTCOMES,
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
from comptoir.liaison.queries import attendance, bases, days
from comptoir.people.models import Person
from comptoir.roster.models import Professional
from comptoir.ui import clock


class WrongState(Exception):
    """The appointment is not where this step begins."""


class TooEarly(Exception):
    """It can begin from `begins_from` on, which is some minutes before its time."""

    def __init__(self, begins_from: datetime) -> None:
        super().__init__(begins_from)
        self.begins_from = begins_from


class AnotherGoesOn(Exception):
    """Nobody takes two appointments at once: the professional has not finished `other`."""

    def __init__(self, other: Appointment) -> None:
        super().__init__(other)
        self.other = other


class StillWaiting(Exception):
    """The office has until `until` to come: before it nobody may be said to be absent."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class OutcomesMissing(Exception):
    """An appointment is finished when every case has its outcome; `positions` have none."""

    def __init__(self, positions: list[int]) -> None:
        super().__init__(positions)
        self.positions = positions


class MinutesMissing(Exception):
    """It was left open past its day, or for longer than any lasts: only a person knows what it took."""


class NotThatLong(Exception):
    """It would have ended after now: it began fewer minutes ago."""


class FollowUpIncomplete(Exception):
    """What is referred or asked for says what is to be done and when it is due."""


class Superseded(Exception):
    """Somebody has written about the case since it was read: it would be lost unseen."""


class NotAuthorized(Exception):
    """The legal basis does not hold: nothing may be told, and no other outcome recorded."""


@transaction.atomic
def start_appointment(
    *, appointment: Appointment, office_late_minutes: int, by: Person, now: datetime
) -> Appointment:
    """Begin; the office may have arrived late. Raises WrongState, TooEarly, AnotherGoesOn.

    Begun for the record after its time has passed, it is taken to have begun at its time, or as
    late as the office was; otherwise it begins now.
    """
    # One after the other: of two that are begun in two windows at once, the second sees the first.
    Professional.objects.select_for_update(no_key=True).get(pk=appointment.professional_id)
    current = locked(appointment, Status.BOOKED)
    if current.professional_id != appointment.professional_id:
        raise WrongState  # given to a colleague in the meantime
    begins_from = attendance.begins_from(current, days.load_rules())
    if now < begins_from:
        raise TooEarly(begins_from)
    other = attendance.going_on_beside(current)
    if other is not None:
        raise AnotherGoesOn(other)
    declared = current.starts_at + timedelta(minutes=office_late_minutes)
    current.status = Status.STARTED
    current.started_at = now if now < current.ends_at else min(declared, now)
    current.office_late_minutes = office_late_minutes
    current.save(update_fields=["status", "started_at", "office_late_minutes"])
    happened(appointment=current, kind=Happening.STARTED, by=by, now=now)
    return current


@transaction.atomic
def finish_appointment(
    *, appointment: Appointment, by: Person, now: datetime, minutes_used: int | None = None
) -> Appointment:
    """End; the time used is from start to now, unless the professional knows better.

    Raises WrongState, OutcomesMissing, MinutesMissing, NotThatLong.
    """
    current = locked(appointment, Status.STARTED)
    missing = current.case_lines.filter(outcome="").order_by("position")
    positions = list(missing.values_list("position", flat=True))
    if positions:
        raise OutcomesMissing(positions)
    current.status = Status.FINISHED
    current.finished_at = _ended_at(current, minutes_used, now)
    current.save(update_fields=["status", "finished_at"])
    happened(appointment=current, kind=Happening.FINISHED, by=by, now=now)
    return current


def _ended_at(current: Appointment, minutes_used: int | None, now: datetime) -> datetime:
    assert current.started_at is not None, "what is in progress was started"
    if minutes_used is None:
        if not attendance.clock_knows(current, now):
            raise MinutesMissing
        return now
    if minutes_used > attendance.minutes_at_most(current, now):
        raise NotThatLong
    return min(current.started_at + timedelta(minutes=minutes_used), now)


@locking.patient
def record_no_show(*, appointment: Appointment, by: Person, now: datetime) -> Appointment:
    """Nobody came: what is left of the time is free at once, and the whole counts as given up late.

    Not before the office has had the time that the day's rule leaves it. Raises WrongState,
    StillWaiting, locking.DayBusy. See `taking_back` for a record made by mistake.
    """
    with transaction.atomic():
        on = clock.service_date(appointment.starts_at)
        locking.lock_days([on])
        current = locked(appointment, Status.BOOKED)
        if clock.service_date(current.starts_at) != on:
            raise WrongState  # moved in the meantime: another day's counters are meant
        rules = days.load_rules().of(current.office_id)
        until = attendance.no_show_from(current, rules)
        if now < until:
            raise StillWaiting(until)
        weeks = locking.lock_weeks(current.office, [on])
        rule = rules.on(on)
        counted = current.quanta if rule is not None and rule.late_counts else 0
        counting.give_up(weeks, on, current.quanta, still_counted=counted)
        counting.keep_floor_claimed(weeks, on)
        counting.save(weeks)
        Claim.objects.filter(appointment=current).delete()
        current.status = Status.NO_SHOW
        current.save(update_fields=["status"])
        happened(appointment=current, kind=Happening.NO_SHOW, by=by, now=now, late_quanta=counted)
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
    read: str,
    by: Person,
    now: datetime,
    urgent: bool = False,
) -> CaseLine:
    """Keep the one outcome of a case; what is referred or asked for leaves a follow-up with a due date.

    It may be corrected until the appointment is finished; every version stays in the history. `read`
    is the version that the writer saw. Raises FollowUpIncomplete, NotAuthorized, Superseded, WrongState.
    """
    appointment = locked(case_line.appointment, Status.STARTED)
    case_line = _as_read(case_line, read)
    if outcome in FOLLOWED_OUTCOMES and (due_on is None or not task):
        raise FollowUpIncomplete
    baseless = bool(bases.faults(case_line, appointment, clock.service_date(now)))
    if baseless and outcome not in BASELESS_OUTCOMES:
        raise NotAuthorized
    case_line.outcome = outcome
    case_line.answer = answer
    case_line.advice = advice
    case_line.recorded_by = by
    case_line.recorded_at = now
    case_line.save(update_fields=["outcome", "answer", "advice", "recorded_by", "recorded_at"])
    if outcome in FOLLOWED_OUTCOMES:
        assert due_on is not None, "what is followed up is due"
        case_line.follow_up = _keep_follow_up(
            case_line, appointment.professional, task=task, due_on=due_on, urgent=urgent, now=now
        )
    else:
        _withdraw_follow_up(case_line, by=by, now=now)
    audit.record(
        # What was not spoken about was not disclosed; the log of disclosures is a legal record.
        verb=Verb.DID if baseless or outcome in SILENT_OUTCOMES else Verb.DISCLOSED,
        action="case.outcome",
        subject=case_line,
        by=by,
        now=now,
        office_id=appointment.office_id,
        detail={"outcome": outcome, "basis": case_line.legal_basis},
    )
    return case_line


def _as_read(case_line: CaseLine, read: str) -> CaseLine:
    """The row, locked, if nobody has written about it since that version; raises Superseded."""
    rows = CaseLine.objects.select_related("appointment__office", "follow_up")
    current = rows.select_for_update(of=("self",), no_key=True).get(pk=case_line.pk)
    if current.version != read:
        raise Superseded
    return current


def _keep_follow_up(
    case_line: CaseLine,
    professional: Professional,
    *,
    task: str,
    due_on: date,
    urgent: bool,
    now: datetime,
) -> FollowUp:
    """What is left to do, in place of what was written before; open again if it had been withdrawn.

    Who was given it by a team lead keeps it.
    """
    written = {"task": task, "urgent": urgent, "due_on": due_on, "created_at": now}
    opened = {"withdrawn": False, "done_at": None, "done_by": None}
    follow_up, _made = FollowUp.objects.update_or_create(
        case_line=case_line,
        defaults={**written, **opened},
        create_defaults={**written, "professional": professional},
    )
    return follow_up


def _withdraw_follow_up(case_line: CaseLine, *, by: Person, now: datetime) -> None:
    """Close what an earlier outcome had left to do: it was promised once, so it does not vanish."""
    follow_up = case_line.left_to_do
    if follow_up is None:
        return
    follow_up.withdrawn, follow_up.done_at, follow_up.done_by = True, now, by
    follow_up.save(update_fields=["withdrawn", "done_at", "done_by"])
    audit.record(
        action="follow_up.withdrawn",
        subject=follow_up,
        by=by,
        now=now,
        office_id=case_line.appointment.office_id,
    )


@transaction.atomic
def prepare_case(
    *, case_line: CaseLine, preparation: str, read: str, by: Person, now: datetime
) -> CaseLine:
    """Keep the professional's own notes on a case, which no office sees; `read` as for an outcome.

    Raises Superseded.
    """
    case_line = _as_read(case_line, read)
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
    """Close a follow-up with what came of it, which the office can read.

    Raises WrongState: done already, or its appointment still goes on and may yet change it.
    """
    related = FollowUp.objects.select_related("case_line__appointment")
    current = related.select_for_update(of=("self",), no_key=True).get(pk=follow_up.pk)
    in_progress = current.case_line.appointment.status == Status.STARTED
    if current.done_at is not None or in_progress:
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


def locked(appointment: Appointment, expected: Status) -> Appointment:
    """The row, locked, if it is where the step begins; raises WrongState."""
    rows = Appointment.objects.select_related("office", "professional", "policy")
    current = rows.select_for_update(of=("self",), no_key=True).get(pk=appointment.pk)
    if current.status != expected:
        raise WrongState
    return current


def happened(
    *, appointment: Appointment, kind: Happening, by: Person, now: datetime, late_quanta: int = 0
) -> None:
    """Keep what happened, in the appointment's history and on the trail."""
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
