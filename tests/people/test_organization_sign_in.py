"""Signing in at one's own organization: it finds people we know, and never makes one."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from comptoir.audit.models import Event
from comptoir.people.models import Person, Role
from comptoir.site import environment
from tests.people.factories import PersonFactory, person_with
from tests.people.organization import (
    ADDRESS,
    RETURN,
    SIGN_IN,
    Organization,
    sign_in_there,
)

pytestmark = pytest.mark.django_db


def is_in(client: Client) -> bool:
    return client.get("/en/account/").status_code == 200


def test_the_way_there_carries_what_it_must(client: Client, there: Organization) -> None:
    away = urlsplit(client.post(SIGN_IN)["Location"])

    query = parse_qs(away.query)
    assert f"{away.scheme}://{away.netloc}" == there.address
    assert query["redirect_uri"] == [f"http://testserver{RETURN}"]
    assert query["code_challenge_method"] == ["S256"]
    assert set(query["scope"][0].split()) == {"openid", "profile", "email"}


def test_somebody_we_know_by_a_verified_address_is_in(client: Client, there: Organization) -> None:
    person = person_with(Role.DELEGATE, email=ADDRESS)

    sign_in_there(client)

    assert is_in(client)
    assert Event.objects.get(action="people.signed_in").actor_id == person.pk
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "stranger@people.example"},
        {"email_verified": False},
        {"email_verified": "false"},
        {"email_verified": None},
        {"email": ""},
    ],
)
def test_nobody_is_made_and_nobody_let_in_without_a_verified_address_we_know(
    client: Client, there: Organization, claims: dict[str, Any]
) -> None:
    person_with(Role.DELEGATE, email=ADDRESS)
    there.claims |= claims

    response = sign_in_there(client)

    assert response["Location"].endswith("/sign-in/")
    assert not is_in(client)
    assert Person.objects.count() == 1
    assert "an address that we do not know" in client.get("/en/sign-in/").content.decode()


def test_somebody_who_was_shut_out_stays_out(client: Client, there: Organization) -> None:
    PersonFactory.create(email=ADDRESS, is_active=False)

    sign_in_there(client)

    assert not is_in(client)


def test_an_answer_to_a_question_we_did_not_ask_opens_nothing(
    client: Client, there: Organization
) -> None:
    person_with(Role.DELEGATE, email=ADDRESS)

    response = sign_in_there(client, state="forged")

    assert response["Location"].endswith("/sign-in/")
    assert not is_in(client)


def test_changing_ones_mind_there_leads_back(client: Client, there: Organization) -> None:
    away = client.post(SIGN_IN)
    state = parse_qs(urlsplit(away["Location"]).query)["state"][0]

    response = client.get(RETURN, {"error": "access_denied", "state": state})

    assert response["Location"].endswith("/sign-in/")


def test_staff_still_owe_our_second_factor(client: Client, there: Organization) -> None:
    person = person_with(Role.AUDITOR, email=ADDRESS)
    totp.TOTP.activate(person, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")

    response = sign_in_there(client)

    assert response["Location"].endswith("/sign-in/second-factor/")
    assert not is_in(client)


def test_staff_without_one_are_sent_to_set_it_up(client: Client, there: Organization) -> None:
    person_with(Role.AUDITOR, email=ADDRESS)

    sign_in_there(client)

    assert client.get("/en/trail/")["Location"] == "/en/account/second-factor/"


def test_the_organizations_own_second_factor_may_be_trusted(
    client: Client, there: Organization, settings: Any
) -> None:
    settings.OIDC_SECOND_FACTOR = True
    person_with(Role.AUDITOR, email=ADDRESS)

    sign_in_there(client)

    assert client.get("/en/trail/").status_code == 200


def test_the_sign_in_page_offers_it_only_where_it_is_configured(
    client: Client, there: Organization, settings: Any
) -> None:
    assert "Department sign-in" in client.get("/en/sign-in/").content.decode()

    settings.SOCIALACCOUNT_PROVIDERS = {}

    assert SIGN_IN not in client.get("/en/sign-in/").content.decode()
    assert client.post(SIGN_IN).status_code == 404


@pytest.mark.parametrize(
    ("address", "origins"),
    [("", []), ("https://id.example/realms/a", ["https://id.example"])],
)
def test_the_content_policy_lets_the_browser_go_there(address: str, origins: list[str]) -> None:
    assert environment.origins(address) == origins
