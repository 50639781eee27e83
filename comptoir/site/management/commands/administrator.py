"""`comptoir administrator`: let the first administrator in, who invites everybody else on the pages."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from comptoir.people.actions import grants, persons
from comptoir.people.models import Grant, Language, Person, Role
from comptoir.ui import clock


class Command(BaseCommand):
    """Whoever can run this on the machine owns the database anyway; the trail names the service."""

    help = "Let the first administrator in, by the address they will sign in with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name", help='as others will read it: "Ada Lovelace"')
        parser.add_argument("--language", choices=Language.values, default=Language.ENGLISH)

    def handle(self, *args: Any, **options: Any) -> None:
        email = self._checked(options["email"])
        now = clock.now()
        with transaction.atomic():
            there = Grant.objects.in_force(now).filter(role=Role.ADMINISTRATOR)
            if there.select_for_update(no_key=True).exists():
                raise CommandError("There is an administrator already, who can invite others.")
            person = Person.objects.filter(email__iexact=email, is_active=True).first()
            if person is None:
                person = self._add(email, options["name"], Language(options["language"]))
            grants.grant_role(person=person, role=Role.ADMINISTRATOR, by=None, now=now)
        self.stdout.write(
            f"{person.name} can sign in at {settings.ADDRESS} with a code sent to {person.email},\n"
            "and is then asked to set up a second factor."
        )

    def _checked(self, email: str) -> str:
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email!r} is no e-mail address.") from error
        return email.lower()

    def _add(self, email: str, name: str, language: Language) -> Person:
        try:
            return persons.add_person(
                email=email,
                name=name,
                language=language,
                time_zone=settings.SERVICE_TIME_ZONE,
                by=None,
                now=clock.now(),
            )
        except persons.AddressTaken as error:
            raise CommandError("Somebody who was shut out has this address.") from error
