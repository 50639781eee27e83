"""Parliament is dissolved while others work on the same offices."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client

from comptoir.audit.models import Event
from comptoir.people.actions import offices
from comptoir.people.models import Office, OfficeEnd, OfficeStatus, Person, Role
from comptoir.ui import clock
from tests.liaison.factories import DAY, AppointmentFactory, ProfessionalFactory, at, open_day
from tests.liaison.factories import NOW as SOON
from tests.liaison.test_concurrency import at_once
from tests.people.factories import GrantFactory, OfficeFactory, person_with
from tests.people.signing_in import sign_in

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
PAGE = "/en/administration/offices/dissolution/"


@pytest.fixture
def administrator() -> Person:
    return person_with(Role.ADMINISTRATOR)


@contextmanager
def somebody_changes(*changed: Office) -> Iterator[None]:
    """These offices are locked by another connection, for which nobody here waits long."""
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                keys = [office.pk for office in changed]
                list(Office.objects.select_for_update(no_key=True).filter(pk__in=keys))
                locked.set()
                done.wait(timeout=30)
        finally:
            connection.close()

    rival = threading.Thread(target=hold)
    rival.start()
    assert locked.wait(timeout=30)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    try:
        yield
    finally:
        done.set()
        rival.join()
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def asked(count: int | str, **changes: str) -> dict[str, str]:
    """What the page asks for: the day of the proclamation, and the number, typed."""
    today = clock.service_date(datetime.now(UTC))
    return {"on": today.isoformat(), "count": str(count)} | changes


def still_active() -> set[int]:
    return set(Office.objects.active().values_list("pk", flat=True))


@pytest.mark.django_db
def test_an_office_that_somebody_suspends_meanwhile_is_passed_over(administrator: Person) -> None:
    """The second office of the list goes while the first is being suspended."""
    OfficeFactory.create()
    second = OfficeFactory.create()
    OfficeFactory.create()

    def suspend_the_second(execute: Any, sql: str, *rest: Any) -> Any:
        result = execute(sql, *rest)
        if sql.startswith('UPDATE "people_office"') and second.pk in still_active():
            offices.suspend(office=second, reason=OfficeEnd.RESIGNATION, by=None, now=NOW)
        return result

    with connection.execute_wrapper(suspend_the_second):
        count = offices.dissolve(proclaimed_on=TODAY, by=administrator, now=NOW)

    assert count == 2
    assert not still_active()
    second.refresh_from_db()
    assert second.status_reason == OfficeEnd.RESIGNATION
    assert Event.objects.filter(action="people.office_suspended").count() == 3


@pytest.mark.django_db
def test_a_dissolution_that_is_pressed_twice_suspends_once(administrator: Person) -> None:
    OfficeFactory.create_batch(2)

    assert offices.dissolve(proclaimed_on=TODAY, by=administrator, now=NOW) == 2
    assert offices.dissolve(proclaimed_on=TODAY, by=administrator, now=NOW) == 0
    assert Event.objects.filter(action="people.office_suspended").count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_dissolve_at_once_each_office_is_suspended_by_one(
    administrator: Person,
) -> None:
    for office in OfficeFactory.create_batch(8):
        GrantFactory.create(office=office)

    def dissolve() -> int:
        return offices.dissolve(proclaimed_on=TODAY, by=administrator, now=NOW)

    counts = at_once([dissolve, dissolve])

    assert [count for count in counts if not isinstance(count, int)] == []
    assert Event.objects.filter(action="people.office_suspended").count() == 8
    assert Event.objects.filter(action="people.role_ended").count() == 8
    assert not still_active()


@pytest.mark.django_db
def test_a_dissolution_is_on_record_once_with_its_day_and_its_size(administrator: Person) -> None:
    OfficeFactory.create_batch(2)

    offices.dissolve(proclaimed_on=TODAY, by=administrator, now=NOW)
    offices.dissolve(proclaimed_on=TODAY, by=administrator, now=NOW)

    event = Event.objects.get(action="people.parliament_dissolved")
    assert event.detail == {"on": "2026-11-23", "offices": 2}
    assert event.actor_id == administrator.pk


@pytest.mark.django_db(transaction=True)
def test_what_others_are_changing_stays_active_and_the_rest_is_suspended(
    administrator: Person,
) -> None:
    first, busy, last = OfficeFactory.create_batch(3)
    grant = GrantFactory.create(office=busy)

    with somebody_changes(busy):
        count = offices.dissolve(proclaimed_on=TODAY, by=administrator, now=NOW)

    assert count == 2
    assert still_active() == {busy.pk}
    grant.refresh_from_db()
    assert grant.ends_at is None
    assert offices.dissolve(proclaimed_on=TODAY, by=administrator, now=NOW) == 1
    statuses = Office.objects.filter(pk__in=[first.pk, busy.pk, last.pk])
    assert set(statuses.values_list("status", flat=True)) == {OfficeStatus.SUSPENDED}


@pytest.mark.django_db(transaction=True)
def test_a_dissolution_does_not_wait_for_all_of_a_list_that_somebody_writes(
    administrator: Person,
) -> None:
    """An import holds many rows at once: after a few of them one is told instead of waiting on."""
    found = OfficeFactory.create_batch(offices.MOST_WAITS + 2)
    waits: list[str] = []

    def count_waits(execute: Any, sql: str, *rest: Any) -> Any:
        if "people_office" in sql and "FOR NO KEY UPDATE" in sql:
            waits.append(sql)
        return execute(sql, *rest)

    with somebody_changes(*found), connection.execute_wrapper(count_waits):
        assert offices.dissolve(proclaimed_on=TODAY, by=administrator, now=NOW) == 0

    assert len(waits) == offices.MOST_WAITS
    assert still_active() == {office.pk for office in found}


@pytest.mark.django_db(transaction=True)
def test_the_page_says_what_is_left_to_suspend_and_asks_again(
    client: Client, administrator: Person
) -> None:
    busy = OfficeFactory.create_batch(2)[0]
    sign_in(client, administrator)

    with somebody_changes(busy):
        page = client.post(PAGE, asked(2), follow=True)

    assert page.redirect_chain == [(PAGE, 302)]
    told = page.content.decode()
    assert "1 office was suspended." in told
    assert "1 office is still active: somebody was changing it at that moment." in told
    assert "1 active office is suspended, and its people lose access at once." in told


@pytest.mark.django_db
def test_pressed_again_the_page_says_that_none_is_active(
    client: Client, administrator: Person
) -> None:
    OfficeFactory.create()
    sign_in(client, administrator)
    client.post(PAGE, asked(1))

    page = client.post(PAGE, asked(1), follow=True)

    assert "No office of the House of Commons is active any more." in page.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["suspend", "close"])
def test_a_step_of_an_office_that_somebody_changes_says_so_and_does_nothing(
    client: Client, administrator: Person, step: str
) -> None:
    office = OfficeFactory.create()
    sign_in(client, administrator)

    with somebody_changes(office):
        page = client.post(
            f"/en/administration/offices/{office.reference}/{step}/",
            {"reason": "resignation", "until": "2026-11-23"},
            follow=True,
        )

    assert "Somebody else is changing this office" in page.content.decode()
    assert still_active() == {office.pk}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({}, "Type the number of offices."),
        (asked(""), "Type the number of offices."),
        (asked(1), "That is not the number: 2 offices are active now."),
        (asked(343), "That is not the number: 2 offices are active now."),
        (asked(2, on=""), "Enter a date."),
        (asked(2, on=(NOW + timedelta(days=9999)).date().isoformat()), "one of the last 90 days"),
        (asked(2, on="2021-08-15"), "one of the last 90 days"),
    ],
)
def test_nothing_is_suspended_by_one_press(
    client: Client, administrator: Person, posted: dict[str, str], said: str
) -> None:
    OfficeFactory.create_batch(2)
    sign_in(client, administrator)

    page = client.post(PAGE, posted)

    assert page.status_code == 422
    assert said in page.content.decode()
    assert len(still_active()) == 2


@pytest.mark.django_db
def test_the_page_counts_the_appointments_that_would_go_in_one_query(
    client: Client, administrator: Person, django_assert_num_queries: Any
) -> None:
    with time_machine.travel(SOON, tick=False):
        open_day(professionals=ProfessionalFactory.create_batch(2))
        for _each in range(2):
            AppointmentFactory.create()
        AppointmentFactory.create(office=OfficeFactory.create(senate=True), starts_at=at(DAY, 14))
        sign_in(client, administrator)
        client.get(PAGE)

        # Session, person, roles; the offices, their appointments.
        with django_assert_num_queries(5):
            page = client.get(PAGE).content.decode()

    assert "2 coming appointments are cancelled within minutes" in page
