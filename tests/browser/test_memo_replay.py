"""The memo's abuse as two people see it: who is crowded out, waits and is served, and who gives up late.

`tests.liaison.memo` plays whole days of it and counts; here are the moments that decide, in a browser.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

import pytest
import time_machine
from playwright.sync_api import expect

from comptoir.liaison.models import Appointment, Offer, WaitingEntry
from comptoir.people.models import Office, Role
from comptoir.ui.times import duration
from tests.browser import axe, booking
from tests.browser.cases import FAMILY, STUDY
from tests.browser.conftest import NewVisitor
from tests.browser.visiting import Visitor
from tests.liaison.factories import (
    DAY,
    AppointmentFactory,
    PolicyFactory,
    apportion,
    at,
    delegate_of,
    open_day,
)
from tests.people.factories import OfficeFactory, person_with

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MORNING = at(DAY, 9, 15)
LAST_HALF_HOUR = at(DAY, 10, 30)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The day itself, three quarters of an hour before the first start."""
    with time_machine.travel(MORNING, tick=True) as traveller:
        yield traveller


@pytest.fixture
def heavy(language: str, transactional_db: None) -> Office:
    """It has taken the whole hour that the day has, as two appointments."""
    PolicyFactory.create(
        minutes_per_day=600,
        minutes_per_week=3000,
        late_notice_minutes=120,
        least_notice_minutes=0,
        nested=True,
        miss_per_mille=0,
        weekly_floor_minutes=0,
    )
    made = _office(language)
    apportion({made: 8})
    open_day(DAY, first=time(10), last=time(11))
    for minute in (0, 30):
        AppointmentFactory.create(office=made, starts_at=at(DAY, 10, minute), now=MORNING)
    return made


@pytest.fixture
def ordinary(language: str, heavy: Office) -> Office:
    """An office that needs half an hour today."""
    return _office(language)


def _office(language: str) -> Office:
    made: Office = OfficeFactory.create(language=language)
    made.telephones.create(label="Reception", number="613-555-0188")
    person_with(Role.DELEGATE, office=made, language=language)
    return made


def finds_the_day_full(visitor: Visitor, office: Office) -> None:
    """No time, why, and the way to the waiting list of the day."""
    booking.times_for(visitor, office, 30)
    visitor.sees("No time can be offered")
    visitor.sees(
        "On that day no professional who speaks the language you chose has %(asked)s free in one piece.",
        asked=duration(30, language=visitor.language),
    )
    link = visitor.page.locator(f'a[href*="on={DAY}"]')
    visitor.unfold(link)
    link.click()
    visitor.heading("Wait for time")
    visitor.ready()


def waits(visitor: Visitor, office: Office) -> WaitingEntry:
    """The form knows the day and the length; cases are typed once."""
    expect(visitor.field("From")).to_have_value(f"{DAY}")
    expect(visitor.field("Length")).to_have_value("30")
    expect(visitor.field("Telephone number")).to_have_value("613-555-0188")
    booking.type_cases(visitor, [STUDY, FAMILY])
    assert axe.complaints(visitor.page) == []
    visitor.press("Put us on the waiting list")
    visitor.sees("Your office is on the waiting list. You are told when time comes free.")
    visitor.sees("You are asked when time comes free.")
    return WaitingEntry.objects.get(office=office)


def gives_up_late(visitor: Visitor, appointment: Appointment) -> None:
    """The page says what it costs before it is done."""
    visitor.go("liaison:appointment", appointment.reference)
    visitor.follow("Cancel this appointment")
    visitor.sees("This time would still count")
    visitor.sees(
        "As soon as somebody takes that time, it counts no longer, for the part that was taken."
    )
    visitor.ready()
    visitor.choose("Reason", "not_needed")
    visitor.press("Cancel the appointment")
    visitor.sees("Your appointment is cancelled. Its time is free for others.")


def sees_charged(visitor: Visitor, office: Office, minutes: int) -> None:
    """The home says how much of what was given up late counts, and that it may still be refunded."""
    visitor.go("liaison:office", office.reference)
    length = duration(minutes, language=visitor.language)
    visitor.sees("%(late)s of it was given up late or not attended and still counts.", late=length)
    visitor.sees(
        "Of this, %(pending)s will no longer count if another office takes that time.",
        pending=length,
    )


def test_time_given_up_late_goes_to_who_waits_while_the_page_is_open_and_the_charge_goes(
    new_visitor: NewVisitor, language: str, heavy: Office, ordinary: Office
) -> None:
    caseworker, hoarder = new_visitor(language), new_visitor(language)
    caseworker.comes_signed_in(delegate_of(ordinary))
    hoarder.comes_signed_in(delegate_of(heavy))
    finds_the_day_full(caseworker, ordinary)
    entry = waits(caseworker, ordinary)

    gives_up_late(hoarder, Appointment.objects.get(starts_at=LAST_HALF_HOUR))
    sees_charged(hoarder, heavy, 30)

    # Nobody touches the caseworker's page: it asks by itself.
    offered = caseworker.page.locator("#offers")
    expect(
        offered.get_by_role("heading", name=caseworker.says("Offered to you now"))
    ).to_be_visible(timeout=30_000)
    assert axe.complaints(caseworker.page) == []
    offer = Offer.objects.get(entry=entry)
    assert (offer.starts_at, offer.minutes, offer.together) == (LAST_HALF_HOUR, 30, False)
    caseworker.press("Take it", within=offered)
    caseworker.sees("Your appointment is booked.")
    booked = Appointment.objects.get(office=ordinary)
    caseworker.is_at("liaison:appointment", booked.reference)
    caseworker.sees(STUDY.question)
    assert booked.starts_at == LAST_HALF_HOUR
    assert booked.case_lines.count() == 2

    hoarder.go("liaison:office", heavy.reference)
    hoarder.sees(
        "%(used)s of %(limit)s used",
        used=duration(30, language=language),
        limit=duration(600, language=language),
    )
    late = hoarder.says(
        "%(late)s of it was given up late or not attended and still counts.", late=""
    )
    expect(hoarder.page.get_by_text(late.strip())).to_have_count(0)
