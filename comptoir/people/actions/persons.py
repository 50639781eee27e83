"""Changing people: what they change themselves, and what an administrator changes for them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.people.actions import grants, sessions
from comptoir.people.models import Grant, Language, Person, Role, person_named, sort_key


class CannotChangePerson(Exception):
    """The change is not possible."""


class AddressTaken(CannotChangePerson):
    """Somebody else signs in with this address."""


class LastAdministrator(CannotChangePerson):
    """The service keeps somebody who can administer it."""


def add_person(
    *,
    email: str,
    name: str,
    language: Language,
    time_zone: str,
    by: Person | None,
    now: datetime,
) -> Person:
    """Add a person who can sign in with this address, with no role yet. Raises AddressTaken."""
    with transaction.atomic():
        if Person.objects.filter(email__iexact=email).exists():
            raise AddressTaken
        person = person_named(
            email=email, name=name, language=language, time_zone=time_zone, created_at=now
        )
        person.save()
        audit.record(action="people.person_added", subject=person, by=by, now=now)
    return person


def change_details(
    *,
    person: Person,
    name: str,
    language: Language,
    time_zone: str,
    by: Person,
    now: datetime,
) -> Person:
    """Change how a person is named and addressed."""
    with transaction.atomic():
        person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        wanted = {"name": name, "language": language, "time_zone": time_zone}
        changed = sorted(
            field for field, value in wanted.items() if getattr(person, field) != value
        )
        if changed:
            for field, value in wanted.items():
                setattr(person, field, value)
            person.sort_name = sort_key(name)
            person.save(update_fields=[*wanted, "sort_name"])
            audit.record(
                action="people.details_changed",
                subject=person,
                by=by,
                now=now,
                detail={"fields": changed},
            )
    return person


def change_address(*, person: Person, email: str, by: Person, now: datetime) -> Person:
    """Change the address a person signs in with; they are signed out everywhere. Raises AddressTaken."""
    email = email.lower()
    with transaction.atomic():
        person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if person.email == email:
            return person
        if Person.objects.filter(email__iexact=email).exclude(pk=person.pk).exists():
            raise AddressTaken
        person.email = email
        person.save(update_fields=["email"])
        sessions.drop(person_ids=[person.pk])
        audit.record(action="people.address_changed", subject=person, by=by, now=now)
    return person


def deactivate(*, person: Person, reason: str, by: Person, now: datetime) -> Person:
    """Shut a person out at once: every role ends, every session is dropped. Raises LastAdministrator."""
    with transaction.atomic():
        person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if _is_last_administrator(person, now):
            raise LastAdministrator
        open_grants = Grant.objects.not_ended(now).filter(person=person)
        grants.end_all(grants=open_grants, reason=reason, by=by, now=now)
        sessions.drop(person_ids=[person.pk])
        person.is_active = False
        person.inactive_reason = reason
        person.save(update_fields=["is_active", "inactive_reason"])
        audit.record(action="people.deactivated", subject=person, by=by, now=now)
    return person


def reactivate(*, person: Person, by: Person, now: datetime) -> Person:
    """Let a person sign in again. Roles have to be given anew."""
    with transaction.atomic():
        person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        person.is_active = True
        person.inactive_reason = ""
        person.save(update_fields=["is_active", "inactive_reason"])
        audit.record(action="people.reactivated", subject=person, by=by, now=now)
    return person


def _is_last_administrator(person: Person, now: datetime) -> bool:
    """Whether the service would lose its administrator sooner than it does now."""
    administrators = Grant.objects.not_ended(now).filter(role=Role.ADMINISTRATOR)
    held = list(administrators.select_for_update(no_key=True).order_by("pk"))
    return any(grants.is_last(grant, now) for grant in held if grant.person_id == person.pk)
