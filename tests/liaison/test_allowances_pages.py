"""What each office is allotted, as its owner computes and publishes it and as overseers read it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from comptoir.liaison.models import Allowance, Apportionment
from comptoir.liaison.queries import allowances
from comptoir.people.models import Office, Role
from comptoir.roster.models import OfferedHours
from tests.liaison.factories import (
    NOW,
    PolicyFactory,
    ProfessionalFactory,
    apportion,
    delegate_of,
    open_day,
)
from tests.liaison.posted import said, url
from tests.liaison.test_apportioning import attended
from tests.people.factories import OfficeFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house() -> list[Office]:
    """Two offices, a rule with classes, hours, and allowances that were published in January."""
    PolicyFactory.create(nested=True, weekly_floor_minutes=60, minutes_per_week=600)
    offices = [OfficeFactory.create(legislator=name) for name in ("Anna Example", "Zoe Example")]
    apportion({offices[0]: 8, offices[1]: 4})
    for day in range(23, 28):
        open_day(date(2026, 11, day))
    return offices


def page_of(role: Role) -> Client:
    return sign_in(Client(), person_with(role))


def test_overseers_read_what_each_office_is_allotted_and_from_which_need(
    house: list[Office],
) -> None:
    answer = page_of(Role.AUDITOR).get(url("allowances"))

    assert [row.minutes for row in answer.context["page"]] == [120, 60]
    assert [row.need_hours for row in answer.context["page"]] == [2.0, 1.0]
    summary = answer.context["summary"]
    assert (summary.offices, summary.given, summary.least, summary.most) == (2, 180, 60, 120)
    assert "Compute them anew" not in answer.text


def test_an_office_reads_its_own_on_its_home_and_not_those_of_others(house: list[Office]) -> None:
    client = sign_in(Client(), delegate_of(house[0]))

    assert client.get(url("allowances")).status_code == 403
    assert client.get(url("allowances-table")).status_code == 403


def test_the_table_has_every_office_by_reference(house: list[Office]) -> None:
    answer = page_of(Role.POLICY_OWNER).get(url("allowances-table"))

    rows = list(csv.DictReader(answer.text.splitlines()))
    assert [(row["office"], row["allowance_minutes"]) for row in rows] == [
        (house[0].reference, "120"),
        (house[1].reference, "60"),
    ]
    assert rows[0]["need_hours"] == "2.00"


def test_without_allowances_the_page_says_what_holds_instead() -> None:
    owner = page_of(Role.POLICY_OWNER)

    assert "No allowances are published" in owner.get(url("allowances")).text
    assert owner.get(url("allowances-table")).status_code == 404


def test_what_cannot_be_computed_is_refused_with_what_to_do(house: list[Office]) -> None:
    OfferedHours.objects.update(mask=0)
    owner = page_of(Role.POLICY_OWNER)

    answer = owner.get(url("propose-allowances"), {"valid_from": f"{MONDAY}"})

    assert answer.status_code == 422
    assert "Publish hours first" in said(answer.text)
    assert Apportionment.objects.count() == 1


def test_to_compute_is_to_publish_nothing_and_asks_a_bounded_number_of_times(
    house: list[Office], past: None, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    owner = page_of(Role.POLICY_OWNER)

    with django_assert_max_num_queries(22):
        answer = owner.get(url("propose-allowances"), {"valid_from": f"{MONDAY}"})

    assert answer.status_code == 200
    assert Apportionment.objects.count() == 1


def test_it_is_published_as_it_was_shown(house: list[Office], past: None) -> None:
    owner = page_of(Role.POLICY_OWNER)
    shown = owner.get(url("propose-allowances"), {"valid_from": f"{MONDAY}"})
    lines = {line.office.pk: line.after for line in shown.context["page"]}
    assert Apportionment.objects.count() == 1

    answer = owner.post(
        url("propose-allowances"), {"valid_from": f"{MONDAY}", "publish": "yes"}, follow=True
    )

    assert "The allowances are published." in answer.text
    made = Allowance.objects.filter(apportionment__valid_from=MONDAY)
    assert {row.office_id: row.minutes for row in made} == lines
    again = owner.post(url("propose-allowances"), {"valid_from": f"{MONDAY}", "publish": "yes"})
    assert "published already" in said(again.text)


@pytest.fixture
def past(house: list[Office]) -> None:
    """Both offices attended an appointment last week."""
    for office in house:
        attended(office, 1)


@pytest.mark.parametrize("day", ["2026-11-16", "2026-11-24", "2031-01-06", ""])
def test_only_one_of_the_next_mondays_can_be_chosen(house: list[Office], day: str) -> None:
    owner = page_of(Role.POLICY_OWNER)

    assert owner.get(url("propose-allowances"), {"valid_from": day}).status_code == 422
    assert owner.post(url("propose-allowances"), {"valid_from": day}).status_code == 422
    assert Apportionment.objects.count() == 1


def test_the_largest_change_comes_first(house: list[Office]) -> None:
    keys = [office.pk for office in house]
    needs, chances = dict.fromkeys(keys, 4.0), dict.fromkeys(keys, 0.5)

    found = allowances.lines(needs, {keys[0]: 8, keys[1]: 9}, chances, {keys[0]: 8, keys[1]: 4}, 4)

    assert [(line.office.pk, line.before, line.after, line.chance) for line in found] == [
        (keys[1], 60, 135, 50),
        (keys[0], 120, 120, 50),
    ]


@pytest.mark.parametrize(("floor", "before"), [(4, 60), (None, None)])
def test_for_whom_nothing_was_published_the_weekly_floor_held_if_the_rule_has_one(
    house: list[Office], floor: int | None, before: int | None
) -> None:
    key = house[0].pk

    (line,) = allowances.lines({key: 4.0}, {key: 8}, {key: 0.5}, {}, floor)

    assert (line.before, line.by_floor) == (before, True)


def test_the_preview_says_that_the_weekly_floor_held_until_then(
    house: list[Office], past: None
) -> None:
    late = OfficeFactory.create(legislator="Late Example")

    page = page_of(Role.POLICY_OWNER).get(url("propose-allowances"), {"valid_from": f"{MONDAY}"})

    line = next(one for one in page.context["page"] if one.office == late)
    assert (line.before, line.by_floor) == (60, True)
    assert said(page.text).count("the weekly floor</span>") == 1


class TestTheListOfAProposal:
    @pytest.fixture
    def many(self, house: list[Office], past: None) -> list[Office]:
        for day in range(23, 28):
            open_day(date(2026, 11, day), [ProfessionalFactory.create() for _ in range(2)])
        # Named in letters: the numbers of other factories stand in places and references.
        names = [f"Member {tens}{ones}" for tens in "vwxyz" for ones in "bcdfghjklmnp"]
        return [OfficeFactory.create(legislator=name) for name in names]

    def test_it_is_paged(self, many: list[Office]) -> None:
        owner = page_of(Role.POLICY_OWNER)

        first, second = (
            owner.get(url("propose-allowances"), {"valid_from": f"{MONDAY}", "page": number})
            for number in (1, 2)
        )

        assert [len(one.context["page"]) for one in (first, second)] == [50, 12]
        assert f"valid_from={MONDAY}&amp;page=2" in first.text
        assert first.context["summary"].offices == 62

    def test_an_office_is_found_by_its_name_whatever_page_it_is_on(
        self, many: list[Office]
    ) -> None:
        owner = page_of(Role.POLICY_OWNER)
        address = f"{url('propose-allowances')}?valid_from={MONDAY}"

        answer = owner.post(address, {"words": "member zp"}, follow=True)

        assert [line.office for line in answer.context["page"]] == [many[59]]
        assert answer.redirect_chain == [(address, 302)], "no name stands in an address"
        assert "1 office found" in said(answer.text)
        assert Apportionment.objects.count() == 1
        again = owner.post(address, {"words": ""}, follow=True)
        assert again.context["page"].paginator.count == 62

    def test_by_its_reference_too_and_what_is_found_nowhere_is_said(
        self, many: list[Office]
    ) -> None:
        owner = page_of(Role.POLICY_OWNER)
        address = f"{url('propose-allowances')}?valid_from={MONDAY}"

        found = owner.post(address, {"words": many[7].reference}, follow=True)
        nothing = owner.post(address, {"words": "nowhere"}, follow=True)

        assert [line.office for line in found.context["page"]] == [many[7]]
        assert "0 offices found" in said(nothing.text)

    def test_all_are_published_whatever_is_looked_for(self, many: list[Office]) -> None:
        owner = page_of(Role.POLICY_OWNER)
        owner.post(
            f"{url('propose-allowances')}?valid_from={MONDAY}", {"words": "member zp"}, follow=True
        )

        owner.post(url("propose-allowances"), {"valid_from": f"{MONDAY}", "publish": "yes"})

        assert Allowance.objects.filter(apportionment__valid_from=MONDAY).count() == 62
