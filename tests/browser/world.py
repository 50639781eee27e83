"""A small world to look at, made once: the demonstration on `DAY`, and what it does not have."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

from comptoir.demonstration import loading
from comptoir.demonstration.offices import ENGLISH_OFFICE
from comptoir.demonstration.people import CAST
from comptoir.demonstration.scale import SMALL
from comptoir.domain.periods import Period
from comptoir.liaison.actions import feeding, piloting, serving
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    Criterion,
    Design,
    FollowUp,
    Measure,
    Pilot,
    PilotOffice,
    Policy,
    Status,
)
from comptoir.liaison.queries import charged, days, excuses
from comptoir.notices import outbox
from comptoir.people.actions import grants, invitations, persons
from comptoir.people.models import Invitation, Language, Office, Person, Role
from comptoir.roster.actions import absences, extra_hours
from comptoir.roster.models import Absence, AbsenceKind, Professional
from comptoir.ui import clock
from tests.browser.post import work_through_the_queue
from tests.liaison import pilot_drafts
from tests.liaison.factories import DAY, at
from tests.liaison.flags import flag

INVITED = "new.delegate@people.example"
NOTE = "Flu, for the rest of the week and the next"

STRANGER = "stranger"
"""Who looks at the pages that anybody may see."""

NEW_STAFF = "new staff"
"""A professional who has no second factor yet, and is not on the roster."""

NEWCOMER = "newcomer"
"""Somebody who holds no role."""

AWAY = "away"
"""A delegate whose session has locked."""


@dataclass
class World:
    """Who and what is there; `now` is the moment it was made for."""

    now: datetime
    people: dict[str, Person] = field(default_factory=dict)

    @cached_property
    def office(self) -> Office:
        """The office of the delegate and the manager."""
        return Office.objects.get(reference=ENGLISH_OFFICE)

    @cached_property
    def invitation(self) -> Invitation:
        """An invitation to that office that is still open."""
        return Invitation.objects.get(email=INVITED)

    @cached_property
    def booked(self) -> Appointment:
        """An appointment of the office, later than today."""
        return self._appointment(status=Status.BOOKED, day__on__gt=clock.service_date(self.now))

    @cached_property
    def finished(self) -> Appointment:
        """An appointment of the office whose cases were answered."""
        return self._appointment(status=Status.FINISHED)

    @cached_property
    def cancelled(self) -> Appointment:
        """An appointment of the office that was given up."""
        return self._appointment(status=Status.CANCELLED)

    @cached_property
    def excused(self) -> AppointmentEvent:
        """Time given up late, for a reason that excuses, before today."""
        return AppointmentEvent.objects.get(pk=excuses.keys(self.now, days.load_rules())[0])

    @cached_property
    def lost(self) -> Appointment:
        """An appointment that still counts against its office as given up late."""
        return charged.losses(self.now)[0].appointment

    @cached_property
    def served(self) -> list[Appointment]:
        """What the professional has today, in order; the first of it goes on."""
        found = Appointment.objects.filter(
            professional__person=self.people[Role.PROFESSIONAL],
            day__on=clock.service_date(self.now),
            status__in=(Status.BOOKED, Status.STARTED),
        )
        return list(found.order_by("starts_at"))

    @cached_property
    def worked(self) -> Appointment:
        """One that the professional has finished."""
        found = Appointment.objects.filter(
            professional__person=self.people[Role.PROFESSIONAL], status=Status.FINISHED
        )
        return found.order_by("-starts_at")[0]

    @cached_property
    def follow_up(self) -> FollowUp:
        """One that the professional still has to do."""
        owner = self.people[Role.PROFESSIONAL]
        found = FollowUp.objects.filter(professional__person=owner, done_at=None)
        return found.order_by("due_on")[0]

    @cached_property
    def absence(self) -> Absence:
        """An absence that appointments fall into."""
        return Absence.objects.get(note=NOTE)

    @cached_property
    def pilot(self) -> Pilot:
        """One that begins tomorrow, for three offices beside the delegate's."""
        return Pilot.objects.get()

    @cached_property
    def letter(self) -> str:
        """The name of a letter in the outbox."""
        work_through_the_queue()
        return outbox.names()[0]

    def _appointment(self, **which: Any) -> Appointment:
        return Appointment.objects.filter(office=self.office, **which).order_by("-starts_at")[0]


