"""A rule with nested classes is written, checked against the house, put in words and set by its owner."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from django.forms.models import model_to_dict
from django.test import Client
from django.utils import timezone, translation

from comptoir.liaison.forms.nested import NESTED
from comptoir.liaison.forms.rule import RuleForm
from comptoir.liaison.models import Allowance, Apportionment, Policy
from comptoir.liaison.queries import days, versions
from comptoir.liaison.queries import words as rule_words
from comptoir.people.models import Role
from comptoir.roster.models import OfferedHours
from tests.liaison.factories import (
    DAY,
    NOW,
    PolicyFactory,
    ProfessionalFactory,
    open_day,
    reserve,
)
from tests.liaison.posted import said, url
from tests.people.factories import OfficeFactory, person_with
from tests.people.signing_in import sign_in
from tests.roster.factories import ExtraHoursFactory

pytestmark = pytest.mark.django_db

DECEMBER = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def owner(client: Client) -> Client:
    PolicyFactory.create(version=1)
    return sign_in(client, person_with(Role.POLICY_OWNER))


def written(**values: Any) -> dict[str, Any]:
    """The form as its owner sends it: nested, the rest as in the factory."""
    policy = PolicyFactory.build(nested=True, **values)
    form = model_to_dict(policy, exclude=["id", "version", "created_by"])
    return {
        **form, "nested": "on", "late_counts": "on",
        "valid_from_0": "1", "valid_from_1": "12", "valid_from_2": "2026",
        "valid_from": "2026-12-01", **values,
    }  # fmt: skip


def it_is_known_how_many_come() -> None:
    """An estimate was published with earlier allowances."""
    made = Apportionment.objects.create(
        valid_from=DAY, policy=Policy.objects.get(), capacity=40, made_at=NOW
    )
    Allowance.objects.create(
        apportionment=made, office=OfficeFactory.create(), need=1, quanta=4, chance=0.5
    )


def send(owner: Client, **values: Any) -> Any:
    return owner.post(url("new-rule"), {"seen": "1", **written(**values)})


def test_a_rule_with_classes_is_set_with_every_number_as_written(owner: Client) -> None:
    numbers: dict[str, Any] = {
        "floor_minutes": 30, "miss_per_mille": 20, "ramp_minutes": 240, "alpha_percent": 75,
        "weekly_floor_minutes": 45, "allotted_percent": 85, "take_up_percent": 70,
        "release_at": time(13, 30), "day_cap_percent": 50, "holding_percent": 120,
        "least_held_minutes": 90, "standby_minutes": 30, "headroom_percent": 150, "movement_percent": 10,
    }  # fmt: skip
    assert set(numbers) == {*NESTED} - {"nested"}, "every field is tried"

    response = send(owner, **numbers)

    assert response.status_code == 302, said(response.content.decode())
    policy = Policy.objects.get(version=2)
    assert policy.nested
    assert {name: getattr(policy, name) for name in numbers} == numbers
    nesting = days.as_rule(policy).nesting
    assert nesting is not None
    assert (nesting.floor, nesting.release_at) == (2, time(13, 30))


def test_a_number_that_is_left_empty_is_the_policys_default() -> None:
    form = RuleForm(written() | dict.fromkeys({*NESTED} - {"nested"}, ""))

    assert form.is_valid(), form.errors
    draft = form.draft()
    assert (draft.floor_minutes, draft.take_up_percent, draft.release_at) == (15, 80, time(14))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"floor_minutes": 20}, "What is guaranteed is whole quarter hours"),
        ({"floor_minutes": 30, "lengths": [15, 60]}, "must be one of the lengths on offer"),
        ({"weekly_floor_minutes": 50}, "What is allotted is whole quarter hours"),
        ({"miss_per_mille": 0}, "A day does not have so much for every office."),
        ({"weekly_floor_minutes": 75}, "does not have so much for every office."),
        ({"allotted_percent": 101}, "At most 100."),
        ({"alpha_percent": -1}, "At least 0."),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused_with_the_reason(
    owner: Client, values: dict[str, Any], words: str
) -> None:
    """Nine offices; a day of two hours: eight quarter hours a day, forty a week, 36 of them allotted."""
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(12))
    it_is_known_how_many_come()
    for _ in range(8):
        OfficeFactory.create()

    response = send(owner, **{"weekly_floor_minutes": 30, "miss_per_mille": 10, **values})

    assert response.status_code == 422
    assert words in said(response.content.decode())
    assert Policy.objects.count() == 1


def test_a_week_that_just_holds_what_is_allotted_is_accepted(owner: Client) -> None:
    """Nine times four quarter hours are 36, and 90 % of forty."""
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(12))
    it_is_known_how_many_come()
    for _ in range(8):
        OfficeFactory.create()

    assert send(owner, weekly_floor_minutes=60, miss_per_mille=10).status_code == 302


def test_until_it_is_known_how_many_come_a_floor_is_kept_for_every_office(owner: Client) -> None:
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(12))
    for _ in range(9):
        OfficeFactory.create()

    response = send(owner, weekly_floor_minutes=60, miss_per_mille=10)

    assert response.status_code == 422
    assert "A day does not have so much for every office." in said(response.content.decode())


def test_hours_directed_at_an_office_are_not_shared_out() -> None:
    OfficeFactory.create()
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(12))
    hours = OfferedHours.objects.get()
    half = hours.mask & ~(hours.mask >> 4)  # the last four of the eight
    reserve(hours, ExtraHoursFactory.create(), mask=half, offices=[1])

    house = versions.house(DAY)

    assert house is not None
    assert house.day == 4


def test_without_a_published_day_nothing_is_known_of_the_house(owner: Client) -> None:
    OfficeFactory.create()

    assert send(owner, miss_per_mille=0).status_code == 302


def terms(language: str, **values: Any) -> dict[str, str]:
    policy = PolicyFactory.build(nested=True, **values)
    with translation.override(language), timezone.override("America/Montreal"):
        found = rule_words.terms(policy)
    return {term.label: term.value.replace("\u00a0", " ") for term in found}


@pytest.mark.parametrize(
    ("values", "value"),
    [
        ({"miss_per_mille": 0}, "15 minutes, kept for every office; released over the first 6 hours of the day"),
        ({"floor_minutes": 0}, "nothing"),
        ({"alpha_percent": 0}, "up to 90% of all hours in equal parts; at least 1 hour"),
        ({"alpha_percent": 75}, "up to 90% of all hours, following need to 75%; at least 1 hour"),
        ({"headroom_percent": 150, "movement_percent": 10}, "150% of its need; it moves by at most 10% within a quarter"),
        ({"day_cap_percent": 50}, "at most 50%, until 2:00 p.m. on the service day before"),
        ({"take_up_percent": 70}, "70% of it, until 2:00 p.m. on the service day before"),
    ],
)  # fmt: skip
def test_the_numbers_of_the_classes_are_put_in_words(values: dict[str, Any], value: str) -> None:
    assert value in terms("en", **values).values()


def test_every_term_has_a_french_one() -> None:
    english, french = terms("en"), terms("fr")

    assert len(english) == len(french) == 26
    assert not set(english) & set(french)


def test_a_rule_without_classes_says_nothing_of_them_unless_it_is_compared() -> None:
    before = PolicyFactory.create(version=1)
    draft = PolicyFactory.build(version=0, valid_from=DECEMBER, nested=True)

    changes = versions.compare(draft).changes

    assert len(rule_words.terms(before)) == 19
    assert [change.before for change in changes] == ["not in this rule"] * 7


def test_the_house_is_an_ordinary_day_of_those_to_come() -> None:
    OfficeFactory.create()
    for ahead, last in enumerate([time(11), time(12), time(13)]):
        who = [ProfessionalFactory.create()]
        open_day(DAY + timedelta(days=ahead), who, first=time(10), last=last)

    house = versions.house(DAY)

    assert house is not None
    assert (house.offices, house.day, house.week) == (1, 8, 40)
    assert versions.house(DAY + timedelta(days=9)) is None
