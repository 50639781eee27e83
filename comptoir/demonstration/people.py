"""Delegates, managers and the centre's staff, with their roles; nine of them can sign in by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt

from comptoir.demonstration.names import Namer, address
from comptoir.demonstration.offices import ENGLISH_OFFICE, FRENCH_OFFICE, Demand
from comptoir.people.models import (
    Grant,
    Invitation,
    Language,
    Office,
    OfficeStatus,
    Person,
    Role,
    person_named,
)

OFFICES, CENTRE = "offices", "centre"
"""Second-level names of the two kinds of address; both end in .example, which cannot exist."""

SECOND_FACTOR = "COMPTOIRDEMONSTRATIONSECRET22345"
"""The one-time-code secret of every staff member who can sign in: printed, and worth nothing."""


@dataclass(frozen=True, slots=True)
class Part:
    """A person of the cast: somebody a visitor can sign in as."""

    name: str
    role: Role
    language: Language
    office: str = ""

    @property
    def email(self) -> str:
        """Where the sign-in code goes."""
        return address(self.name, OFFICES if self.office else CENTRE)


CAST = (
    Part("Nora Frostmere", Role.DELEGATE, Language.ENGLISH, ENGLISH_OFFICE),
    Part("Owen Lanternwick", Role.OFFICE_MANAGER, Language.ENGLISH, ENGLISH_OFFICE),
    Part("Élodie Montérable", Role.DELEGATE, Language.FRENCH, FRENCH_OFFICE),
    Part("Camille Clairgrive", Role.PROFESSIONAL, Language.FRENCH),
    Part("Ariel Fernhollow", Role.AGENT, Language.ENGLISH),
    Part("Morgan Winterbrook", Role.TEAM_LEAD, Language.ENGLISH),
    Part("Hélène Bellumière", Role.POLICY_OWNER, Language.FRENCH),
    Part("Simon Quillholt", Role.AUDITOR, Language.ENGLISH),
    Part("Delphine Roselune", Role.PRIVACY_OFFICER, Language.FRENCH),
    Part("Priya Cedarlight", Role.ADMINISTRATOR, Language.ENGLISH),
)


@dataclass(frozen=True, slots=True)
class Staff:
    """The centre's people whose names stand under what is done there."""

    administrator: Person
    agent: Person
    team_lead: Person
    policy_owner: Person
    professionals: tuple[Person, ...]


def reserve_cast(namer: Namer) -> None:
    """Keep the names of the cast from being drawn for others."""
    for part in CAST:
        namer.reserve(part.name)


def make_staff(count: int, namer: Namer, *, since: datetime) -> Staff:
    """Write the centre's people: the cast, `count` professionals in all, a second team lead."""
    cast = {part.role: _staff(part.name, part.language, since) for part in CAST if not part.office}
    others = [
        _staff(namer.name(language), language, since)
        for language in (Language.ENGLISH, Language.FRENCH) * count
    ]
    professionals = [cast[Role.PROFESSIONAL], *others[: count - 1]]
    second_lead = others[count]
    everybody = [*cast.values(), *others[: count - 1], second_lead]
    Person.objects.bulk_create(everybody)
    administrator = cast[Role.ADMINISTRATOR]
    roles = [(person, role) for role, person in cast.items()]
    roles += [(person, Role.PROFESSIONAL) for person in professionals[1:]]
    roles += [(second_lead, Role.TEAM_LEAD), (second_lead, Role.AUDITOR)]
    Grant.objects.bulk_create(
        Grant(
            person=person,
            role=role,
            starts_at=since,
            granted_by=None if person == administrator else administrator,
        )
        for person, role in roles
    )
    Authenticator.objects.bulk_create(
        Authenticator(
            user=person,
            type=Authenticator.Type.TOTP,
            data={"secret": encrypt(SECOND_FACTOR)},
            created_at=since,
        )
        for person in cast.values()
    )
    return Staff(
        administrator,
        cast[Role.AGENT],
        cast[Role.TEAM_LEAD],
        cast[Role.POLICY_OWNER],
        tuple(professionals),
    )


