"""A session that has ended loses nothing: what was sent is kept, and shown to the same person alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from comptoir.people import lock, returning
from comptoir.people.actions import sessions
from comptoir.people.models import Person, Role, Session
from tests.people import post
from tests.people.factories import person_with

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
ACCOUNT = "/en/account/"
SIGN_IN = "/en/sign-in/"
SIGN_OUT = "/en/sign-out/"
TYPED = {"name": "Typed With Care", "language": "fr", "time_zone": "America/Moncton"}


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def delegate() -> Person:
    return person_with(Role.DELEGATE, name="Nora Before")


@pytest.fixture
def signed_in(client: Client, delegate: Person) -> Client:
    """A delegate's browser, in which the account page stands open."""
    by_code(client, delegate)
    client.get(ACCOUNT)
    return client


def by_code(client: Client, person: Person, address: str = SIGN_IN) -> Any:
    """Sign in with what the pages from this address on make a browser send."""
    asked = client.post(address, {"email": person.email} | hidden(client, address))
    address = asked["Location"]
    return client.post(address, {"code": post.code_sent()} | hidden(client, address))


def hidden(client: Client, address: str) -> dict[str, str]:
    """Where to go afterwards, as the form of the page carries it along."""
    found = re.search(r'type="hidden" name="next" value="([^"]*)"', client.get(address).text)
    return {"next": found[1]} if found else {}


def sign_out(client: Client, person: Person) -> None:
    client.post(SIGN_OUT)


def end_everywhere(client: Client, person: Person) -> None:
    sessions.drop(person_ids=[person.pk])


ENDS = pytest.mark.parametrize("end", [sign_out, end_everywhere])
End = Callable[[Client, Person], None]


@ENDS
def test_what_is_sent_after_the_session_has_ended_is_not_done_and_comes_back_after_signing_in(
    signed_in: Client, delegate: Person, end: End
) -> None:
    end(signed_in, delegate)

    refused = signed_in.post(ACCOUNT, TYPED)
    asked = signed_in.get(refused["Location"])
    again = by_code(signed_in, delegate, refused["Location"])
    page = signed_in.get(again["Location"])

    assert refused["Location"].startswith(SIGN_IN)
    assert "what you typed is kept" in asked.text
    assert again["Location"] == ACCOUNT
    assert page.context["form"]["name"].value() == "Typed With Care"
    assert "Nothing has been sent yet" in page.text
    delegate.refresh_from_db()
    assert delegate.name == "Nora Before"


def test_sending_it_again_does_it(signed_in: Client, delegate: Person) -> None:
    sign_out(signed_in, delegate)
    signed_in.post(ACCOUNT, TYPED)
    by_code(signed_in, delegate)

    signed_in.post(ACCOUNT, TYPED)

    delegate.refresh_from_db()
    assert delegate.name == "Typed With Care"
    assert lock.KEPT_KEY not in signed_in.session


def test_a_wrong_address_at_the_first_attempt_loses_nothing(
    signed_in: Client, delegate: Person
) -> None:
    sign_out(signed_in, delegate)
    signed_in.post(ACCOUNT, TYPED)
    signed_in.post(SIGN_IN, {"email": "mistyped@offices.example"})

    signed_in.post(SIGN_OUT, {"next": SIGN_IN})  # "Start again with another address"
    by_code(signed_in, delegate)

    assert "Typed With Care" in signed_in.get(ACCOUNT).text


def test_nobody_sees_it_before_signing_in(signed_in: Client, delegate: Person) -> None:
    sign_out(signed_in, delegate)

    refused = signed_in.post(ACCOUNT, TYPED)

    assert "Typed With Care" not in signed_in.get(refused["Location"]).text
    assert signed_in.get(ACCOUNT).status_code == 302


def test_somebody_else_who_signs_in_there_gets_nothing_of_it_not_even_unseen(
    signed_in: Client, delegate: Person
) -> None:
    sign_out(signed_in, delegate)
    signed_in.post(ACCOUNT, TYPED)

    by_code(signed_in, person_with(Role.DELEGATE))

    assert "Typed With Care" not in signed_in.get(ACCOUNT).text
    assert lock.KEPT_KEY not in signed_in.session


