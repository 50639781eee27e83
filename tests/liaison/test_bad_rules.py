"""A rule that cannot be kept is refused with the reason, by the form and by the action behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from comptoir.domain.rule import Fault
from comptoir.liaison.actions import ruling
from comptoir.liaison.forms.rule import FAULTS
from comptoir.liaison.models import Policy
from comptoir.liaison.queries import days, versions
from comptoir.people.models import Role
from tests.liaison.factories import (
    DAY,
    NOW,
    PolicyFactory,
    ProfessionalFactory,
    open_day,
)
from tests.liaison.test_rule_nested import it_is_known_how_many_come, send
from tests.people.factories import OfficeFactory, PersonFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

DECEMBER = date(2026, 12, 1)

BAD: list[tuple[dict[str, Any], Fault]] = [
    ({"weekly_floor_minutes": 75}, Fault.FLOORS_OVER_WEEK),
    ({"allotted_percent": 80}, Fault.FLOORS_OVER_WEEK),
    ({"weekly_floor_minutes": 50}, Fault.WEEKLY_FLOOR_NOT_WHOLE),
    ({"miss_per_mille": 0}, Fault.FLOORS_OVER_DAY),
    ({"floor_minutes": 30, "lengths": [15, 60]}, Fault.FLOOR_NOT_OFFERED),
    ({"floor_minutes": 75}, Fault.FLOOR_NOT_OFFERED),
    ({"floor_minutes": 20}, Fault.FLOOR_NOT_WHOLE),
    ({"floor_minutes": 60, "minutes_per_day": 45}, Fault.LENGTH_OVER_DAY),
    ({"minutes_per_day": 120, "minutes_per_week": 105}, Fault.DAY_OVER_WEEK),
    ({"minutes_per_day": 100}, Fault.LIMIT_NOT_WHOLE),
    (
        {"minutes_per_day": 45, "minutes_per_week": 45, "lengths": [15]},
        Fault.WEEKLY_FLOOR_OVER_LIMIT,
    ),
    (
        {"minutes_per_day": 60, "minutes_per_week": 60, "lengths": [15]},
        Fault.FLOORS_OVER_LIMIT,
    ),
    ({"lengths": [15, 20]}, Fault.LENGTH_NOT_WHOLE),
    ({"lengths": []}, Fault.NO_LENGTH),
    ({"minutes_per_day": -15}, Fault.LIMIT_NEGATIVE),
]
"""Each breaks the rule of `GOOD` in one way."""

GOOD: dict[str, Any] = {"weekly_floor_minutes": 60, "miss_per_mille": 10}

NUMBERS = sorted(
    field.name
    for field in Policy._meta.concrete_fields
    if field.get_internal_type().startswith("Positive")
    and field.name not in ruling.NOT_CONTENT | ruling.LIMITS
)


@pytest.fixture(autouse=True)
def house() -> Iterator[None]:
    """Nine offices; a day of eight quarter hours, forty a week, 36 of them allotted: four each."""
    with time_machine.travel(NOW, tick=False):
        PolicyFactory.create(version=1)
        open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(12))
        it_is_known_how_many_come()
        for _ in range(8):
            OfficeFactory.create()
        yield


@pytest.fixture
def owner(client: Client) -> Client:
    return sign_in(client, person_with(Role.POLICY_OWNER))


def start(**values: Any) -> Policy:
    draft: Policy = PolicyFactory.build(
        version=0, nested=True, **{"valid_from": DECEMBER, **GOOD, **values}
    )
    return ruling.start_rule(draft=draft, by=PersonFactory.create(), now=NOW)


def test_without_the_fault_it_is_set() -> None:
    assert start().version == 2


@pytest.mark.parametrize(("values", "fault"), BAD, ids=str)
def test_the_action_refuses_it_with_the_reason(values: dict[str, Any], fault: Fault) -> None:
    with pytest.raises(ruling.BadRule) as refused:
        start(**values)

    assert fault in refused.value.faults
    assert Policy.objects.count() == 1


@pytest.mark.parametrize(("values", "fault"), BAD, ids=str)
def test_the_form_refuses_it_beside_the_field(
    owner: Client, values: dict[str, Any], fault: Fault
) -> None:
    answer = send(owner, **{**GOOD, **values})

    field, _words = FAULTS[fault]
    assert answer.status_code == 422
    assert answer.context["form"].errors.get(field), "said beside the field"
    assert Policy.objects.count() == 1


@pytest.mark.parametrize("name", NUMBERS)
def test_no_number_is_negative(owner: Client, name: str) -> None:
    with pytest.raises(ruling.BadRule) as refused:
        start(**{name: -15})
    answer = send(owner, **{**GOOD, name: -15})

    assert Fault.NUMBER_NEGATIVE in refused.value.faults
    assert answer.status_code == 422
    assert name in answer.context["form"].errors
    assert Policy.objects.count() == 1


def test_what_is_no_quarter_hour_is_refused_before_any_day_is_published() -> None:
    """Of a house that nobody knows it cannot be said what it holds; of a number it can, what it is."""
    with (
        time_machine.travel(NOW + timedelta(days=7), tick=False),
        pytest.raises(ruling.BadRule) as refused,
    ):
        ruling.check_rule(
            draft=PolicyFactory.build(
                valid_from=DECEMBER, nested=True, **GOOD | {"weekly_floor_minutes": 50}
            ),
            now=NOW + timedelta(days=7),
        )

    assert versions.house(DAY + timedelta(days=7)) is None
    assert refused.value.faults == (Fault.WEEKLY_FLOOR_NOT_WHOLE,)


def test_two_versions_of_one_first_day_do_not_overlap_the_later_one_replaces_the_other() -> None:
    """A day has one rule: that which was set last for the last first day by then."""
    first, second = start(weekly_floor_minutes=45), start(weekly_floor_minutes=30)

    governing = [days.load_rules().policy(DECEMBER + timedelta(days=n)) for n in (-1, 0, 400)]

    assert governing == [Policy.objects.get(version=1), second, second]
    assert [one.policy for one in versions.versions(DECEMBER).replaced] == [first]


def test_a_version_that_begins_within_another_ends_it() -> None:
    start(weekly_floor_minutes=45)
    inside = start(valid_from=DECEMBER + timedelta(days=7), weekly_floor_minutes=30)

    assert versions.governing(DECEMBER + timedelta(days=6)) != inside
    assert versions.governing(DECEMBER + timedelta(days=7)) == inside
