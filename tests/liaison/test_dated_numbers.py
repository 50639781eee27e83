"""Every number that decides about an office is a field of a dated version, read where it decides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from comptoir.domain.entitlements import AllowancePolicy
from comptoir.domain.reliability import PatternRule
from comptoir.domain.rule import Fault
from comptoir.liaison.actions import changing, confirming, reliability, ruling, waiting
from comptoir.liaison.forms.rule import RuleForm
from comptoir.liaison.models import (
    AppointmentEvent,
    Happening,
    Offer,
    PatternFlag,
    Policy,
    Reason,
    Side,
)
from comptoir.liaison.queries import confirming as to_confirm
from comptoir.liaison.queries import days, excuses, pilots, versions
from comptoir.liaison.queries import waiting as lists
from comptoir.people.models import Role
from tests.liaison import pilot_drafts
from tests.liaison.factories import (
    DAY,
    NOW,
    AppointmentFactory,
    PolicyFactory,
    at,
    delegate_of,
    open_day,
    waiting_entry,
)
from tests.liaison.flags import cancel_late, flag, lose
from tests.liaison.posted import said, url
from tests.people.factories import OfficeFactory, PersonFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

OTHERWISE: dict[str, Any] = {
    "headroom_percent": 150, "movement_percent": 10, "kept_longer_minutes": 7,
    "most_filed_a_day": 2, "first_place_days": 3, "pattern_prior_late": 1,
    "pattern_prior_kept": 19, "pattern_share_percent": 20, "pattern_certainty_percent": 80,
    "pattern_least_late": 8, "pattern_window_days": 30, "pattern_clean_days": 5,
    "confirm_before_minutes": 90, "excuses_checked_percent": 50,
}  # fmt: skip
"""Each of the numbers that had been constants, as another version may have it."""

NEXT_DAY = DAY + timedelta(days=1)
MONDAY = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def draft(**values: Any) -> Policy:
    made: Policy = PolicyFactory.build(
        version=0, valid_from=date(2026, 12, 1), nested=True, **values
    )
    return made


def test_a_version_without_other_numbers_has_the_designs() -> None:
    policy = PolicyFactory.build()

    assert days.as_pattern_rule(policy) == PatternRule()
    assert days.as_allowance_policy(policy) == AllowancePolicy()


def test_what_allowances_are_computed_by_is_the_versions() -> None:
    found = days.as_allowance_policy(PolicyFactory.build(headroom_percent=150, movement_percent=10))

    assert (float(found.headroom), float(found.movement)) == (1.5, 0.1)


class TestWhoIsAsked:
    def test_with_fewer_losses_than_the_version_of_that_day_says_nobody_is(self) -> None:
        PolicyFactory.create(version=1, generous=True, pattern_least_late=8)
        office = OfficeFactory.create()
        lose(office, MONDAY, 7)

        assert reliability.review(now=at(MONDAY + timedelta(days=1), 3)).set == 0

        lose(office, MONDAY + timedelta(days=1), 1)
        assert reliability.review(now=at(MONDAY + timedelta(days=2), 3)).set == 1

    def test_a_version_that_has_not_begun_asks_nobody(self) -> None:
        PolicyFactory.create(version=1, generous=True, pattern_least_late=8)
        lose(OfficeFactory.create(), MONDAY, 7)
        begins = MONDAY + timedelta(days=1)
        PolicyFactory.create(version=2, generous=True, valid_from=begins, pattern_least_late=5)

        assert reliability.review(now=at(begins, 3)).set == 0
        assert reliability.review(now=at(begins + timedelta(days=1), 3)).set == 1

    def test_a_flag_ends_after_as_many_clean_days_as_the_version_says(self) -> None:
        PolicyFactory.create(version=1, generous=True, pattern_clean_days=2)
        lose(OfficeFactory.create(), MONDAY, 7)
        reliability.review(now=at(MONDAY + timedelta(days=1), 3))

        assert PatternFlag.objects.get().until == MONDAY + timedelta(days=2)

    def test_before_the_first_version_nobody_is_looked_at(self) -> None:
        assert reliability.review(now=NOW) == reliability.Reviewed(set=0, ended=0)


class TestTheHourOfConfirming:
    def test_it_is_that_of_the_version_of_the_day(self) -> None:
        PolicyFactory.create(version=1)
        PolicyFactory.create(version=2, valid_from=NEXT_DAY, confirm_before_minutes=120)
        rules = days.load_rules()

        assert to_confirm.deadline(at(DAY, 10), rules) == at(DAY, 9)
        assert to_confirm.deadline(at(NEXT_DAY, 10), rules) == at(NEXT_DAY, 8)

    def test_what_is_not_confirmed_by_then_is_released(self) -> None:
        PolicyFactory.create(confirm_before_minutes=120)
        office = OfficeFactory.create()
        flag(office)
        AppointmentFactory.create(office=office)
        confirming.ask(most=10, now=at(DAY, 7))

        assert confirming.release_unconfirmed(most=10, now=at(DAY, 7, 59)) == 0
        assert confirming.release_unconfirmed(most=10, now=at(DAY, 8)) == 1

    def test_after_it_nobody_is_asked_any_more(self) -> None:
        PolicyFactory.create(confirm_before_minutes=120)
        office = OfficeFactory.create()
        flag(office)
        AppointmentFactory.create(office=office)

        assert confirming.ask(most=10, now=at(DAY, 8)) == 0
        assert confirming.ask(most=10, now=at(DAY, 7, 59)) == 1


class TestWaiting:
    def test_an_office_comes_first_for_as_many_days_as_the_version_of_today_says(self) -> None:
        PolicyFactory.create(version=1, first_place_days=3)
        booked = AppointmentFactory.create()
        changing.cancel_appointment(
            appointment=booked, side=Side.CENTRE, reason=Reason.CENTRE_OTHER, by=booked.booked_by,
            now=NOW,
        )  # fmt: skip
        rules = days.load_rules()

        assert lists.is_owed_first_place(booked.office, rules, NOW + timedelta(days=3))
        assert not lists.is_owed_first_place(booked.office, rules, NOW + timedelta(days=3.1))

    def test_an_offer_keeps_its_time_as_much_longer_as_the_version_of_the_day_says(self) -> None:
        PolicyFactory.create(generous=True, kept_longer_minutes=7)
        open_day()
        waiting_entry()

        made = Offer.objects.get()
        assert made.kept_until - made.expires_at == timedelta(minutes=7)

    def test_one_person_files_as_much_as_the_version_of_today_allows(self) -> None:
        PolicyFactory.create(generous=True, most_filed_a_day=2)
        open_day()
        office = OfficeFactory.create()
        for _ in range(2):
            waiting.withdraw(entry=waiting_entry(office), by=delegate_of(office), now=NOW)

        with pytest.raises(waiting.TooManyFiled):
            waiting_entry(office)


@pytest.mark.parametrize(("percent", "to_check"), [(0, 0), (100, 4)])
def test_as_many_excuses_are_checked_as_the_version_of_their_day_says(
    percent: int, to_check: int
) -> None:
    PolicyFactory.create(version=1, generous=True, excuses_checked_percent=percent)
    PolicyFactory.create(version=2, generous=True, valid_from=NEXT_DAY)
    for hour in (10, 11, 12, 13):
        cancel_late(AppointmentFactory.create(starts_at=at(DAY, hour)), reason=Reason.CHAMBER)

    rules = days.load_rules()
    found = excuses.with_words(excuses.keys(at(NEXT_DAY, 9), rules), rules)

    assert AppointmentEvent.objects.filter(kind=Happening.CANCELLED).count() == len(found) == 4
    assert sum(one.to_check for one in found) == to_check


class TestVersions:
    def test_the_form_has_every_number_of_a_version(self) -> None:
        numbers = {field.name for field in Policy._meta.concrete_fields} - ruling.NOT_CONTENT

        assert numbers <= {*RuleForm.base_fields}

    @pytest.mark.parametrize("name", sorted(OTHERWISE))
    def test_a_comparison_says_what_changes(self, name: str) -> None:
        PolicyFactory.create(version=1, nested=True)

        assert len(versions.compare(draft(**{name: OTHERWISE[name]})).changes) == 1

    def test_a_new_version_starts_from_the_numbers_of_the_one_in_force(
        self, client: Client
    ) -> None:
        PolicyFactory.create(version=1, **OTHERWISE)

        form = sign_in(client, person_with(Role.POLICY_OWNER)).get(url("new-rule")).context["form"]

        assert {name: form[name].value() for name in OTHERWISE} == OTHERWISE

    def test_it_is_set_as_written(self) -> None:
        PolicyFactory.create(version=1)

        ruling.start_rule(draft=draft(**OTHERWISE), by=PersonFactory.create(), now=NOW)

        saved = Policy.objects.get(version=2)
        assert {name: getattr(saved, name) for name in OTHERWISE} == OTHERWISE

    @pytest.mark.parametrize(
        ("values", "fault"),
        [
            ({"movement_percent": 101}, Fault.PART_OVER_ALL),
            ({"excuses_checked_percent": 101}, Fault.PART_OVER_ALL),
            ({"pattern_share_percent": 100}, Fault.NO_PATTERN),
            ({"pattern_certainty_percent": 0}, Fault.NO_PATTERN),
            ({"pattern_prior_kept": 0}, Fault.NO_PATTERN),
            ({"pattern_clean_days": 0}, Fault.NO_PATTERN),
            ({"confirm_before_minutes": 29}, Fault.CONFIRMED_OUT_OF_REACH),
            ({"confirm_before_minutes": 151}, Fault.CONFIRMED_OUT_OF_REACH),
        ],
    )
    def test_numbers_that_mean_nothing_are_refused_with_the_reason(
        self, values: dict[str, int], fault: Fault
    ) -> None:
        PolicyFactory.create(version=1)

        with pytest.raises(ruling.BadRule) as refused:
            ruling.check_rule(draft=draft(**values), now=NOW)

        assert refused.value.faults == (fault,)
        assert not RuleForm({name: str(number) for name, number in values.items()}).is_valid()

    @pytest.mark.parametrize(
        "values",
        [{"movement_percent": 101}, {"pattern_share_percent": 0}, {"pattern_prior_late": 0}],
    )
    def test_no_row_holds_them(self, values: dict[str, int]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            PolicyFactory.create(**values)

    @pytest.mark.parametrize("name", sorted(OTHERWISE))
    def test_a_group_on_trial_has_them_in_common_with_all_others(self, name: str) -> None:
        common = PolicyFactory.create(version=1, nested=True)
        trial = pilot_drafts.trial(**{name: OTHERWISE[name]})

        assert pilots.touched(trial, common) == [name]


def test_the_guide_says_the_numbers_of_the_rule_in_force(client: Client) -> None:
    PolicyFactory.create(nested=True, confirm_before_minutes=90, first_place_days=3)
    office = OfficeFactory.create()

    page = said(sign_in(client, delegate_of(office)).get(url("sharing-guide")).content.decode())

    assert "at the latest 1 hour 30 minutes before they begin" in page
    assert "waits for next, within 3 days," in page
