"""The page of one pilot and the list of all: withdrawn, stopped, and read by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from comptoir.liaison.models import Policy
from comptoir.people.models import Role
from tests.liaison import pilot_drafts
from tests.liaison.factories import (
    NOW,
    PolicyFactory,
)
from tests.liaison.posted import url
from tests.liaison.test_pilot_pages import text
from tests.people.factories import OfficeFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def common() -> Policy:
    return PolicyFactory.create(
        version=1, nested=True, minutes_per_day=120, minutes_per_week=600, weekly_floor_minutes=0
    )


@pytest.fixture
def owner(client: Client, common: Policy) -> Client:
    return sign_in(client, person_with(Role.POLICY_OWNER))


class TestOnePilot:
    def test_before_it_begins_it_is_withdrawn_and_is_told_so(self, owner: Client) -> None:
        pilot = pilot_drafts.start([OfficeFactory.create()])
        assert "Withdraw it before it begins" in text(owner.get(url("pilot", pilot.pk)))
        assert "It never begins" in text(owner.get(url("stop-pilot", pilot.pk)))

        page = owner.post(url("stop-pilot", pilot.pk), {"reason": "A slip."}, follow=True)

        told = text(page)
        assert "The pilot is withdrawn: it never begins." in told
        assert "Withdrawn before it began" in told
        assert "It was to begin on November 17, 2026" in told
        assert "holds again" not in told
        assert 'notice-title="Withdrawn by' in page.content.decode()
        assert "Withdrawn before it began" in text(owner.get(url("pilots")))

    def test_once_it_has_begun_it_is_stopped_and_not_withdrawn(
        self, owner: Client, clock: time_machine.Traveller
    ) -> None:
        pilot = pilot_drafts.start([OfficeFactory.create()])
        clock.move_to(NOW + timedelta(days=1))
        assert "Stop the pilot" in text(owner.get(url("stop-pilot", pilot.pk)))

        told = text(owner.post(url("stop-pilot", pilot.pk), {"reason": "Harm."}, follow=True))

        assert "The common rule holds again from" in told
        assert "Withdrawn" not in told

    def test_it_is_stopped_with_a_reason_that_stays_on_its_page(self, owner: Client) -> None:
        pilot = pilot_drafts.start([OfficeFactory.create()])
        assert url("stop-pilot", pilot.pk) in owner.get(url("pilot", pilot.pk)).content.decode()

        assert owner.post(url("stop-pilot", pilot.pk), {"reason": ""}).status_code == 422
        owner.post(url("stop-pilot", pilot.pk), {"reason": "Others get too little."})

        page = owner.get(url("pilot", pilot.pk))
        assert "Others get too little." in text(page)
        assert url("stop-pilot", pilot.pk) not in page.content.decode()
        again = owner.post(url("stop-pilot", pilot.pk), {"reason": "Again"}, follow=True)
        assert "Nothing was done" in text(again)

    @pytest.mark.parametrize("role", [Role.TEAM_LEAD, Role.AUDITOR])
    def test_team_leads_and_auditors_read_and_change_nothing(
        self, client: Client, common: Policy, role: Role
    ) -> None:
        pilot = pilot_drafts.start([OfficeFactory.create()])
        sign_in(client, person_with(role))

        assert url("new-pilot") not in client.get(url("pilots")).content.decode()
        page = client.get(url("pilot", pilot.pk)).content.decode()
        assert url("stop-pilot", pilot.pk) not in page
        assert client.post(url("stop-pilot", pilot.pk), {"reason": "No"}).status_code == 403

    def test_the_list_has_the_latest_first_and_a_next_step_when_empty(self, owner: Client) -> None:
        assert url("new-pilot") in owner.get(url("pilots")).content.decode()
        first = pilot_drafts.start([OfficeFactory.create()])
        later = pilot_drafts.start(pilot=pilot_drafts.weeks())

        page = owner.get(url("pilots"))

        assert list(page.context["page"]) == [later, first]
        assert "Goes on" not in text(page)
        assert text(page).count("Coming") == 2

    @pytest.mark.parametrize("number", [1, 4])
    def test_the_list_asks_the_same_number_of_queries_however_long_it_is(
        self, owner: Client, number: int, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        for _ in range(number):
            pilot_drafts.start([OfficeFactory.create()])
        owner.get(url("pilots"))

        with django_assert_num_queries(5):  # the person three times, the number of pilots, pilots
            assert len(owner.get(url("pilots")).context["page"]) == number

    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_its_name_is_that_of_the_reader(self, owner: Client, language: str) -> None:
        pilot = pilot_drafts.start([OfficeFactory.create()])
        with translation.override(language):
            page = owner.get(url("pilot", pilot.pk))

        assert ("Busy" if language == "en" else "Achalandés") in page.content.decode()

    @pytest.mark.parametrize("size", [1, 30])
    def test_its_page_asks_the_same_number_of_queries_whatever_its_size(
        self, owner: Client, size: int, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        pilot = pilot_drafts.start([OfficeFactory.create() for _ in range(size)])
        owner.get(url("pilot", pilot.pk))

        # The person three times, the pilot and what is said of it; nine for what happened by week.
        with django_assert_num_queries(22):
            page = owner.get(url("pilot", pilot.pk))

        assert len(page.context["page"]) == min(size, 25)
