"""When follow-ups are due: dated targets that the owner of the rules adds and nobody edits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import ProgrammingError, transaction
from django.test import Client

from comptoir.audit.models import Event
from comptoir.liaison.actions import targeting
from comptoir.liaison.models import SHIPPED_SOURCE, FollowUpTarget
from comptoir.liaison.queries import serving
from comptoir.people.models import Person, Role
from tests.liaison import factories
from tests.liaison.factories import DAY, NOW, AppointmentFactory
from tests.liaison.professional_pages.pages import markup, said, url
from tests.people.factories import person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 16)
"""The service date of `NOW`, a Monday."""

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def owner() -> Person:
    return person_with(Role.POLICY_OWNER, name="Morgan Owner")


@pytest.fixture
def desk(client: Client, owner: Person) -> Client:
    """The owner's browser."""
    return sign_in(client, owner)


def start(by: Person, **values: Any) -> FollowUpTarget:
    return targeting.start_target(
        **{
            "valid_from": TODAY,
            "business_days": 5,
            "urgent_hours": 24,
            "source": "Directive 12",
            "by": by,
            "now": NOW,
            **values,
        }
    )


class TestAction:
    def test_from_today_on_it_proposes_the_due_dates(self, owner: Person) -> None:
        start(owner, business_days=3, urgent_hours=24)

        due = serving.due_dates(NOW)

        assert due is not None
        assert (due.usual, due.urgent) == (date(2026, 11, 19), TOMORROW)

    def test_until_its_day_the_target_before_it_holds(self, owner: Person) -> None:
        start(owner, valid_from=TOMORROW, business_days=3)

        before = serving.due_dates(NOW)
        after = serving.due_dates(NOW + timedelta(days=1))

        assert before is not None
        assert after is not None
        assert (before.business_days, after.business_days) == (10, 3)

    def test_a_day_begins_at_midnight_in_the_service_zone(self, owner: Person) -> None:
        late_evening = datetime(2026, 11, 17, 3, tzinfo=UTC)  # still the 16th in Montréal

        assert start(owner, valid_from=TODAY, now=late_evening).valid_from == TODAY

    def test_who_set_it_is_on_the_trail(self, owner: Person) -> None:
        target = start(owner, valid_from=TOMORROW)

        row = Event.objects.get(action="follow_up_target.started")
        assert (row.actor_id, row.object_id) == (owner.pk, str(target.pk))
        assert row.detail == {"valid_from": "2026-11-17", "business_days": 5, "urgent_hours": 24}

    def test_a_follow_up_keeps_the_date_it_was_given(self, owner: Person) -> None:
        follow_up = factories.follow_up(appointment=AppointmentFactory.create())
        promised = follow_up.due_on

        start(owner, business_days=1)

        follow_up.refresh_from_db()
        assert follow_up.due_on == promised

    def test_it_cannot_begin_in_the_past(self, owner: Person) -> None:
        with pytest.raises(targeting.TargetBeginsInThePast):
            start(owner, valid_from=TODAY - timedelta(days=1))

    def test_two_cannot_begin_on_one_day(self, owner: Person) -> None:
        start(owner, business_days=3)

        with pytest.raises(targeting.TargetBeginsAlready):
            start(owner, business_days=4)

        current = serving.target_on(TODAY)
        assert current is not None
        assert current.business_days == 3
        assert Event.objects.filter(action="follow_up_target.started").count() == 1

    @pytest.mark.parametrize(("hours", "fits"), [(48, True), (49, False)])
    def test_what_is_urgent_is_not_due_after_what_is_not(
        self, owner: Person, hours: int, fits: bool
    ) -> None:
        if fits:
            assert start(owner, business_days=2, urgent_hours=hours).urgent_hours == hours
        else:
            with pytest.raises(targeting.UrgentAfterUsual):
                start(owner, business_days=2, urgent_hours=hours)

    def test_none_is_ever_edited_or_deleted(self, owner: Person) -> None:
        target = start(owner, valid_from=TOMORROW)

        with pytest.raises(ProgrammingError), transaction.atomic():
            FollowUpTarget.objects.filter(pk=target.pk).update(business_days=1)
        with pytest.raises(ProgrammingError), transaction.atomic():
            target.delete()


