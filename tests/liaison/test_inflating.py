"""A rule under which it pays to use more than one needs is not set, nor tried."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from comptoir.domain.rule import Fault, House
from comptoir.liaison.actions import ruling
from comptoir.liaison.forms.rule import FAULTS
from comptoir.liaison.models import Policy
from comptoir.liaison.queries import needs, versions
from comptoir.people.models import Role
from comptoir.roster.models import OfferedHours
from tests.liaison.factories import DAY, NOW, PolicyFactory, ProfessionalFactory, open_day
from tests.liaison.pilot_drafts import start as start_pilot
from tests.liaison.pilot_drafts import trial, weeks
from tests.liaison.test_apportioning import THIS_WEEK, TODAY, attended
from tests.liaison.test_rule_nested import send
from tests.people.factories import OfficeFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

DECEMBER = date(2026, 12, 1)

NEED_KNOWN = THIS_WEEK - timedelta(weeks=2)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def unknown() -> None:
    """Two hours a day, forty quarter hours a week,."""
    PolicyFactory.create(version=1)
    open_day(DAY, [ProfessionalFactory.create()], first=time(10), last=time(12))


@pytest.fixture
def house(unknown: None) -> None:
    """One office needs four quarter hours a week, the other one."""
    for minutes in (60, 15):
        office = OfficeFactory.create(since=NEED_KNOWN)
        for weeks_ago in (1, 2):
            attended(office, weeks_ago, minutes=minutes)


def numbers(alpha: int, allotted: int) -> dict[str, Any]:
    return {"weekly_floor_minutes": 0, "alpha_percent": alpha, "allotted_percent": allotted}


def check(**values: Any) -> None:
    draft = PolicyFactory.build(version=0, nested=True, valid_from=DECEMBER, **values)
    ruling.check_rule(draft=draft, now=NOW)


@pytest.mark.usefixtures("house")
def test_it_is_refused_where_what_an_office_has_follows_its_use_too_closely() -> None:
    """Of 4.4 quarter hours the larger would have 3.70: 1.2 times that over four is 1.11."""
    with pytest.raises(ruling.BadRule) as refused:
        check(**numbers(120, 11))

    assert refused.value.faults == (Fault.INFLATING_PAYS,)


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(
    ("alpha", "allotted"),
    [
        (100, 11),  # in proportion: 3.52 of 4
        (120, 9),  # 3.03 of 4: 0.91
        (120, 90),  # both have more than they need
        (120, 0),  # nothing is allotted
    ],
)
def test_it_is_set_where_more_use_brings_less_than_it_costs(alpha: int, allotted: int) -> None:
    check(**numbers(alpha, allotted))

    assert versions.house(TODAY) == House(offices=2, day=8, week=40)


@pytest.mark.usefixtures("house")
def test_the_form_says_so_beside_the_number(client: Client) -> None:
    owner = sign_in(client, person_with(Role.POLICY_OWNER))

    answer = send(owner, **numbers(120, 11))

    field, words = FAULTS[Fault.INFLATING_PAYS]
    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [words]}
    assert Policy.objects.count() == 1


@pytest.mark.usefixtures("house")
def test_nor_is_it_tried() -> None:
    with pytest.raises(ruling.BadRule) as refused:
        start_pilot(pilot=weeks(), rule=trial(nested=True, **numbers(120, 11)))

    assert refused.value.faults == (Fault.INFLATING_PAYS,)


@pytest.mark.usefixtures("unknown")
def test_of_needs_that_nobody_knows_nothing_is_said() -> None:
    OfficeFactory.create(since=TODAY)

    check(**numbers(120, 11))

    assert list(needs.estimated(NOW).values()) == [None]


@pytest.mark.usefixtures("house")
def test_nor_of_a_house_that_nobody_knows() -> None:
    OfferedHours.objects.filter(day__on=DAY).delete()

    check(**numbers(120, 11))

    assert versions.house(TODAY) is None
