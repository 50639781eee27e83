"""Codes that unlock a session, tried several at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import transaction

from comptoir.audit.models import Event
from comptoir.people.actions import signing_in, unlocking
from comptoir.people.models import Person
from comptoir.people.sessions import SessionStore
from tests.people import post
from tests.people.factories import PersonFactory
from tests.rivals import Rival

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 16, 14, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def with_a_code(person: Person) -> tuple[SessionStore, str]:
    """A locked session, not yet saved, to which a code was sent."""
    session = SessionStore()
    unlocking.send_code(person=person, session=session, now=NOW)
    code = post.code_sent()
    assert code
    return session, code


def test_the_right_code_waits_for_the_tries_before_it_and_comes_too_late() -> None:
    person = PersonFactory.create()
    session, code = with_a_code(person)

    with transaction.atomic():
        for _ in range(unlocking.MOST_TRIES):
            unlocking.try_code(code="WRNG-CODE", person=person, session=session, now=NOW)
        rival = Rival(
            lambda: unlocking.try_code(code=code, person=person, session=session, now=NOW)
        )
        assert rival.waits()

    assert rival.result() is False
    assert Event.objects.count() == unlocking.MOST_TRIES + 1


def test_wrong_codes_of_a_sign_in_are_no_tries_at_unlocking() -> None:
    person = PersonFactory.create()
    session, code = with_a_code(person)
    for _ in range(unlocking.MOST_TRIES):
        signing_in.refused(person=person, step="code", now=NOW)

    assert unlocking.try_code(code=code, person=person, session=session, now=NOW)


def test_wrong_codes_for_somebody_else_are_no_tries_of_ones_own() -> None:
    person, other = PersonFactory.create(), PersonFactory.create()
    session, code = with_a_code(person)
    for _ in range(unlocking.MOST_TRIES):
        unlocking.try_code(code="WRNG-CODE", person=other, session=SessionStore(), now=NOW)

    assert unlocking.try_code(code=code, person=person, session=session, now=NOW)
