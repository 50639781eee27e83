"""Signing in: a code by e-mail, a second factor, and nothing that tells who is known."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from comptoir.audit.models import Event
from comptoir.people import jobs, sealing
from comptoir.people.actions import codes
from comptoir.people.models import Person, Role, Session
from tests.people import post
from tests.people.factories import GrantFactory, PersonFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

SIGN_IN = "/en/sign-in/"
CODE = "/en/sign-in/code/"
FACTOR = "/en/sign-in/second-factor/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def ask(client: Client, email: str) -> Any:
    return client.post(SIGN_IN, {"email": email})


def sign_in_by_code(client: Client, person: Person) -> Any:
    ask(client, person.email)
    return client.post(CODE, {"code": post.code_sent()})


def is_in(client: Client) -> bool:
    response = client.get("/en/account/")
    return response.status_code == 200


def give_app(person: Person) -> None:
    totp.TOTP.activate(person, SECRET)


def app_code(steps: int = 0) -> str:
    """What an authenticator app shows now, or so many periods later."""
    counter = int(time.time()) // 30 + steps
    return str(totp.format_hotp_value(totp.hotp_value(SECRET, counter)))


def test_a_code_from_the_mailbox_signs_in(client: Client) -> None:
    person = person_with(Role.DELEGATE)

    response = sign_in_by_code(client, person)

    assert response.status_code == 302
    assert is_in(client)
    assert mail.outbox[0].to == [person.email]
    assert Session.objects.get(person=person).signed_in_at is not None
    assert Event.objects.get(action="people.signed_in").detail == {"methods": ["code"]}


def test_capitals_and_the_hyphen_do_not_matter(client: Client) -> None:
    person = person_with(Role.DELEGATE, email="somebody@people.example")

    ask(client, "SomeBody@People.Example")
    client.post(CODE, {"code": post.code_sent().replace("-", " ").lower()})

    assert is_in(client)
    assert Session.objects.get(person=person)


def test_the_message_is_in_the_persons_language(client: Client) -> None:
    person = person_with(Role.DELEGATE, french=True)

    ask(client, person.email)
    post.code_sent()

    assert "Votre code de connexion" in mail.outbox[0].subject


def test_one_arrives_home_in_ones_own_language(client: Client) -> None:
    response = sign_in_by_code(client, person_with(Role.DELEGATE, french=True))

    assert response["Location"] == "/fr/"


def test_one_arrives_where_one_wanted_to_go(client: Client) -> None:
    person = person_with(Role.DELEGATE)

    asked = client.post(f"{SIGN_IN}?next=/en/account/", {"email": person.email})
    response = client.post(asked["Location"], {"code": post.code_sent()})

    assert response["Location"] == "/en/account/"


def test_one_never_arrives_at_a_foreign_address(client: Client) -> None:
    person = person_with(Role.DELEGATE)

    client.post(f"{SIGN_IN}?next=https://evil.example/", {"email": person.email})
    response = client.post(f"{CODE}?next=https://evil.example/", {"code": post.code_sent()})

    assert response["Location"] == "/en/"


def asked_and_answered(email: str) -> tuple[int, list[str], str, str, int]:
    """Everything a stranger can see of asking for a code, and the queries behind it."""
    client = Client()
    client.get(SIGN_IN)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = ask(client, email)
    page = client.get(response["Location"])
    kinds = [query["sql"].split()[0] for query in queries.captured_queries]
    text = page.content.decode().replace(email, "ADDRESS")
    return response.status_code, kinds, response["Location"], without_tokens(text), len(kinds)


def without_tokens(html: str) -> str:
    return "\n".join(
        line for line in html.splitlines() if "csrf" not in line.lower() and "nonce" not in line
    )


def test_a_known_and_an_unknown_address_look_the_same_down_to_the_queries() -> None:
    known = person_with(Role.DELEGATE)

    for_known = asked_and_answered(known.email)
    for_unknown = asked_and_answered("nobody@people.example")

    assert for_known == for_unknown
    assert len(post.waiting()) == 2


@pytest.mark.parametrize("email", ["nobody@people.example", "left@people.example"])
def test_nothing_is_sent_to_whoever_cannot_sign_in(client: Client, email: str) -> None:
    PersonFactory.create(email="left@people.example", is_active=False)

    ask(client, email)

    assert post.code_sent() == ""
    assert mail.outbox == []


def test_the_queue_holds_no_code(client: Client) -> None:
    ask(client, person_with(Role.DELEGATE).email)

    (arguments,) = post.waiting()
    code = post.code_sent()

    assert code not in str(arguments)
    assert sealing.unseal(arguments["sealed_code"]) == code


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [True, False])
def test_a_code_that_could_not_be_sent_leaves_no_address_in_the_log_or_the_queue(
    caplog: pytest.LogCaptureFixture, settings: Any, known: bool
) -> None:
    """A job that fails for good stays for days, and what it was given is logged as an error."""
    if known:
        person_with(Role.DELEGATE, email="marie.tremblay@offices.example")
    codes.send_code(
        kind="people.sign_in_code",
        address="marie.tremblay@offices.example",
        code="ABCD-EFGH",
        valid_for=timedelta(minutes=10),
        now=datetime.now(UTC),
    )
    settings.SECRET_KEY = "a key that opens nothing sealed before"

    with caplog.at_level(logging.DEBUG):
        call_command("procrastinate", "worker", "--one-shot")

    (job,) = ProcrastinateJob.objects.filter(task_name=codes.SEND_CODE)
    assert job.status == "failed"
    assert any(line.levelno == logging.ERROR for line in caplog.records), "nothing was looked at"
    assert "tremblay" not in str(job.args)
    assert "tremblay" not in caplog.text
    assert "tremblay" not in str([vars(line) for line in caplog.records])


def test_a_code_that_is_out_of_date_is_not_sent_any_more(client: Client) -> None:
    ask(client, person_with(Role.DELEGATE).email)
    (arguments,) = post.waiting()

    past = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    jobs.send_code(**(arguments | {"useless_after": past}))

    assert mail.outbox == []


def test_a_secret_sealed_by_somebody_else_is_not_opened() -> None:
    with pytest.raises(sealing.Unreadable):
        sealing.unseal("gAAAAABforged")


def test_what_was_sealed_before_the_key_changed_still_opens(settings: Any) -> None:
    sealed = sealing.seal("a secret")

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key entirely"

    assert sealing.unseal(sealed) == "a secret"


def test_three_wrong_codes_end_the_attempt_for_known_and_unknown_alike() -> None:
    person = person_with(Role.DELEGATE)
    ends = []
    for email in (person.email, "nobody@people.example"):
        client = Client()
        ask(client, email)
        answers = [client.post(CODE, {"code": "WRNG-CODE"}) for _ in range(3)]
        ends.append([(answer.status_code, answer.get("Location")) for answer in answers])

    assert ends[0] == ends[1] == [(200, None), (200, None), (302, SIGN_IN)]
    assert Event.objects.filter(action="people.sign_in_refused").count() == 3


def test_the_right_code_after_the_end_of_the_attempt_opens_nothing(client: Client) -> None:
    ask(client, person_with(Role.DELEGATE).email)
    code = post.code_sent()
    for _ in range(3):
        client.post(CODE, {"code": "WRNG-CODE"})

    client.post(CODE, {"code": code})

    assert not is_in(client)


def test_a_code_opens_only_the_browser_that_asked_for_it(client: Client) -> None:
    person = person_with(Role.DELEGATE)
    ask(client, person.email)
    code = post.code_sent()

    other = Client()
    other.post(CODE, {"code": code})

    assert not is_in(other)


@pytest.mark.parametrize("email", ["known@people.example", "nobody@people.example"])
def test_asking_again_and_again_is_refused_alike(email: str) -> None:
    person_with(Role.DELEGATE, email="known@people.example")

    answers = [ask(Client(), email) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 200]
    assert b"too many attempts" in answers[-1].content
    assert len(post.waiting()) == 3


def test_there_are_no_passwords_and_no_sign_up() -> None:
    for name in (
        "account_signup",
        "account_reset_password",
        "account_change_password",
        "account_set_password",
        "account_email",
        "socialaccount_signup",
    ):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_signing_out_ends_the_session(client: Client) -> None:
    person = person_with(Role.DELEGATE)
    sign_in(client, person)

    assert client.get("/en/sign-out/").status_code == 200
    client.post("/en/sign-out/")

    assert not is_in(client)
    assert not Session.objects.filter(person=person).exists()
    assert Event.objects.filter(action="people.signed_out", actor_id=person.pk).exists()


# The second factor


def test_staff_with_an_app_are_asked_for_its_code(client: Client) -> None:
    person = person_with(Role.AUDITOR)
    give_app(person)

    asked = sign_in_by_code(client, person)
    assert asked["Location"] == FACTOR
    assert not is_in(client)
    client.post(FACTOR, {"code": app_code()})

    assert is_in(client)
    assert client.get("/en/trail/").status_code == 200


def test_a_passkey_is_offered_only_to_whoever_has_one(client: Client) -> None:
    person = person_with(Role.AUDITOR)
    give_app(person)
    sign_in_by_code(client, person)

    assert b"Use a passkey" not in client.get(FACTOR).content


def test_a_wrong_second_factor_is_refused_and_noted(client: Client) -> None:
    person = person_with(Role.AUDITOR)
    give_app(person)
    sign_in_by_code(client, person)

    answer = client.post(FACTOR, {"code": "000000" if app_code() != "000000" else "111111"})

    assert answer.status_code == 200
    assert not is_in(client)
    refused = Event.objects.get(action="people.sign_in_refused")
    assert (refused.verb, refused.detail) == ("refused", {"step": "second_factor"})


def test_the_second_factor_is_locked_after_five_wrong_codes(client: Client) -> None:
    person = person_with(Role.AUDITOR)
    give_app(person)
    sign_in_by_code(client, person)
    for _ in range(5):
        client.post(FACTOR, {"code": "nonsense"})

    answer = client.post(FACTOR, {"code": app_code()})

    assert b"too many attempts" in answer.content
    assert not is_in(client)


def test_a_recovery_code_stands_in_once(client: Client) -> None:
    person = person_with(Role.AUDITOR)
    give_app(person)
    recovery = RecoveryCodes.activate(person).generate_codes()[0]

    sign_in_by_code(client, person)
    client.post(FACTOR, {"code": recovery})
    assert is_in(client)

    again = Client()
    sign_in_by_code(again, person)
    again.post(FACTOR, {"code": recovery})
    assert not is_in(again)


@pytest.mark.parametrize(
    "role",
    [Role.PROFESSIONAL, Role.TEAM_LEAD, Role.POLICY_OWNER, Role.AUDITOR, Role.ADMINISTRATOR],
)
def test_staff_without_a_second_factor_reach_nothing_but_its_set_up(
    client: Client, role: Role
) -> None:
    sign_in_by_code(client, person_with(role))

    for page in ("/en/account/", "/en/trail/", "/en/rule/"):
        assert client.get(page)["Location"] == "/en/account/second-factor/"
    assert b"Your role needs a second factor" in client.get("/en/account/second-factor/").content
    assert client.get("/en/account/second-factor/app/").status_code == 200


def test_a_part_of_a_page_is_refused_rather_than_redirected(client: Client) -> None:
    sign_in_by_code(client, person_with(Role.AUDITOR))

    assert client.get("/en/trail/", headers={"HX-Request": "true"}).status_code == 403


def test_setting_up_an_app_opens_everything_at_once(client: Client) -> None:
    person = person_with(Role.AUDITOR)
    sign_in_by_code(client, person)
    page = client.get("/en/account/second-factor/app/")
    secret = page.context["form"].secret
    counter = int(time.time()) // 30

    response = client.post(
        "/en/account/second-factor/app/",
        {"code": totp.format_hotp_value(totp.hotp_value(secret, counter))},
    )

    assert response["Location"] == "/en/account/second-factor/recovery/"
    assert client.get(response["Location"]).status_code == 200
    assert client.get("/en/trail/").status_code == 200
    assert Event.objects.filter(action="people.second_factor_added").exists()


def test_the_secret_of_an_app_lies_sealed_in_the_database() -> None:
    person = person_with(Role.AUDITOR)
    give_app(person)

    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        (stored,) = cursor.fetchone()

    assert SECRET not in stored


def test_a_role_given_later_asks_for_the_second_factor_from_then_on(client: Client) -> None:
    person = person_with(Role.DELEGATE)
    sign_in_by_code(client, person)
    assert is_in(client)

    GrantFactory.create(person=person, auditor=True)

    assert client.get("/en/account/")["Location"] == "/en/account/second-factor/"


def test_a_session_from_before_the_app_is_asked_for_it(client: Client) -> None:
    person = person_with(Role.AUDITOR)
    sign_in_by_code(client, person)
    give_app(person)

    asked = client.get("/en/trail/")
    assert asked["Location"] == "/en/account/confirm/?next=%2Fen%2Ftrail%2F"
    client.post(asked["Location"], {"code": app_code()})

    assert client.get("/en/trail/").status_code == 200


def test_delegates_need_no_second_factor_but_use_the_one_they_have(client: Client) -> None:
    person = person_with(Role.DELEGATE)
    give_app(person)

    assert sign_in_by_code(client, person)["Location"] == FACTOR


def test_staff_keep_their_last_second_factor(client: Client) -> None:
    person = person_with(Role.AUDITOR)
    give_app(person)
    sign_in_by_code(client, person)
    client.post(FACTOR, {"code": app_code()})
    client.post("/en/account/confirm/", {"code": app_code(1)})

    client.post("/en/account/second-factor/app/remove/")

    assert Authenticator.objects.filter(user=person, type="totp").exists()


def test_staff_keep_their_last_passkey(client: Client) -> None:
    person = person_with(Role.AUDITOR)
    passkey = Authenticator.objects.create(user=person, type="webauthn", data={"name": "key"})
    sign_in(client, person)

    response = client.post(f"/en/account/second-factor/passkey/{passkey.pk}/remove/")

    assert response["Location"] == "/en/account/second-factor/"
    assert Authenticator.objects.filter(pk=passkey.pk).exists()


def test_a_delegate_may_stop_using_an_app(client: Client) -> None:
    person = person_with(Role.DELEGATE)
    give_app(person)
    sign_in_by_code(client, person)
    client.post(FACTOR, {"code": app_code()})
    client.post("/en/account/confirm/", {"code": app_code(1)})

    client.post("/en/account/second-factor/app/remove/")

    assert not Authenticator.objects.filter(user=person).exists()
    assert Event.objects.filter(action="people.second_factor_removed").exists()


def code_on_the_page(client: Client, email: str) -> bytes:
    person = person_with(Role.AUDITOR, email=email)
    give_app(person)
    sign_in_by_code(client, person)
    return bytes(client.get(FACTOR).content)


def test_the_demonstration_shows_the_code_of_invented_people(client: Client) -> None:
    assert app_code().encode() in code_on_the_page(client, "simon@centre.example")


def test_the_demonstration_never_shows_the_code_of_a_real_address(client: Client) -> None:
    assert app_code().encode() not in code_on_the_page(client, "simon@centre.gc.ca")


def test_production_shows_nobodys_code_and_nobody_to_sign_in_as(
    client: Client, settings: Any
) -> None:
    settings.PRODUCTION = True

    assert app_code().encode() not in code_on_the_page(client, "simon@centre.example")
    assert b"demonstration" not in Client().get("/en/").content
    assert b"demonstration" not in Client().get(SIGN_IN).content


def test_a_signed_in_person_is_led_on_from_the_sign_in_page(client: Client) -> None:
    sign_in(client, person_with(Role.AUDITOR))

    assert client.get(SIGN_IN).status_code == 302


def test_sessions_that_ended_by_themselves_are_removed_at_night() -> None:
    ended, running = PersonFactory.create(), PersonFactory.create()
    for person in (ended, running):
        sign_in(Client(), person)
    past = datetime.now(UTC) - timedelta(minutes=1)
    Session.objects.filter(person=ended).update(expire_date=past)

    jobs.clear_sessions(timestamp=0)

    assert [session.person for session in Session.objects.all()] == [running]
