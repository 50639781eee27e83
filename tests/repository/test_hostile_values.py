"""No value that somebody types into an address makes the service fail: over the whole table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any, TypeVar

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from comptoir.people.models import Grant, Person, Role
from tests.people.factories import person_with
from tests.people.signing_in import sign_in
from tests.repository import describing
from tests.repository.describing import FOREIGN, Address

T = TypeVar("T")

HOSTILE = ("²", "\0", "9999-12-31", "0001-01-01", "-1", "9" * 30, "x" * 10_000)
LIST = (
    "page",
    "q",
    "role",
    "status",
    "kind",
    "chamber",
    "office",
    "show",
    "over",
    "view",
    "next",
    "answer",
    "instead",
)
DATES = ("first", "first_0", "last", "date", "on", "start", "until", "minutes", "language", "year")
ROWS = ("professional", "absence")
"""Parameters of pages. Those that lead to a row are tried apart: they end in 404 before the others."""

TABLE = describing.table()


@pytest.fixture(scope="module", autouse=True)
def _all_is_looked_at() -> None:
    assert len(TABLE) > 50


def one_of(role: Role) -> tuple[Client, Person]:
    person = person_with(role)
    client = sign_in(Client(raise_request_exception=False), person)
    return client, person


def own_arguments(address: Address, role: Role, person: Person) -> dict[str, Any]:
    """Arguments that lead this role to a page, where the descriptions know any."""
    office = Grant.objects.get(person=person).office
    if office is not None and address.arguments in ({"office_ref": str}, {"reference": str}):
        return dict.fromkeys(address.arguments, office.reference)
    foreign = FOREIGN.get(address.name)
    if foreign is not None and foreign.roles is not None and role not in foreign.roles:
        made = foreign.make()
        return {name: made.get(name, none) for name, none in address.absent().items()}
    return address.absent()


def looked_at_by(role: Role) -> Iterator[Address]:
    for address in TABLE:
        if address.is_for(role) or (role is Role.TEAM_LEAD and address.allowed == "public"):
            yield address


@cache
def names_for(role: Role) -> frozenset[str]:
    return frozenset(address.name for address in looked_at_by(role))


def share(values: Sequence[T], address: Address, role: Role) -> Sequence[T]:
    """Those who may open a page share its values, so that each is tried once and by somebody."""
    roles = [each for each in Role if address.name in names_for(each)]
    return values[roles.index(role) :: len(roles)]


def test_every_value_is_tried_on_every_page() -> None:
    for address in TABLE:
        tried = [
            value
            for role in Role
            if address.name in names_for(role)
            for value in share(HOSTILE, address, role)
        ]
        assert not tried or sorted(tried) == sorted(HOSTILE), address.name


def test_the_parameters_that_pages_read_are_tried() -> None:
    assert {"²", "\0", "9999-12-31", "-1"} < set(HOSTILE)
    assert {"page", "q"} < set(LIST)


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_no_query_makes_a_page_fail(role: Role) -> None:
    client, person = one_of(role)

    failed = []
    for address in looked_at_by(role):
        url = reverse(address.name, kwargs=own_arguments(address, role, person))
        for value in share(HOSTILE, address, role):
            for names in (LIST + DATES, ROWS):
                status = client.get(url, dict.fromkeys(names, value)).status_code
                if status >= 500:
                    failed.append((address.name, value[:20], names[0], status))

    assert failed == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_no_path_makes_a_page_fail(role: Role) -> None:
    client, _ = one_of(role)
    values = (*HOSTILE, 0, 10**30, int("9" * 4000), date(9999, 12, 31), date(1, 1, 1))

    failed = []
    for address in (each for each in looked_at_by(role) if each.arguments):
        for value in share(values, address, role):
            try:
                url = reverse(address.name, kwargs=dict.fromkeys(address.arguments, value))
            except (NoReverseMatch, AttributeError):
                continue  # no such path is in the table: Django answers 404
            for response in (client.get(url), client.post(url)):
                if response.status_code >= 500:
                    failed.append((address.name, str(value)[:20], response.status_code))

    assert failed == []
