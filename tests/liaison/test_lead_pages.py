"""What a team lead sees and presses when an absence hits appointments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    Happening,
    OfficeWeek,
    Reason,
    Side,
    Status,
)
from comptoir.liaison.queries import rebooking as queries
from comptoir.liaison.views import lead as views
from comptoir.notices.models import Notice
from comptoir.people.models import Person, Role
from comptoir.roster.models import Absence, AbsenceKind, Professional
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    ProfessionalFactory,
    absent,
    at,
    in_status,
    open_day,
)
from tests.people.factories import OfficeFactory, PersonFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

HOURS = (9, 11, 14)
THURSDAY = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def away() -> Professional:
    """Somebody with three appointments on `DAY`, and alone that day."""
    PolicyFactory.create(generous=True)
    professional = ProfessionalFactory.create(person__name="Casey Away")
    open_day(DAY, [professional])
    return professional


@pytest.fixture
def appointments(away: Professional) -> list[Appointment]:
    return [AppointmentFactory.create(starts_at=at(DAY, hour)) for hour in HOURS]


@pytest.fixture
def absence(away: Professional, appointments: list[Appointment]) -> Absence:
    return absent(away)


@pytest.fixture
def person() -> Person:
    return person_with(Role.TEAM_LEAD)


@pytest.fixture
def lead(client: Client, person: Person) -> Client:
    return sign_in(client, person)


@pytest.fixture
def colleague(absence: Absence) -> Professional:
    """Somebody who is free all that day."""
    colleague = ProfessionalFactory.create(person__name="Noor Colleague")
    open_day(DAY, [colleague])
    return colleague


def url(name: str, *args: object) -> str:
    return reverse(f"liaison:{name}", args=args)


def affected(absence: Absence) -> str:
    return url("affected", absence.pk)


def said(response: Any) -> str:
    text = re.sub(r"<noscript>.*?</noscript>", "", response.content.decode(), flags=re.S)
    text = re.sub(r"<[^>]*>", " ", text).replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(text.split()).replace(" ,", ",")


class TestAffected:
    def test_every_appointment_is_listed_with_a_colleague_for_it(
        self,
        lead: Client,
        absence: Absence,
        appointments: list[Appointment],
        colleague: Professional,
    ) -> None:
        page = lead.get(affected(absence))

        words = said(page)
        assert "Appointments during the absence of Casey Away" in words
        assert "still to decide 3" in words
        for appointment in appointments:
            assert appointment.office.legislator in words
        assert words.count("At the same time, with Noor Colleague") == 3

    def test_an_absence_of_a_whole_day_is_told_by_its_date(
        self, lead: Client, away: Professional
    ) -> None:
        absence = absent(away)
        absence.starts_at, absence.ends_at = at(DAY, 0), at(THURSDAY, 0)
        absence.save()

        words = said(lead.get(affected(absence)))

        assert "Absent: all day Wednesday, November 18, 2026" in words
        assert "12:00 a.m." not in words

    def test_any_other_absence_is_told_with_its_times(self, lead: Client, absence: Absence) -> None:
        words = said(lead.get(affected(absence)))

        assert "Absent: Wednesday, November 18, 2026, 8:00 a.m. to 6:00 p.m." in words

    def test_an_office_on_another_clock_shows_what_it_reads_there(
        self, lead: Client, away: Professional
    ) -> None:
        for hour, zone in ((10, "America/Halifax"), (11, "America/Montreal")):
            office = OfficeFactory.create(time_zone=zone)
            AppointmentFactory.create(starts_at=at(DAY, hour), office=office)

        words = said(lead.get(affected(absent(away))))

        assert "On the office’s clock: 11:00 to 11:30 a.m. (Halifax time)" in words
        assert words.count("On the office’s clock") == 1

    def test_without_a_colleague_later_times_are_offered(
        self, lead: Client, absence: Absence
    ) -> None:
        open_day(THURSDAY, [ProfessionalFactory.create()], first=time(9), last=time(9, 45))

        words = said(lead.get(affected(absence)))

        assert "No colleague is free at that time. Later, as near to the same hour as" in words
        assert "Thu, Nov 19, 9:00 a.m." in words
        assert "Earlier" not in words

    def test_an_earlier_time_is_offered_apart_from_the_later_ones(
        self, lead: Client, absence: Absence
    ) -> None:
        open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(10, 30))

        words = said(lead.get(affected(absence)))

        assert words.count("as can be: Wed, Nov 18, 10:00 a.m.") == 1
        assert words.count("Earlier, if the office can be ready then: Wed, Nov 18, 10:00 a.m.") == 2

    def test_without_any_place_the_lead_is_told_to_call(
        self, lead: Client, absence: Absence
    ) -> None:
        assert "Call the office before you cancel." in said(lead.get(affected(absence)))

    def test_one_whose_time_has_come_says_so(
        self, lead: Client, person: Person, absence: Absence, clock: time_machine.Traveller
    ) -> None:
        clock.move_to(at(DAY, 9, 10))
        sign_in(lead, person)

        assert said(lead.get(affected(absence))).count("Its time has come") == 1

    def test_what_was_done_is_counted_by_what_it_was(
        self,
        lead: Client,
        absence: Absence,
        appointments: list[Appointment],
        colleague: Professional,
    ) -> None:
        lead.post(
            url("rebook", absence.pk, appointments[0].reference),
            {"seen": "0", "professional": colleague.pk},
        )

        words = said(lead.get(affected(absence)))

        assert "still to decide 2" in words
        assert "with a colleague, at the same time 1" in words

    def test_an_absence_that_hits_nothing_says_so(self, lead: Client, away: Professional) -> None:
        assert "No appointment is affected" in said(lead.get(affected(absent(away))))

    def test_when_nothing_is_left_it_says_so(
        self, lead: Client, absence: Absence, appointments: list[Appointment]
    ) -> None:
        for appointment in appointments:
            lead.post(
                url("centre-cancel", appointment.reference),
                {"seen": "0", "reason": "absence", "note": ""},
            )

        assert "Nothing is left to decide" in said(lead.get(affected(absence)))

    def test_a_withdrawn_absence_leaves_its_appointments_alone(
        self, lead: Client, absence: Absence
    ) -> None:
        absence.withdrawn_at, absence.withdrawn_by = NOW, absence.entered_by
        absence.save()

        page = lead.get(affected(absence))

        assert "This absence was withdrawn" in page.content.decode()
        assert "Rebook" not in said(page)

    def test_the_kind_of_leave_is_not_on_the_page(self, lead: Client, away: Professional) -> None:
        AppointmentFactory.create()

        page = lead.get(affected(absent(away, kind=AbsenceKind.SICK)))

        assert "Sick" not in said(page)

    def test_the_list_is_paged_and_each_row_costs_two_queries(
        self,
        lead: Client,
        away: Professional,
        django_assert_num_queries: Callable[[int], Any],
    ) -> None:
        for quarter in range(12):
            AppointmentFactory.create(
                starts_at=at(DAY, 9) + quarter * timedelta(minutes=30), minutes=15
            )
        open_day(DAY, [ProfessionalFactory.create()])
        absence = absent(away)
        lead.get(affected(absence))

        # Session, person, grants; absence, count, rows, what was done; rules, closed days, names.
        with django_assert_num_queries(10 + 2 * views.AFFECTED_ON_A_PAGE):
            first = lead.get(affected(absence))

        assert len(first.context["rows"]) == views.AFFECTED_ON_A_PAGE
        assert len(lead.get(affected(absence), {"page": 2}).context["rows"]) == 2

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.TEAM_LEAD])
    def test_it_is_for_team_leads(self, client: Client, absence: Absence, role: Role) -> None:
        appointment = Appointment.objects.first()
        assert appointment is not None
        sign_in(client, person_with(role))

        answers = [
            client.get(affected(absence)),
            client.post(url("rebook-all", absence.pk), {"reach": "same_time"}),
            client.post(url("rebook", absence.pk, appointment.reference), {}),
            client.get(url("centre-cancel", appointment.reference)),
        ]

        assert [answer.status_code for answer in answers] == [403] * 4
        assert queries.affected_by(absence).count() == 3

    def test_an_absence_nobody_entered_does_not_exist(self, lead: Client) -> None:
        assert lead.get(url("affected", 999_999)).status_code == 404


class TestOneClick:
    def test_a_colleague_takes_it_and_the_office_is_told(
        self,
        lead: Client,
        person: Person,
        absence: Absence,
        appointments: list[Appointment],
        colleague: Professional,
    ) -> None:
        answer = lead.post(
            url("rebook", absence.pk, appointments[0].reference),
            {"seen": "0", "professional": colleague.pk},
            follow=True,
        )

        assert "keeps its time, with Noor Colleague. The office is told." in said(answer)
        appointments[0].refresh_from_db()
        assert appointments[0].professional == colleague
        event = AppointmentEvent.objects.get(kind=Happening.REASSIGNED)
        assert (event.by, event.side, event.reason) == (person, Side.CENTRE, Reason.ABSENCE)
        assert Notice.objects.filter(kind="liaison.reassigned").count() == 1

    def test_another_time_is_taken_and_the_office_is_told(
        self, lead: Client, absence: Absence, appointments: list[Appointment]
    ) -> None:
        open_day(THURSDAY, [ProfessionalFactory.create()])

        answer = lead.post(
            url("rebook", absence.pk, appointments[0].reference),
            {"seen": "0", "start": "2026-11-19T15:00Z"},
            follow=True,
        )

        assert "is moved to Thursday, November 19, 2026, at 10:00 a.m." in said(answer)
        appointments[0].refresh_from_db()
        assert appointments[0].starts_at == at(THURSDAY, 10)
        assert Notice.objects.filter(kind="liaison.moved").count() == 1
        assert sum(sum(week.late) for week in OfficeWeek.objects.all()) == 0

    def test_a_colleague_who_was_just_booked_leaves_it_where_it_is(
        self,
        lead: Client,
        absence: Absence,
        appointments: list[Appointment],
        colleague: Professional,
    ) -> None:
        AppointmentFactory.create(starts_at=appointments[0].starts_at)

        answer = lead.post(
            url("rebook", absence.pk, appointments[0].reference),
            {"seen": "0", "professional": colleague.pk},
            follow=True,
        )

        assert "That colleague has just been booked. Choose another place." in said(answer)
        assert queries.affected_by(absence).count() == 3

    def test_a_time_that_just_went_says_why(
        self, lead: Client, absence: Absence, appointments: list[Appointment]
    ) -> None:
        open_day(THURSDAY, [ProfessionalFactory.create()], first=time(10), last=time(10, 30))
        AppointmentFactory.create(starts_at=at(THURSDAY, 10))

        answer = lead.post(
            url("rebook", absence.pk, appointments[0].reference),
            {"seen": "0", "start": "2026-11-19T15:00Z"},
            follow=True,
        )

        assert "message--warning" in answer.content.decode()
        assert queries.affected_by(absence).count() == 3

    @pytest.mark.parametrize(
        "pressed",
        [
            {},
            {"seen": "0", "professional": "x"},
            {"seen": "0", "start": "tomorrow"},
            {"seen": "0", "start": "2026-11-19T15:00"},
            {"seen": "0", "professional": "1", "start": "2026-11-19T15:00Z"},
        ],
    )
    def test_what_is_no_button_of_the_page_does_nothing(
        self,
        lead: Client,
        absence: Absence,
        appointments: list[Appointment],
        pressed: dict[str, str],
    ) -> None:
        answer = lead.post(
            url("rebook", absence.pk, appointments[0].reference), pressed, follow=True
        )

        assert "Choose one of the places on the page." in said(answer)
        assert queries.affected_by(absence).count() == 3

    def test_one_that_was_dealt_with_meanwhile_stays_as_it_is(
        self,
        lead: Client,
        absence: Absence,
        appointments: list[Appointment],
        colleague: Professional,
    ) -> None:
        in_status(appointments[0], Status.CANCELLED)

        answer = lead.post(
            url("rebook", absence.pk, appointments[0].reference),
            {"seen": "0", "professional": colleague.pk},
            follow=True,
        )

        assert "This appointment has been dealt with in the meantime." in said(answer)

    def test_one_that_the_absence_does_not_hit_stays_as_it_is(
        self, lead: Client, away: Professional, colleague: Professional, absence: Absence
    ) -> None:
        open_day(THURSDAY, [away])
        unhurt = AppointmentFactory.create(starts_at=at(THURSDAY, 10))
        open_day(THURSDAY, [colleague])

        lead.post(
            url("rebook", absence.pk, unhurt.reference), {"seen": "0", "professional": colleague.pk}
        )

        unhurt.refresh_from_db()
        assert unhurt.professional == away


class TestRebookAll:
    def test_everything_goes_to_colleagues_in_one_press(
        self, lead: Client, absence: Absence, colleague: Professional
    ) -> None:
        answer = lead.post(url("rebook-all", absence.pk), {"reach": "same_time"})

        words = said(answer)
        assert "Every appointment was tried" in words
        assert "3 of 3 tried" in words
        assert not queries.affected_by(absence).exists()

    def test_long_work_says_how_far_it_has_come_and_goes_on(
        self,
        lead: Client,
        absence: Absence,
        colleague: Professional,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(views, "BATCH", 2)

        first = lead.post(url("rebook-all", absence.pk), {"reach": "same_time"})

        assert "2 of 3 tried" in said(first)
        assert 'hx-trigger="load' in first.content.decode()
        second = lead.post(url("rebook-all", absence.pk), _carried(first))
        assert "3 of 3 tried" in said(second)
        assert "hx-trigger" not in second.content.decode()

    def test_what_is_left_is_counted_and_one_step_away(
        self, lead: Client, absence: Absence, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(views, "BATCH", 2)
        open_day(DAY, [ProfessionalFactory.create()], first=time(14), last=time(15))

        first = lead.post(url("rebook-all", absence.pk), {"reach": "same_time"})
        second = lead.post(url("rebook-all", absence.pk), _carried(first))

        words = said(second)
        assert "With a colleague, at the same time 1" in words
        assert "Left for you to decide 2" in words
        assert "Decide on the 2 that are left" in words
        assert affected(absence) in second.content.decode()

    def test_other_times_are_taken_only_when_asked_for(
        self, lead: Client, absence: Absence
    ) -> None:
        open_day(THURSDAY, [ProfessionalFactory.create()])

        lead.post(url("rebook-all", absence.pk), {"reach": "same_time"})
        assert queries.affected_by(absence).count() == 3

        lead.post(url("rebook-all", absence.pk), {"reach": "other_time"})
        assert not queries.affected_by(absence).exists()
        assert Appointment.objects.filter(day__on=THURSDAY).count() == 3

    def test_a_choice_that_is_none_does_nothing(
        self, lead: Client, absence: Absence, colleague: Professional
    ) -> None:
        answer = lead.post(url("rebook-all", absence.pk), {"reach": "anywhere"})

        assert answer.status_code == 302
        assert queries.affected_by(absence).count() == 3

    def test_it_is_not_done_by_looking(self, lead: Client, absence: Absence) -> None:
        assert lead.get(url("rebook-all", absence.pk)).status_code == 405


class TestCancel:
    def test_it_is_the_centres_and_the_office_is_told_why(
        self, lead: Client, person: Person, absence: Absence, appointments: list[Appointment]
    ) -> None:
        address = url("centre-cancel", appointments[0].reference) + f"?absence={absence.pk}"

        answer = lead.post(address, {"seen": "0", "reason": "outage", "note": "Telephones down"})

        assert answer.status_code == 302
        assert answer["Location"] == affected(absence)
        appointments[0].refresh_from_db()
        assert appointments[0].status == Status.CANCELLED
        event = AppointmentEvent.objects.get(kind=Happening.CANCELLED)
        assert (event.side, event.reason, event.by) == (Side.CENTRE, Reason.OUTAGE, person)
        assert event.note == "Telephones down"
        assert Notice.objects.filter(kind="liaison.cancelled").count() == 1

    @pytest.mark.parametrize("hour_of_the_press", [9, 10, 12])
    def test_it_never_counts_against_the_office(
        self,
        lead: Client,
        person: Person,
        absence: Absence,
        appointments: list[Appointment],
        clock: time_machine.Traveller,
        hour_of_the_press: int,
    ) -> None:
        clock.move_to(at(DAY, hour_of_the_press, 59))
        sign_in(lead, person)

        lead.post(
            url("centre-cancel", appointments[1].reference), {"seen": "0", "reason": "absence"}
        )

        appointments[1].refresh_from_db()
        assert appointments[1].status == Status.CANCELLED
        week = OfficeWeek.objects.get(office=appointments[1].office)
        assert (sum(week.booked), sum(week.late)) == (0, 0)

    def test_the_reason_of_the_absence_is_proposed(
        self, lead: Client, away: Professional, appointments: list[Appointment]
    ) -> None:
        absence = absent(away, kind=AbsenceKind.OUTAGE)
        address = url("centre-cancel", appointments[0].reference) + f"?absence={absence.pk}"

        page = lead.get(address)

        assert page.context["form"]["reason"].value() == Reason.OUTAGE

    @pytest.mark.parametrize("reason", ["", "not_needed", "because"])
    def test_a_reason_of_the_office_is_not_the_centres(
        self, lead: Client, appointments: list[Appointment], reason: str
    ) -> None:
        answer = lead.post(
            url("centre-cancel", appointments[0].reference), {"seen": "0", "reason": reason}
        )

        assert answer.status_code == 422
        appointments[0].refresh_from_db()
        assert appointments[0].status == Status.BOOKED

    @pytest.mark.parametrize("status", [Status.STARTED, Status.NO_SHOW, Status.CANCELLED])
    def test_what_is_no_longer_booked_cannot_be_cancelled(
        self, lead: Client, away: Professional, status: Status
    ) -> None:
        appointment = AppointmentFactory.create(status=status)

        answer = lead.post(
            url("centre-cancel", appointment.reference),
            {"seen": "0", "reason": "absence"},
            follow=True,
        )

        assert "This appointment has been dealt with in the meantime." in said(answer)
        appointment.refresh_from_db()
        assert appointment.status == status

    def test_it_is_one_step_from_the_appointment_for_a_lead_alone(
        self, lead: Client, away: Professional, appointments: list[Appointment]
    ) -> None:
        address = url("served", appointments[0].reference)
        own = sign_in(Client(), away.person)

        assert "Cancel it for the centre" in said(lead.get(address))
        assert "Cancel it for the centre" not in said(own.get(address))

    def test_an_absence_that_is_no_number_does_not_exist(
        self, lead: Client, appointments: list[Appointment]
    ) -> None:
        address = url("centre-cancel", appointments[0].reference)

        assert lead.get(address, {"absence": "x"}).status_code == 404
        assert lead.get(address, {"absence": "999999"}).status_code == 404


def test_a_professional_who_is_unknown_is_not_free(
    lead: Client, absence: Absence, appointments: list[Appointment]
) -> None:
    PersonFactory.create()

    answer = lead.post(
        url("rebook", absence.pk, appointments[0].reference),
        {"seen": "0", "professional": "999999"},
        follow=True,
    )

    assert "Choose another place" in said(answer)


def _carried(response: Any) -> dict[str, str]:
    """What the page sends by itself to go on."""
    hidden = re.findall(
        r'<input type="hidden" name="(\w+)" value="(\w*)">', response.content.decode()
    )
    return {name: value for name, value in hidden if name != "csrfmiddlewaretoken"}
