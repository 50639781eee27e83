"""Time given up late, as a team lead reads and decides it, and as the office is asked and told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from comptoir.domain.business_days import monday_of
from comptoir.liaison.actions import counting, waiving
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    ExcuseCheck,
    Happening,
    OfficeWeek,
    Reason,
    Side,
    Status,
)
from comptoir.liaison.queries import charged, excuses
from comptoir.liaison.views import reliability as views
from comptoir.people.models import Office, Role
from tests.liaison import posted
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    at,
    delegate_of,
)
from tests.liaison.flags import cancel_late, flag
from tests.liaison.posted import url
from tests.people.factories import OfficeFactory, PersonFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

THURSDAY = at(DAY + timedelta(days=1), 9)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def office() -> Office:
    PolicyFactory.create(generous=True)
    return OfficeFactory.create()


@pytest.fixture
def delegate(client: Client, office: Office) -> Client:
    return sign_in(client, delegate_of(office))


@pytest.fixture
def lead(client: Client) -> Client:
    return sign_in(client, person_with(Role.TEAM_LEAD))


def said(page: Any) -> str:
    """What a page says, its marks written out and its unbreakable spaces as plain ones."""
    return unescape(posted.said(page.text))


def late_of(office: Office) -> int:
    assert counting.recount([monday_of(DAY)]) == []
    return sum(OfficeWeek.objects.get(office=office, week=monday_of(DAY)).late)


def excused(office: Office, hour: int = 10) -> AppointmentEvent:
    lost = AppointmentFactory.create(office=office, starts_at=at(DAY, hour), minutes=15)
    cancel_late(lost, reason=Reason.CHAMBER)
    return lost.events.get(kind=Happening.CANCELLED)


class TestTheOffice:
    def test_it_reads_why_it_is_asked_on_which_numbers_and_when_it_ends(
        self, delegate: Client, office: Office
    ) -> None:
        flag(office, since=date(2026, 11, 13), appointments=30, late=9)

        page = said(delegate.get(url("office", office.reference)))

        assert "Please confirm your coming appointments" in page
        assert "In the weeks up to November 13, 2026, 9 appointments of your office" in page
        assert "It had 30 appointments in that time." in page
        assert (
            "It ends by itself after November 27, 2026 if no more time is lost until then." in page
        )

    def test_who_is_not_asked_reads_nothing_of_it(self, delegate: Client, office: Office) -> None:
        flag(office, ended_on=date(2026, 11, 16))
        flag(OfficeFactory.create())
        appointment = AppointmentFactory.create(office=office)

        for name, key in (
            ("office", office.reference),
            ("coming", office.reference),
            ("appointment", appointment.reference),
        ):
            page = delegate.get(url(name, key)).text
            assert "We will come" not in page
            assert "lease confirm" not in page

    @pytest.mark.parametrize("name", ["office", "coming"])
    def test_each_row_that_is_to_be_confirmed_has_a_button(
        self, delegate: Client, office: Office, name: str
    ) -> None:
        flag(office)
        AppointmentFactory.create(office=office)
        confirmed = AppointmentFactory.create(office=office, starts_at=at(DAY, 14))
        Appointment.objects.filter(pk=confirmed.pk).update(confirmed_at=NOW)

        page = delegate.get(url(name, office.reference)).text

        assert page.count("We will come") == 1
        assert page.count(">Confirmed<") == 1

    def test_it_confirms_by_pressing_the_button(self, delegate: Client, office: Office) -> None:
        flag(office)
        appointment = AppointmentFactory.create(office=office)
        before = said(delegate.get(url("appointment", appointment.reference)))
        assert "Please say so before" in before

        answer = delegate.post(
            url("confirm", appointment.reference), {"seen": appointment.sequence}, follow=True
        )

        assert "Your appointment is confirmed and stays yours." in said(answer)
        assert "We will come" not in answer.text
        assert "Attendance confirmed" in answer.text
        assert Appointment.objects.get().confirmed_at == NOW

    def test_what_was_released_meanwhile_is_shown_as_it_stands(
        self, delegate: Client, office: Office
    ) -> None:
        flag(office)
        appointment = AppointmentFactory.create(office=office)
        cancel_late(appointment, side=Side.CENTRE, reason=Reason.NOT_CONFIRMED, now=NOW)

        answer = delegate.post(url("confirm", appointment.reference), {"seen": 0}, follow=True)

        assert "Nothing was confirmed" in said(answer)
        assert "Not confirmed in time" in said(answer)

    def test_before_it_cancels_late_it_reads_what_excuses(
        self, delegate: Client, office: Office
    ) -> None:
        appointment = AppointmentFactory.create(office=office)

        with time_machine.travel(at(DAY, 9, 30), tick=False):
            page = said(delegate.get(url("cancel", appointment.reference)))

        assert "one of these reasons: Business of the House or the Senate, Emergency," in page
        assert "System outage" in page

    def test_it_reads_in_the_history_why_a_charge_was_waived_or_an_excuse_struck(
        self, client: Client, lead: Client, office: Office
    ) -> None:
        event = excused(office)
        with time_machine.travel(THURSDAY, tick=False):
            lead.post(url("strike-excuse", event.pk), {"reason": "The House did not sit."})
            lead.post(url("waive", event.appointment.reference), {"reason": "It did, after all."})

        page = said(sign_in(client, delegate_of(office)).get(
            url("appointment", event.appointment.reference)
        ))  # fmt: skip

        assert "given up late, excused: does not count" in page
        assert "Excuse not accepted" in page
        assert "The House did not sit." in page
        assert "Charge waived" in page
        assert "It did, after all." in page

    def test_its_home_counts_what_was_waived_no_longer(
        self, delegate: Client, office: Office
    ) -> None:
        lost = cancel_late(AppointmentFactory.create(office=office))
        assert delegate.get(url("office", office.reference)).context["shares"].week.late == 30

        waiving.waive(appointment=lost, reason="Ours.", by=PersonFactory.create(), now=NOW)

        assert delegate.get(url("office", office.reference)).context["shares"].week.late == 0

    def test_its_home_says_what_the_centre_owes_it(self, delegate: Client, office: Office) -> None:
        PolicyFactory.create(valid_from=date(2026, 1, 5), nested=True)
        appointment = AppointmentFactory.create(office=office)
        cancel_late(appointment, side=Side.CENTRE, reason=Reason.ABSENCE, now=NOW)

        page = said(delegate.get(url("office", office.reference)))

        assert (
            "30 minutes more are allotted to your office in the week of November 16, 2026" in page
        )


class TestTheFlags:
    def test_the_page_says_who_since_when_on_which_numbers_and_until_when(
        self, lead: Client, office: Office
    ) -> None:
        flag(office, probability=0.973)

        page = said(lead.get(url("flags")))

        for words in (
            office.legislator, "November 13, 2026", ">30<", ">9<", ">0.97<",
            "After November 27, 2026, if nothing more is lost",
        ):  # fmt: skip
            assert words in page

    def test_what_is_over_has_its_own_list(self, lead: Client, office: Office) -> None:
        flag(office, ended_on=date(2026, 11, 12))

        assert "No office is asked to confirm its appointments." in said(lead.get(url("flags")))
        assert "Ended on November 12, 2026" in said(lead.get(url("flags"), {"over": "1"}))

    def test_empty_lists_say_so(self, lead: Client) -> None:
        assert "No office was asked to confirm" in said(lead.get(url("flags"), {"over": "1"}))
        assert "Nothing was excused" in said(lead.get(url("excused")))
        assert "Nothing was lost" in said(lead.get(url("late")))

    def test_the_list_is_paged(self, lead: Client) -> None:
        for _ in range(views.PER_PAGE + 1):
            flag(OfficeFactory.create())

        assert len(lead.get(url("flags"), {"page": 2}).context["page"]) == 1


class TestExcuses:
    @pytest.fixture(autouse=True)
    def later(self, office: Office, clock: time_machine.Traveller) -> None:
        for hour in (10, 11, 12):
            excused(office, hour)
        clock.move_to(THURSDAY)

    def test_each_is_listed_with_its_reason_and_whether_it_is_drawn(self, lead: Client) -> None:
        page = lead.get(url("excused"))

        events = AppointmentEvent.objects.filter(kind=Happening.CANCELLED)
        drawn = sum(excuses.is_drawn(event.pk, 20) for event in events)
        assert page.text.count("Business of the House or the Senate") == 3
        assert page.text.count("To check") == drawn
        assert page.text.count("Not drawn") == 3 - drawn

    def test_one_is_accepted(self, lead: Client, office: Office) -> None:
        event = AppointmentEvent.objects.filter(kind=Happening.CANCELLED).latest("pk")

        page = lead.post(url("accept-excuse", event.pk), follow=True)

        assert "The excuse is accepted." in said(page)
        assert ExcuseCheck.objects.get().accepted
        assert page.text.count(">Accepted<") == 1

    def test_one_is_struck_with_a_reason(self, lead: Client, office: Office) -> None:
        event = AppointmentEvent.objects.filter(kind=Happening.CANCELLED).latest("pk")
        assert "Strike this excuse?" in lead.get(url("strike-excuse", event.pk)).text

        page = lead.post(url("strike-excuse", event.pk), {"reason": "No bells."}, follow=True)

        assert "The time counts as given up late." in said(page)
        assert late_of(office) == 1

    def test_without_a_reason_nothing_is_struck(self, lead: Client, office: Office) -> None:
        event = AppointmentEvent.objects.filter(kind=Happening.CANCELLED).latest("pk")

        assert lead.post(url("strike-excuse", event.pk), {"reason": " "}).status_code == 422
        assert late_of(office) == 0

    def test_who_comes_second_is_told_that_it_stands(self, lead: Client, office: Office) -> None:
        event = AppointmentEvent.objects.filter(kind=Happening.CANCELLED).latest("pk")
        lead.post(url("accept-excuse", event.pk))

        for name in ("accept-excuse", "strike-excuse"):
            page = lead.post(url(name, event.pk), {"reason": "No bells."}, follow=True)
            assert "What they found stands." in said(page)
        assert late_of(office) == 0

    def test_todays_is_to_be_looked_at_tomorrow(
        self, lead: Client, clock: time_machine.Traveller
    ) -> None:
        event = AppointmentEvent.objects.filter(kind=Happening.CANCELLED).latest("pk")
        clock.move_to(at(DAY, 20))

        page = lead.post(url("strike-excuse", event.pk), {"reason": "No bells."}, follow=True)

        assert "look again then" in said(page)
        assert not ExcuseCheck.objects.exists()


class TestWaiving:
    @pytest.fixture
    def lost(self, office: Office, clock: time_machine.Traveller) -> Appointment:
        lost = cancel_late(AppointmentFactory.create(office=office))
        clock.move_to(THURSDAY)
        return lost

    def test_it_begins_at_the_list_or_at_the_appointment(
        self, lead: Client, lost: Appointment
    ) -> None:
        way = url("waive", lost.reference)

        assert way in lead.get(url("late")).text
        assert way in lead.get(url("served", lost.reference)).text
        assert "30 minutes of appointment time still count" in said(lead.get(way))

    def test_it_takes_a_reason_and_lifts_the_charge(
        self, lead: Client, lost: Appointment, office: Office
    ) -> None:
        way = url("waive", lost.reference)
        assert lead.post(way, {"reason": ""}).status_code == 422

        page = lead.post(way, {"reason": "Our telephones were down."}, follow=True)

        assert "It no longer counts against the office" in said(page)
        assert "All that was charged was waived." in said(page)
        assert late_of(office) == 0
        assert way not in lead.get(url("served", lost.reference)).text

    def test_twice_is_refused_in_one_sentence(self, lead: Client, lost: Appointment) -> None:
        way = url("waive", lost.reference)
        lead.post(way, {"reason": "Ours."})

        page = lead.post(way, {"reason": "Ours."}, follow=True)

        assert "Nothing of this appointment counts against its office any more." in said(page)
        assert charged.of(lost) == []

    def test_the_list_says_how_much_was_charged_and_has_what_was_waived_apart(
        self, lead: Client, lost: Appointment, office: Office
    ) -> None:
        longer = cancel_late(
            AppointmentFactory.create(office=office, starts_at=at(DAY, 14), minutes=45, now=NOW),
            now=at(DAY, 13, 30),
        )
        lead.post(url("waive", lost.reference), {"reason": "Ours."})

        charges, _, waived = said(lead.get(url("late"))).partition('id="waived"')

        assert (lost.reference in charges, lost.reference in waived) == (False, True)
        assert (longer.reference in charges, longer.reference in waived) == (True, False)
        assert "45 minutes" in charges
        assert "30 minutes" in waived
        assert url("waive", longer.reference) in charges
        assert url("waive", lost.reference) not in waived

    def test_what_is_kept_has_no_such_link(self, lead: Client, office: Office) -> None:
        kept = AppointmentFactory.create(office=office, status=Status.FINISHED)

        assert url("waive", kept.reference) not in lead.get(url("served", kept.reference)).text


def test_the_lists_ask_the_database_a_bounded_number_of_times(
    lead: Client, office: Office, django_assert_max_num_queries: Any
) -> None:
    for hour in range(9, 16):
        excused(office, hour)
    for minute in (15, 30):
        cancel_late(
            AppointmentFactory.create(office=office, starts_at=at(DAY, 9, minute), minutes=15)
        )
        flag(OfficeFactory.create())
    with time_machine.travel(THURSDAY, tick=False):
        for name, most in (("flags", 6), ("excused", 6), ("late", 8)):
            lead.get(url(name))
            with django_assert_max_num_queries(most):
                assert lead.get(url(name)).context["page"].object_list


def test_the_home_of_an_office_that_is_asked_asks_the_database_no_more_for_more_rows(
    delegate: Client, office: Office, django_assert_max_num_queries: Any
) -> None:
    PolicyFactory.create(valid_from=date(2026, 1, 5), nested=True, generous=True)
    flag(office)
    for hour in range(9, 15):
        AppointmentFactory.create(office=office, starts_at=at(DAY, hour), minutes=15)
    delegate.get(url("office", office.reference))

    with django_assert_max_num_queries(26):  # four of them for the week after this one
        page = delegate.get(url("office", office.reference))

    assert page.text.count("We will come") == 6
