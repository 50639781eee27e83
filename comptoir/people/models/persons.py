"""Anybody who can sign in, and the browsers in which they are signed in."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class Language(models.TextChoices):
    """The official languages."""

    ENGLISH = "en", _("English")
    FRENCH = "fr", _("French")


def sort_key(name: str) -> str:
    """The key under which a name is listed: without accents, case or punctuation.

    The embedded PostgreSQL has no French collation (`'z' < 'é'` there), so lists are ordered by
    this stored key in either language.
    """
    plain = unicodedata.normalize("NFKD", name)
    return "".join(c for c in plain.casefold() if c.isalnum() or c == " ").strip()


class PersonManager(BaseUserManager["Person"]):
    """Finds people by the address they sign in with."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """Anybody who can sign in. There are no passwords: sign-in is by e-mail code and second factor."""

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=200)
    sort_name = models.CharField(max_length=200, editable=False)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    time_zone = models.CharField(_("time zone"), max_length=50, default="America/Toronto")
    is_active = models.BooleanField(default=True)
    inactive_reason = models.CharField(
        max_length=200, blank=True, help_text="Why somebody was shut out, while they are."
    )
    created_at = models.DateTimeField()

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "language"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_unique")]

    def __str__(self) -> str:
        return self.name


class Session(AbstractBaseSession):
    """A signed-in browser. Kept with its person, so that a person's sessions can be shown and ended."""

    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="sessions")
    browser = models.CharField(max_length=200, blank=True)
    signed_in_at = models.DateTimeField(null=True)

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        return store


def person_named(**values: Any) -> Person:
    """A person, not yet saved, with the sort key and the unusable password every person has."""
    person = Person(**values, sort_name=sort_key(values["name"]))
    person.email = person.email.lower()
    person.set_unusable_password()
    return person