def make(now: datetime) -> World:
    """Fill the empty database."""
    loading.load(now=now, scale=SMALL)
    world = World(now)
    for part in CAST:
        world.people.setdefault(part.role, Person.objects.get(email=part.email))
    _newcomers(world)
    _at_the_office(world)
    _at_the_centre(world)
    _a_pilot(world)
    return world


def _newcomers(world: World) -> None:
    administrator = world.people[Role.ADMINISTRATOR]
    for who, name in (
        (NEW_STAFF, "Avery Fresh"),
        (NEWCOMER, "Noel Waiting"),
        (AWAY, "Robin Elsewhere"),
    ):
        world.people[who] = persons.add_person(
            email=f"{name.split()[0].lower()}@people.example",
            name=name,
            language=Language.ENGLISH,
            time_zone="America/Vancouver",
            by=administrator,
            now=world.now,
        )
    for who, role, office in (
        (NEW_STAFF, Role.PROFESSIONAL, None),
        (AWAY, Role.DELEGATE, world.office),
    ):
        grants.grant_role(
            person=world.people[who], role=role, office=office, by=administrator, now=world.now
        )


def _at_the_office(world: World) -> None:
    manager = world.people[Role.OFFICE_MANAGER]
    for name, email in (
        ("Rosalie Newbrook", INVITED),
        ("Benjamin Halloway-Montmorency-Saint-Pierre", "benjamin@people.example"),
    ):
        invitations.invite(
            email=email,
            name=name,
            language=Language.ENGLISH,
            role=Role.DELEGATE,
            office=world.office,
            time_zone=world.office.time_zone,
            by=manager,
            now=world.now - timedelta(days=1),
        )
    flag(world.office, set_at=world.now - timedelta(days=5), since=DAY - timedelta(days=5))
    feeding.make_feed(office=world.office, by=manager, now=world.now)


def _at_the_centre(world: World) -> None:
    """One appointment goes on; a colleague falls ill before many; a passkey and an exception exist."""
    professional, lead = world.people[Role.PROFESSIONAL], world.people[Role.TEAM_LEAD]
    first = world.served[0]
    serving.start_appointment(
        appointment=first,
        office_late_minutes=0,
        by=professional,
        now=max(first.starts_at, world.now),  # it cannot begin much before its time
    )
    booked = Appointment.objects.filter(status=Status.BOOKED, day__on__gt=DAY)
    busiest = Counter(booked.values_list("professional", flat=True)).most_common(1)[0][0]
    absences.record_absence(
        professional=Professional.objects.get(pk=busiest),
        kind=AbsenceKind.SICK,
        period=Period(at(DAY + timedelta(days=1), 0), at(DAY + timedelta(days=12), 0)),
        note=NOTE,
        by=lead,
        now=world.now,
    )
    extra_hours.request_extra_hours(
        professional=professional.professional,
        period=Period(at(DAY + timedelta(days=1), 19), at(DAY + timedelta(days=1), 20)),
        offices=[world.office],
        purpose="Cases left over from the storm",
        by=lead,
        now=world.now,
    )
    RecoveryCodes.activate(professional)
    Authenticator.objects.create(
        user=world.people[Role.AUDITOR],
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Work laptop"},
    )


def _a_pilot(world: World) -> None:
    """Three offices may have more of a day, from tomorrow on, until the next version begins."""
    until = Policy.objects.latest("valid_from").valid_from
    others = Office.objects.active().exclude(pk=world.office.pk).order_by("reference")
    tomorrow = clock.service_date(world.now) + timedelta(days=1)
    piloting.start_pilot(
        pilot=Pilot(
            design=Design.COHORT,
            criterion=Criterion.LIST,
            seed=1,
            starts_on=tomorrow,
            ends_on=until,
            measures=[Measure.USE, Measure.DAY_ACCESS],
        ),
        trial=pilot_drafts.trial(until=until, minutes_per_day=120),
        members=[PilotOffice(office=office) for office in others[:3]],
        by=world.people[Role.POLICY_OWNER],
        now=world.now,
    )
