"""Every address refuses whom it is not for: proved over the whole table, for every role."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from comptoir.people.models import Role
from tests.people.factories import OfficeFactory, person_with
from tests.people.signing_in import sign_in
from tests.repository import describing
from tests.repository.describing import FOREIGN, PUBLIC, SHARED

TABLE = describing.table()
GUARDED = [address for address in TABLE if address.allowed != "public"]
WITH_ARGUMENTS = [address for address in TABLE if address.arguments]


def statuses(client: Client, name: str, arguments: dict[str, Any]) -> set[int]:
    """How the address answers a look and a post; 405 says nothing about access."""
    url = reverse(name, kwargs=arguments)
    return {client.get(url).status_code, client.post(url).status_code} - {405}


def signed_in_as(role: Role) -> Client:
    """Somebody who holds this role and no other, in an office of their own where it needs one."""
    return sign_in(Client(), person_with(role))


def test_the_table_has_addresses() -> None:
    assert len(TABLE) > 50


def test_every_address_has_a_name() -> None:
    assert [address.name for address in TABLE if "(unnamed)" in address.name] == []


def test_every_view_declares_whom_it_is_for() -> None:
    undeclared = [address.name for address in TABLE if address.allowed is None]

    assert undeclared == [], "decorate with permissions.public, signed_in or allow(...)"


def test_every_address_with_arguments_says_whose_objects_it_leads_to() -> None:
    unknown = [
        address.name
        for address in WITH_ARGUMENTS
        if address.name not in (PUBLIC if address.allowed == "public" else FOREIGN | SHARED)
    ]

    assert unknown == [], (
        "describe them in tests/<room>/addresses.py, see tests/repository/describing.py"
    )


def test_no_description_outlives_its_address() -> None:
    names = {address.name for address in TABLE}

    assert sorted((FOREIGN.keys() | PUBLIC.keys() | SHARED.keys()) - names) == []


@pytest.mark.django_db
def test_a_stranger_is_sent_to_sign_in_everywhere_but_at_public_addresses(client: Client) -> None:
    sign_in_page = reverse(settings.LOGIN_URL)
    let_in = []
    for address in GUARDED:
        url = reverse(address.name, kwargs=address.absent())
        for response in (client.get(url), client.post(url)):
            sent_away = response.status_code == 302 and response["Location"].startswith(
                sign_in_page
            )
            if not sent_away and response.status_code != 405:
                let_in.append((address.name, response.status_code))

    assert let_in == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_the_wrong_role_is_refused(role: Role) -> None:
    client = signed_in_as(role)

    let_in = [
        (address.name, answers)
        for address in GUARDED
        if not address.is_for(role)
        and (answers := statuses(client, address.name, address.absent())) != {403}
    ]

    assert let_in == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_what_belongs_to_others_does_not_exist(role: Role) -> None:
    OfficeFactory.create()
    client = signed_in_as(role)

    reached = []
    for address in WITH_ARGUMENTS:
        if address.name not in FOREIGN or not address.is_for(role):
            continue
        foreign = FOREIGN[address.name]
        is_foreign = foreign.roles is None or role in foreign.roles
        arguments = foreign.make() if is_foreign else address.absent()
        answers = statuses(client, address.name, arguments)
        if answers != {404}:
            reached.append((address.name, answers))

    assert reached == []


@pytest.mark.django_db
def test_public_addresses_that_lead_to_nothing_say_so(client: Client) -> None:
    answers = {
        address.name: statuses(client, address.name, PUBLIC[address.name])
        for address in WITH_ARGUMENTS
        if address.name in PUBLIC
    }

    assert {name: found for name, found in answers.items() if not found <= {404, 410}} == {}


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_pages_without_arguments_open_for_those_they_are_for(role: Role) -> None:
    client = signed_in_as(role)

    failed = [
        (address.name, status)
        for address in TABLE
        if not address.arguments
        and address.is_for(role)
        and (status := client.get(reverse(address.name)).status_code)
        not in (200, 204, 302, 404, 405)
    ]

    assert failed == []
