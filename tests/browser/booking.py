"""What an office does in its pages: look for a time, type its cases, book."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone, translation
from playwright.sync_api import Locator, expect

from comptoir.liaison.models import Appointment
from comptoir.people.models import Office
from comptoir.ui import times
from tests.browser.cases import TypedCase, type_case
from tests.browser.visiting import Visitor


def clock_face(visitor: Visitor, at: datetime) -> str:
    """An instant as pages in this language name it, on the reader's clock (Montréal's)."""
    with translation.override(visitor.language), timezone.override("America/Toronto"):
        return times.moment(at)


def times_for(visitor: Visitor, office: Office, minutes: int) -> None:
    """Ask for the times of a length."""
    visitor.go("liaison:office", office.reference)
    visitor.follow("Book an appointment")
    visitor.heading("Book an appointment")
    visitor.ready()
    visitor.choose("Length", str(minutes))
    visitor.press("Show times")
    visitor.page.wait_for_url(f"**minutes={minutes}**")
    visitor.ready()


def take(visitor: Visitor, start: datetime) -> None:
    """Press the time in the list of its day."""
    button = visitor.page.get_by_role("button", name=clock_face(visitor, start), exact=True)
    visitor.unfold(button)
    button.click()
    visitor.heading("Your cases")
    visitor.ready()


def rows(visitor: Visitor) -> Locator:
    """The rows of cases in the form."""
    return visitor.page.locator(".rows__row")


def type_cases(visitor: Visitor, cases: Sequence[TypedCase]) -> None:
    """Fill in a row for each case, adding rows as needed."""
    for number, case in enumerate(cases):
        if number:
            visitor.press("Add another case")
            # The new row's first field takes the focus; typing begins when it has it.
            expect(visitor.field("UCI", rows(visitor).nth(number))).to_be_focused()
        type_case(visitor, rows(visitor).nth(number), case)


def send(visitor: Visitor) -> Appointment:
    """Book, and read the page that says so."""
    visitor.press("Book this appointment")
    visitor.sees("Your appointment is booked.")
    return Appointment.objects.latest("pk")
