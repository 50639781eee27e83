"""What an office sees and does in its pages, through the address table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from comptoir.liaison.models import Appointment, Decision, Hold
from comptoir.people.models import Office, Role
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    at,
    consent_case,
    delegate_of,
    open_day,
)
from tests.liaison.posted import CASE, FORM, WHEN, said, url
from tests.people.factories import OfficeFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = [pytest.mark.django_db]


@pytest.fixture(autouse=True)
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def office() -> Office:
    PolicyFactory.create()
    return OfficeFactory.create()


@pytest.fixture
def delegate(client: Client, office: Office) -> Client:
    return sign_in(client, delegate_of(office))


def book_url(office: Office) -> str:
    return url("book", office.reference)


def test_the_home_of_an_office_with_nothing_says_what_to_do(
    delegate: Client, office: Office
) -> None:
    page = delegate.get(url("office", office.reference))

    assert page.status_code == 200
    assert "Nothing is booked" in page.text
    assert url("times", office.reference) in page.text


def test_the_home_shows_what_is_left_of_the_day_and_the_week(
    delegate: Client, office: Office
) -> None:
    open_day(date(2026, 11, 16))
    AppointmentFactory.create(office=office, starts_at=at(date(2026, 11, 16), 15), minutes=45)

    page = delegate.get(url("office", office.reference))

    assert page.context["shares"].day.left == 75
    assert page.context["shares"].week.left == 195


def test_the_times_offered_are_the_ones_a_booking_is_granted(
    delegate: Client, office: Office
) -> None:
    open_day(first=time(10), last=time(11))

    page = delegate.get(url("times", office.reference), {"minutes": "30", "language": "en"})

    assert page.context["soonest"] == [at(DAY, 10), at(DAY, 10, 15), at(DAY, 10, 30)]


def test_the_times_page_asks_the_database_at_most_nine_times(
    delegate: Client, office: Office, django_assert_max_num_queries: Any
) -> None:
    for offset in range(12):
        on = DAY + timedelta(days=offset)
        if on.weekday() < 5:
            open_day(on, professionals=[ProfessionalFactory.create() for _ in range(3)])
    AppointmentFactory.create(office=office)
    delegate.get(url("times", office.reference))

    with django_assert_max_num_queries(9):
        page = delegate.get(url("times", office.reference), {"minutes": "30", "language": "en"})

    assert len(page.context["days"]) == 10


def test_the_calendar_has_the_same_times_on_the_readers_clock(
    client: Client, office: Office
) -> None:
    open_day(first=time(13), last=time(14))
    person = person_with(Role.DELEGATE, office=office, time_zone="America/Vancouver")

    page = sign_in(client, person).get(url("times", office.reference), {"view": "calendar"})

    assert [row.at.strftime("%H:%M") for row in page.context["calendar"].rows] == [
        "11:00",  # British Columbia stays at UTC-7 since November 2026
        "11:15",
        "11:30",
    ]


def test_a_time_beside_an_appointment_of_the_office_is_marked_and_the_mark_explained(
    delegate: Client, office: Office
) -> None:
    open_day()
    before = delegate.get(url("times", office.reference), {"minutes": "30"}).text
    AppointmentFactory.create(office=office)
    open_day(professionals=[ProfessionalFactory.create()])

    after = delegate.get(url("times", office.reference), {"minutes": "30"})

    meaning = "Your office has an appointment during a part of that time."
    assert (meaning in before, "time--beside" in before) == (False, False)
    assert (meaning in after.text, "time--beside" in after.text) == (True, True)
    assert at(DAY, 10) in after.context["soonest"]


def test_nothing_to_offer_is_explained_with_a_next_step(delegate: Client, office: Office) -> None:
    open_day()
    AppointmentFactory.create(office=office, minutes=60)
    AppointmentFactory.create(office=office, starts_at=at(DAY, 13), minutes=60)

    page = delegate.get(url("times", office.reference), {"minutes": "60", "language": "en"})

    day = next(day for day in page.context["days"] if day.on == DAY)
    assert "an office may have 2 hours a day" in said(day.explanation.sentence)
    assert day.explanation.next_step in page.text


def test_choosing_a_time_keeps_it_and_leads_to_the_form(delegate: Client, office: Office) -> None:
    open_day()

    answer = delegate.post(url("hold", office.reference), WHEN)

    hold = Hold.objects.get(office=office)
    assert hold.starts_at == at(DAY, 10)
    assert hold.expires_at == NOW + timedelta(minutes=5)
    page = delegate.get(answer["Location"])
    assert page.context["held"] == hold


def test_the_form_books_and_shows_the_appointment(delegate: Client, office: Office) -> None:
    open_day()

    answer = delegate.post(book_url(office), FORM)

    appointment = Appointment.objects.get()
    assert answer["Location"] == url("appointment", appointment.reference)
    assert appointment.telephone == "613-555-0199"
    case = appointment.case_lines.get()
    assert (case.uci, case.consent_signer) == ("12345678", "Fictional Person")
    page = delegate.get(answer["Location"])
    assert "1234-5678" in page.text
    assert "Your appointment is booked." in page.text


def test_the_button_pressed_twice_leads_twice_to_the_same_appointment(
    delegate: Client, office: Office
) -> None:
    open_day()

    answers = [delegate.post(book_url(office), FORM) for _ in range(2)]

    appointment = Appointment.objects.get()
    assert [a["Location"] for a in answers] == [url("appointment", appointment.reference)] * 2


def test_after_going_back_another_time_is_not_said_to_be_booked_and_can_be_sent_anew(
    delegate: Client, office: Office
) -> None:
    open_day()
    delegate.post(book_url(office), FORM)
    earlier = Appointment.objects.get()
    other_time = FORM | {"start": "2026-11-18T16:00Z"}

    page = delegate.post(book_url(office), other_time)

    assert page.status_code == 422
    assert Appointment.objects.count() == 1
    assert "This form has booked another appointment already" in page.text
    assert url("appointment", earlier.reference) in page.text
    assert "When will it be decided?" in page.text

    again = delegate.post(book_url(office), other_time | {"attempt": page.context["attempt"]})

    assert again.status_code == 302
    assert Appointment.objects.count() == 2


def test_the_office_reads_what_each_consent_covers_and_until_when(
    delegate: Client, office: Office
) -> None:
    appointment = AppointmentFactory.create(
        office=office,
        cases=[
            consent_case(consent_scope="The study permit", consent_expires_on=date(2027, 11, 1)),
            consent_case(consent_scope="The visa", consent_expires_on=None),
        ],
    )

    page = said(delegate.get(url("appointment", appointment.reference)).text)

    assert "until November 1, 2027" in page
    assert "It covers: The study permit" in page
    assert "without an end" in page
    assert "It covers: The visa" in page


def test_pressing_the_button_twice_books_once(delegate: Client, office: Office) -> None:
    open_day()

    first = delegate.post(book_url(office), FORM)
    second = delegate.post(book_url(office), FORM)

    assert first["Location"] == second["Location"]
    assert Appointment.objects.count() == 1


def test_a_time_that_went_is_refused_with_three_alternatives_and_everything_typed_kept(
    delegate: Client, office: Office
) -> None:
    open_day()
    AppointmentFactory.create(office=OfficeFactory.create())

    page = delegate.post(book_url(office), FORM)

    assert page.status_code == 422
    assert page.context["alternatives"] == [at(DAY, 9, 15), at(DAY, 9, 30), at(DAY, 10, 30)]
    assert "That time has just been taken" in page.text
    assert "When will it be decided?" in page.text
    assert "1234-5678" in page.text
    assert not Appointment.objects.filter(office=office).exists()


def test_taking_an_alternative_books_it_with_what_was_typed(
    delegate: Client, office: Office
) -> None:
    open_day()
    AppointmentFactory.create(office=OfficeFactory.create())

    delegate.post(book_url(office), FORM | {"take": "2026-11-18T15:30Z"})

    appointment = Appointment.objects.get(office=office)
    assert appointment.starts_at == at(DAY, 10, 30)
    assert appointment.case_lines.get().question == "When will it be decided?"


def test_an_office_at_its_daily_limit_is_told_why_and_what_next(
    delegate: Client, office: Office
) -> None:
    open_day()
    AppointmentFactory.create(office=office, starts_at=at(DAY, 13), minutes=60)
    AppointmentFactory.create(office=office, starts_at=at(DAY, 15), minutes=60)

    page = delegate.post(book_url(office), FORM)

    assert page.status_code == 422
    assert "yours has used 2 hours of that day" in said(page.text)
    assert "Choose another day" in page.text
    decision = Decision.objects.get(accepted=False)
    assert decision.reason == "day_limit"
    refusals = delegate.get(url("refusals", office.reference))
    assert "yours has used 2 hours of that day" in said(refusals.text)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("cases-0-uci", "12345", "A UCI has 8 or 10 digits"),
        ("cases-0-uci", "1234567X", "A UCI has digits only"),
        ("cases-0-application_number", "123456789", "begins with one letter"),
        ("cases-0-application_number", "E12345", "one letter and then nine digits"),
        ("cases-0-consent_signer", "", "A written consent needs this."),
        ("cases-0-consent_signed_on", "2026-11-17", "cannot be signed later than today"),
        ("cases-0-consent_expires_on", "2026-11-17", "ends before the appointment"),
        ("cases-0-consent_expires_on", "2026-10-01", "cannot end before it was signed"),
        ("telephone", "", "so that the professional can reach you"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_booked(
    delegate: Client, office: Office, field: str, value: str, sentence: str
) -> None:
    open_day()

    page = delegate.post(book_url(office), FORM | {field: value})

    assert page.status_code == 422
    assert sentence in page.text
    assert "When will it be decided?" in page.text
    assert Appointment.objects.count() == 0


def test_the_provision_for_members_is_not_offered_to_a_senators_office(client: Client) -> None:
    PolicyFactory.create()
    senate = OfficeFactory.create(senate=True)
    open_day()
    delegate = sign_in(client, delegate_of(senate))

    page = delegate.post(book_url(senate), FORM | {"cases-0-legal_basis": "member"})

    assert page.status_code == 422
    assert Appointment.objects.count() == 0


def test_a_senators_office_is_told_its_only_basis_and_books_with_a_consent(client: Client) -> None:
    PolicyFactory.create()
    senate = OfficeFactory.create(senate=True)
    open_day()
    delegate = sign_in(client, delegate_of(senate))

    page = delegate.get(book_url(senate), WHEN)
    delegate.post(book_url(senate), FORM)

    assert '<input type="hidden" name="cases-0-legal_basis" value="consent">' in page.text
    assert Appointment.objects.get().case_lines.get().legal_basis == "consent"


def test_a_case_that_was_added_and_left_blank_is_reported_and_nothing_typed_is_lost(
    delegate: Client, office: Office
) -> None:
    open_day()
    blank = {key.replace("-0-", "-1-"): "" for key in CASE}

    page = delegate.post(book_url(office), FORM | blank | {"cases-TOTAL_FORMS": "2"})

    assert page.status_code == 422
    assert "Case 2, Your question: This field is required." in page.text
    assert "When will it be decided?" in page.text
    assert not Appointment.objects.exists()


def test_an_empty_booking_says_once_what_each_field_lacks(delegate: Client, office: Office) -> None:
    open_day()

    page = delegate.post(book_url(office), WHEN | {"cases-TOTAL_FORMS": "1"})

    assert page.status_code == 422
    assert page.text.count("Case 1, Your question: This field is required.") == 1
    assert "at least 1 form" not in page.text


def test_a_members_office_may_rely_on_the_provision_and_then_no_consent_is_kept(
    delegate: Client, office: Office
) -> None:
    open_day()

    delegate.post(book_url(office), FORM | {"cases-0-legal_basis": "member"})

    case = Appointment.objects.get().case_lines.get()
    assert (case.legal_basis, case.consent_signer, case.consent_signed_on) == ("member", "", None)


def test_rows_are_added_without_a_judgement_on_what_is_half_typed(
    delegate: Client, office: Office
) -> None:
    open_day()

    unfinished = FORM | {"cases-0-uci": "12", "telephone": "", "cases-add": "1"}
    page = delegate.post(book_url(office), unfinished)

    assert page.status_code == 200
    assert "so that the professional can reach you" not in page.text
    assert len(page.context["cases"].forms) == 2
    assert "A UCI has 8 or 10 digits," not in page.text
    assert Appointment.objects.count() == 0


def test_more_cases_than_the_rule_allows_are_refused(delegate: Client, office: Office) -> None:
    open_day()
    thirteen = {
        key.replace("-0-", f"-{row}-"): value for row in range(13) for key, value in CASE.items()
    }

    page = delegate.post(book_url(office), FORM | thirteen | {"cases-TOTAL_FORMS": "13"})

    assert page.status_code == 422
    assert Appointment.objects.count() == 0


@pytest.mark.parametrize(
    "broken",
    [{"start": "yesterday"}, {"start": ""}, {"minutes": "20"}, {"language": "xx"}, {"take": "x"}],
)
def test_a_form_that_names_no_time_on_offer_leads_back_to_the_times(
    delegate: Client, office: Office, broken: dict[str, str]
) -> None:
    answer = delegate.post(book_url(office), FORM | broken)

    assert answer["Location"] == url("times", office.reference)
