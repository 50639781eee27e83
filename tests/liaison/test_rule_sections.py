"""The form of a rule in groups: all of it, what is rarely changed folded, and no error hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from comptoir.liaison.forms.pilots import OWN_GROUPS, PilotForm
from comptoir.liaison.forms.rule import HEAD, REMARKS, RuleForm
from comptoir.liaison.forms.sections import GROUPS, Section
from comptoir.liaison.queries.pilots import SHARED
from comptoir.people.models import Role
from tests.liaison.factories import NOW, PolicyFactory
from tests.liaison.posted import said, url
from tests.people.factories import person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 16)
COMING = date(2026, 12, 7)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def owner(client: Client) -> Client:
    PolicyFactory.create(version=1)
    return sign_in(client, person_with(Role.POLICY_OWNER))


def section(form: RuleForm, title: str) -> Section:
    return next(one for one in form.sections(TODAY) if str(one.title) == title)


def text(response: Any) -> str:
    return said(" ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split()))


def test_every_field_stands_in_one_group() -> None:
    grouped = [name for group in GROUPS for name in group.names]

    assert sorted([*HEAD, *grouped, *REMARKS]) == sorted(RuleForm.base_fields)
    own = [name for group in OWN_GROUPS for name in group.names]
    apart = {"name_en", "name_fr", *REMARKS}
    assert sorted([*own, *grouped]) == sorted(set(PilotForm.base_fields) - apart)


def test_every_number_is_explained_in_a_line() -> None:
    """A box to tick, and choices among things that are named, explain themselves."""
    form = RuleForm()
    silent = {name for group in GROUPS for name in group.names if not form[name].help_text}

    assert silent == {"late_counts"}


def test_what_is_rarely_changed_is_folded_behind_what_its_numbers_are() -> None:
    form = RuleForm(initial={"most_waiting": 4, "pattern_least_late": 7, "nested": True})

    found = form.sections(TODAY)

    assert [str(one.title) for one in found if not one.is_folded] == [
        "Limits of an office", "Late time", "What is kept for whom",
    ]  # fmt: skip
    assert not any(one.is_open for one in found)
    values = {str(one.title): " ".join(term.value for term in one.values) for one in found}
    assert "4 at once for each office" in values["Waiting list"]
    assert "lost 7 appointments or more late" in values["Reliability"]
    assert "90% of all hours in proportion to need" in values["Allowances"]


def test_the_line_of_a_folded_group_follows_what_was_written() -> None:
    form = RuleForm({"confirm_before_minutes": "90"}, initial={"confirm_before_minutes": 60})

    (term,) = section(form, "Confirmations").values

    assert said(term.value) == "at the latest 1 hour 30 minutes before it begins"


@pytest.mark.parametrize("written", ["", "many", "-1"])
def test_what_is_empty_or_not_understood_is_summed_up_as_the_default(written: str) -> None:
    (term,) = section(RuleForm({"confirm_before_minutes": written}), "Confirmations").values

    assert said(term.value) == "at the latest 1 hour before it begins"


def test_a_group_with_an_error_is_open_and_no_other() -> None:
    found = RuleForm({"most_waiting": "99"}).sections(TODAY)

    assert {str(one.title) for one in found if one.is_open and one.is_folded} == {"Waiting list"}


def test_the_page_opens_the_group_of_an_error(owner: Client) -> None:
    closed = owner.get(url("new-rule")).content.decode()
    refused = owner.post(url("new-rule"), {"most_waiting": "99"}).content.decode()

    assert closed.count('<details class="details section">') == 5
    assert refused.count('<details class="details section">') == 4
    assert refused.count('<details class="details section" open>') == 1


class TestOfAPilot:
    def test_what_the_rule_says_does_not_stand_under_what_the_pilot_is_judged_by(
        self, owner: Client
    ) -> None:
        page = text(owner.get(url("new-pilot")))

        titles = (
            "Who and when", "By what it is judged", "The trial rule", "Limits of an office",
            "Opening", "Waiting list",
        )  # fmt: skip
        places = [page.index(title) for title in titles]
        assert places == sorted(places)
        judged = next(group for group in OWN_GROUPS if str(group.title) == "By what it is judged")
        assert {"measures", "most_idle_percent"} < {*judged.names}
        assert not {*judged.names} & {*RuleForm.base_fields}

    def test_what_a_group_has_in_common_with_all_is_said_beside_it(self) -> None:
        form, words = PilotForm(), "A group has it in common with all others."

        said_of = {name for name in form.fields if words in str(form[name].help_text)}

        assert said_of == {*SHARED}
        assert words not in str(RuleForm()["batch_minutes"].help_text)

    def test_it_begins_as_the_rule_of_today(self, owner: Client) -> None:
        PolicyFactory.create(version=2, valid_from=COMING, minutes_per_day=45)

        page = owner.get(url("new-pilot"))

        assert page.context["form"]["minutes_per_day"].value() == 120
        assert "It begins as the rule of today" in text(page)
        assert f'href="?from={COMING}"' in page.content.decode()

    def test_for_days_to_come_it_begins_as_the_rule_that_is_set_for_them(
        self, owner: Client
    ) -> None:
        PolicyFactory.create(version=2, valid_from=COMING, minutes_per_day=45)

        page = owner.get(url("new-pilot"), {"from": f"{COMING}"})

        form = page.context["form"]
        assert (form["minutes_per_day"].value(), form["starts_on"].value()) == (45, COMING)
        assert "It begins as version 2, in force from December 7, 2026" in text(page)

    @pytest.mark.parametrize("asked", ["2026-12-08", "tomorrow", ""])
    def test_another_day_is_answered_with_the_rule_of_today(
        self, owner: Client, asked: str
    ) -> None:
        PolicyFactory.create(version=2, valid_from=COMING, minutes_per_day=45)

        page = owner.get(url("new-pilot"), {"from": asked})

        assert page.context["form"]["minutes_per_day"].value() == 120
