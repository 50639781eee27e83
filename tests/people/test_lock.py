"""The idle lock: it comes after fifteen minutes, never signs out, and nothing typed is lost."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from comptoir.audit.models import Event, Verb
from comptoir.people import lock, sealing
from comptoir.people.actions import offices, unlocking
from comptoir.people.models import Language, Office, OfficeEnd, Person, Role, Session
from tests.people import post
from tests.people.factories import GrantFactory, OfficeFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
ACCOUNT = "/en/account/"
UNLOCK = "/en/session/unlock/"
SESSION = "/en/session/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
TYPED = {"name": "Typed With Care", "language": "fr", "time_zone": "America/Moncton"}


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def delegate() -> Person:
    return person_with(Role.DELEGATE, name="Nora Before")


@pytest.fixture
def away(client: Client, delegate: Person, clock: Any) -> Client:
    """A delegate's browser that nobody has touched for fifteen minutes."""
    sign_in(client, delegate)
    client.get(ACCOUNT)
    clock.shift(timedelta(minutes=15))
    return client


def unlock_by_code(client: Client, address: str = UNLOCK) -> Any:
    client.post(address, {"send": "yes"})
    return client.post(address, {"code": post.code_sent()})


def test_a_session_stays_open_until_the_instant_before_fifteen_minutes(
    client: Client, delegate: Person, clock: Any
) -> None:
    sign_in(client, delegate)
    client.get(ACCOUNT)

    clock.shift(timedelta(minutes=14, seconds=59))
    assert client.get(ACCOUNT).status_code == 200
    clock.shift(timedelta(minutes=15))
    assert client.get(ACCOUNT)["Location"] == f"{UNLOCK}?next={quote(ACCOUNT, safe='')}"


def test_every_page_is_a_sign_of_life(client: Client, delegate: Person, clock: Any) -> None:
    sign_in(client, delegate)

    for _ in range(5):
        assert client.get(ACCOUNT).status_code == 200
        clock.shift(timedelta(minutes=14))

    assert client.get(ACCOUNT).status_code == 200


def test_a_locked_session_is_not_signed_out(away: Client, delegate: Person) -> None:
    before = Session.objects.get(person=delegate).session_key

    away.get(ACCOUNT)

    assert Session.objects.get(person=delegate).session_key == before
    page = away.get(UNLOCK)
    assert page.status_code == 200
    assert "You were away for a while, Nora Before" in page.content.decode()


def test_going_back_does_not_open_a_locked_session(away: Client, clock: Any) -> None:
    away.get(ACCOUNT)

    clock.move_to(START + timedelta(minutes=1))

    assert away.get(ACCOUNT).status_code == 302


@pytest.mark.parametrize("address", [ACCOUNT, "/en/account/second-factor/", "/en/nowhere/"])
def test_no_browser_keeps_a_page_of_somebody_who_is_signed_in(
    client: Client, delegate: Person, address: str
) -> None:
    """Kept, it would be shown by "Back" after the session was locked or had ended."""
    sign_in(client, delegate)

    assert client.get(address)["Cache-Control"] == "private, no-store"


def test_the_way_to_the_lock_is_not_kept_either(away: Client) -> None:
    assert away.get(ACCOUNT)["Cache-Control"] == "private, no-store"


def test_what_is_for_everybody_may_be_kept(client: Client) -> None:
    assert "no-store" not in client.get("/robots.txt").get("Cache-Control", "")


def test_what_was_posted_while_locked_is_kept_and_not_done(away: Client, delegate: Person) -> None:
    response = away.post(ACCOUNT, TYPED)

    assert response["Location"].startswith(UNLOCK)
    delegate.refresh_from_db()
    assert delegate.name == "Nora Before"