def make_delegates(
    offices: list[Office],
    demands: list[Demand],
    count: int,
    namer: Namer,
    rng: Random,
    *,
    by: Person,
    since: datetime,
    now: datetime,
) -> list[list[Person]]:
    """Write `count` delegates and a manager for each office; per office its people, manager first.

    Some delegates of the past have left, and one invitation is open.
    """
    sizes = _shared_out(count, demands)
    teams = [
        [_delegate(namer, office, rng, since) for _ in range(size + 1)]
        for office, size in zip(offices, sizes, strict=True)
    ]
    for part in CAST:
        for office, team in zip(offices, teams, strict=True):
            if office.reference == part.office:
                place = 0 if part.role == Role.OFFICE_MANAGER else 1
                team[place : place + 1] = [_cast_member(part, office, since)]
    Person.objects.bulk_create([person for team in teams for person in team])
    Grant.objects.bulk_create(
        grant
        for office, team in zip(offices, teams, strict=True)
        for grant in _grants(office, team, rng, by=by, since=since, now=now)
    )
    _invite(offices, teams, now)
    return teams


def _shared_out(count: int, demands: list[Demand]) -> list[int]:
    """At least one delegate each, the rest by weight, by cumulative rounding so that they sum up."""
    spare = count - len(demands)
    total = sum(demand.weight for demand in demands)
    running, marks = 0.0, [0]
    for demand in demands:
        running += demand.weight
        marks.append(round(spare * running / total))
    return [1 + end - start for start, end in pairwise(marks)]


def _grants(
    office: Office, team: list[Person], rng: Random, *, by: Person, since: datetime, now: datetime
) -> Iterable[Grant]:
    manager = team[0]
    ended_at = office.status_at if office.status != OfficeStatus.ACTIVE else None
    for place, person in enumerate(team):
        yield Grant(
            person=person,
            role=Role.DELEGATE if place else Role.OFFICE_MANAGER,
            office=office,
            starts_at=since,
            granted_by=manager if place else by,
            ends_at=ended_at,
            ended_by=by if ended_at else None,
            end_reason=office.status_reason,
        )
    if rng.random() < 0.1 and not ended_at:
        # Somebody came back as a delegate after a spell that ended: history, not access.
        yield Grant(
            person=team[-1],
            role=Role.DELEGATE,
            office=office,
            starts_at=since - timedelta(days=400),
            granted_by=manager,
            ends_at=since - timedelta(days=rng.randrange(30, 200)),
            ended_by=manager,
            end_reason="End of contract",
        )


def _invite(offices: list[Office], teams: list[list[Person]], now: datetime) -> None:
    for office, team in zip(offices, teams, strict=True):
        if office.reference == ENGLISH_OFFICE:
            Invitation.objects.create(
                email=address("Tessa Pinewhistle", OFFICES),
                name="Tessa Pinewhistle",
                language=Language.ENGLISH,
                role=Role.DELEGATE,
                office=office,
                invited_by=team[0],
                invited_at=now - timedelta(days=1),
                expires_at=now + timedelta(days=6),
            )


def _staff(name: str, language: Language, since: datetime) -> Person:
    return person_named(
        name=name,
        email=address(name, CENTRE),
        language=language,
        time_zone="America/Montreal",
        created_at=since,
    )


def _delegate(namer: Namer, office: Office, rng: Random, since: datetime) -> Person:
    other = Language.ENGLISH if office.language == Language.FRENCH else Language.FRENCH
    language = Language(office.language) if rng.random() < 0.9 else other
    name = namer.name(language)
    return person_named(
        name=name,
        email=address(name, OFFICES),
        language=language,
        time_zone=office.time_zone,
        created_at=since,
    )


def _cast_member(part: Part, office: Office, since: datetime) -> Person:
    return person_named(
        name=part.name,
        email=part.email,
        language=part.language,
        time_zone=office.time_zone,
        created_at=since,
    )
