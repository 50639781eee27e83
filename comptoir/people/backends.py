"""Who a session belongs to, asked on every request: django-allauth's backend, with a written-out query."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from comptoir.people.models import Person
from comptoir.ui import statements

_PERSON = f"SELECT {statements.columns(Person, 'person')} FROM people_person person WHERE id = %s"


class Backend(AuthenticationBackend):  # type: ignore[misc]  # the package has no types
    """Finds the person of a session; signing in is django-allauth's own."""

    def get_user(self, user_id: Any) -> Person | None:
        """The person, unless shut out."""
        for row in statements.rows(_PERSON, [user_id]):
            person = statements.instance(Person, row)
            return person if person.is_active else None
        return None
