"""Booking an appointment: the pattern every write follows.

Lock the day, load it as plain values, ask `domain.admission.admit`, write what it decided: the
decision in any case; if granted the appointment, its claims, the counters, the case lines, the
event, the audit row and the notices, all or nothing.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime

from django.db import IntegrityError, transaction

from comptoir.audit import actions as audit
from comptoir.domain import disclosure, grid
from comptoir.domain.admission import admit_at
from comptoir.domain.service_day import Admitted, Day, Refused, Request
from comptoir.liaison.actions import counting, locking, refunding, telling
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    CaseLine,
    Claim,
    Decision,
    Happening,
    LegalBasis,
    Policy,
    Side,
)
from comptoir.liaison.queries import days
from comptoir.people.models import Chamber, Office, OfficeStatus, Person
from comptoir.ui import clock, statements

REFERENCE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Letters and digits that are not mistaken for one another when spoken."""


class BadCases(Exception):
    """The cases cannot be brought: too many, none, or one without a legal basis that holds.

    `faults` are by position from 1; position 0 speaks of their number. Forms say it in words before
    it comes to this.
    """

    def __init__(self, faults: list[tuple[int, str]]) -> None:
        super().__init__(faults)
        self.faults = faults


class BookedAnother(Exception):
    """This very form has led to an appointment already, and not to the one asked for now.

    Somebody went back and chose again. Nothing was written; `appointment` is the earlier one.
    """

    def __init__(self, appointment: Appointment) -> None:
        super().__init__(appointment.reference)
        self.appointment = appointment


