"""What a professional sees and does: the day, an appointment, follow-ups, and what is on record of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from comptoir.audit.models import Event, Verb
from comptoir.liaison.actions import serving
from comptoir.liaison.models import (
    BASELESS_OUTCOMES,
    Appointment,
    CaseLine,
    FollowUp,
    FollowUpTarget,
    Mode,
    Outcome,
    Status,
)
from comptoir.liaison.queries import serving as queries
from comptoir.people.models import Person, Role
from comptoir.roster.models import Professional
from tests.liaison import factories
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    absent,
    at,
    consent_case,
    member_case,
    open_day,
)
from tests.people.factories import OfficeFactory, OfficeTelephoneFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

TEN = at(DAY, 10)
"""When the appointment of most tests begins, and the clock of the page stands."""


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TEN, tick=False) as traveller:
        yield traveller


@pytest.fixture
def professional() -> Professional:
    PolicyFactory.create(generous=True)
    professional = ProfessionalFactory.create(person__name="Casey Professional")
    open_day(DAY, [professional])
    return professional


@pytest.fixture
def desk(client: Client, professional: Professional) -> Client:
    """The professional at work."""
    return sign_in(client, professional.person)


@pytest.fixture
def lead(professional: Professional) -> Client:
    return sign_in(Client(), person_with(Role.TEAM_LEAD))


def url(name: str, *args: object) -> str:
    return reverse(f"liaison:{name}", args=args)


def said(response: Any) -> str:
    """The words of a page: no markup, no noscript twin, plain spaces."""
    text = re.sub(r"<noscript>.*?</noscript>", "", response.content.decode(), flags=re.S)
    text = re.sub(r"<[^>]*>", " ", text).replace("\N{NO-BREAK SPACE}", " ").replace("&nbsp;", " ")
    return " ".join(text.split()).replace(" ,", ",")


def markup(response: Any) -> str:
    return str(response.content.decode()).replace("\N{NO-BREAK SPACE}", " ")


def sent(position: int = 1, **values: object) -> dict[str, object]:
    """What a browser posts about one case."""
    return {f"case-{position}-{name}": value for name, value in values.items()}


def line(appointment: Appointment, position: int = 1) -> CaseLine:
    return appointment.case_lines.get(position=position)


class TestDay:
    def test_appointments_stand_in_order_with_breaks_and_free_time_between(
        self, desk: Client, professional: Professional
    ) -> None:
        day = open_day(DAY, [professional], first=time(9), last=time(15))
        hours = day.hours.get()
        hours.mask &= ~(0b1111 << 16)  # 12:00 to 13:00
        hours.save()
        for hour, name in ((13, "Second Office"), (9, "First Office")):
            AppointmentFactory.create(
                starts_at=at(DAY, hour), office=OfficeFactory.create(legislator=name), minutes=60
            )

        words = said(desk.get(url("day")))

        expected = [
            "9:00 a.m. 1 hour First Office",
            "10:00 a.m. Free for 2 hours",
            "12:00 p.m. Break of 1 hour",
            "1:00 p.m. 1 hour Second Office",
            "2:00 p.m. Free for 1 hour",
        ]
        places = [words.index(piece) for piece in expected]
        assert places == sorted(places)
        assert "2 appointments · 2 hours booked · 3 hours free" in words

    def test_each_appointment_says_who_how_and_whether_it_is_prepared(
        self, desk: Client, professional: Professional
    ) -> None:
        appointment = AppointmentFactory.create(
            starts_at=at(DAY, 11), mode=Mode.VIDEO, language="fr", cases=[consent_case()] * 3
        )
        prepare(line(appointment, 2))

        words = said(desk.get(url("day")))

        office = appointment.office
        assert f"{office.legislator} Booked {office.place} · French · Video" in words
        assert "3 cases, 1 prepared" in words

        for position in (1, 3):
            prepare(line(appointment, position))
        assert "3 cases, prepared" in said(desk.get(url("day")))

    @pytest.mark.parametrize(
        ("status", "label"),
        [
            (Status.BOOKED, "Booked"),
            (Status.STARTED, "In progress"),
            (Status.FINISHED, "Finished"),
            (Status.NO_SHOW, "Not attended"),
        ],
    )
    def test_the_status_is_said_in_words(self, desk: Client, status: Status, label: str) -> None:
        appointment = AppointmentFactory.create(status=status)

        assert f"{appointment.office.legislator} {label}" in said(desk.get(url("day")))

    def test_the_next_appointment_stands_out(self, desk: Client) -> None:
        AppointmentFactory.create(starts_at=at(DAY, 9), status=Status.FINISHED)
        following = AppointmentFactory.create(starts_at=at(DAY, 11))
        AppointmentFactory.create(starts_at=at(DAY, 14))

        words = said(desk.get(url("day")))

        assert f"Next · 1 hour 11:00 to 11:30 a.m., {following.office.legislator}" in words

    def test_one_that_goes_on_stands_out_before_the_next(self, desk: Client) -> None:
        running = AppointmentFactory.create(starts_at=at(DAY, 9, 30), status=Status.STARTED)
        AppointmentFactory.create(starts_at=at(DAY, 11))

        words = said(desk.get(url("day")))

        assert f"In progress 9:30 to 10:00 a.m., {running.office.legislator}" in words

    def test_one_that_has_passed_without_a_word_is_called_to_mind(self, desk: Client) -> None:
        forgotten = AppointmentFactory.create(starts_at=at(DAY, 9))

        page = desk.get(url("day"))

        assert "1 appointment has passed and nobody has said what became of it" in markup(page)
        assert f"9:00 a.m., {forgotten.office.legislator}" in said(page)

    def test_cancelled_appointments_are_kept_apart(self, desk: Client) -> None:
        AppointmentFactory.create(starts_at=at(DAY, 15), status=Status.CANCELLED)

        words = said(desk.get(url("day")))

        assert "1 cancelled appointment" in words
        assert "0 appointments" in words

    def test_an_absence_is_shown_where_time_was_taken_off(
        self, desk: Client, professional: Professional
    ) -> None:
        absent(professional, first=time(13), last=time(15))

        assert "1:00 p.m. Absent until 3:00 p.m." in said(desk.get(url("day")))

    def test_the_days_before_and_after_are_one_step_away(
        self, desk: Client, professional: Professional
    ) -> None:
        friday, monday = date(2026, 11, 20), date(2026, 11, 23)
        for on in (friday, monday):
            open_day(on, [professional])

        page = desk.get(url("day-on", friday))

        assert page.context["plan"].previous == DAY
        assert page.context["plan"].next == monday
        assert url("day-on", monday) in markup(page)
        assert said(page).count("Friday, November 20, 2026") >= 1

    def test_a_day_without_hours_says_so(self, desk: Client) -> None:
        page = desk.get(url("day-on", date(2026, 12, 25)))

        assert page.status_code == 200
        assert "No hours and no appointments on this day" in said(page)

    def test_an_address_without_a_true_date_does_not_exist(self, desk: Client) -> None:
        assert desk.get("/en/day/2026-02-30/").status_code == 404

    def test_somebody_who_is_not_on_the_roster_is_told_so(self, client: Client) -> None:
        newcomer = sign_in(client, person_with(Role.PROFESSIONAL))

        assert "You are not on the roster yet" in said(newcomer.get(url("day")))

    def test_the_cases_themselves_are_not_on_it(self, desk: Client) -> None:
        AppointmentFactory.create(cases=[consent_case(question="A very private matter")])

        page = desk.get(url("day"))

        assert "A very private matter" not in markup(page)
        assert "11-2233-4455" not in markup(page)
        assert not Event.objects.filter(verb=Verb.SAW).exists()

    def test_the_number_of_queries_does_not_grow_with_the_appointments(
        self, desk: Client, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        for hour in (9, 10, 11, 13, 14, 15):
            AppointmentFactory.create(starts_at=at(DAY, hour), cases=[consent_case()] * 3)

        desk.get(url("day"))  # the session notes once a minute that somebody is there

        # Session, person, grants, professional; day, hours, absences, appointments, two neighbours.
        with django_assert_num_queries(10):
            desk.get(url("day"))

    def test_it_speaks_french(self, desk: Client, professional: Professional) -> None:
        page = desk.get(f"/fr/day/{DAY.isoformat()}/")

        assert "mercredi 18 novembre 2026" in said(page)


class TestWhoseDay:
    def test_a_professional_sees_nobody_elses(self, desk: Client) -> None:
        other = ProfessionalFactory.create()

        assert desk.get(url("day"), {"professional": other.pk}).status_code == 404

    def test_a_team_lead_chooses(self, lead: Client, professional: Professional) -> None:
        AppointmentFactory.create()

        assert "Choose a professional" in said(lead.get(url("day")))
        page = lead.get(url("day"), {"professional": professional.pk})

        assert "Casey Professional" in said(page)
        assert "1 appointment" in said(page)

    def test_a_team_lead_is_led_to_what_an_absence_leaves_uncovered(
        self, lead: Client, professional: Professional
    ) -> None:
        AppointmentFactory.create(starts_at=at(DAY, 14))
        absence = absent(professional, first=time(13), last=time(17))

        page = lead.get(url("day"), {"professional": professional.pk})

        assert "Absent, and 1 appointment wants another place" in markup(page)
        assert url("affected", absence.pk) in markup(page)

    def test_a_word_for_a_number_does_not_exist(self, lead: Client) -> None:
        assert lead.get(url("day"), {"professional": "x"}).status_code == 404

    @pytest.mark.parametrize(
        "role", [r for r in Role if r not in (Role.PROFESSIONAL, Role.TEAM_LEAD)]
    )
    def test_the_pages_are_for_professionals_and_team_leads(
        self, client: Client, professional: Professional, role: Role
    ) -> None:
        appointment = AppointmentFactory.create()
        follow_up = factories.follow_up(appointment=appointment)
        sign_in(client, person_with(role))

        for address in (
            url("day"),
            url("day-on", DAY),
            url("served", appointment.reference),
            url("follow-ups"),
            url("follow-up", follow_up.pk),
        ):
            assert client.get(address).status_code == 403, address


class TestAppointment:
    def test_a_colleagues_appointment_does_not_exist(self, client: Client, desk: Client) -> None:
        appointment = AppointmentFactory.create()
        colleague = sign_in(Client(), ProfessionalFactory.create().person)

        assert colleague.get(url("served", appointment.reference)).status_code == 404
        answer = colleague.post(url("served", appointment.reference), {"start": "1"})
        assert answer.status_code == 404
        appointment.refresh_from_db()
        assert appointment.status == Status.BOOKED

    def test_a_team_lead_can_stand_in(self, lead: Client) -> None:
        appointment = AppointmentFactory.create()

        assert lead.get(url("served", appointment.reference)).status_code == 200

    def test_the_office_is_there_with_its_own_time(self, desk: Client) -> None:
        office = OfficeFactory.create(
            legislator="Western Office", time_zone="America/Vancouver", french=True
        )
        OfficeTelephoneFactory.create(office=office, label="Constituency", number="604-555-0142")
        appointment = AppointmentFactory.create(office=office, telephone="604-555-0199")

        page = desk.get(url("served", appointment.reference))

        words = said(page)
        assert "Western Office" in words
        assert office.place in words
        assert "Its language French" in words
        assert "Its time now 8:00 a.m. (Vancouver time)" in words
        assert "8:00 to 8:30 a.m. (Vancouver time)" in words
        assert "Constituency: 604-555-0142" in words
        assert 'href="tel:604-555-0199"' in markup(page)

    def test_every_case_is_there_with_all_it_brings(self, desk: Client) -> None:
        appointment = AppointmentFactory.create(
            cases=[consent_case(uci="12345678"), member_case(question="Is anything missing?")]
        )

        words = said(desk.get(url("served", appointment.reference)))

        assert "Case 1: Study permit" in words
        assert "UCI 1234-5678" in words
        assert "Case 2: Family class" in words
        assert "Application number F123456789" in words
        assert "Is anything missing?" in words
        assert (
            "Written consent of Fictional Constituent, signed on November 2, 2026, "
            "until November 1, 2027" in words
        )
        assert "Privacy Act, paragraph 8(2)(g)" in words

    def test_looking_at_it_leaves_one_row_for_the_page(
        self, desk: Client, professional: Professional
    ) -> None:
        appointment = AppointmentFactory.create(cases=[consent_case(), member_case()])

        desk.get(url("served", appointment.reference))

        event = Event.objects.get(verb=Verb.SAW)
        assert event.actor_id == professional.person.pk
        assert event.object_id == str(appointment.pk)
        assert event.detail["cases"] == [line(appointment, 1).pk, line(appointment, 2).pk]

    def test_an_expired_consent_forbids_to_speak(self, desk: Client) -> None:
        appointment = AppointmentFactory.create(
            cases=[consent_case(consent_expires_on=date(2026, 11, 17))]
        )

        page = desk.get(url("served", appointment.reference))

        assert "You may not speak about this case" in markup(page)
        assert "The consent ended on November 17, 2026, before the appointment." in said(page)

    def test_a_case_with_a_good_basis_carries_no_warning(self, desk: Client) -> None:
        appointment = AppointmentFactory.create(cases=[consent_case(), member_case()])

        assert "You may not speak" not in markup(desk.get(url("served", appointment.reference)))

    def test_the_number_of_queries_does_not_grow_with_the_cases(
        self, desk: Client, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        appointment = AppointmentFactory.create(cases=[consent_case()] * 12, status=Status.STARTED)
        for position in range(1, 13):
            factories.record(appointment, Outcome.REFERRED, position=position)

        desk.get(url("served", appointment.reference))

        # Session, person, grants; appointment, cases, telephones, next one, target, closed days; SAW.
        with django_assert_num_queries(10):
            desk.get(url("served", appointment.reference))


class TestStart:
    def test_on_time(self, desk: Client) -> None:
        appointment = AppointmentFactory.create()

        answer = desk.post(url("served", appointment.reference), {"start": "1", "late": ""})

        assert answer.status_code == 302
        appointment.refresh_from_db()
        assert appointment.status == Status.STARTED
        assert appointment.started_at == TEN
        assert appointment.office_late_minutes == 0

    def test_the_office_was_late(self, desk: Client) -> None:
        appointment = AppointmentFactory.create()

        desk.post(url("served", appointment.reference), {"start": "1", "late": "7"})

        appointment.refresh_from_db()
        assert appointment.office_late_minutes == 7
        assert "The office was 7 minutes late" in said(
            desk.get(url("served", appointment.reference))
        )

    @pytest.mark.parametrize("typed", ["-1", "481", "soon"])
    def test_a_number_of_minutes_that_cannot_be_is_refused(self, desk: Client, typed: str) -> None:
        appointment = AppointmentFactory.create()

        answer = desk.post(url("served", appointment.reference), {"start": "1", "late": typed})

        assert answer.status_code == 422
        assert typed in markup(answer)
        appointment.refresh_from_db()
        assert appointment.status == Status.BOOKED

    def test_notes_typed_beforehand_are_saved_by_the_same_button(self, desk: Client) -> None:
        appointment = AppointmentFactory.create()

        desk.post(
            url("served", appointment.reference),
            {"start": "1", **sent(preparation="Seen the file.")},
        )

        assert line(appointment).preparation == "Seen the file."

    def test_it_cannot_begin_before_its_day(
        self, desk: Client, clock: time_machine.Traveller
    ) -> None:
        appointment = AppointmentFactory.create()
        clock.move_to(NOW)
        sign_in(desk, appointment.professional.person)

        page = desk.get(url("served", appointment.reference))
        answer = desk.post(url("served", appointment.reference), {"start": "1"})

        assert "It can begin on Wednesday, November 18, 2026" in said(page)
        assert answer.status_code == 422
        assert "An appointment begins on its day, not before." in said(answer)

    def test_one_that_somebody_else_began_shows_how_it_stands(self, desk: Client) -> None:
        appointment = AppointmentFactory.create(status=Status.STARTED)

        answer = desk.post(url("served", appointment.reference), {"start": "1"})

        assert answer.status_code == 422
        assert "The appointment has changed in the meantime" in said(answer)


class TestNoShow:
    def test_it_is_recorded_once_its_time_has_come(self, desk: Client) -> None:
        appointment = AppointmentFactory.create()

        answer = desk.post(url("served", appointment.reference), {"no-show": "1"}, follow=True)

        appointment.refresh_from_db()
        assert appointment.status == Status.NO_SHOW
        assert "It is on record that nobody came" in said(answer)

    def test_before_its_time_it_is_refused(self, desk: Client) -> None:
        appointment = AppointmentFactory.create(starts_at=at(DAY, 10, 15))

        page = desk.get(url("served", appointment.reference))
        answer = desk.post(url("served", appointment.reference), {"no-show": "1"})

        assert "You can say so from 10:15 a.m." in said(page)
        assert answer.status_code == 422
        appointment.refresh_from_db()
        assert appointment.status == Status.BOOKED

    def test_what_it_costs_the_office_is_said_before(self, desk: Client) -> None:
        appointment = AppointmentFactory.create(minutes=45)

        words = said(desk.get(url("served", appointment.reference)))

        assert "All 45 minutes will count as the office’s" in words


class TestOutcomes:
    @pytest.fixture
    def running(self, professional: Professional) -> Appointment:
        return AppointmentFactory.create(
            cases=[consent_case(), member_case(), consent_case()], status=Status.STARTED
        )

    def test_an_answer_is_saved(self, desk: Client, running: Appointment) -> None:
        answer = desk.post(
            url("served", running.reference),
            {"save": "1", **sent(outcome="answered", answer="Approved.\r\nLetter sent.")},
        )

        assert answer.status_code == 302
        assert answer["Location"].endswith("#case-1")
        assert line(running).answer == "Approved.\nLetter sent."

    @pytest.mark.parametrize("outcome", [Outcome.ANSWERED, Outcome.MORE_NEEDED])
    def test_an_outcome_that_must_say_something_says_it(
        self, desk: Client, running: Appointment, outcome: Outcome
    ) -> None:
        answer = desk.post(
            url("served", running.reference), {"save": "1", **sent(outcome=outcome, answer=" ")}
        )

        assert answer.status_code == 422
        assert "Write what the office will read." in said(answer)
        assert line(running).outcome == ""

    @pytest.mark.parametrize("outcome", [Outcome.ACTION_REQUESTED, Outcome.REFERRED])
    def test_a_follow_up_needs_its_task(
        self, desk: Client, running: Appointment, outcome: Outcome
    ) -> None:
        answer = desk.post(
            url("served", running.reference),
            {"save": "1", **sent(outcome=outcome, task="", due="usual")},
        )

        assert answer.status_code == 422
        assert "Write what is to be done." in said(answer)

    @pytest.mark.parametrize(
        ("due", "due_on", "urgent"),
        [("usual", date(2026, 12, 2), False), ("urgent", date(2026, 11, 20), True)],
    )
    def test_the_due_date_is_proposed_by_the_target_in_force(
        self, desk: Client, running: Appointment, due: str, due_on: date, urgent: bool
    ) -> None:
        _target()

        desk.post(
            url("served", running.reference),
            {"save": "1", **sent(outcome="referred", task="Ask Lagos", due=due)},
        )

        follow_up = FollowUp.objects.get()
        assert (follow_up.due_on, follow_up.urgent) == (due_on, urgent)

    def test_another_target_proposes_other_dates(self, desk: Client, running: Appointment) -> None:
        _target(business_days=3, urgent_hours=24)

        page = desk.get(url("served", running.reference))

        assert "In 3 business days" in markup(page)
        assert "Monday, November 23, 2026" in markup(page)
        assert "Urgent: within 24 hours" in markup(page)

    def test_a_date_of_ones_own_is_typed(self, desk: Client, running: Appointment) -> None:
        desk.post(
            url("served", running.reference),
            {
                "save": "1",
                **sent(outcome="referred", task="Ask", due="other", due_on="2026-12-24"),
            },
        )

        assert FollowUp.objects.get().due_on == date(2026, 12, 24)

    @pytest.mark.parametrize(
        ("due_on", "sentence"),
        [
            ("", "Give the due date."),
            ("2026-11-17", "The due date cannot be in the past."),
            ("2026-02-30", "Enter a valid date."),
        ],
    )
    def test_a_date_of_ones_own_must_be_one_to_come(
        self, desk: Client, running: Appointment, due_on: str, sentence: str
    ) -> None:
        answer = desk.post(
            url("served", running.reference),
            {"save": "1", **sent(outcome="referred", task="Ask", due="other", due_on=due_on)},
        )

        assert answer.status_code == 422
        assert sentence in said(answer)
        assert "Ask" in markup(answer)

    def test_before_any_target_was_set_no_date_is_proposed(self) -> None:
        assert queries.due_dates(datetime(2020, 1, 6, 15, tzinfo=UTC)) is None

    def test_the_working_target_is_a_row_that_says_whose_it_is(self) -> None:
        target = FollowUpTarget.objects.get()

        assert (target.business_days, target.urgent_hours) == (10, 48)
        assert "Working value" in target.source

    def test_what_does_not_fit_the_outcome_is_an_error_not_thrown_away(
        self, desk: Client, running: Appointment
    ) -> None:
        answer = desk.post(
            url("served", running.reference),
            {"save": "1", **sent(outcome="not_discussed", advice="Reapply in May.")},
        )

        assert answer.status_code == 422
        assert "“Not discussed” does not go with this" in said(answer)
        assert "Reapply in May." in markup(answer)

    def test_a_text_without_an_outcome_asks_for_one(
        self, desk: Client, running: Appointment
    ) -> None:
        answer = desk.post(
            url("served", running.reference), {"save": "1", **sent(answer="It is on its way.")}
        )

        assert answer.status_code == 422
        assert "Choose the outcome of this case." in said(answer)
        assert "It is on its way." in markup(answer)

    def test_saving_one_case_keeps_what_was_typed_in_another(
        self, desk: Client, running: Appointment
    ) -> None:
        answer = desk.post(
            url("served", running.reference),
            {
                "save": "1",
                **sent(1, outcome="answered", answer="Done."),
                **sent(2, answer="Half a sentence"),
            },
        )

        assert answer.status_code == 200
        assert line(running, 1).outcome == Outcome.ANSWERED
        assert line(running, 2).outcome == ""
        assert "Half a sentence" in markup(answer)
        assert "There is a problem" not in said(answer)

    def test_saving_one_case_saves_another_that_is_complete(
        self, desk: Client, running: Appointment
    ) -> None:
        answer = desk.post(
            url("served", running.reference),
            {
                "save": "1",
                **sent(1, outcome="answered", answer="Done."),
                **sent(3, outcome="not_discussed"),
            },
            follow=True,
        )

        assert "Cases 1 and 3 are saved." in said(answer)
        assert line(running, 3).outcome == Outcome.NOT_DISCUSSED

    def test_saving_again_without_a_change_writes_nothing(
        self, desk: Client, running: Appointment
    ) -> None:
        values = {"save": "1", **sent(outcome="answered", answer="Done.", advice="Wait.")}
        desk.post(url("served", running.reference), values)
        disclosed = Event.objects.filter(verb=Verb.DISCLOSED).count()

        answer = desk.post(url("served", running.reference), values, follow=True)

        assert "There was nothing new to save." in said(answer)
        assert Event.objects.filter(verb=Verb.DISCLOSED).count() == disclosed

    def test_a_correction_of_a_follow_up_keeps_its_date_and_its_urgency(
        self, desk: Client, running: Appointment
    ) -> None:
        _target()
        desk.post(
            url("served", running.reference),
            {"save": "1", **sent(outcome="referred", task="Ask", due="urgent")},
        )

        desk.post(
            url("served", running.reference),
            {
                "save": "1",
                **sent(outcome="referred", task="Ask again", due="other", due_on="2026-11-20"),
            },
        )

        follow_up = FollowUp.objects.get()
        assert (follow_up.task, follow_up.due_on) == ("Ask again", date(2026, 11, 20))
        assert follow_up.urgent

    def test_without_a_legal_basis_only_silence_is_offered_and_taken(
        self, desk: Client, professional: Professional
    ) -> None:
        appointment = AppointmentFactory.create(
            starts_at=at(DAY, 11),
            cases=[consent_case(consent_expires_on=date(2026, 11, 17))],
        )
        factories.start(appointment)

        page = desk.get(url("served", appointment.reference))
        offered = page.context["cases"][0].fields["outcome"].choices
        answer = desk.post(
            url("served", appointment.reference),
            {"save": "1", **sent(outcome="answered", answer="Approved.")},
        )

        assert {value for value, _ in offered} == {o.value for o in BASELESS_OUTCOMES}
        assert answer.status_code == 422
        assert "Approved." in markup(answer)
        assert not Event.objects.filter(verb=Verb.DISCLOSED).exists()

    def test_a_script_gets_the_case_alone_to_put_in_place_with_what_to_say_aloud(
        self, desk: Client, running: Appointment
    ) -> None:
        answer = desk.post(
            url("served", running.reference),
            {"save": "2", **sent(2, outcome="answered", answer="Done.")},
            headers={"HX-Request": "true"},
        )

        assert answer.status_code == 200
        assert 'id="case-2"' in markup(answer)
        assert 'data-announce="Case 2 is saved."' in markup(answer)
        assert 'id="finish"' in markup(answer)

    def test_a_script_gets_the_errors_of_the_case_where_it_stands(
        self, desk: Client, running: Appointment
    ) -> None:
        answer = desk.post(
            url("served", running.reference),
            {"save": "2", **sent(2, outcome="answered", answer="")},
            headers={"HX-Request": "true"},
        )

        case = markup(answer).split('id="case-2"')[1].split("</section>")[0]
        assert answer.status_code == 422
        assert "data-error-summary" in case
        assert "Write what the office will read." in case

    def test_what_was_typed_survives_somebody_elses_finish(
        self, desk: Client, running: Appointment
    ) -> None:
        factories.finish(running)

        answer = desk.post(
            url("served", running.reference),
            {"save": "1", **sent(outcome="answered", answer="A long and careful answer")},
        )

        assert answer.status_code == 422
        assert "What you typed, which was not saved" in markup(answer)
        assert "A long and careful answer" in said(answer)
        assert line(running).answer == "The file is with the visa office."

    def test_no_page_carries_a_case_in_its_address(
        self, desk: Client, running: Appointment
    ) -> None:
        assert re.fullmatch(
            r"/en/day/appointments/[A-Z0-9]{4}-[A-Z0-9]{4}/", url("served", running.reference)
        )


class TestFinish:
    @pytest.fixture
    def running(self, professional: Professional) -> Appointment:
        return AppointmentFactory.create(
            cases=[consent_case(), member_case()], status=Status.STARTED
        )

    def test_it_names_the_cases_without_an_outcome(
        self, desk: Client, running: Appointment
    ) -> None:
        answer = desk.post(url("served", running.reference), {"finish": "1"})

        assert answer.status_code == 422
        assert "Cases 1 and 2 have no outcome yet. Choose one for each, then finish." in said(
            answer
        )

        factories.record(running, position=1)
        answer = desk.post(url("served", running.reference), _untouched(running) | {"finish": "1"})
        assert "Case 2 has no outcome yet. Choose one, then finish." in said(answer)
        running.refresh_from_db()
        assert running.status == Status.STARTED

    def test_it_saves_the_last_outcomes_and_ends(
        self, desk: Client, running: Appointment, clock: time_machine.Traveller
    ) -> None:
        factories.record(running, position=1)
        clock.move_to(TEN + timedelta(minutes=12))

        answer = desk.post(
            url("served", running.reference),
            {
                "finish": "1",
                **_untouched(running),
                **sent(2, outcome="answered", answer="Nothing is missing."),
            },
            follow=True,
        )

        running.refresh_from_db()
        assert running.status == Status.FINISHED
        assert running.minutes_used == 12
        assert "The appointment is finished." in said(answer)
        assert "12 minutes of 30 minutes booked" in said(answer)

    def test_an_unfinished_sentence_elsewhere_keeps_it_open(
        self, desk: Client, running: Appointment
    ) -> None:
        for position in (1, 2):
            factories.record(running, position=position)

        answer = desk.post(
            url("served", running.reference),
            {"finish": "1", **_untouched(running), **sent(2, outcome="answered", answer="")},
        )

        assert answer.status_code == 422
        assert "Correct the cases that are marked" in said(answer)
        running.refresh_from_db()
        assert running.status == Status.STARTED

    def test_the_time_used_can_be_corrected(self, desk: Client, running: Appointment) -> None:
        for position in (1, 2):
            factories.record(running, position=position)

        desk.post(
            url("served", running.reference),
            {"finish": "1", "used": "25", **_untouched(running)},
        )

        running.refresh_from_db()
        assert running.minutes_used == 25

    @pytest.mark.parametrize("typed", ["0", "481", "x"])
    def test_a_time_used_that_cannot_be_is_refused(
        self, desk: Client, running: Appointment, typed: str
    ) -> None:
        for position in (1, 2):
            factories.record(running, position=position)

        answer = desk.post(
            url("served", running.reference),
            {"finish": "1", "used": typed, **_untouched(running)},
        )

        assert answer.status_code == 422
        running.refresh_from_db()
        assert running.status == Status.STARTED

    def test_afterwards_the_next_appointment_is_one_step_away(
        self, desk: Client, running: Appointment
    ) -> None:
        following = AppointmentFactory.create(starts_at=at(DAY, 11))
        factories.finish(running)

        page = desk.get(url("served", running.reference))

        assert f"Next: 11:00 a.m., {following.office.legislator}" in said(page)

    def test_afterwards_nothing_can_be_typed(self, desk: Client, running: Appointment) -> None:
        factories.finish(running)

        page = desk.get(url("served", running.reference))

        assert "gcds-textarea" not in markup(page)
        assert "The file is with the visa office." in said(page)

    def test_one_that_was_forgotten_is_recorded_afterwards(
        self, desk: Client, professional: Professional, clock: time_machine.Traveller
    ) -> None:
        appointment = AppointmentFactory.create(minutes=30)
        clock.move_to(at(DAY, 16))
        sign_in(desk, professional.person)

        page = desk.get(url("served", appointment.reference))
        desk.post(url("served", appointment.reference), {"start": "1", "late": "5"})

        assert "Its time has passed and nobody has said what became of it" in markup(page)
        appointment.refresh_from_db()
        assert appointment.started_at == at(DAY, 10, 5)


class TestFollowUps:
    def test_the_soonest_due_comes_first_and_late_ones_say_so(
        self, desk: Client, professional: Professional
    ) -> None:
        for hour, (task, due_on) in enumerate(
            [
                ("Due later", date(2026, 12, 2)),
                ("Long due", date(2026, 11, 16)),
                ("Due this day", DAY),
            ],
            start=9,
        ):
            _left(task, due_on, hour)

        words = said(desk.get(url("follow-ups")))

        places = [words.index(task) for task in ("Long due", "Due this day", "Due later")]
        assert places == sorted(places)
        assert "2 days late" in words
        assert "Due today" in words
        assert "Open (3)" in words
        assert "Late (1)" in words

    def test_the_filter_shows_late_ones_or_done_ones(self, desk: Client) -> None:
        _left("Long due", date(2026, 11, 16), 9)
        _left("Due later", date(2026, 12, 2), 10)
        done = _left("Already done", date(2026, 12, 1), 11)
        complete(done, "The card was sent again.")

        late = said(desk.get(url("follow-ups"), {"show": "late"}))
        finished = said(desk.get(url("follow-ups"), {"show": "done"}))

        assert "Long due" in late
        assert "Due later" not in late
        assert "Already done" in finished
        assert "The card was sent again." in finished
        assert "Long due" not in finished

    def test_a_filter_that_makes_no_sense_shows_open_ones(self, desk: Client) -> None:
        _left("Due later", date(2026, 12, 2), 9)

        page = desk.get(url("follow-ups"), {"show": "all", "professional": "x", "page": "y"})

        assert "Due later" in said(page)

    def test_a_professional_sees_their_own(self, desk: Client) -> None:
        _left("Mine", date(2026, 12, 2), 9)
        colleague = sign_in(Client(), ProfessionalFactory.create().person)

        assert "Mine" in said(desk.get(url("follow-ups")))
        words = said(colleague.get(url("follow-ups")))
        assert "Mine" not in words
        assert "Nothing is left to do" in words

    def test_a_team_lead_sees_everybodys_or_one_persons(
        self, lead: Client, professional: Professional
    ) -> None:
        _left("Casey’s", date(2026, 12, 2), 9)
        colleague = ProfessionalFactory.create()

        assert "Casey’s" in said(lead.get(url("follow-ups")))
        assert "Casey’s" in said(lead.get(url("follow-ups"), {"professional": professional.pk}))
        other = lead.get(url("follow-ups"), {"professional": colleague.pk})
        assert "Casey’s" not in said(other)

    def test_the_list_is_paged_and_its_queries_do_not_grow(
        self, desk: Client, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        first = _left("The first", DAY, 9)
        appointment = first.case_line.appointment
        for number in range(30):
            case_line = CaseLine.objects.create(
                appointment=appointment,
                position=number + 2,
                line_of_business="other",
                question="?",
                legal_basis="member",
                outcome=Outcome.REFERRED,
                recorded_by=appointment.booked_by,
                recorded_at=NOW,
            )
            FollowUp.objects.create(
                case_line=case_line,
                professional=appointment.professional,
                task=f"Task {number}",
                due_on=DAY,
                created_at=NOW,
            )

        desk.get(url("follow-ups"))

        # Session, person, grants; count, rows, the numbers of the three lists; SAW.
        with django_assert_num_queries(7):
            page = desk.get(url("follow-ups"))
        assert len(page.context["rows"]) == 25
        assert len(desk.get(url("follow-ups"), {"page": "2"}).context["rows"]) == 6

    def test_looking_at_the_list_is_on_record(self, desk: Client) -> None:
        follow_up = _left("Mine", date(2026, 12, 2), 9)

        desk.get(url("follow-ups"))

        event = Event.objects.get(verb=Verb.SAW)
        assert event.detail["cases"] == [follow_up.case_line_id]

    def test_one_is_closed_with_its_result(self, desk: Client, professional: Professional) -> None:
        follow_up = _left("Mine", date(2026, 12, 2), 9)

        page = desk.get(url("follow-up", follow_up.pk))
        answer = desk.post(url("follow-up", follow_up.pk), {"result": "They will reissue it."})

        assert "When will a decision be made?" in said(page)
        assert answer.status_code == 302
        follow_up.refresh_from_db()
        assert follow_up.result == "They will reissue it."
        assert follow_up.done_by == professional.person

    def test_one_cannot_be_closed_without_a_result(self, desk: Client) -> None:
        follow_up = _left("Mine", date(2026, 12, 2), 9)

        answer = desk.post(url("follow-up", follow_up.pk), {"result": "  "})

        assert answer.status_code == 422
        assert "Write what came of it." in said(answer)

    def test_one_that_is_done_already_keeps_its_result(self, desk: Client) -> None:
        follow_up = _left("Mine", date(2026, 12, 2), 9)
        complete(follow_up, "The first result.")

        answer = desk.post(url("follow-up", follow_up.pk), {"result": "A second one."})

        assert answer.status_code == 422
        follow_up.refresh_from_db()
        assert follow_up.result == "The first result."

    def test_a_colleagues_does_not_exist(self, client: Client) -> None:
        follow_up = _left("Mine", date(2026, 12, 2), 9)
        colleague = sign_in(Client(), ProfessionalFactory.create().person)

        assert colleague.get(url("follow-up", follow_up.pk)).status_code == 404

    def test_one_of_an_appointment_that_goes_on_waits(
        self, desk: Client, professional: Professional
    ) -> None:
        appointment = AppointmentFactory.create(status=Status.STARTED)
        factories.record(appointment, Outcome.REFERRED)

        page = desk.get(url("follow-up", FollowUp.objects.get().pk))

        assert "Its appointment still goes on" in markup(page)
        assert "Record the result" not in said(page)


def prepare(case_line: CaseLine) -> None:
    serving.prepare_case(
        case_line=case_line,
        preparation="Ready.",
        by=case_line.appointment.professional.person,
        now=NOW,
    )


def complete(follow_up: FollowUp, result: str) -> None:
    by: Person = follow_up.professional.person
    serving.complete_follow_up(follow_up=follow_up, result=result, by=by, now=NOW)


def _left(task: str, due_on: date, hour: int) -> FollowUp:
    appointment = AppointmentFactory.create(starts_at=at(DAY, hour))
    made: FollowUp = factories.follow_up(appointment=appointment, task=task, due_on=due_on)
    return made


def _target(business_days: int = 10, urgent_hours: int = 48) -> FollowUpTarget:
    return FollowUpTarget.objects.create(
        valid_from=date(2024, 4, 1),
        business_days=business_days,
        urgent_hours=urgent_hours,
        source="Test",
        created_at=NOW,
    )


def _untouched(appointment: Appointment) -> dict[str, object]:
    """What a browser posts of the cases that nobody touched."""
    values: dict[str, object] = {}
    for case_line in appointment.case_lines.all():
        if case_line.outcome:
            values |= sent(
                case_line.position,
                outcome=case_line.outcome,
                answer=case_line.answer,
                advice=case_line.advice,
            )
    return values
