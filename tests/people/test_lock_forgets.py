"""What was typed while a session was locked is kept for half a day, and for no longer anywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from comptoir.people import jobs, lock
from comptoir.people.models import Role, Session
from tests.people import post
from tests.people.factories import person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
ACCOUNT = "/en/account/"
UNLOCK = "/en/session/unlock/"
TYPED = {"name": "Typed With Care", "language": "fr", "time_zone": "America/Moncton"}


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def away(client: Client, clock: Any) -> Client:
    """A delegate's browser that nobody has touched for fifteen minutes."""
    sign_in(client, person_with(Role.DELEGATE))
    client.get(ACCOUNT)
    clock.shift(timedelta(minutes=15))
    return client


def unlock_by_code(client: Client) -> None:
    client.post(UNLOCK, {"send": "yes"})
    client.post(UNLOCK, {"code": post.code_sent()})


def test_what_was_kept_is_dropped_after_half_a_day(away: Client, clock: Any) -> None:
    away.post(ACCOUNT, TYPED)

    clock.shift(timedelta(hours=12))
    unlock_by_code(away)

    assert "Typed With Care" not in away.get(ACCOUNT).content.decode()


def test_unlocking_drops_what_was_typed_anywhere_half_a_day_ago(away: Client, clock: Any) -> None:
    away.post(f"{ACCOUNT}?tab=1", TYPED)

    clock.shift(timedelta(hours=12))
    unlock_by_code(away)

    assert lock.KEPT_KEY not in away.session


def test_what_is_kept_later_carries_nothing_older_along(away: Client, clock: Any) -> None:
    away.post(f"{ACCOUNT}?tab=1", TYPED)
    clock.shift(timedelta(hours=12))

    away.post(f"{ACCOUNT}?tab=2", TYPED)

    assert [kept["path"] for kept in away.session[lock.KEPT_KEY]] == [f"{ACCOUNT}?tab=2"]


def test_any_page_drops_what_has_been_kept_for_long_enough(away: Client, clock: Any) -> None:
    away.post(f"{ACCOUNT}?tab=1", TYPED)
    unlock_by_code(away)
    for _ in range(72):
        clock.shift(timedelta(minutes=10))
        away.get("/en/account/second-factor/")

    assert lock.KEPT_KEY not in away.session


def test_at_night_it_goes_out_of_sessions_that_nobody_touches(away: Client, clock: Any) -> None:
    away.post(ACCOUNT, TYPED)
    ends = Session.objects.get().expire_date

    clock.shift(timedelta(hours=11, minutes=59))
    jobs.clear_sessions(timestamp=0)
    assert lock.KEPT_KEY in away.session
    clock.shift(timedelta(minutes=1))
    jobs.clear_sessions(timestamp=0)

    assert lock.KEPT_KEY not in away.session
    assert away.session[lock.LOCKED_KEY]
    assert Session.objects.get().expire_date == ends
