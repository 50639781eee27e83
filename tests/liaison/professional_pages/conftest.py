"""It is ten on a Wednesday morning, and a professional is at work."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from comptoir.people.models import Role
from comptoir.roster.models import Professional
from tests.liaison.factories import (
    DAY,
    PolicyFactory,
    ProfessionalFactory,
    open_day,
)
from tests.liaison.professional_pages.pages import TEN
from tests.people.factories import person_with
from tests.people.signing_in import sign_in


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TEN, tick=False) as traveller:
        yield traveller


@pytest.fixture
def professional() -> Professional:
    PolicyFactory.create(generous=True)
    professional = ProfessionalFactory.create(person__name="Casey Professional")
    open_day(DAY, [professional])
    return professional


@pytest.fixture
def desk(client: Client, professional: Professional) -> Client:
    """The professional at work."""
    return sign_in(client, professional.person)


@pytest.fixture
def lead(professional: Professional) -> Client:
    return sign_in(Client(), person_with(Role.TEAM_LEAD))
