"""What happens between booking and meeting: a time that goes, a late cancellation, an absence."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from comptoir.liaison.models import Appointment, Mode, Status
from comptoir.people.models import Office, Role
from comptoir.roster.actions import publishing
from comptoir.ui.times import duration
from tests.browser import booking
from tests.browser.cases import STUDY, kept
from tests.browser.conftest import NewVisitor
from tests.browser.post import calendar_in
from tests.browser.visiting import give_app
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    at,
    delegate_of,
    open_day,
)
from tests.people.factories import OfficeFactory, person_with
from tests.roster.factories import full_week

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def office(language: str, transactional_db: None) -> Office:
    """An office on the telephone, and a rule."""
    PolicyFactory.create()
    made: Office = OfficeFactory.create(language=language)
    made.telephones.create(label="Reception", number="613-555-0188")
    person_with(Role.DELEGATE, office=made, language=language)
    return made


def test_a_time_that_goes_while_somebody_types_is_refused_and_one_click_takes_another(
    new_visitor: NewVisitor, language: str, office: Office, clock: time_machine.Traveller
) -> None:
    open_day(first=time(9), last=time(12))
    delegate = new_visitor(language)
    delegate.comes_signed_in(delegate_of(office))
    booking.times_for(delegate, office, 30)
    booking.take(delegate, at(DAY, 10))
    booking.type_cases(delegate, [STUDY])
    clock.shift(timedelta(minutes=6))  # the time was kept for five
    AppointmentFactory.create(starts_at=at(DAY, 10), now=NOW + timedelta(minutes=6))

    delegate.watch.expect(422)
    delegate.press("Book this appointment")

    delegate.sees("That time has just been taken, or is no longer free for as long as you need.")
    delegate.ready()
    kept(delegate, booking.rows(delegate).first, STUDY)
    others = delegate.page.locator(".alternatives button")
    expect(others).to_have_count(3)
    nearest = [at(DAY, 9, 30), at(DAY, 10, 30), at(DAY, 9, 15)]
    assert {datetime.fromisoformat(str(one.get_attribute("value"))) for one in others.all()} == {
        *nearest
    }
    others.first.click()
    delegate.sees("Your appointment is booked.")
    booked = Appointment.objects.get(office=office)
    assert booked.starts_at in nearest
    assert booked.case_lines.get().question == STUDY.question


def test_what_is_cancelled_late_still_counts(
    new_visitor: NewVisitor, language: str, office: Office, clock: time_machine.Traveller
) -> None:
    appointment = AppointmentFactory.create(office=office, minutes=30)
    person = delegate_of(office)
    clock.move_to(at(DAY, 9, 30))
    delegate = new_visitor(language)
    delegate.comes_signed_in(person)

    delegate.go("liaison:appointment", appointment.reference)
    delegate.follow("Cancel this appointment")
    delegate.sees("This time would still count")
    delegate.ready()
    delegate.choose("Reason", "not_needed")
    delegate.press("Cancel the appointment")
    delegate.sees("Your appointment is cancelled. Its time is free for others.")

    delegate.go("liaison:office", office.reference)
    half_an_hour, two_hours = (duration(m, language=language) for m in (30, 120))
    delegate.sees("%(used)s of %(limit)s used", used=half_an_hour, limit=two_hours)
    delegate.sees(
        "%(late)s of it was given up late or not attended and still counts.", late=half_an_hour
    )
    calendar, event = calendar_in(delegate.post.last(person.email))
    assert (calendar["METHOD"], event["STATUS"]) == ("CANCEL", "CANCELLED")


def test_an_absence_is_entered_and_its_appointment_has_another_professional_in_one_click(
    new_visitor: NewVisitor, language: str, office: Office
) -> None:
    ill, well = ProfessionalFactory.create(), ProfessionalFactory.create()
    full_week(ill)
    publishing.publish_day(on=DAY, by=None, now=NOW)
    appointment = AppointmentFactory.create(office=office)
    full_week(well)
    leader = person_with(Role.TEAM_LEAD, language=language)
    give_app(leader)
    lead = new_visitor(language)
    lead.signs_in(leader)

    lead.go("roster:record-absence")
    lead.choose("Professional", ill.code)
    lead.choose("Reason", "sick")
    lead.date("First day", DAY)
    lead.date("Last day", DAY)
    lead.press("Record the absence")
    expect(lead.page.get_by_text(appointment.reference).first).to_be_visible()
    lead.page.get_by_role("button", name=well.person.name).click()
    lead.sees("Nothing is left to decide")

    moved = Appointment.objects.get(pk=appointment.pk)
    assert (moved.professional, moved.starts_at) == (well, appointment.starts_at)
    letter = lead.post.last(appointment.booked_by.email)
    assert calendar_in(letter)[1]["SEQUENCE"] == 1


def test_an_office_books_without_a_mouse(
    new_visitor: NewVisitor, language: str, office: Office
) -> None:
    open_day()
    delegate = new_visitor(language)
    delegate.comes_signed_in(delegate_of(office))
    delegate.go("liaison:office", office.reference)

    delegate.walks_to("Book an appointment").presses("Enter")
    delegate.heading("Book an appointment")
    delegate.ready()
    delegate.walks_to(booking.clock_face(delegate, at(DAY, 10))).presses("Enter")
    delegate.heading("Your cases")
    delegate.ready()
    delegate.walks_to("Video").presses("Space")
    delegate.walks_to("Video link").writes("https://video.example/room")
    delegate.walks_to("Application number").writes("F123456789")
    delegate.walks_to("What the case is about").writes(delegate.says("Family class")[0])
    delegate.walks_to("Your question").writes("Is anything missing?")
    member = "Disclosure to a member of Parliament (Privacy Act, 8(2)(g))"
    delegate.walks_to(member).presses("Space")
    delegate.walks_to("Book this appointment").presses("Enter")

    delegate.sees("Your appointment is booked.")
    booked = Appointment.objects.get()
    assert (booked.status, booked.mode, booked.starts_at) == (
        Status.BOOKED,
        Mode.VIDEO,
        at(DAY, 10),
    )
    assert booked.case_lines.get().line_of_business == "family"
