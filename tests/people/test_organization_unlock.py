"""Unlocking at one's own organization: the session stays, what was typed stays, and so does the person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import time_machine
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from comptoir.audit.models import Event
from comptoir.people.models import Person, Role, Session
from tests.people.factories import GrantFactory, person_with
from tests.people.organization import (
    ADDRESS,
    RETURN,
    SIGN_IN,
    Organization,
    back_from,
    sign_in_there,
)
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
ACCOUNT = "/en/account/"
UNLOCK = "/en/session/unlock/"
AT_ORGANIZATION = "/en/session/unlock/organization/"
BUTTON = "Sign in again with Department sign-in"
TYPED = {"name": "Typed With Care", "language": "fr", "time_zone": "America/Moncton"}


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def goes_away(client: Client, clock: Any) -> Client:
    client.get(ACCOUNT)
    clock.shift(timedelta(minutes=15))
    return client


@pytest.fixture
def auditor(settings: Any) -> Person:
    """Staff whose organization asks for a second factor, so that we do not."""
    settings.OIDC_SECOND_FACTOR = True
    return person_with(Role.AUDITOR, email=ADDRESS, name="Ada Before")


@pytest.fixture
def away(client: Client, clock: Any, there: Organization, auditor: Person) -> Client:
    """The auditor came by the organization, and nobody has touched the browser for fifteen minutes."""
    sign_in_there(client)
    return goes_away(client, clock)


def page(client: Client, address: str = UNLOCK) -> str:
    return client.get(address).content.decode()


def is_locked(client: Client) -> bool:
    return client.get("/en/trail/").status_code == 302


# --- There and back ---


def test_what_was_typed_is_there_after_signing_in_again_and_nothing_was_done(
    away: Client, auditor: Person
) -> None:
    locked = away.post(ACCOUNT, TYPED)
    session = Session.objects.get(person=auditor).session_key
    token = away.cookies["csrftoken"].value
    asked = page(away, locked["Location"])
    assert BUTTON in asked
    assert f"{AT_ORGANIZATION}?next=%2Fen%2Faccount%2F" in asked

    back = back_from(away, away.post(f"{AT_ORGANIZATION}?next={ACCOUNT}"))

    assert back["Location"] == f"{UNLOCK}?next=%2Fen%2Faccount%2F"
    assert away.get(back["Location"])["Location"] == ACCOUNT
    assert away.get(ACCOUNT).context["form"]["name"].value() == "Typed With Care"
    auditor.refresh_from_db()
    assert auditor.name == "Ada Before"
    assert Session.objects.get(person=auditor).session_key == session
    assert away.cookies["csrftoken"].value == token


def test_it_is_on_record_as_an_unlocking_and_not_as_a_sign_in(away: Client) -> None:
    back_from(away, away.post(AT_ORGANIZATION))

    assert not is_locked(away)
    assert Event.objects.get(action="people.unlocked").detail == {"method": "organization"}
    assert Event.objects.filter(action="people.signed_in").count() == 1
    assert not Event.objects.filter(action="people.signed_out").exists()


def test_the_organization_is_asked_to_ask_again(away: Client) -> None:
    asked = parse_qs(urlsplit(away.post(AT_ORGANIZATION)["Location"]).query)

    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    assert asked["code_challenge_method"] == ["S256"]


def test_one_comes_back_in_ones_language(away: Client) -> None:
    back = back_from(away, away.post("/fr/session/unlock/organization/?next=/fr/account/"))

    assert back["Location"].startswith("/fr/session/unlock/")


def test_it_leads_to_no_foreign_address(away: Client) -> None:
    back = back_from(away, away.post(f"{AT_ORGANIZATION}?next=https://elsewhere.example/"))

    assert away.get(back["Location"])["Location"] == "/en/"


def test_the_dialog_goes_there_in_a_tab_of_its_own_which_ends_by_saying_so(away: Client) -> None:
    dialog = page(away, f"{UNLOCK}?dialog=1")
    assert f'action="{AT_ORGANIZATION}?dialog=1" target="_blank"' in dialog

    back = back_from(away, away.post(f"{AT_ORGANIZATION}?dialog=1"))

    end = away.get(back["Location"])["Location"]
    assert end == "/en/session/unlocked/"
    assert "Close this tab" in page(away, end)
    assert away.get(f"{UNLOCK}?dialog=1").status_code == 204


# --- What does not unlock ---


def test_somebody_else_over_there_unlocks_nothing_and_is_not_signed_in(
    away: Client, there: Organization, auditor: Person
) -> None:
    other = person_with(Role.AUDITOR, email="other@people.example")
    there.claims = {"sub": "2", "email": other.email, "email_verified": True, "name": "Other"}

    back = back_from(away, away.post(AT_ORGANIZATION))

    assert "named somebody else" in page(away, back["Location"])
    assert is_locked(away)
    assert Session.objects.get().person == auditor
    assert Event.objects.get(action="people.sign_in_refused").detail == {"step": "unlock"}


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email": "nobody@people.example"}])
def test_an_address_without_proof_or_that_we_do_not_know_unlocks_nothing(
    client: Client, clock: Any, there: Organization, auditor: Person, claims: dict[str, Any]
) -> None:
    sign_in_there(client)
    goes_away(client, clock)
    there.claims |= {"sub": "9"} | claims

    back = back_from(client, client.post(AT_ORGANIZATION))

    assert "named somebody else" in page(client, back["Location"])
    assert is_locked(client)


@pytest.mark.parametrize(("minutes", "opens"), [(0, True), (-1, True), (-20, False)])
def test_an_organization_that_says_it_did_not_ask_again_is_not_believed(
    away: Client, there: Organization, minutes: int, opens: bool
) -> None:
    now = START + timedelta(minutes=15)
    let_in = now + timedelta(minutes=minutes)
    claims = {
        "iss": there.address,
        "aud": "comptoir",
        "sub": "1",
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=5)).timestamp()),
        "auth_time": int(let_in.timestamp()),
    }
    there.id_token = jwt.encode(claims, "a secret of thirty-two characters", algorithm="HS256")

    back = back_from(away, away.post(AT_ORGANIZATION))

    assert ("did not ask who you are" in page(away, back["Location"])) is not opens
    assert is_locked(away) is not opens


def test_no_address_pretends_that_the_question_was_asked(away: Client) -> None:
    """The ordinary way there, told not to sign in, brings nobody past the lock."""
    back_from(away, away.post(f"{SIGN_IN}?process=redirect&next=/en/trail/&data=unlocks"))

    assert is_locked(away)


def test_an_answer_works_once(away: Client, clock: Any) -> None:
    there = away.post(AT_ORGANIZATION)
    back_from(away, there)
    clock.shift(timedelta(minutes=15))
    assert is_locked(away)

    back_from(away, there)

    assert is_locked(away)


def test_changing_ones_mind_there_leads_back_to_the_lock(away: Client, auditor: Person) -> None:
    state = parse_qs(urlsplit(away.post(AT_ORGANIZATION)["Location"]).query)["state"][0]

    back = away.get(RETURN, {"error": "access_denied", "state": state})

    assert back["Location"] == UNLOCK
    assert "did not let you in" in page(away)
    assert Session.objects.get().person == auditor


def test_an_organization_that_does_not_answer_leaves_everything_as_it_was(
    away: Client, settings: Any
) -> None:
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = "http://127.0.0.1:9"

    response = away.post(AT_ORGANIZATION)

    assert "does not answer" in page(away, response["Location"])
    assert is_locked(away)


# --- To whom it is offered ---


def test_a_delegate_who_came_by_the_organization_may_also_ask_for_a_code(
    client: Client, clock: Any, there: Organization
) -> None:
    person = person_with(Role.DELEGATE, email=ADDRESS)
    sign_in_there(client)
    goes_away(client, clock)

    offered = page(client)

    assert BUTTON in offered
    assert f"Send a code to {person.email}" in offered


def test_who_came_otherwise_is_not_sent_there(
    client: Client, clock: Any, there: Organization
) -> None:
    sign_in(client, person_with(Role.DELEGATE))
    goes_away(client, clock)

    assert BUTTON not in page(client)
    assert client.post(f"{AT_ORGANIZATION}?next=/en/")["Location"] == f"{UNLOCK}?next=%2Fen%2F"


def test_who_has_a_second_factor_of_ours_shows_that_unless_the_organizations_is_trusted(
    away: Client, auditor: Person, settings: Any
) -> None:
    totp.TOTP.activate(auditor, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert BUTTON in page(away)

    settings.OIDC_SECOND_FACTOR = False

    assert BUTTON not in page(away)
    assert away.post(AT_ORGANIZATION)["Location"].startswith(UNLOCK)


def test_staff_who_cannot_unlock_at_all_are_told_to_sign_out(
    client: Client, clock: Any, there: Organization
) -> None:
    delegate = person_with(Role.DELEGATE)
    sign_in(client, delegate)
    goes_away(client, clock)
    GrantFactory.create(person=delegate, auditor=True)

    found = page(client)

    assert "Sign out, and sign in again." in found
    assert "Send a code" not in found


def test_an_open_session_needs_no_unlocking(
    client: Client, clock: Any, there: Organization, auditor: Person
) -> None:
    sign_in_there(client)

    assert client.post(f"{AT_ORGANIZATION}?next={ACCOUNT}")["Location"] == ACCOUNT