class TestPages:
    def test_the_target_in_force_stands_above_the_coming_and_the_earlier_ones(
        self, desk: Client, owner: Person
    ) -> None:
        start(owner, valid_from=TODAY, business_days=7)
        start(owner, valid_from=DAY, business_days=1, urgent_hours=20)

        words = said(desk.get(url("targets")))

        places = [
            words.index(piece)
            for piece in (
                "In force from November 16, 2026 A follow-up in 7 business days",
                "Coming In force from November 18, 2026 A follow-up in 1 business day",
                "within 20 hours",
                "Earlier targets In force from October 31, 2022 A follow-up in 10 business days",
            )
        ]
        assert places == sorted(places)
        assert "Morgan Owner, November 16, 2026" in words

    def test_the_value_that_is_ours_says_so_in_both_languages(self, desk: Client) -> None:
        english, french = desk.get(url("targets")), desk.get("/fr/follow-ups/targets/")

        assert FollowUpTarget.objects.get().source == SHIPPED_SOURCE
        assert SHIPPED_SOURCE in said(english)
        assert "Comptoir, as shipped" in said(english)
        assert SHIPPED_SOURCE not in said(french)
        assert "Valeur de travail" in said(french)

    def test_what_its_owner_wrote_is_shown_as_written(self, desk: Client, owner: Person) -> None:
        start(owner, source="Board")  # a sentence of the product, but not meant as one

        assert "Board" in said(desk.get("/fr/follow-ups/targets/"))

    def test_before_the_first_target_none_is_in_force(self) -> None:
        nothing = serving.targets(date(2020, 1, 1))

        assert nothing.current is None
        assert [target.valid_from for target in nothing.coming] == [date(2022, 10, 31)]

    def test_the_next_target_begins_from_the_one_in_force(self, desk: Client) -> None:
        form = desk.get(url("new-target")).context["form"]

        assert (form["business_days"].value(), form["urgent_hours"].value()) == (10, 48)
        assert form["valid_from"].value() is None

    def test_it_is_set_and_stands_on_the_list(self, desk: Client, owner: Person) -> None:
        answer = desk.post(url("new-target"), _values(), follow=True)

        assert "The target holds from Tuesday, November 17, 2026." in said(answer)
        assert "Directive 12" in said(answer)
        assert FollowUpTarget.objects.get(valid_from=TOMORROW).created_by == owner

    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({"valid_from": "2026-11-15"}, "Choose today or a later day."),
            ({"valid_from": "2026-11-20"}, "Another target begins on that day already"),
            ({"urgent_hours": "600"}, "What is urgent cannot be due later than what is not."),
            ({"business_days": "0"}, "At least 1."),
            ({"urgent_hours": "9999999999"}, "At most "),
            ({"source": ""}, "This field is required."),
        ],
    )
    def test_what_cannot_be_is_refused_beside_its_field_and_nothing_is_lost(
        self, desk: Client, owner: Person, values: dict[str, str], sentence: str
    ) -> None:
        start(owner, valid_from=date(2026, 11, 20))

        answer = desk.post(url("new-target"), _values() | values)

        assert answer.status_code == 422
        assert sentence in markup(answer)
        assert not FollowUpTarget.objects.filter(valid_from=TOMORROW).exists()
        for name, typed in (_values() | values).items():
            assert answer.context["form"][name].value() == typed

    def test_the_owner_comes_there_from_the_rule(self, desk: Client) -> None:
        assert url("targets") in markup(desk.get(url("rule")))

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.POLICY_OWNER])
    def test_nobody_else_sets_one(self, client: Client, role: Role) -> None:
        browser = sign_in(client, person_with(role))

        assert url("targets") not in markup(browser.get(url("rule")))
        for name in ("targets", "new-target"):
            assert browser.get(url(name)).status_code == 403

    def test_the_number_of_queries_does_not_grow(
        self, desk: Client, owner: Person, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        for days in range(1, 9):
            start(owner, valid_from=TODAY + timedelta(days=days))
        desk.get(url("targets"))

        # Session, person, grants; targets.
        with django_assert_num_queries(4):
            desk.get(url("targets"))


def _values() -> dict[str, str]:
    return {
        "valid_from": TOMORROW.isoformat(),
        "business_days": "5",
        "urgent_hours": "24",
        "source": "Directive 12",
    }
