"""The time on the booking form: kept, given up for another, gone, or never to be had."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from comptoir.liaison.models import Decision, Hold
from comptoir.people import lock
from comptoir.people.models import Office
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    at,
    delegate_of,
    open_day,
)
from tests.liaison.posted import WHEN, said, url
from tests.people.factories import OfficeFactory
from tests.people.signing_in import sign_in

pytestmark = [pytest.mark.django_db]

AT_TEN = {**WHEN, "kept": "1"}
"""What the script of a form asks whose time was kept when it was shown."""

NO_LONGER = "This time is no longer kept for your office."


@pytest.fixture(autouse=True)
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def office() -> Office:
    PolicyFactory.create()
    open_day()
    return OfficeFactory.create()


@pytest.fixture
def delegate(client: Client, office: Office) -> Client:
    return sign_in(client, delegate_of(office))


def keep(delegate: Client, office: Office, start: str = WHEN["start"]) -> str:
    """Choose a time in the list; what the next page says."""
    page = delegate.post(url("hold", office.reference), WHEN | {"start": start}, follow=True)
    return said(page.text)


def asked(delegate: Client, office: Office) -> str:
    """What the form is told of its time."""
    return said(delegate.get(url("kept", office.reference), AT_TEN).text)


def test_the_form_says_until_when_its_time_is_kept_and_asks_again_when_that_ends(
    delegate: Client, office: Office
) -> None:
    page = keep(delegate, office)

    assert "Kept for your office until 9:05 a.m." in page
    assert "load delay:300s" in page


def test_when_the_keeping_ends_the_form_is_told_that_the_time_is_still_free(
    delegate: Client, office: Office, traveller: time_machine.Traveller
) -> None:
    keep(delegate, office)
    traveller.shift(timedelta(minutes=5))

    told = asked(delegate, office)

    assert NO_LONGER in told
    assert "This time is still free: book soon." in told
    assert "load delay" not in told


def test_or_that_somebody_took_it(
    delegate: Client, office: Office, traveller: time_machine.Traveller
) -> None:
    keep(delegate, office)
    traveller.shift(timedelta(minutes=5))
    AppointmentFactory.create(office=OfficeFactory.create(), now=NOW + timedelta(minutes=5))

    told = asked(delegate, office)

    assert NO_LONGER in told
    assert "That time has just been taken" in told
    assert "still free" not in told


def test_choosing_another_time_says_which_one_is_no_longer_kept(
    delegate: Client, office: Office
) -> None:
    keep(delegate, office)

    page = keep(delegate, office, "2026-11-18T16:00Z")

    assert "Wednesday, November 18, 2026, at 10:00 a.m." in page
    assert "is no longer kept for yours" in page
    told = asked(delegate, office)
    assert NO_LONGER in told
    assert "Your office keeps another time now" in told


def test_choosing_the_same_time_again_says_nothing_of_the_kind(
    delegate: Client, office: Office
) -> None:
    keep(delegate, office)

    assert "is no longer kept" not in keep(delegate, office)


def test_the_form_that_asks_is_no_sign_of_life_and_a_locked_session_hears_nothing(
    delegate: Client, office: Office, traveller: time_machine.Traveller
) -> None:
    keep(delegate, office)
    traveller.shift(timedelta(minutes=14))
    active_at = delegate.session[lock.ACTIVE_KEY]

    assert NO_LONGER in asked(delegate, office)
    assert delegate.session[lock.ACTIVE_KEY] == active_at

    traveller.shift(timedelta(minutes=2))
    answer = delegate.get(url("kept", office.reference), AT_TEN)
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_form_that_names_no_time_hears_nothing(delegate: Client, office: Office) -> None:
    assert delegate.get(url("kept", office.reference), {"start": "x"}).status_code == 204


@pytest.mark.parametrize(
    ("start", "sentence"),
    [
        ("2026-11-15T15:00Z", "past"),
        ("2026-11-21T15:00Z", "The centre is closed on that day."),
        ("2027-03-02T15:00Z", "further ahead than appointments can be booked"),
        ("2026-11-18T15:07Z", "Appointments begin on the hour"),
    ],
)
def test_a_time_that_can_never_be_booked_says_so_before_anybody_types(
    delegate: Client, office: Office, start: str, sentence: str
) -> None:
    page = delegate.get(url("book", office.reference), WHEN | {"start": start})

    assert sentence in said(page.text)
    assert len(page.context["alternatives"]) == 3
    assert "cases-0-question" not in page.text


def test_an_office_at_its_limit_reads_it_before_it_types_and_nothing_is_on_record(
    delegate: Client, office: Office
) -> None:
    AppointmentFactory.create(office=office, starts_at=at(DAY, 13), minutes=60)
    AppointmentFactory.create(office=office, starts_at=at(DAY, 15), minutes=60)

    page = delegate.get(url("book", office.reference), WHEN)

    assert "yours has used 2 hours of that day" in said(page.text)
    assert "Choose another day" in page.text
    assert not Decision.objects.filter(accepted=False).exists()


def test_one_of_the_nearest_is_kept_and_leads_to_the_cases(
    delegate: Client, office: Office
) -> None:
    page = delegate.get(url("book", office.reference), WHEN | {"start": "2026-11-18T15:07Z"})
    nearest = page.context["alternatives"][0]

    assert f'formaction="{url("hold", office.reference)}"' in page.text
    after = keep(delegate, office, f"{nearest:%Y-%m-%dT%H:%MZ}")

    assert Hold.objects.get(office=office).starts_at == nearest
    assert "cases-0-question" in after


def test_a_time_that_this_office_keeps_is_not_taken_for_it(
    delegate: Client, office: Office
) -> None:
    keep(delegate, office)

    page = delegate.get(url("book", office.reference), WHEN)

    assert page.context["refusal"] is None
    assert "cases-0-question" in page.text
