"""How a test signs a person in on a Django test client, the second factor included."""

from __future__ import annotations

import time

from django.test import Client

from comptoir.people.models import STAFF_ROLES, Grant, Person


def sign_in(client: Client, person: Person) -> Client:
    """Sign the person in; somebody who holds a staff role has also shown a second factor."""
    client.force_login(person)
    if Grant.objects.filter(person=person, role__in=STAFF_ROLES).exists():
        session = client.session
        # What django-allauth writes when a second factor was shown.
        session["account_authentication_methods_user"] = str(person.pk)
        session["account_authentication_methods"] = [
            {"method": "mfa", "type": "totp", "at": time.time()}
        ]
        session.save()
    return client