class NotAdmitted(Exception):
    """The sharing rule or the calendar refused; `decision` is on record and says why."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.reason)
        self.decision = decision


@dataclass(frozen=True, slots=True)
class Case:
    """One case as the office brings it, checked by the form; `CaseLine` without its ids."""

    line_of_business: str
    question: str
    legal_basis: str
    uci: str = ""
    application_number: str = ""
    consent_signer: str = ""
    consent_signed_on: date | None = None
    consent_scope: str = ""
    consent_expires_on: date | None = None

    @classmethod
    def of(cls, line: CaseLine) -> Case:
        """The case that a row was made from."""
        return cls(**{field.name: getattr(line, field.name) for field in fields(cls)})

    def line(self, appointment: Appointment, position: int) -> CaseLine:
        """The row it becomes."""
        return CaseLine(
            appointment=appointment,
            position=position,
            uci=self.uci,
            application_number=self.application_number,
            line_of_business=self.line_of_business,
            question=self.question,
            legal_basis=self.legal_basis,
            consent_signer=self.consent_signer,
            consent_signed_on=self.consent_signed_on,
            consent_scope=self.consent_scope,
            consent_expires_on=self.consent_expires_on,
        )


@dataclass(frozen=True, slots=True)
class Wish:
    """What an office asks for: when, how long, in which language, how to meet."""

    starts_at: datetime
    minutes: int
    language: str
    mode: str
    telephone: str = ""
    video_link: str = ""

    @property
    def quanta(self) -> int:
        """The length in quarter hours."""
        return self.minutes // grid.QUANTUM_MINUTES


@locking.patient
def book_appointment(
    *,
    office: Office,
    wish: Wish,
    cases: Sequence[Case],
    by: Person,
    now: datetime,
    seed: int,
    attempt: uuid.UUID | None = None,
    rules: days.Rules | None = None,
) -> Appointment:
    """Book for `office` what `wish` asks for, with its cases.

    Who has read the `rules` already passes them: a version in force never changes.

    With an `attempt` that has already led to this appointment, it is returned and nothing is
    written: a button pressed twice books once. Raises NotAdmitted (the decision stands in the
    database); BookedAnother, BadCases, locking.DayBusy (nothing stands).
    """
    try:
        with transaction.atomic():
            booked = _book(office, wish, cases, by, now, seed, attempt, rules or days.load_rules())
    except IntegrityError as error:
        # Pressed twice, and there was room twice: the form's key let only the first one in.
        twin = _twin(office, attempt, wish, cases)
        if twin is None:
            raise error
        return twin
    if isinstance(booked, Decision):
        raise NotAdmitted(booked)
    return booked


def _book(
    office: Office,
    wish: Wish,
    cases: Sequence[Case],
    by: Person,
    now: datetime,
    seed: int,
    attempt: uuid.UUID | None,
    rules: days.Rules,
) -> Appointment | Decision:
    """Decide and write, under the day's lock; a Decision is a refusal.

    What this very form has booked already is no reason to refuse it.
    """
    on = clock.service_date(wish.starts_at)
    rules = rules.of(office.pk)
    policy = rules.policy(on)
    keys = statements.keys(Decision, Appointment)
    appointment = _wished(office, wish, policy, by, now, attempt, keys)
    with statements.together() as parts:
        # Before the lock goes what can: others wait for as long as it is held.
        _write_belongings(appointment, cases)
        weeks = locking.lock_weeks(office, locking.lock_days([on]))
        loaded = days.load_days(
            dates=[on], office=office, rules=rules, now=now, weeks=weeks.values()
        )[on]
        answer = ask(loaded, office=office, wish=wish, now=now, seed=seed)
        if isinstance(answer, Refused):
            parts.clear()
            if (twin := _twin(office, attempt, wish, cases)) is not None:
                return twin
        check_cases(office, cases, policy, meeting_on=on, today=clock.service_date(now))
        decision = record_decision(
            answer, office=office, wish=wish, policy=policy, by=by, now=now, seed=seed, pk=keys[0]
        )
        if isinstance(answer, Refused):
            return decision
        counting.add(weeks, on, wish.quanta)
        counting.save(weeks)
        appointment.decision = decision
        appointment.day_id = loaded.row_id()
        appointment.professional_id = answer.professional
        statements.insert([appointment])
        claim(appointment, loaded, answer.start)
    if loaded.has_pending:
        refunding.refund(taken=appointment, now=now)
    return appointment


def _twin(
    office: Office, attempt: uuid.UUID | None, wish: Wish, cases: Sequence[Case]
) -> Appointment | None:
    """The appointment that this very form has already led to; raises BookedAnother if it was another."""
    if attempt is None:
        return None
    twin = Appointment.objects.filter(office=office, attempt=attempt).first()
    if twin is None:
        return None
    lines = twin.case_lines.order_by("position")
    if (twin.starts_at, twin.minutes) != (wish.starts_at, wish.minutes) or [
        Case.of(line) for line in lines
    ] != list(cases):
        raise BookedAnother(twin)
    return twin


def check_cases(
    office: Office,
    cases: Sequence[Case],
    policy: Policy | None,
    *,
    meeting_on: date,
    today: date,
) -> None:
    """Raise BadCases unless the office may bring these cases to a meeting on that day."""
    faults: list[tuple[int, str]] = []
    if not 1 <= len(cases) <= (policy.most_case_lines if policy is not None else len(cases)):
        faults.append((0, "number"))
    for position, case in enumerate(cases, start=1):
        found = disclosure.faults(
            chamber=disclosure.Chamber(Chamber(office.chamber).value),
            basis=disclosure.Basis(LegalBasis(case.legal_basis).value),
            signed_on=case.consent_signed_on,
            expires_on=case.consent_expires_on,
            meeting_on=meeting_on,
            today=today,
        )
        faults += [(position, fault) for fault in found]
    if faults:
        raise BadCases(faults)


def ask(
    loaded: days.LoadedDay, *, office: Office, wish: Wish, now: datetime, seed: int
) -> Admitted | Refused:
    """Put the wish to the domain. A live hold of exactly this time keeps its professional."""
    request = Request(
        office=office.pk,
        quanta=wish.quanta,
        language=wish.language,
        office_active=office.status == OfficeStatus.ACTIVE,
        seed=seed,
    )
    for professional, mask in loaded.held.items():
        if mask == grid.bits(loaded.day.grid.first_from(wish.starts_at), wish.quanta):
            answer = _what_is_held(
                loaded.day, replace(request, professional=professional), wish, now
            )
            if isinstance(answer, Admitted):
                return answer
    return admit_at(loaded.day, request, wish.starts_at, now)


def _what_is_held(day: Day, request: Request, wish: Wish, now: datetime) -> Admitted | Refused:
    """A time that is held was left by the classes when it was held: only limits and calendar are asked.

    Else what others booked of theirs meanwhile would take it from under the fingers of who is typing.
    """
    answer = admit_at(day, request, wish.starts_at, now)
    if isinstance(answer, Admitted) or answer.of_class is None or day.rule is None:
        return answer
    plain = replace(day, rule=replace(day.rule, nesting=None))
    again = admit_at(plain, request, wish.starts_at, now)
    return replace(again, counters=answer.counters, of_class=answer.of_class)


def record_decision(
    answer: Admitted | Refused,
    *,
    office: Office,
    wish: Wish,
    policy: Policy | None,
    by: Person | None,
    now: datetime,
    seed: int,
    pk: int,
    side: Side = Side.OFFICE,
) -> Decision:
    """Keep what was decided, by which version of the rule, on which numbers."""
    decision = Decision(
        pk=pk,
        office=office,
        person=by,
        at=now,
        side=side,
        policy=policy,
        on=clock.service_date(wish.starts_at),
        starts_at=wish.starts_at,
        quanta=wish.quanta,
        language=wish.language,
        accepted=isinstance(answer, Admitted),
        reason=answer.reason if isinstance(answer, Refused) else "",
        of_class=answer.of_class or "",
        counters=dict(answer.counters),
        seed=seed,
    )
    statements.insert([decision])
    return decision


def claim(appointment: Appointment, loaded: days.LoadedDay, start: int) -> None:
    """Take the appointment's quarter hours; the claims' key refuses what is taken, whatever was thought."""
    hours_id = loaded.hours_ids[appointment.professional_id]
    statements.insert(
        [
            Claim(
                professional_id=appointment.professional_id,
                starts_at=loaded.day.grid.instant(index),
                hours_id=hours_id,
                appointment=appointment,
                bit=1 << index,
            )
            for index in range(start, start + appointment.quanta)
        ]
    )


def _wished(
    office: Office,
    wish: Wish,
    policy: Policy | None,
    by: Person,
    now: datetime,
    attempt: uuid.UUID | None,
    keys: Sequence[int],
) -> Appointment:
    """The appointment that would be; the day's answer adds who takes it."""
    decision, own = keys
    return Appointment(
        pk=own,
        reference=new_reference(),
        office=office,
        starts_at=wish.starts_at,
        ends_at=wish.starts_at + wish.quanta * grid.QUANTUM,
        language=wish.language,
        mode=wish.mode,
        telephone=wish.telephone,
        video_link=wish.video_link,
        policy=policy,
        decision_id=decision,
        booked_by=by,
        booked_at=now,
        attempt=attempt,
    )


def _write_belongings(appointment: Appointment, cases: Sequence[Case]) -> None:
    """All that comes with an appointment, which takes the place of what the office held."""
    office, by, now = appointment.office, appointment.booked_by, appointment.booked_at
    statements.insert(
        [case.line(appointment, position) for position, case in enumerate(cases, start=1)]
    )
    event = AppointmentEvent(
        appointment=appointment, kind=Happening.BOOKED, at=now, by=by, side=Side.OFFICE
    )
    statements.insert([event])
    audit.record(
        action="appointment.booked", subject=appointment, by=by, now=now, office_id=office.pk
    )
    telling.booked(appointment, now=now)
    use_hold(appointment)


def use_hold(appointment: Appointment) -> None:
    """A hold ends with the time it was kept for; a colleague may have another time kept."""
    statements.write(
        "DELETE FROM liaison_hold WHERE office_id = %s AND starts_at = %s",
        [appointment.office_id, appointment.starts_at],
    )


def new_reference() -> str:
    """Eight letters and digits, as XXXX-XXXX: 30^8 of them, so a clash is a matter of centuries."""
    letters = [secrets.choice(REFERENCE_LETTERS) for _ in range(8)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])
