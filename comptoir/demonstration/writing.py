"""What was played through, written as rows: many at a time, a batch in memory at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random
from typing import TypeVar

from django.db import models

from comptoir.audit.models import Event, Verb
from comptoir.demonstration import cases, offices
from comptoir.demonstration.bookings import Booking, Decided, Happened, Play
from comptoir.demonstration.calendar import Calendar
from comptoir.demonstration.centre import Dates
from comptoir.demonstration.names import Namer
from comptoir.domain import grid
from comptoir.domain.service_day import Admitted, Refused
from comptoir.liaison.actions import telling
from comptoir.liaison.actions.booking import REFERENCE_LETTERS
from comptoir.liaison.models import (
    LIVE_STATUSES,
    Appointment,
    AppointmentEvent,
    CaseLine,
    Claim,
    Decision,
    FollowUp,
    Happening,
    Mode,
    OfficeWeek,
    Policy,
    Status,
)
from comptoir.notices import actions as notices
from comptoir.people.models import Office, Person
from comptoir.roster.models import Professional

M = TypeVar("M", bound=models.Model)
S = TypeVar("S")

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Parties:
    """Who stands behind the numbers of the play."""

    offices: Sequence[Office]
    teams: Sequence[Sequence[Person]]
    professionals: dict[int, Professional]

    def delegate(self, decided: Decided) -> Person:
        """Who asked."""
        return self.teams[decided.wish.office][decided.wish.delegate]


class Writer:
    """Writes a finished play. One after the other: decisions, appointments, and what hangs on them."""

    def __init__(
        self, parties: Parties, calendar: Calendar, policy: Policy, dates: Dates, rng: Random
    ) -> None:
        self._parties = parties
        self._calendar = calendar
        self._policy = policy
        self._dates = dates
        self._rng = rng
        self._soon = {dates.today, *[on for on in dates.open if on > dates.today][:1]}
        self._signers = Namer(rng)
        self._references: set[str] = set()

    def write(self, play: Play) -> None:
        """Everything, in batches."""
        decisions: list[int] = []
        for rows in batches(play.decisions, self._decision):
            decisions += [row.pk for row in Decision.objects.bulk_create(rows)]
        for chunk in chunks(play.bookings):
            made = [self._appointment(booking, decisions[booking.decision]) for booking in chunk]
            Appointment.objects.bulk_create(made)
            pairs = list(zip(made, chunk, strict=True))
            Claim.objects.bulk_create(claim for pair in pairs for claim in self._claims(*pair))
            AppointmentEvent.objects.bulk_create(
                self._event(*pair, happened) for pair in pairs for happened in pair[1].events
            )
            Event.objects.bulk_create(
                self._trail(*pair, happened) for pair in pairs for happened in pair[1].events
            )
            self._write_cases(pairs)
        for weeks in batches(list(self._calendar.weeks), self._week):
            OfficeWeek.objects.bulk_create(weeks)

    def write_reminders(self, now: datetime) -> None:
        """Queue the reminders that are still to be sent, as each booking would have."""
        coming = Appointment.objects.filter(status=Status.BOOKED).order_by("pk")
        for chunk in chunks(list(coming)):
            waiting = [notice for each in chunk for notice in telling.reminders(each, now)]
            notices.queue_all(waiting, now=now)

    # --- One row each ---

    def _decision(self, decided: Decided) -> Decision:
        return Decision(
            office=self._parties.offices[decided.wish.office],
            person=self._parties.delegate(decided),
            at=decided.at,
            policy=self._policy,
            on=decided.wish.on,
            starts_at=decided.starts_at,
            quanta=decided.wish.quanta,
            language=decided.wish.language,
            accepted=isinstance(decided.answer, Admitted),
            reason=decided.answer.reason if isinstance(decided.answer, Refused) else "",
            counters=dict(decided.answer.counters),
            seed=decided.seed,
        )

    def _appointment(self, booking: Booking, decision: int) -> Appointment:
        wish = booking.wish
        office = self._parties.offices[wish.office]
        video = self._rng.random() < 0.15
        return Appointment(
            reference=self._reference(),
            uid=uuid.UUID(int=self._rng.getrandbits(128), version=4),
            sequence=booking.sequence,
            office=office,
            day_id=self._calendar.published[booking.on].day_id,
            professional=self._parties.professionals[booking.professional],
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
            language=wish.language,
            mode=Mode.VIDEO if video else Mode.TELEPHONE,
            telephone="" if video else offices.telephone(office, 2 * wish.office),
            video_link=f"https://video.example/{office.reference}" if video else "",
            status=booking.status,
            policy=self._policy,
            decision_id=decision,
            booked_by=self._parties.teams[wish.office][wish.delegate],
            booked_at=booking.events[0].at,
            started_at=booking.started_at,
            finished_at=booking.finished_at,
            office_late_minutes=booking.late_minutes,
        )

    def _reference(self) -> str:
        while True:
            letters = "".join(self._rng.choices(REFERENCE_LETTERS, k=8))
            reference = f"{letters[:4]}-{letters[4:]}"
            if reference not in self._references:
                self._references.add(reference)
                return reference

    def _claims(self, appointment: Appointment, booking: Booking) -> Iterator[Claim]:
        if booking.status not in LIVE_STATUSES:
            return
        day = self._calendar.published[booking.on]
        for index in range(booking.start, booking.start + booking.quanta):
            yield Claim(
                professional_id=booking.professional,
                starts_at=day.grid.instant(index),
                hours_id=day.hours_ids[booking.professional],
                appointment=appointment,
                bit=grid.bits(index, 1),
            )

    def _event(
        self, appointment: Appointment, booking: Booking, happened: Happened
    ) -> AppointmentEvent:
        served = happened.kind in (Happening.STARTED, Happening.FINISHED)
        return AppointmentEvent(
            appointment=appointment,
            kind=happened.kind,
            at=happened.at,
            by=self._by(appointment, happened),
            side=happened.side,
            reason=happened.reason,
            notice_minutes=happened.notice_minutes,
            late_quanta=happened.late_quanta,
            excused_quanta=happened.excused_quanta,
            from_starts_at=booking.starts_at if served else happened.from_starts_at,
            from_quanta=booking.quanta if served else happened.from_quanta,
            from_professional_id=booking.professional if served else happened.from_professional,
        )

    def _trail(self, appointment: Appointment, _booking: Booking, happened: Happened) -> Event:
        """The trail's row of the same event, as the action would have written it."""
        by = self._by(appointment, happened)
        detail: dict[str, object] = {}
        if happened.kind in (Happening.MOVED, Happening.CANCELLED):
            detail = {
                "side": happened.side,
                "reason": happened.reason,
                "notice_minutes": happened.notice_minutes,
            }
        elif happened.kind != Happening.BOOKED:
            after = happened.at - appointment.starts_at
            detail = {"after_minutes": after // timedelta(minutes=1)}
        return Event(
            at=happened.at,
            verb=Verb.DID,
            action=f"appointment.{happened.kind}",
            actor_id=by.pk,
            actor_name=by.name,
            object_type=Appointment._meta.label,
            object_id=str(appointment.pk),
            office_id=appointment.office_id,
            detail=detail,
        )

    def _by(self, appointment: Appointment, happened: Happened) -> Person:
        return appointment.booked_by if happened.by_delegate else appointment.professional.person

    def _week(self, key: tuple[int, date]) -> OfficeWeek:
        week = self._calendar.weeks[key]
        return OfficeWeek(office_id=key[0], week=key[1], booked=week.booked, late=week.late)

    # --- Cases ---

    def _write_cases(self, pairs: Sequence[tuple[Appointment, Booking]]) -> None:
        made = [
            case
            for appointment, booking in pairs
            for case in cases.lines_of(appointment, booking, self._signers, self._soon, self._rng)
        ]
        CaseLine.objects.bulk_create(made)
        left = (cases.follow_up_of(case, self._dates, self._rng) for case in made)
        FollowUp.objects.bulk_create([follow_up for follow_up in left if follow_up is not None])
        Event.objects.bulk_create(_disclosure(case) for case in made if case.outcome)


def _disclosure(case: CaseLine) -> Event:
    """What was said about a person's matter, to which office, on which basis."""
    assert case.recorded_by is not None
    assert case.recorded_at is not None
    return Event(
        at=case.recorded_at,
        verb=Verb.DISCLOSED,
        action="case.outcome",
        actor_id=case.recorded_by.pk,
        actor_name=case.recorded_by.name,
        object_type=CaseLine._meta.label,
        object_id=str(case.pk),
        office_id=case.appointment.office_id,
        detail={"outcome": case.outcome, "basis": case.legal_basis},
    )


def chunks(items: Sequence[S]) -> Iterator[list[S]]:
    """The items, a batch at a time."""
    left = iter(items)
    while batch := list(islice(left, BATCH)):
        yield batch


def batches(items: Sequence[S], make: Callable[[S], M]) -> Iterator[list[M]]:
    """A row made of each item, a batch at a time."""
    for chunk in chunks(items):
        yield [make(item) for item in chunk]
