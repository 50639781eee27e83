"""What an office sees and does in its pages, through the address table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from comptoir.audit.models import Event
from comptoir.liaison.models import Appointment, CalendarFeed, Decision, Hold, Outcome, Status
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
    finish,
    open_day,
    record,
    start,
)
from tests.people.factories import OfficeFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = [pytest.mark.django_db]

WHEN = {"start": "2026-11-18T15:00Z", "minutes": "30", "language": "en"}
"""10:00 in Montréal on `DAY`."""

CASE = {
    "cases-0-uci": "1234-5678",
    "cases-0-application_number": "",
    "cases-0-line_of_business": "study",
    "cases-0-question": "When will it be decided?",
    "cases-0-legal_basis": "consent",
    "cases-0-consent_signer": "Fictional Person",
    "cases-0-consent_signed_on": "2026-11-02",
    "cases-0-consent_scope": "Study permit",
    "cases-0-consent_expires_on": "",
}
FORM = {
    **WHEN,
    **CASE,
    "mode": "telephone",
    "telephone": "613-555-0199",
    "video_link": "",
    "attempt": "6f1c1d4e-54f7-4a35-8a5a-0b5a3f1f2c11",
    "cases-TOTAL_FORMS": "1",
    "cases-INITIAL_FORMS": "0",
}


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


def said(text: str) -> str:
    """What a page says, its unbreakable spaces as plain ones."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("&nbsp;", " ")


def url(name: str, *args: object) -> str:
    return reverse(f"liaison:{name}", args=args)


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


def test_the_times_page_asks_the_database_at_most_eight_times(
    delegate: Client, office: Office, django_assert_max_num_queries: object
) -> None:
    for offset in range(12):
        on = DAY + timedelta(days=offset)
        if on.weekday() < 5:
            open_day(on, professionals=[ProfessionalFactory.create() for _ in range(3)])
    AppointmentFactory.create(office=office)
    delegate.get(url("times", office.reference))

    with django_assert_max_num_queries(8):  # type: ignore[operator]
        page = delegate.get(url("times", office.reference), {"minutes": "30", "language": "en"})

    assert len(page.context["days"]) == 10


def test_the_calendar_has_the_same_times_on_the_readers_clock(
    client: Client, office: Office
) -> None:
    open_day(first=time(13), last=time(14))
    person = person_with(Role.DELEGATE, office=office, time_zone="America/Vancouver")

    page = sign_in(client, person).get(url("times", office.reference), {"view": "calendar"})

    assert [at_.strftime("%H:%M") for at_, _ in page.context["calendar"].rows] == [
        "11:00",  # British Columbia stays at UTC-7 since November 2026
        "11:15",
        "11:30",
    ]


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


def test_moving_says_what_it_costs_and_moves(delegate: Client, office: Office) -> None:
    appointment = AppointmentFactory.create(office=office)
    address = url("move", appointment.reference)

    page = delegate.get(address)
    assert page.context["late"] is False
    delegate.post(address, {"start": "2026-11-18T19:00Z", "reason": "conflict", "note": ""})

    appointment.refresh_from_db()
    assert appointment.starts_at == at(DAY, 14)
    assert appointment.events.get(kind="moved").reason == "conflict"


def test_a_move_without_a_reason_asks_for_it(delegate: Client, office: Office) -> None:
    appointment = AppointmentFactory.create(office=office)

    page = delegate.post(url("move", appointment.reference), {"start": "2026-11-18T19:00Z"})

    assert page.status_code == 422
    appointment.refresh_from_db()
    assert appointment.starts_at == at(DAY, 10)


def test_a_refused_move_leaves_the_appointment_and_offers_the_nearest(
    delegate: Client, office: Office
) -> None:
    appointment = AppointmentFactory.create(office=office)
    AppointmentFactory.create(office=OfficeFactory.create(), starts_at=at(DAY, 14))

    page = delegate.post(
        url("move", appointment.reference), {"start": "2026-11-18T19:00Z", "reason": "conflict"}
    )

    assert page.status_code == 422
    assert at(DAY, 14, 30) in page.context["soonest"]
    assert "Your appointment is where it was." in page.text


def test_cancelling_says_what_it_costs_and_frees_the_time(delegate: Client, office: Office) -> None:
    appointment = AppointmentFactory.create(office=office)

    page = delegate.get(url("cancel", appointment.reference))
    assert "It costs you nothing" in page.text
    delegate.post(url("cancel", appointment.reference), {"reason": "not_needed", "note": ""})

    appointment.refresh_from_db()
    assert appointment.status == Status.CANCELLED


