"""The guide for offices and the numbers of one's own office beside the rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, time
from typing import Any

import pytest
import time_machine
from django.test import Client

from comptoir.people.models import Office, Role
from tests.liaison import pilot_drafts
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    apportion,
    at,
    delegate_of,
    open_day,
)
from tests.liaison.posted import said, url
from tests.liaison.test_nested import cancel, nested
from tests.people.factories import GrantFactory, OfficeFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 16)


@pytest.fixture(autouse=True)
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def office() -> Office:
    return OfficeFactory.create()


@pytest.fixture
def delegate(client: Client, office: Office) -> Client:
    return sign_in(client, delegate_of(office))


def read(client: Client, name: str, *args: object) -> str:
    page = client.get(url(name, *args))
    assert page.status_code == 200
    return " ".join(said(page.text).split())


class TestGuide:
    def test_its_numbers_are_those_of_the_rule_in_force(self, delegate: Client) -> None:
        nested(
            floor_minutes=45,
            miss_per_mille=25,
            weekly_floor_minutes=90,
            ramp_minutes=240,
            standby_minutes=30,
            release_at=time(13),
            late_notice_minutes=180,
            horizon_business_days=7,
        )

        text = read(delegate, "sharing-guide")

        for words in (
            "Each day: 45 minutes for your office.",
            "on 25 of 1,000 days that may be too few",
            "released over the first 4 hours of the day",
            "never less than 1 hour 30 minutes",
            "on the service day before, at 1:00 p.m.",
            "In the last 30 minutes before a time begins nothing is kept",
            "Up to 3 hours before it begins, cancelling is free.",
            "As soon as somebody takes it, it counts no longer",
            "A day opens 7 business days ahead.",
            "a button offers it",
        ):
            assert words in text

    def test_a_rule_without_classes_promises_nothing_that_it_does_not_keep(
        self, delegate: Client
    ) -> None:
        PolicyFactory.create(late_notice_minutes=120)

        text = read(delegate, "sharing-guide")

        assert "This rule keeps no hours for single offices." in text
        assert "Up to 2 hours before it begins, cancelling is free." in text
        for words in ("Each day:", "somebody takes it", "a button offers it", "nothing is kept"):
            assert words not in text

    @pytest.mark.parametrize(
        ("values", "no_show_counts"),
        [({"late_counts": False}, False), ({"late_notice_minutes": 0}, True)],
    )
    def test_where_lateness_does_not_count_it_says_so(
        self, delegate: Client, values: dict[str, Any], no_show_counts: bool
    ) -> None:
        PolicyFactory.create(**values)

        text = read(delegate, "sharing-guide")

        assert "Time you give up before it begins never counts." in text
        assert ("nobody attended still counts" in text) is no_show_counts

    def test_days_that_open_at_midnight_are_not_said_to_be_drawn(
        self, delegate: Client, office: Office
    ) -> None:
        PolicyFactory.create(batch_minutes=0, horizon_business_days=1)

        text = read(delegate, "sharing-guide")

        assert "A day opens 1 business day ahead. It opens at midnight" in text
        assert "drawn by lot" not in text
        assert url("opening", office.reference) not in text

    def test_where_wishes_are_drawn_it_says_when_and_leads_there(
        self, delegate: Client, office: Office
    ) -> None:
        PolicyFactory.create(batch_minutes=60, opens_at=time(9, 30))

        text = read(delegate, "sharing-guide")

        assert "collected from 9:30 a.m." in text
        assert "to 10:30 a.m." in text
        assert "and drawn by lot" in text
        assert "midnight" not in text
        assert url("opening", office.reference) in text

    def test_who_has_no_office_is_led_to_no_offices_pages(self) -> None:
        PolicyFactory.create(batch_minutes=60)

        text = read(sign_in(Client(), person_with(Role.AUDITOR)), "sharing-guide")

        assert "drawn by lot" in text
        assert "An office may wait for" in text
        assert "/offices/" not in text

    def test_the_waiting_list_is_described_with_its_numbers(
        self, delegate: Client, office: Office
    ) -> None:
        PolicyFactory.create(most_waiting=3, offer_minutes=20)

        text = read(delegate, "sharing-guide")

        assert "is kept for up to 20 minutes" in text
        assert "An office may wait for 3 things at a time." in text
        assert "waits for next, within 14 days, comes before everybody else’s" in text
        assert url("waiting", office.reference) in text

    def test_without_a_waiting_list_nothing_is_said_of_one(
        self, delegate: Client, office: Office
    ) -> None:
        PolicyFactory.create(most_waiting=0)

        text = read(delegate, "sharing-guide")

        assert "If nothing is free" not in text
        assert "comes before everybody else" not in text
        assert url("waiting", office.reference) not in text

    @pytest.mark.parametrize("classes", [True, False])
    def test_what_the_centre_cancels_is_credited_where_hours_are_allotted(
        self, delegate: Client, classes: bool
    ) -> None:
        PolicyFactory.create(nested=classes)

        text = read(delegate, "sharing-guide")

        assert "What the centre cancels never counts against you." in text
        assert ("As much time is allotted to your office once more" in text) is classes

    def test_confirming_is_said_with_its_deadline(self, delegate: Client) -> None:
        PolicyFactory.create()

        assert "confirm its appointments at the latest 1 hour before they begin" in read(
            delegate, "sharing-guide"
        )

    def test_an_office_in_the_group_of_a_pilot_reads_its_own_rule(
        self, office: Office, traveller: time_machine.Traveller
    ) -> None:
        PolicyFactory.create(most_waiting=2)
        pilot_drafts.start([office], rule=pilot_drafts.trial(minutes_per_day=75, most_waiting=9))
        traveller.move_to(at(pilot_drafts.TUESDAY, 10))

        text = read(sign_in(Client(), delegate_of(office)), "sharing-guide")

        assert "The trial rule of the pilot “Busy” holds today." in text
        assert "Every office may book up to 1 hour 15 minutes a day" in text
        assert "the same for every office" not in text
        # The list is one for all: the rule that all have in common says how much may wait on it.
        assert "An office may wait for 2 things at a time." in text

    def test_who_is_in_no_group_reads_whom_the_common_rule_is_for(
        self, delegate: Client, office: Office, traveller: time_machine.Traveller
    ) -> None:
        PolicyFactory.create(minutes_per_day=120)
        pilot_drafts.start([OfficeFactory.create()], rule=pilot_drafts.trial(minutes_per_day=75))
        before = read(delegate, "sharing-guide")
        traveller.move_to(at(pilot_drafts.TUESDAY, 10))

        text = read(sign_in(Client(), delegate_of(office)), "sharing-guide")

        assert "It is the same for every office." in before
        assert "It is the same for every office that is not in the group of a pilot." in text
        assert "Every office may book up to 2 hours a day" in text

    def test_a_version_to_come_is_not_in_it(self, delegate: Client) -> None:
        PolicyFactory.create(late_notice_minutes=120)
        PolicyFactory.create(late_notice_minutes=300, valid_from=DAY)

        text = read(delegate, "sharing-guide")

        assert "Up to 2 hours before" in text
        assert "Up to 5 hours before" not in text

    def test_without_a_rule_it_says_that_there_is_none(self, delegate: Client) -> None:
        assert "No rule is in force" in read(delegate, "sharing-guide")

    def test_an_office_is_led_to_its_refusals(self, delegate: Client, office: Office) -> None:
        PolicyFactory.create()

        assert url("refusals", office.reference) in read(delegate, "sharing-guide")

    @pytest.mark.parametrize("role", Role)
    def test_everybody_who_is_signed_in_may_read_it(self, role: Role) -> None:
        PolicyFactory.create()

        assert "What is guaranteed to you" in read(
            sign_in(Client(), person_with(role)), "sharing-guide"
        )

    def test_the_home_and_the_rule_lead_to_it(self, delegate: Client, office: Office) -> None:
        PolicyFactory.create()

        assert url("sharing-guide") in read(delegate, "office", office.reference)
        assert url("sharing-guide") in read(delegate, "rule")


class TestOwnNumbers:
    def test_an_office_reads_what_it_is_guaranteed_allotted_has_used_and_holds(
        self, delegate: Client, office: Office
    ) -> None:
        nested(day_cap_percent=100, late_notice_minutes=1440)
        apportion({office: 8})
        open_day(TODAY)
        given_up = AppointmentFactory.create(office=office, starts_at=at(TODAY, 14))
        AppointmentFactory.create(office=office, starts_at=at(TODAY, 15), minutes=45)
        cancel(given_up)

        page = delegate.get(url("rule"))

        ((of, shares),) = page.context["own"]
        assert of == office
        assert (shares.week.booked, shares.week.late, shares.week.pending) == (45, 30, 30)
        kept = shares.kept
        assert kept is not None
        assert (kept.guaranteed, kept.allowance, kept.used, kept.held) == (15, 120, 75, 45)
        text = " ".join(said(page.text).split())
        assert "Your office</h2>" in text
        assert "2 hours; 45 minutes left, and more may be open to all" in text
        assert "Of this, 30 minutes will no longer count if another office takes that time." in text

    def test_it_is_the_rule_of_today_that_counts(self, delegate: Client, office: Office) -> None:
        PolicyFactory.create(minutes_per_day=60, minutes_per_week=60)
        PolicyFactory.create(valid_from=DAY)

        ((_, shares),) = delegate.get(url("rule")).context["own"]

        assert (shares.on, shares.day.limit) == (TODAY, 60)

    def test_who_acts_for_two_offices_reads_both_under_their_names(
        self, delegate: Client, office: Office
    ) -> None:
        PolicyFactory.create()
        other = OfficeFactory.create()
        GrantFactory.create(person=delegate_of(office), role=Role.DELEGATE, office=other)

        page = delegate.get(url("rule"))

        assert {of for of, _ in page.context["own"]} == {office, other}
        for of in (office, other):
            assert f"{of.legislator}</h2>" in page.text

    @pytest.mark.parametrize("role", [Role.TEAM_LEAD, Role.POLICY_OWNER])
    def test_who_has_no_office_reads_the_rule_alone(self, role: Role) -> None:
        PolicyFactory.create()

        page = sign_in(Client(), person_with(role)).get(url("rule"))

        assert page.context["own"] == []
        assert "Your office" not in page.text

    def test_without_a_rule_there_is_nothing_to_count(self, delegate: Client) -> None:
        assert delegate.get(url("rule")).context["own"] == []

    def test_the_page_asks_the_database_a_bounded_number_of_times(
        self,
        delegate: Client,
        office: Office,
        django_assert_max_num_queries: Callable[[int], Any],
    ) -> None:
        nested()
        delegate.get(url("rule"))

        with django_assert_max_num_queries(11):
            delegate.get(url("rule"))