def test_after_unlocking_the_form_is_filled_in_and_still_not_done(
    away: Client, delegate: Person
) -> None:
    locked = away.post(ACCOUNT, TYPED)

    unlocked = unlock_by_code(away, locked["Location"])
    assert unlocked["Location"] == ACCOUNT
    page = away.get(ACCOUNT)

    assert page.context["form"]["name"].value() == "Typed With Care"
    assert page.context["form"]["time_zone"].value() == "America/Moncton"
    assert "Typed With Care" in page.content.decode()
    assert "Nothing has been sent yet" in page.content.decode()
    delegate.refresh_from_db()
    assert delegate.name == "Nora Before"


def test_looking_twice_still_shows_what_was_typed(away: Client) -> None:
    unlock_by_code(away, away.post(ACCOUNT, TYPED)["Location"])

    away.get(ACCOUNT)

    assert "Typed With Care" in away.get(ACCOUNT).content.decode()


def test_sending_it_again_does_it_and_then_it_is_forgotten(away: Client, delegate: Person) -> None:
    unlock_by_code(away, away.post(ACCOUNT, TYPED)["Location"])

    away.post(ACCOUNT, TYPED)

    delegate.refresh_from_db()
    assert (delegate.name, delegate.language) == ("Typed With Care", Language.FRENCH)
    assert lock.KEPT_KEY not in away.session


def test_what_two_tabs_sent_while_locked_is_both_kept(away: Client) -> None:
    first = away.post(f"{ACCOUNT}?tab=1", TYPED)
    away.post(f"{ACCOUNT}?tab=2", TYPED | {"name": "Typed Elsewhere"})
    unlock_by_code(away, first["Location"])

    assert "Typed With Care" in away.get(f"{ACCOUNT}?tab=1").content.decode()
    assert "Typed Elsewhere" in away.get(f"{ACCOUNT}?tab=2").content.decode()
    away.post(f"{ACCOUNT}?tab=1", TYPED)
    assert "Typed Elsewhere" in away.get(f"{ACCOUNT}?tab=2").content.decode()


def test_no_more_is_kept_than_a_few_forms_the_newest_first(away: Client) -> None:
    for tab in range(lock.MOST_KEPT + 1):
        away.post(f"{ACCOUNT}?tab={tab}", TYPED | {"name": f"Typed in {tab}"})
    unlock_by_code(away)

    assert "Typed in 0" not in away.get(f"{ACCOUNT}?tab=0").content.decode()
    assert "Typed in 1" in away.get(f"{ACCOUNT}?tab=1").content.decode()