def test_what_can_no_longer_be_changed_says_so(delegate: Client, office: Office) -> None:
    appointment = AppointmentFactory.create(office=office, status=Status.CANCELLED)

    for name in ("move", "cancel"):
        page = delegate.get(url(name, appointment.reference), follow=True)
        assert "can no longer be changed" in page.text


def test_the_office_reads_the_outcome_of_each_of_its_cases(
    delegate: Client, office: Office
) -> None:
    appointment = finish(start(AppointmentFactory.create(office=office)))

    page = delegate.get(url("appointment", appointment.reference))

    assert "Answered" in page.text
    assert "The file is with the visa office." in page.text
    with time_machine.travel(appointment.starts_at + timedelta(hours=1)):
        later = sign_in(Client(), appointment.booked_by)
        home = later.get(url("office", office.reference))
    assert "The file is with the visa office." in home.text


def test_the_professionals_own_notes_are_never_shown_to_the_office(
    delegate: Client, office: Office
) -> None:
    appointment = AppointmentFactory.create(office=office)
    appointment.case_lines.update(preparation="Confidential remark")

    page = delegate.get(url("appointment", appointment.reference))

    assert "Confidential remark" not in page.text


def test_answers_are_found_by_number_word_and_reference_and_no_address_says_what_was_sought(
    client: Client, office: Office
) -> None:
    appointment = finish(start(AppointmentFactory.create(office=office)))
    address = url("answers", office.reference)

    with time_machine.travel(appointment.starts_at + timedelta(hours=1), tick=False):
        delegate = sign_in(client, appointment.booked_by)
        for words in ("11-2233-4455", "visa office", appointment.reference.lower()):
            answer = delegate.post(address, {"words": words})
            assert answer["Location"] == address
            assert len(delegate.get(address).context["page"].object_list) == 1
        delegate.post(address, {"words": "nothing like it"})
        assert not delegate.get(address).context["page"].object_list
        delegate.post(address, {"words": "\x00"})
        assert len(delegate.get(address).context["page"].object_list) == 1


def test_an_answer_is_read_once_the_appointment_is_finished_not_while_it_can_be_corrected(
    client: Client, office: Office
) -> None:
    appointment = start(AppointmentFactory.create(office=office))
    record(appointment, Outcome.ANSWERED)

    with time_machine.travel(appointment.starts_at + timedelta(minutes=30), tick=False):
        delegate = sign_in(client, appointment.booked_by)
        for name in ("appointment", "answers", "office"):
            arguments = appointment.reference if name == "appointment" else office.reference
            assert "visa office" not in delegate.get(url(name, arguments)).text


def test_looking_at_answers_leaves_one_row_on_the_trail(client: Client, office: Office) -> None:
    appointment = finish(start(AppointmentFactory.create(office=office)))

    with time_machine.travel(appointment.starts_at + timedelta(hours=1), tick=False):
        sign_in(client, appointment.booked_by).get(url("answers", office.reference))

    seen = Event.objects.get(action="cases.seen")
    assert seen.detail == {"case_lines": [case.pk for case in appointment.case_lines.all()]}
    assert seen.office_id == office.pk


def test_every_coming_appointment_can_be_reached_however_many_there_are(
    delegate: Client, office: Office
) -> None:
    PolicyFactory.create(generous=True, valid_from=date(2022, 2, 1))
    for day in range(2):
        on = DAY + timedelta(days=day)
        open_day(on, professionals=[ProfessionalFactory.create() for _ in range(2)])
        for hour in range(9, 17):
            for minute in (0, 30):
                AppointmentFactory.create(office=office, starts_at=at(on, hour, minute), minutes=30)

    first = delegate.get(url("coming", office.reference))
    second = delegate.get(url("coming", office.reference), {"page": "2"})

    shown = [*first.context["page"].object_list, *second.context["page"].object_list]
    assert len(shown) == len({appointment.pk for appointment in shown}) == 32


def test_a_move_past_the_end_of_a_consent_is_said_on_the_appointment(
    delegate: Client, office: Office
) -> None:
    appointment = AppointmentFactory.create(
        office=office, cases=[consent_case(consent_expires_on=DAY), consent_case()]
    )
    later = DAY + timedelta(days=1)
    open_day(later)

    delegate.post(
        url("move", appointment.reference), {"start": "2026-11-19T15:00Z", "reason": "conflict"}
    )

    page = delegate.get(url("appointment", appointment.reference))
    assert page.context["lapsed"] == [1]
    assert "may not speak about case 1" in page.text


