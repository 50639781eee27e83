"""Who visits the roster's pages, and when: an ordinary Monday at nine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from comptoir.people.models import Person, Role
from comptoir.roster.models import Professional
from tests.people.factories import person_with
from tests.people.signing_in import sign_in
from tests.roster.factories import NOW, ProfessionalFactory, full_week


@pytest.fixture
def at_nine() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team_lead() -> Person:
    return person_with(Role.TEAM_LEAD, name="Lea Lead")


@pytest.fixture
def lead(at_nine: None, client: Client, team_lead: Person) -> Client:
    return sign_in(client, team_lead)


@pytest.fixture
def anna() -> Professional:
    """A bilingual professional who works 8 to 16 from Monday to Friday."""
    found = ProfessionalFactory.create(
        code="anna", person=person_with(Role.PROFESSIONAL, name="Anna Essai")
    )
    full_week(found)
    return found
