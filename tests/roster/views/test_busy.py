"""Somebody else is changing the roster: who waits too long is told so, and nothing they typed is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from comptoir.people.models import Role
from comptoir.roster.actions.locking import ROSTER_LOCK
from comptoir.roster.models import Professional
from tests.people.factories import person_with
from tests.roster.factories import AbsenceFactory, ClosedDayFactory, ExtraHoursFactory
from tests.roster.importing.files import ANNA, sheet
from tests.roster.views.visiting import url

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("at_nine", "hurried", "somebody_else"),
]

SPELL = {
    "spells-TOTAL_FORMS": "1",
    "spells-INITIAL_FORMS": "0",
    "spells-0-weekdays": ["0"],
    "spells-0-starts": "09:00",
    "spells-0-ends": "12:00",
    "spells-0-every": "1",
}


@pytest.fixture
def hurried() -> Iterator[None]:
    """A connection that does not wait for seconds in a test."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    yield
    connection.close()


@pytest.fixture
def somebody_else(lead: Client, anna: Professional) -> Iterator[None]:
    """Another connection holds the roster, once everything a test needs is there."""
    ready, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ROSTER_LOCK])
                ready.set()
                done.wait(60)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    ready.wait(60)
    yield
    done.set()
    holder.join()


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("change", {"languages": ["en"], "time_zone": "America/Halifax"}),
        ("set-pattern", {"valid_from": "2026-11-25", **SPELL}),
        ("add-exception", {"on": "2026-11-25"}),
    ],
)
def test_a_form_about_a_professional_comes_back_with_what_was_typed(
    lead: Client, name: str, form: dict[str, Any]
) -> None:
    response = lead.post(url(name, "anna"), form)

    assert response.status_code == 422
    assert "Somebody else is changing the roster" in response.content.decode()


@pytest.mark.parametrize(
    ("name", "form"),
    [
        (
            "record-absence",
            {
                "professional": "anna",
                "kind": "sick",
                "first": "2026-11-25",
                "last": "2026-11-25",
            },
        ),
        (
            "request-extra-hours",
            {
                "professional": "anna",
                "on": "2026-11-25",
                "starts": "16:00",
                "ends": "18:00",
                "purpose": "Backlog",
            },
        ),
        (
            "add-closed-day",
            {"on": "2026-11-25", "name_en": "Storm", "name_fr": "Tempête", "reason": "Snow"},
        ),
    ],
)
def test_any_other_form_comes_back_too(lead: Client, name: str, form: dict[str, Any]) -> None:
    response = lead.post(url(name), form)

    assert response.status_code == 422
    assert "Somebody else is changing the roster" in response.content.decode()


def test_entering_somebody_comes_back(lead: Client) -> None:
    person = person_with(Role.PROFESSIONAL)

    response = lead.post(
        url("enter"),
        {
            "person": person.pk,
            "code": "ben",
            "languages": ["en"],
            "time_zone": "America/Toronto",
        },
    )

    assert response.status_code == 422


def test_a_button_says_so_on_the_page_it_leads_to(lead: Client) -> None:
    buttons = [
        (url("withdraw-absence", AbsenceFactory.create().pk), {}),
        (url("approve-extra-hours", ExtraHoursFactory.create().pk), {}),
        (url("decline-extra-hours", ExtraHoursFactory.create().pk), {}),
        (url("reopen-day", ClosedDayFactory.create().pk), {}),
        (url("remove-exception", "anna"), {"on": "2026-11-25"}),
        (url("publish"), {"next": reverse("liaison:board")}),
    ]

    for address, data in buttons:
        page = lead.post(address, data, follow=True).content.decode()
        assert "Somebody else is changing the roster" in page, address


def test_the_import_says_so_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Somebody else is changing the roster"):
        call_command("import_roster", str(sheet(tmp_path, ANNA)))