@pytest.mark.parametrize(
    "start", ["9999-12-30T12:00Z", "0001-01-01T00:00+10:00", "2026-11-18T10:00"]
)
def test_an_instant_that_nobody_offers_is_no_time_and_leaves_nothing_behind(
    delegate: Client, office: Office, start: str
) -> None:
    for name in ("hold", "book"):
        answer = delegate.post(url(name, office.reference), FORM | {"start": start})
        assert answer["Location"] == url("times", office.reference)
    assert not office.weeks.exists()


@pytest.mark.parametrize("name", ["appointment", "move", "cancel", "calendar-file"])
def test_another_offices_appointment_does_not_exist(
    client: Client, office: Office, name: str
) -> None:
    appointment = AppointmentFactory.create(office=office)
    stranger = sign_in(client, delegate_of(OfficeFactory.create()))

    assert stranger.get(url(name, appointment.reference)).status_code == 404


def test_the_calendar_file_holds_no_word_of_a_case(delegate: Client, office: Office) -> None:
    appointment = AppointmentFactory.create(office=office)

    text = delegate.get(url("calendar-file", appointment.reference)).content.decode()

    assert "DTSTART:20261118T150000Z" in text
    case = appointment.case_lines.get()
    for word in (case.question, case.uci, case.consent_signer, office.legislator):
        assert word not in text


def test_the_feed_has_a_secret_address_that_can_be_revoked(
    delegate: Client, office: Office
) -> None:
    appointment = AppointmentFactory.create(office=office)

    made = delegate.post(url("make-feed", office.reference), follow=True)
    address = made.context["address"].removeprefix("http://testserver")
    feed = CalendarFeed.objects.get()
    assert address.rsplit("/", 1)[1].removesuffix(".ics") not in feed.secret_hash

    calendar = Client().get(address)
    assert calendar.status_code == 200
    assert str(appointment.uid) in calendar.content.decode()
    assert "ATTENDEE" not in calendar.content.decode()

    delegate.post(url("revoke-feed", office.reference, feed.pk))
    assert Client().get(address).status_code == 404


def test_a_new_address_can_be_read_again_for_ten_minutes_by_who_made_it(
    delegate: Client, office: Office, traveller: time_machine.Traveller
) -> None:
    made = delegate.post(url("make-feed", office.reference), follow=True)
    own_page = url("make-feed", office.reference)
    assert delegate.get(own_page).context["address"] == made.context["address"]

    colleague = sign_in(Client(), person_with(Role.DELEGATE, office=office))
    assert colleague.get(own_page).status_code == 302

    traveller.shift(timedelta(minutes=10))
    assert delegate.get(own_page).status_code == 302
    assert CalendarFeed.objects.count() == 1


def test_the_feed_of_an_office_that_closed_is_gone(delegate: Client, office: Office) -> None:
    made = delegate.post(url("make-feed", office.reference), follow=True)
    address = made.context["address"].removeprefix("http://testserver")
    Office.objects.filter(pk=office.pk).update(status="closed", status_reason="resignation")

    assert Client().get(address).status_code == 404


def test_an_office_sees_its_past_page_by_page(delegate: Client, office: Office) -> None:
    AppointmentFactory.create(office=office, status=Status.CANCELLED)

    page = delegate.get(url("past", office.reference))

    assert len(page.context["page"].object_list) == 1


def test_every_office_reads_the_rule_in_plain_words(delegate: Client) -> None:
    page = delegate.get(url("rule"))

    assert "2 hours" in said(page.text)
    assert "Test rule" in page.text
    assert "Règle d’essai" in delegate.get("/fr/rule/").text


def test_the_policy_owner_sets_the_next_version_and_nobody_else(
    client: Client, office: Office
) -> None:
    owner = sign_in(client, person_with(Role.POLICY_OWNER))
    values = {
        "valid_from": "2026-12-01",
        "name_en": "Next",
        "name_fr": "Suivante",
        "summary_en": "More.",
        "summary_fr": "Plus.",
        "minutes_per_day": "90",
        "minutes_per_week": "60",
        "lengths": ["15", "30"],
        "horizon_business_days": "10",
        "least_notice_minutes": "15",
        "late_notice_minutes": "120",
        "most_case_lines": "12",
        "hold_minutes": "5",
    }

    refused = owner.post(url("new-rule"), values)
    assert refused.status_code == 422
    assert "cannot be under the limit of a day" in refused.text
    yesterday = owner.post(
        url("new-rule"), values | {"valid_from": "2026-11-16", "minutes_per_week": "90"}
    )
    assert "Choose tomorrow or a later day." in yesterday.text

    owner.post(url("new-rule"), values | {"minutes_per_week": "90"})
    assert "Next" in owner.get(url("rule")).text
    assert sign_in(Client(), delegate_of(office)).get(url("new-rule")).status_code == 403
