"""A professional's day, and whose day it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from django.test import Client

from comptoir.audit.models import Event, Verb
from comptoir.liaison.models import (
    Mode,
    Status,
)
from comptoir.people.models import Role
from comptoir.roster.models import OfferedHours, Professional
from tests.liaison import factories
from tests.liaison.factories import (
    DAY,
    AppointmentFactory,
    ProfessionalFactory,
    absent,
    at,
    consent_case,
    open_day,
)
from tests.liaison.professional_pages.pages import (
    line,
    markup,
    prepare,
    said,
    url,
)
from tests.people.factories import OfficeFactory, person_with
from tests.people.signing_in import sign_in
from tests.roster.factories import ClosedDayFactory

pytestmark = pytest.mark.django_db


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
        assert "3 cases, all prepared" in said(desk.get(url("day")))

    @pytest.mark.parametrize(
        ("cases", "prepared", "words"),
        [
            (1, 0, "1 dossier, non préparé"),
            (1, 1, "1 dossier, préparé"),
            (3, 0, "3 dossiers, aucun préparé"),
            (3, 1, "3 dossiers, dont 1 préparé "),
            (3, 2, "3 dossiers, dont 2 préparés"),
            (3, 3, "3 dossiers, tous préparés"),
        ],
    )
    def test_in_french_what_is_prepared_agrees_in_number(
        self, desk: Client, cases: int, prepared: int, words: str
    ) -> None:
        appointment = AppointmentFactory.create(
            starts_at=at(DAY, 11), cases=[consent_case()] * cases
        )
        for position in range(1, prepared + 1):
            prepare(line(appointment, position))

        assert words in said(desk.get(url("day").replace("/en/", "/fr/")))

    def test_a_closed_day_says_so_and_shows_no_breaks(
        self, desk: Client, professional: Professional
    ) -> None:
        for hour in (11, 14):
            AppointmentFactory.create(starts_at=at(DAY, hour))
        OfferedHours.objects.update(mask=0)
        ClosedDayFactory.create(on=DAY, name_en="Burst pipe")

        page = desk.get(url("day"))

        assert "The centre is closed: Burst pipe" in markup(page)
        words = said(page)
        assert "11:30 a.m. The centre is closed 2:00 p.m." in words
        assert "Break of" not in words
        assert "Keep those that are still here, or ask your team lead." in words

    def test_a_closed_day_leads_the_team_lead_to_what_is_booked_on_it(
        self, lead: Client, professional: Professional
    ) -> None:
        AppointmentFactory.create(starts_at=at(DAY, 11))
        ClosedDayFactory.create(on=DAY)

        page = lead.get(url("day"), {"professional": professional.pk})

        assert url("affected-on", DAY) in markup(page)

    def test_a_closed_day_without_appointments_says_why_it_is_empty(
        self, desk: Client, professional: Professional
    ) -> None:
        OfferedHours.objects.update(mask=0)
        ClosedDayFactory.create(on=DAY, name_en="Burst pipe")

        assert "The centre is closed: Burst pipe" in said(desk.get(url("day")))

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

        # Session, person, grants, professional; day, hours, absences, appointments, two neighbours;
        # whether it is closed; what earlier days left.
        with django_assert_num_queries(12):
            desk.get(url("day"))

    def test_it_speaks_french(self, desk: Client, professional: Professional) -> None:
        page = desk.get(f"/fr/day/{DAY.isoformat()}/")

        assert "Mercredi 18 novembre 2026" in said(page)


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