def test_all_that_is_kept_is_no_longer_than_one_form_may_be(away: Client) -> None:
    long = TYPED | {"name": "x" * (lock.LARGEST_KEPT * 2 // 3)}
    away.post(f"{ACCOUNT}?tab=1", long)
    away.post(f"{ACCOUNT}?tab=2", long)

    (kept,) = away.session[lock.KEPT_KEY]
    assert kept["path"] == f"{ACCOUNT}?tab=2"


def test_another_page_does_not_show_what_was_typed(away: Client) -> None:
    unlock_by_code(away, away.post(ACCOUNT, TYPED)["Location"])

    assert "Typed With Care" not in away.get("/en/account/second-factor/").content.decode()


def test_the_token_of_a_form_is_not_kept(away: Client) -> None:
    away.post(ACCOUNT, TYPED | {"csrfmiddlewaretoken": "secret-token"})

    assert "secret-token" not in str(dict(away.session.items()))


def test_what_was_kept_is_shown_to_nobody_else(away: Client) -> None:
    away.post(ACCOUNT, TYPED)

    sign_in(away, person_with(Role.DELEGATE))

    assert "Typed With Care" not in away.get(ACCOUNT).content.decode()


def test_a_file_cannot_be_kept_and_the_person_is_told(away: Client) -> None:
    locked = away.post(ACCOUNT, TYPED | {"file": SimpleUploadedFile("a.txt", b"text")})

    assert "could not be kept" in away.get(locked["Location"]).content.decode()


def test_an_action_without_a_page_of_its_own_leads_back_to_its_form(
    client: Client, clock: Any
) -> None:
    office = OfficeFactory.create()
    manager = GrantFactory.create(office_manager=True, office=office).person
    sign_in(client, manager)
    client.get(ACCOUNT)
    clock.shift(timedelta(minutes=16))

    locked = client.post(
        "/en/account/elsewhere/", headers={"Referer": f"http://testserver{ACCOUNT}"}
    )
    unlocked = unlock_by_code(client, locked["Location"])
    back = client.get(unlocked["Location"])

    assert back["Location"] == ACCOUNT
    assert "nothing was done" in client.get(ACCOUNT).content.decode()


@pytest.mark.parametrize(
    "referrer",
    [
        "https://evil.example/x",
        "http://testserver//evil.example/x",
        "http://testserver/\\evil.example",
    ],
)
def test_one_is_never_led_back_to_a_foreign_page(client: Client, clock: Any, referrer: str) -> None:
    sign_in(client, person_with(Role.DELEGATE))
    client.get(ACCOUNT)
    clock.shift(timedelta(minutes=16))

    locked = client.post("/en/account/elsewhere/", headers={"Referer": referrer})
    back = client.get(unlock_by_code(client, locked["Location"])["Location"])

    assert back["Location"] == "/en/"


@pytest.mark.parametrize(
    "headers",
    [{"HX-Request": "true"}, {"Sec-Fetch-Mode": "cors"}, {"X-Requested-With": "XMLHttpRequest"}],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_script_is_told_that_the_session_is_locked(
    away: Client, headers: dict[str, str], method: str
) -> None:
    response = getattr(away, method)(ACCOUNT, headers=headers)

    assert response.status_code == 423
    assert lock.KEPT_KEY not in away.session


def test_unlocking_leads_to_no_foreign_address(away: Client) -> None:
    response = unlock_by_code(away, f"{UNLOCK}?next=https://evil.example/")

    assert response["Location"] == "/en/"


def test_unlocking_changes_neither_the_session_nor_its_token(
    away: Client, delegate: Person
) -> None:
    key = Session.objects.get(person=delegate).session_key
    away.get(UNLOCK)
    token = away.cookies["csrftoken"].value

    unlock_by_code(away)

    assert Session.objects.get(person=delegate).session_key == key
    assert away.cookies["csrftoken"].value == token
    assert Event.objects.get(action="people.unlocked").detail == {"method": "code"}


def test_a_fresh_code_unlocks_a_delegate(away: Client, delegate: Person) -> None:
    away.post(UNLOCK, {"send": "yes"})
    code = post.code_sent()

    assert mail.outbox[0].to == [delegate.email]
    assert "unlock" in mail.outbox[0].subject
    assert code not in str(dict(away.session.items()))
    away.post(UNLOCK, {"code": code})
    assert away.get(ACCOUNT).status_code == 200


def test_a_code_to_unlock_works_once(away: Client, clock: Any, settings: Any) -> None:
    away.post(UNLOCK, {"send": "yes"})
    code = post.code_sent()
    away.post(UNLOCK, {"code": code})
    settings.IDLE_MINUTES = 5  # the code would still be valid when the session locks again
    clock.shift(timedelta(minutes=6))

    away.post(UNLOCK, {"code": code})

    assert away.get(ACCOUNT).status_code == 302


def test_a_code_to_unlock_can_be_tried_three_times(away: Client) -> None:
    away.post(UNLOCK, {"send": "yes"})
    code = post.code_sent()
    for _ in range(3):
        away.post(UNLOCK, {"code": "WRNG-CODE"})

    away.post(UNLOCK, {"code": code})

    assert away.get(ACCOUNT).status_code == 302


def test_every_wrong_code_is_in_the_trail_also_once_no_more_are_tried(
    away: Client, delegate: Person
) -> None:
    away.post(UNLOCK, {"code": "WRNG-CODE"})
    away.post(UNLOCK, {"send": "yes"})
    for _ in range(4):
        away.post(UNLOCK, {"code": "WRNG-CODE"})

    refused = Event.objects.filter(action="people.sign_in_refused", object_id=str(delegate.pk))
    assert [event.detail for event in refused] == [{"step": "unlock_code"}] * 5
    assert {event.verb for event in refused} == {Verb.REFUSED}


def test_a_fresh_code_can_be_tried_three_times_again(away: Client, clock: Any) -> None:
    away.post(UNLOCK, {"send": "yes"})
    for _ in range(3):
        away.post(UNLOCK, {"code": "WRNG-CODE"})
    clock.shift(timedelta(seconds=1))
    away.post(UNLOCK, {"send": "yes"})
    for _ in range(2):
        away.post(UNLOCK, {"code": "WRNG-CODE"})

    away.post(UNLOCK, {"code": _code_of(1)})

    assert away.get(ACCOUNT).status_code == 200


def test_tries_count_for_a_session_that_was_read_before_them(
    away: Client, delegate: Person
) -> None:
    """As when several are sent at once: each has read the session as it was before the others."""
    away.post(UNLOCK, {"send": "yes"})
    code = post.code_sent()
    read_before = away.session
    for _ in range(3):
        away.post(UNLOCK, {"code": "WRNG-CODE"})

    now = START + timedelta(minutes=15)
    assert not unlocking.try_code(code=code, person=delegate, session=read_before, now=now)


def test_a_code_to_unlock_ends_after_ten_minutes(away: Client, clock: Any) -> None:
    away.post(UNLOCK, {"send": "yes"})
    code = post.code_sent()
    clock.shift(timedelta(minutes=10))

    away.post(UNLOCK, {"code": code})

    assert away.get(ACCOUNT).status_code == 302


def test_codes_to_unlock_are_not_sent_without_end(away: Client) -> None:
    for _ in range(5):
        away.post(UNLOCK, {"send": "yes"})

    assert len(post.waiting()) == 3


def test_somebody_elses_code_unlocks_nothing(away: Client, clock: Any) -> None:
    other = Client()
    sign_in(other, person_with(Role.DELEGATE))
    other.get(ACCOUNT)
    clock.shift(timedelta(minutes=15))
    other.post(UNLOCK, {"send": "yes"})

    away.post(UNLOCK, {"send": "yes"})
    away.post(UNLOCK, {"code": _code_of(0)})

    assert away.get(ACCOUNT).status_code == 302


def _code_of(position: int) -> str:
    return sealing.unseal(post.waiting()[position]["sealed_code"])


@pytest.fixture
def staff_away(client: Client, clock: Any) -> Client:
    """An auditor's browser that nobody has touched for fifteen minutes."""
    auditor = person_with(Role.AUDITOR)
    totp.TOTP.activate(auditor, SECRET)
    sign_in(client, auditor)
    client.get("/en/trail/")
    clock.shift(timedelta(minutes=15))
    return client


def app_code() -> str:
    return str(totp.format_hotp_value(totp.hotp_value(SECRET, int(time.time()) // 30)))


def test_staff_unlock_by_their_second_factor(staff_away: Client) -> None:
    response = staff_away.post(f"{UNLOCK}?next=/en/trail/", {"code": app_code()})

    assert response["Location"] == "/en/trail/"
    assert staff_away.get("/en/trail/").status_code == 200


def test_an_email_code_does_not_unlock_staff(staff_away: Client) -> None:
    staff_away.post(UNLOCK, {"send": "yes"})

    assert post.waiting() == []
    assert staff_away.get("/en/trail/").status_code == 302


def test_a_wrong_second_factor_keeps_the_session_locked(staff_away: Client) -> None:
    staff_away.post(UNLOCK, {"code": "nonsense"})

    assert staff_away.get("/en/trail/").status_code == 302
    assert Event.objects.get(action="people.sign_in_refused").detail == {"step": "unlock"}


def test_a_refused_passkey_keeps_the_session_locked_and_is_in_the_trail(
    staff_away: Client,
) -> None:
    page = staff_away.post(UNLOCK, {"credential": "{}"})

    assert "The passkey was not accepted" in page.content.decode()
    assert staff_away.get("/en/trail/").status_code == 302
    assert Event.objects.get(action="people.sign_in_refused").detail == {"step": "unlock"}


def test_one_may_sign_out_while_locked(away: Client, delegate: Person) -> None:
    away.post("/en/sign-out/")

    assert not Session.objects.filter(person=delegate).exists()


def test_the_unlock_page_is_there_in_the_other_language(away: Client) -> None:
    assert away.get("/fr/session/unlock/").status_code == 200


def test_an_open_session_needs_no_unlocking(client: Client, delegate: Person) -> None:
    sign_in(client, delegate)

    assert client.get(f"{UNLOCK}?next={ACCOUNT}")["Location"] == ACCOUNT


# What a page's script asks


def test_looking_at_the_session_is_no_sign_of_life(
    client: Client, delegate: Person, clock: Any
) -> None:
    sign_in(client, delegate)
    client.get(ACCOUNT)

    clock.shift(timedelta(minutes=10))
    assert client.get(SESSION).json()["seconds"] == 300
    clock.shift(timedelta(minutes=5))

    assert client.get(SESSION).json()["state"] == "locked"


def test_a_sign_of_life_from_the_page_keeps_the_session_open(
    client: Client, delegate: Person, clock: Any
) -> None:
    sign_in(client, delegate)
    client.get(ACCOUNT)

    clock.shift(timedelta(minutes=14))
    assert client.post(SESSION).json() | {"csrf": ""} == {
        "state": "open",
        "seconds": 900,
        "person": delegate.pk,
        "csrf": "",
    }
    clock.shift(timedelta(minutes=14))

    assert client.get(ACCOUNT).status_code == 200


def test_a_sign_of_life_does_not_open_a_locked_session(away: Client) -> None:
    assert away.post(SESSION).json()["state"] == "locked"
    assert away.get(ACCOUNT).status_code == 302


def test_a_stranger_has_no_session(client: Client) -> None:
    assert client.get(SESSION).json() == {"state": "out", "seconds": 0}


def test_the_dialog_unlocks_without_leaving_the_page(away: Client) -> None:
    dialog = f"{UNLOCK}?dialog=1"
    content = away.get(dialog).content.decode()
    assert "<html" not in content
    assert "Your page is as you left it" in content

    away.post(dialog, {"send": "yes"})
    response = away.post(dialog, {"code": post.code_sent()})

    assert response.status_code == 204
    assert away.get(ACCOUNT).status_code == 200


def test_the_page_carries_what_its_script_needs(
    client: Client, delegate: Person, clock: Any
) -> None:
    sign_in(client, delegate)

    page = client.get(ACCOUNT).content.decode()

    assert 'src="/static/people/lock.js"' in page
    for attribute in ('data-seconds="900"', 'data-warning="120"', f'data-session="{SESSION}"'):
        assert attribute in page


def test_the_length_of_the_pause_is_a_setting(
    client: Client, delegate: Person, clock: Any, settings: Any
) -> None:
    settings.IDLE_MINUTES = 5
    sign_in(client, delegate)
    client.get(ACCOUNT)

    clock.shift(timedelta(minutes=5))

    assert client.get(ACCOUNT).status_code == 302


def test_the_warning_comes_two_minutes_before() -> None:
    assert timedelta(minutes=2) == lock.WARNING
    assert lock.limit() == timedelta(minutes=15)


def test_a_suspended_offices_manager_is_out_at_once(client: Client) -> None:
    office: Office = OfficeFactory.create()
    manager = GrantFactory.create(office_manager=True, office=office).person
    sign_in(client, manager)
    assert client.get(f"/en/access/{office.reference}/").status_code == 200

    offices.suspend(office=office, reason=OfficeEnd.VACANCY, by=None, now=datetime.now(UTC))

    assert client.get(f"/en/access/{office.reference}/")["Location"].startswith("/en/sign-in/")
