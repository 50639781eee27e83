"""One decision told in full, to whom it may be told, and the list of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from comptoir.liaison.models import Decision, Policy
from comptoir.liaison.queries import decisions, explanations
from comptoir.people.models import Office, Role
from comptoir.ui import clock
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
from tests.liaison.test_nested import book, nested, offices, refused, two_hours, wish
from tests.people.factories import OfficeFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def traveller() -> Iterator[time_machine.Traveller]:
    with (
        time_machine.travel(NOW, tick=False) as travelling,
        timezone.override(clock.service_zone()),
    ):
        yield travelling


@pytest.fixture
def crowd() -> list[Office]:
    """Seven offices on a day of two hours: the first is allotted both, each is guaranteed a quarter hour."""
    nested()
    made = offices(7)
    two_hours()
    apportion({made[0]: 8, **dict.fromkeys(made[1:], 0)})
    return made


def paragraph(decision: Decision) -> str:
    return said(" ".join(decisions.told(decision).sentences))


def read(client: Client, decision: Decision) -> str:
    page = client.get(url("decision", decision.pk))
    assert page.status_code == 200
    return " ".join(said(page.text).split())


class TestSentences:
    def test_a_refusal_says_what_was_asked_what_is_kept_for_whom_and_what_was_used(
        self, crowd: list[Office]
    ) -> None:
        decision = refused(crowd[0], wish(45))

        text = paragraph(decision)

        assert text.startswith("This request was made on Monday, November 16, 2026, at 9:00 a.m.")
        assert "for Wednesday, November 18, 2026, at 10:00 a.m." in text
        assert "It was refused. You asked for 45 minutes. Still free that day: 2 hours." in text
        assert "Kept for offices that have not had their share: 1 hour 30 minutes." in text
        assert "For 6 other offices that had not booked on that day, 1 hour 30 minutes was" in text
        assert "Your office had used 0 minutes of its share of that week, 2 hours." in text

    def test_one_office_is_one_office(self) -> None:
        nested(floor_minutes=30, day_cap_percent=100)
        first, second = offices(2)
        two_hours(DAY)
        apportion({first: 8, second: 8})
        book(first, wish(60))

        assert "For 1 other office that had not booked on that day, 30 minutes was kept." in (
            paragraph(refused(first, wish(45, 11)))
        )

    def test_a_share_that_is_used_is_said_to_be_used(self) -> None:
        nested(floor_minutes=0, day_cap_percent=100, take_up_percent=100)
        first, second = offices(2)
        two_hours()
        apportion({first: 2, second: 20})
        book(first, wish(30))

        decision = refused(first, wish(60, 11))

        assert "Your share of that week, 30 minutes, is used." in paragraph(decision)

    def test_an_office_that_is_allotted_nothing_may_have_what_is_open_to_all(self) -> None:
        nested(floor_minutes=0)
        (office,) = offices(1)
        two_hours()

        text = paragraph(book(office, wish(30)).decision)

        assert "It was granted." in text
        assert "Nothing of that week is allotted to your office" in text

    def test_nobody_is_said_to_be_kept_from_what_was_refused_for_another_reason(
        self, crowd: list[Office]
    ) -> None:
        decision = refused(crowd[0], wish(15, 20))

        assert decision.reason == "not_worked"
        assert decision.counters["offices_owed"] == 6
        assert "other offices" not in paragraph(decision)

    def test_under_plain_limits_a_grant_says_what_had_been_used_of_them(self) -> None:
        office = OfficeFactory.create()
        AppointmentFactory.create(office=office, minutes=45)
        second = AppointmentFactory.create(office=office, starts_at=at(DAY, 14))

        assert (
            "Until then your office had used 45 minutes of 2 hours of that day and 45 minutes of 4 hours of that week."
            in paragraph(second.decision)
        )

    def test_a_limit_is_not_said_twice(self) -> None:
        PolicyFactory.create(minutes_per_day=60)
        (office,) = offices(1)
        open_day()
        book(office, wish(60))

        text = paragraph(refused(office, wish(30, 14)))

        assert "an office may have 1 hour a day, and yours has used 1 hour of that day." in text
        assert "Until then" not in text

    def test_it_uses_the_words_of_the_refusal_itself(self, crowd: list[Office]) -> None:
        decision = refused(crowd[0], wish(45))
        told = decisions.told(decision)
        words = explanations.explain(decision.reason, decision.counters)

        assert words.sentence in told.sentences
        assert told.next_step == words.next_step

    @pytest.mark.parametrize(
        ("values", "minutes", "words"),
        [
            ({}, 15, "time guaranteed to your office"),
            ({"day_cap_percent": 100, "weekly_floor_minutes": 60}, 30, "time allotted to your"),
            ({}, 30, "time open to all"),
        ],
    )
    def test_the_class_is_said_in_words(
        self, values: dict[str, Any], minutes: int, words: str
    ) -> None:
        nested(**values)
        (office,) = offices(1)
        two_hours()

        assert words in decisions.told(book(office, wish(minutes)).decision).of_class


class TestNumbers:
    def test_every_number_the_rule_looked_at_has_a_plain_label(self, crowd: list[Office]) -> None:
        decision = refused(crowd[0], wish(45))

        shown = decisions.numbers(decision)

        assert len(shown) == len(decision.counters)
        assert not {number.label for number in shown} & set(decision.counters)

    def test_a_number_nobody_has_named_is_shown_under_its_code(self) -> None:
        decision = Decision(counters={"asked": 2, "third_on_the_list": 3})

        assert [(number.label, said(number.value)) for number in decisions.numbers(decision)] == [
            ("Asked for", "30 minutes"),
            ("third_on_the_list", "3"),
        ]

    def test_probabilities_and_flags_are_readable(self) -> None:
        decision = Decision(
            counters={"ramp_milli": 750, "claims_expected_milli": 12345, "released": 1}
        )

        assert [number.value for number in decisions.numbers(decision)] == [
            "12.345",
            "0.750",
            "yes",
        ]


class TestWhoMayRead:
    def test_people_of_the_office_read_it_with_its_numbers_and_who_asked(
        self, client: Client, crowd: list[Office]
    ) -> None:
        decision = refused(crowd[0], wish(45))
        policy = Policy.objects.get()
        asker = delegate_of(crowd[0])

        text = read(sign_in(client, asker), decision)

        assert "You asked for 45 minutes." in text
        assert "Next:</strong> Your own share of that day, 15 minutes, is yours now" in text
        assert asker.name in text
        assert f'{url("rule")}#version-{policy.version}"' in text
        assert ">What had to stay free</th><td>1 hour 30 minutes</td>" in text
        assert f"<td>{decision.seed}</td>" in text
        assert url("times", crowd[0].reference) in text

    @pytest.mark.parametrize(
        ("role", "sees_names"),
        [(Role.TEAM_LEAD, True), (Role.AUDITOR, True), (Role.POLICY_OWNER, False)],
    )
    def test_who_oversees_the_rule_reads_it_and_names_only_where_they_are_read_elsewhere(
        self, client: Client, crowd: list[Office], role: Role, sees_names: bool
    ) -> None:
        decision = refused(crowd[0], wish(45))

        text = read(sign_in(client, person_with(role)), decision)

        assert "You asked for 45 minutes." in text
        assert "“You” is the office" in text
        assert (delegate_of(crowd[0]).name in text) is sees_names

    def test_another_office_is_told_that_there_is_none(
        self, client: Client, crowd: list[Office]
    ) -> None:
        decision = refused(crowd[0], wish(45))

        page = sign_in(client, delegate_of(crowd[1])).get(url("decision", decision.pk))

        assert page.status_code == 404

    @pytest.mark.parametrize("role", [Role.PROFESSIONAL, Role.ADMINISTRATOR])
    def test_other_roles_are_refused_whether_there_is_one_or_not(
        self, client: Client, crowd: list[Office], role: Role
    ) -> None:
        decision = refused(crowd[0], wish(45))
        signed_in = sign_in(client, person_with(role))

        for number in (decision.pk, decision.pk + 1000):
            assert signed_in.get(url("decision", number)).status_code == 403
        assert signed_in.get(url("decisions")).status_code == 403

    def test_an_office_reads_no_list_of_all_decisions(
        self, client: Client, crowd: list[Office]
    ) -> None:
        assert sign_in(client, delegate_of(crowd[0])).get(url("decisions")).status_code == 403

    def test_a_granted_decision_leads_to_its_appointment(
        self, client: Client, crowd: list[Office]
    ) -> None:
        appointment = book(crowd[0], wish(15))
        own = sign_in(client, delegate_of(crowd[0]))

        assert url("appointment", appointment.reference) in read(own, appointment.decision)
        assert (
            url("decision", appointment.decision_id)
            in own.get(url("appointment", appointment.reference)).text
        )
        lead = sign_in(Client(), person_with(Role.TEAM_LEAD))
        assert url("appointment", appointment.reference) not in read(lead, appointment.decision)

    def test_a_decision_about_a_day_without_a_rule_is_told(self, client: Client) -> None:
        PolicyFactory.create(valid_from=DAY + timedelta(days=1))
        (office,) = offices(1)
        open_day()
        decision = refused(office, wish(15))

        assert decision.policy is None
        assert "No rule was in force for that day." in read(
            sign_in(client, delegate_of(office)), decision
        )

    def test_the_page_asks_the_database_as_often_whatever_it_tells(
        self,
        client: Client,
        crowd: list[Office],
        django_assert_max_num_queries: Callable[[int], Any],
    ) -> None:
        decision = refused(crowd[0], wish(45))
        sign_in(client, delegate_of(crowd[0]))
        client.get(url("decision", decision.pk))

        with django_assert_max_num_queries(5):
            client.get(url("decision", decision.pk))


class TestRefusalsShownToAnOffice:
    def test_each_has_its_number_and_leads_to_its_page(
        self, client: Client, crowd: list[Office]
    ) -> None:
        decision = refused(crowd[0], wish(45))
        own = sign_in(client, delegate_of(crowd[0]))

        for name in ("office", "refusals"):
            text = own.get(url(name, crowd[0].reference)).text
            assert f'<a href="{url("decision", decision.pk)}">decision {decision.pk}</a>' in text


class TestList:
    @pytest.fixture
    def lead(self, client: Client) -> Client:
        return sign_in(client, person_with(Role.TEAM_LEAD))

    def shown(self, lead: Client, **query: str) -> list[int]:
        page = lead.get(url("decisions"), query)
        assert page.status_code == 200
        return [decision.pk for decision in page.context["page"]]

    def test_without_any_it_says_what_will_stand_there(self, lead: Client) -> None:
        assert "No decision yet" in lead.get(url("decisions")).text

    def test_filters_by_day_office_and_answer_and_leads_to_each(
        self, lead: Client, crowd: list[Office]
    ) -> None:
        granted = book(crowd[0], wish(15)).decision
        denied = refused(crowd[0], wish(45, 11))
        later = refused(crowd[1], wish(15, 10, 0, DAY + timedelta(days=7)))

        assert self.shown(lead) == [later.pk, denied.pk, granted.pk]
        assert self.shown(lead, on=DAY.isoformat()) == [denied.pk, granted.pk]
        assert self.shown(lead, office=crowd[1].reference) == [later.pk]
        assert self.shown(lead, answer="granted") == [granted.pk]
        assert self.shown(lead, answer="refused") == [later.pk, denied.pk]
        assert url("decision", denied.pk) in lead.get(url("decisions")).text

    def test_filters_that_match_nothing_say_so(self, lead: Client, crowd: list[Office]) -> None:
        book(crowd[0], wish(15))

        page = lead.get(url("decisions"), {"office": "no-such-office"})

        assert "No decision matches these filters." in page.text

    def test_it_is_paged_and_asks_as_often_for_many_as_for_few(
        self,
        lead: Client,
        crowd: list[Office],
        django_assert_max_num_queries: Callable[[int], Any],
    ) -> None:
        for _ in range(26):
            refused(crowd[0], wish(45))
        lead.get(url("decisions"))

        with django_assert_max_num_queries(5):
            assert len(self.shown(lead)) == 25
        assert len(self.shown(lead, page="2")) == 1

    @pytest.mark.parametrize("role", [Role.TEAM_LEAD, Role.POLICY_OWNER, Role.AUDITOR])
    def test_those_who_oversee_the_rule_find_it_in_the_menu(self, role: Role) -> None:
        page = sign_in(Client(), person_with(role)).get(url("rule"))

        assert url("decisions") in page.text


class TestCommand:
    def test_it_says_the_same_sentences_as_the_page(self, crowd: list[Office]) -> None:
        decision = refused(crowd[0], wish(45))
        out = StringIO()

        call_command("explain", str(decision.pk), stdout=out)

        english, french, about, numbers = out.getvalue().splitlines()
        told = decisions.told(decision)
        assert english == f"en: {' '.join([*told.sentences, told.next_step])}"
        assert french.startswith("fr: ")
        assert f"office {crowd[0].reference}, {DAY}" in about
        assert json.loads(numbers) == decision.counters
