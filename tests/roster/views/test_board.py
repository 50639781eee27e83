"""Publishing, the board, and what holds for every page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptoir.roster.actions import publishing
from comptoir.roster.models import (
    ClosedDay,
    Professional,
    ServiceDay,
)
from tests.roster.factories import (
    NOW,
    AbsenceFactory,
    ClosedDayFactory,
    ExtraHoursFactory,
    between,
    offer_day,
)
from tests.roster.views.visiting import after, text, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_nine")]

WEDNESDAY = date(2026, 11, 25)


def publish(on: date = WEDNESDAY) -> None:
    publishing.publish_day(on=on, by=None, now=NOW)


def test_a_team_lead_publishes_every_day(lead: Client, anna: Professional, settings: Any) -> None:
    settings.SERVICE_PUBLISHED_DAYS = 3

    page = after(lead, url("publish"), next=reverse("liaison:board"))

    assert "4 days changed." in page
    assert ServiceDay.objects.count() == 4
    assert "0 days changed." in after(lead, url("publish"), next="https://elsewhere.example/")


def test_the_board_of_a_fortnight(lead: Client, anna: Professional) -> None:
    publish()
    ClosedDayFactory.create()

    page = text(lead, reverse("liaison:board"))

    assert reverse("liaison:board-day", args=[WEDNESDAY]) in page
    assert "Burst pipe" in page
    assert "Not published" in page


def test_what_is_past_and_was_not_booked_has_a_column_when_there_is_any(lead: Client) -> None:
    offer_day(WEDNESDAY, between(8, 16))
    addresses = [reverse("liaison:board"), url("professionals")]
    assert not any("Past, not booked" in text(lead, address) for address in addresses)

    offer_day(NOW.date(), between(8, 16))

    board, professionals = (text(lead, address) for address in addresses)
    assert board.count('data-label="Past, not booked">1 h<') == 1
    assert board.count('data-label="Past, not booked">0 h<') == 1
    assert 'data-label="Past, not booked">1 h<' in professionals
    assert "hours past, not booked" in board


def test_the_board_of_a_day_shows_each_professional_in_words(
    lead: Client, anna: Professional
) -> None:
    publish()

    page = text(lead, reverse("liaison:board-day", args=[WEDNESDAY]))

    assert "Anna Essai" in page
    assert '<span class="slot__text">8:00 a.m. to 4:00 p.m.: free</span>' in page

    page = text(lead, reverse("liaison:board-day", args=[WEDNESDAY]).replace("/en/", "/fr/"))
    assert '<span class="slot__text">de 8 h à 16 h : libre</span>' in page


def test_the_board_of_a_day_that_is_not_published(lead: Client) -> None:
    page = text(lead, reverse("liaison:board-day", args=[WEDNESDAY]))

    assert "Nothing is published for this day" in page


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_is_there_in_both_languages(
    lead: Client, anna: Professional, language: str
) -> None:
    publish()
    AbsenceFactory.create(professional=anna)
    ExtraHoursFactory.create(professional=anna)
    names = ["professionals", "absences", "record-absence", "extra-hours", "closed-days"]
    names += ["request-extra-hours", "add-closed-day", "enter"]
    addresses = [url(name) for name in names]
    addresses += [
        url(n, "anna") for n in ("professional", "change", "set-pattern", "add-exception")
    ]
    addresses += [reverse("liaison:board"), reverse("liaison:board-day", args=[WEDNESDAY])]

    for address in addresses:
        page = text(lead, address.replace("/en/", f"/{language}/", 1))
        assert f'<html lang="{language}"' in page


def test_lists_ask_the_same_number_of_queries_whatever_their_length(lead: Client) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as found:
            text(lead, address)
        return len(found)

    addresses = [url(n) for n in ("professionals", "absences", "extra-hours", "closed-days")]
    addresses += [reverse("liaison:board"), reverse("liaison:board-day", args=[WEDNESDAY])]

    def fill() -> None:
        offer_day(WEDNESDAY, between(8, 16))
        AbsenceFactory.create()
        ExtraHoursFactory.create()
        ExtraHoursFactory.create(approved=True)
        ClosedDayFactory.create(on=date(2026, 12, 1) + timedelta(days=ClosedDay.objects.count()))

    fill()
    text(lead, addresses[0])  # the first page of a session writes it
    few = [queries(address) for address in addresses]
    for _ in range(4):
        fill()

    assert [queries(address) for address in addresses] == few
    assert max(few) <= 20