def test_a_page_made_for_whoever_was_signed_in_before_is_refused_and_kept_for_nobody(
    delegate: Person,
) -> None:
    browser = Client(enforce_csrf_checks=True)

    def with_token(person: Person) -> str:
        token = browser.get(SIGN_IN).cookies["csrftoken"].value
        browser.post(SIGN_IN, {"email": person.email, "csrfmiddlewaretoken": token})
        code = {"code": post.code_sent(), "csrfmiddlewaretoken": token}
        browser.post("/en/sign-in/code/", code)
        return str(browser.cookies["csrftoken"].value)

    old = with_token(delegate)
    browser.post(SIGN_OUT, {"csrfmiddlewaretoken": old})
    newer = with_token(person_with(Role.DELEGATE))
    browser.post(SIGN_OUT, {"csrfmiddlewaretoken": newer})

    refused = browser.post(ACCOUNT, TYPED | {"csrfmiddlewaretoken": old})
    assert refused.status_code == 403
    assert lock.KEPT_KEY not in browser.session
    browser.post(ACCOUNT, TYPED | {"csrfmiddlewaretoken": newer})
    assert lock.KEPT_KEY in browser.session


@pytest.mark.parametrize("forged", ["", "1", "1:abc:def"])
def test_without_a_cookie_of_ours_nothing_is_kept(
    client: Client, delegate: Person, forged: str
) -> None:
    client.cookies[returning.COOKIE] = forged or str(delegate.pk)

    refused = client.post(ACCOUNT, TYPED)

    assert refused["Location"].startswith(SIGN_IN)
    assert not Session.objects.exists()


def test_after_half_a_day_the_browser_is_nobodys(
    signed_in: Client, delegate: Person, clock: Any
) -> None:
    sign_out(signed_in, delegate)
    clock.shift(timedelta(hours=12, seconds=1))

    signed_in.post(ACCOUNT, TYPED)

    assert lock.KEPT_KEY not in signed_in.session


def test_what_is_kept_ends_with_its_session_after_an_hour(
    signed_in: Client, delegate: Person
) -> None:
    sign_out(signed_in, delegate)
    signed_in.post(ACCOUNT, TYPED)

    (waiting,) = Session.objects.filter(person=None)
    assert waiting.expire_date == START + timedelta(hours=1)


def test_who_has_signed_in_again_has_a_session_as_long_as_any(
    signed_in: Client, delegate: Person, settings: Any
) -> None:
    sign_out(signed_in, delegate)
    signed_in.post(ACCOUNT, TYPED)

    by_code(signed_in, delegate)

    week = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    assert Session.objects.get(person=delegate).expire_date == START + week


def test_signing_out_leaves_nothing_kept_behind(signed_in: Client, delegate: Person) -> None:
    sign_out(signed_in, delegate)
    signed_in.post(ACCOUNT, TYPED)
    by_code(signed_in, delegate)

    sign_out(signed_in, delegate)

    assert lock.KEPT_KEY not in signed_in.session
    assert not Session.objects.filter(person=delegate).exists()


def test_what_cannot_be_kept_is_said(signed_in: Client, delegate: Person) -> None:
    sign_out(signed_in, delegate)

    refused = signed_in.post(ACCOUNT, TYPED | {"file": SimpleUploadedFile("a.txt", b"text")})

    page = signed_in.get(refused["Location"]).text
    assert "could not be kept" in page
    assert "is kept for an hour" not in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_script_is_told_and_the_page_stays(
    signed_in: Client, delegate: Person, method: str
) -> None:
    sign_out(signed_in, delegate)

    answer = getattr(signed_in, method)(ACCOUNT, headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert lock.KEPT_KEY not in signed_in.session


def test_the_cookie_says_no_more_than_a_number_and_no_script_reads_it(
    client: Client, delegate: Person, settings: Any
) -> None:
    by_code(client, delegate)

    cookie = client.cookies[returning.COOKIE]
    assert cookie.value.split(":")[0] == str(delegate.pk)
    assert delegate.email not in cookie.value
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert bool(cookie["secure"]) == settings.SESSION_COOKIE_SECURE
