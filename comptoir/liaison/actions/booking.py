"""Booking an appointment: the pattern every write follows.

Lock the day, load it as plain values, ask `domain.admission.admit`, write what it decided: the
decision in any case; if granted the appointment, its claims, the counters, the case lines, the
event, the audit row and the notices, all or nothing.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction

from comptoir.audit import actions as audit
from comptoir.domain import grid
from comptoir.domain.admission import admit_at
from comptoir.domain.service_day import Admitted, Day, Refused, Request
from comptoir.liaison.actions import (
    bringing,
    counting,
    locking,
    offering,
    refunding,
    telling,
)
from comptoir.liaison.actions.bringing import Case
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    Claim,
    Decision,
    Happening,
    Policy,
    Side,
)
from comptoir.liaison.queries import days
from comptoir.people.models import Office, OfficeStatus, Person
from comptoir.ui import clock, statements

REFERENCE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Letters and digits that are not mistaken for one another when spoken."""


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


class Offered(NamedTuple):
    """What was kept for an office until it answered: whose time, as a mask, and since when.

    The notice that the rule asks for is that of then: to answer takes time.
    """

    professional: int
    mask: int
    since: datetime


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
    database); BookedAnother, bringing.BadCases, locking.DayBusy (nothing stands).
    """
    try:
        with transaction.atomic():
            booked = book_within(
                office=office,
                wish=wish,
                cases=cases,
                by=by,
                now=now,
                seed=seed,
                attempt=attempt,
                rules=rules or days.load_rules(),
            )
    except IntegrityError as error:
        # Pressed twice, and there was room twice: the form's key let only the first one in.
        twin = _twin(office, attempt, wish, cases)
        if twin is None:
            raise error
        return twin
    if isinstance(booked, Decision):
        raise NotAdmitted(booked)
    return booked


def book_within(
    *,
    office: Office,
    wish: Wish,
    cases: Sequence[Case],
    by: Person,
    now: datetime,
    seed: int,
    rules: days.Rules,
    attempt: uuid.UUID | None = None,
    offered: Offered | None = None,
) -> Appointment | Decision:
    """Decide and write in the caller's transaction, under the day's lock; a Decision is a refusal.

    Who waits for time on the day is served first, unless this is what was `offered` to them. What this
    very form has booked already is no reason to refuse it.
    """
    on = clock.service_date(wish.starts_at)
    rules = rules.of(office.pk)
    policy = rules.policy(on)
    keys = statements.keys(Decision, Appointment)
    appointment = _wished(office, wish, policy, by, now, attempt, keys)
    with statements.together() as parts:
        # Before the lock goes what can: others wait for as long as it is held.
        _write_belongings(appointment, cases)
        published = locking.lock_days([on])
        if offered is None:
            offering.serve_first(published, rules=rules, now=now)
        weeks = locking.lock_weeks(office, published)
        loaded = days.load_days(
            dates=[on], office=office, rules=rules, now=now, weeks=weeks.values()
        )[on]
        answer = ask(loaded, office=office, wish=wish, now=now, seed=seed, offered=offered)
        if isinstance(answer, Refused):
            parts.clear()
            if twin := _twin(office, attempt, wish, cases):
                return twin
        bringing.check(office, cases, policy, meeting_on=on, today=clock.service_date(now))
        decision = record_decision(
            answer, office=office, wish=wish, policy=policy, by=by, now=now, seed=seed, pk=keys[0]
        )
        if isinstance(answer, Refused):
            return decision
        counting.add(weeks, on, wish.quanta)
        counting.save(weeks)
        _give(appointment, decision, loaded, answer)
    if loaded.has_pending:
        refunding.refund(taken=appointment, now=now)
    return appointment


def _give(
    appointment: Appointment, decision: Decision, loaded: days.LoadedDay, answer: Admitted
) -> None:
    """Write the appointment as it was granted, and take its quarter hours."""
    appointment.decision = decision
    appointment.day_id = loaded.row_id()
    appointment.professional_id = answer.professional
    statements.insert([appointment])
    claim(appointment, loaded, answer.start)


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


def ask(
    loaded: days.LoadedDay,
    *,
    office: Office,
    wish: Wish,
    now: datetime,
    seed: int,
    offered: Offered | None = None,
) -> Admitted | Refused:
    """Put the wish to the domain. A live hold or offer of exactly this time keeps its professional."""
    request = Request(
        office=office.pk,
        quanta=wish.quanta,
        language=wish.language,
        office_active=office.status == OfficeStatus.ACTIVE,
        seed=seed,
    )
    kept = [Offered(professional, mask, now) for professional, mask in loaded.held.items()]
    for one in [*kept, offered] if offered is not None else kept:
        if one.mask == grid.bits(loaded.day.grid.first_from(wish.starts_at), wish.quanta):
            mine = replace(request, professional=one.professional)
            answer = _what_is_held(loaded.day, mine, wish, one.since)
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
