"""Versions of the sharing rule: compared before they are set, replaced before they begin, never lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.forms.models import model_to_dict
from django.test import Client
from django.utils import translation

from comptoir.liaison.actions import ruling
from comptoir.liaison.models import Policy
from comptoir.liaison.queries import days, versions
from comptoir.liaison.queries import words as rule_words
from comptoir.people.models import Role
from comptoir.ui import clock as clocks
from tests.liaison.factories import NOW, PolicyFactory, delegate_of
from tests.liaison.posted import said, url
from tests.people.factories import OfficeFactory, PersonFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

TODAY = clocks.service_date(NOW)
DECEMBER = date(2026, 12, 1)
JANUARY = date(2027, 1, 4)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def current() -> Policy:
    """Two hours a day and four a week, for years."""
    return PolicyFactory.create(version=1, minutes_per_day=120, minutes_per_week=240)


@pytest.fixture
def owner(client: Client) -> Client:
    return sign_in(client, person_with(Role.POLICY_OWNER))


def draft(on: date = DECEMBER, **values: Any) -> Policy:
    """What a form makes: like the rule of the factory, without a number."""
    made: Policy = PolicyFactory.build(version=0, valid_from=on, **values)
    return made


def start(on: date = DECEMBER, *, seen: int | None = None, **values: Any) -> Policy:
    return ruling.start_rule(
        draft=draft(on, **values), by=PersonFactory.create(), now=NOW, seen=seen
    )


def typed(policy: Policy, **changes: str) -> dict[str, object]:
    """What the form sends to write this rule again."""
    sent = model_to_dict(policy, exclude=["id", "version", "created_by", "created_at"])
    if not sent.pop("late_counts"):
        return {**sent, **changes}
    return {**sent, "late_counts": "on", **changes}


class TestSetting:
    def test_what_says_nothing_new_is_refused(self, current: Policy) -> None:
        with pytest.raises(ruling.NothingNew) as refused:
            start()

        assert refused.value.policy == current
        assert Policy.objects.count() == 1

    @pytest.mark.parametrize(
        "change",
        [{"minutes_per_day": 105}, {"name_en": "Fairer"}, {"remark_fr": "Décidé en mai."}],
    )
    def test_another_number_name_or_remark_is_new(
        self, current: Policy, change: dict[str, Any]
    ) -> None:
        assert start(**change).version == 2

    def test_a_coming_version_is_not_set_twice_but_may_be_followed_by_what_was_before(
        self, current: Policy
    ) -> None:
        start(minutes_per_day=60)

        with pytest.raises(ruling.NothingNew):
            start(minutes_per_day=60)
        with pytest.raises(ruling.NothingNew):
            start(JANUARY, minutes_per_day=60)
        assert start(JANUARY).version == 3

    @pytest.mark.parametrize(
        ("ahead", "refused"),
        [
            (-1, ruling.BeginsInThePast),
            (0, ruling.BeginsInThePast),
            (1, None),
            (366, None),
            (367, ruling.BeginsTooFarAhead),
            (36_525, ruling.BeginsTooFarAhead),
        ],
    )
    def test_its_first_day_is_after_today_and_within_a_year(
        self, current: Policy, ahead: int, refused: type[Exception] | None
    ) -> None:
        on = TODAY + timedelta(days=ahead)

        if refused is None:
            assert start(on, minutes_per_day=60).valid_from == on
        else:
            with pytest.raises(refused):
                start(on, minutes_per_day=60)
            assert Policy.objects.count() == 1

    def test_what_was_compared_with_less_than_there_is_is_not_set(self, current: Policy) -> None:
        start(minutes_per_day=60, seen=1)

        with pytest.raises(ruling.SetMeanwhile):
            start(minutes_per_day=90, seen=1)
        assert start(minutes_per_day=90, seen=2).version == 3

    def test_the_version_that_was_set_last_for_a_day_governs_it(self, current: Policy) -> None:
        start(minutes_per_day=60)
        last = start(minutes_per_day=90)

        assert versions.governing(DECEMBER) == last
        assert days.load_rules().policy(DECEMBER) == last
        assert versions.governing(DECEMBER - timedelta(days=1)) == current


class TestTheList:
    def test_every_version_stands_in_exactly_one_place(self, current: Policy) -> None:
        old = PolicyFactory.create(version=2, valid_from=current.valid_from - timedelta(days=365))
        first, second = start(minutes_per_day=60), start(minutes_per_day=75)
        third = start(minutes_per_day=90)
        last = start(JANUARY, minutes_per_day=105)

        found = versions.versions(TODAY)

        assert (found.current, found.coming, found.earlier) == (current, [third, last], [old])
        assert [(r.policy, r.by) for r in found.replaced] == [(second, third), (first, third)]

    @pytest.mark.parametrize("days_later", [0, 60, 400])
    def test_as_time_goes_by_it_is_what_governs(self, current: Policy, days_later: int) -> None:
        start(minutes_per_day=60)
        start(JANUARY, minutes_per_day=90)
        today = TODAY + timedelta(days=days_later)

        assert versions.versions(today).current == days.load_rules().policy(today)

    def test_without_a_rule_there_is_none(self) -> None:
        found = versions.versions(TODAY)

        assert (found.current, found.coming, found.earlier, found.replaced) == (None, [], [], [])

    def test_what_was_replaced_is_on_the_page_of_everybody(self, current: Policy) -> None:
        start(minutes_per_day=60, name_en="An hour")
        start(minutes_per_day=90, name_en="Ninety minutes")
        delegate = sign_in(Client(), delegate_of(OfficeFactory.create()))

        page = said(delegate.get(url("rule")).text)

        assert "Version 2 was to begin on" in page
        assert "version 3 begins in its place" in page
        assert "An hour" in page
        assert "Withdraw" not in page


class TestComparing:
    def test_nothing_is_set_before_it_was_compared(self, owner: Client, current: Policy) -> None:
        page = owner.post(
            url("new-rule"), typed(current, valid_from="2026-12-01", minutes_per_day="60")
        )

        assert Policy.objects.count() == 1
        comparison = page.context["comparison"]
        changed = [(c.label, said(c.before), said(c.after)) for c in comparison.changes]
        assert changed == [("A day, for each office", "2 hours", "1 hour")]
        assert len(comparison.same) == len(rule_words.terms(current)) - 1
        assert "Every office may book up to 1 hour a day and 4 hours a week" in said(page.text)

    def test_what_was_compared_is_set_as_it_was_typed(self, owner: Client, current: Policy) -> None:
        sent = typed(current, valid_from="2026-12-01", minutes_per_day="60")
        sent |= {"lengths": ["30", "60"]}
        del sent["late_counts"]
        page = owner.post(url("new-rule"), sent)
        carried = _hidden(page.text)

        answer = owner.post(url("new-rule"), carried | {"seen": "1"})

        assert answer.status_code == 302
        made = Policy.objects.get(version=2)
        assert (made.lengths, made.late_counts, made.minutes_per_day) == ([30, 60], False, 60)

    def test_who_wants_to_change_something_finds_the_form_filled_in(
        self, owner: Client, current: Policy
    ) -> None:
        sent = typed(current, valid_from="2026-12-01", minutes_per_day="60")

        page = owner.post(url("new-rule"), sent | {"change": "yes"})

        assert page.status_code == 200
        assert page.context["form"]["minutes_per_day"].value() == "60"
        assert Policy.objects.count() == 1

    def test_a_version_that_somebody_set_meanwhile_is_compared_with_first(
        self, owner: Client, current: Policy
    ) -> None:
        sent = typed(current, valid_from="2026-12-01", minutes_per_day="60")
        start(minutes_per_day=90)

        page = owner.post(url("new-rule"), sent | {"seen": "1"})

        assert page.status_code == 422
        assert "Another version was set in the meantime. Nothing was done" in page.text
        assert page.context["comparison"].replaces.version == 2
        assert "It replaces version 2" in said(page.text)
        assert Policy.objects.count() == 2

    def test_a_later_version_that_is_set_already_is_told(
        self, owner: Client, current: Policy
    ) -> None:
        later = start(JANUARY, minutes_per_day=90)

        page = owner.post(
            url("new-rule"), typed(current, valid_from="2026-12-01", minutes_per_day="60")
        )

        assert page.context["comparison"].until == later
        assert "this one governs the days before it" in page.text

    def test_the_first_rule_of_all_has_nothing_to_be_compared_with(self, owner: Client) -> None:
        page = owner.post(url("new-rule"), typed(draft(), valid_from="2026-12-01"))

        comparison = page.context["comparison"]
        assert (comparison.before, comparison.same) == (None, [])
        assert [change.after for change in comparison.changes] == [
            term.value for term in rule_words.terms(draft())
        ]
        assert "The day before: no rule" in said(page.text)

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({}, "Version 1 says the same for that day: there is nothing to set."),
            ({"valid_from": "2126-12-02"}, "Choose a day within a year from now."),
            ({"valid_from": "2026-11-16"}, "Choose tomorrow or a later day."),
            ({"minutes_per_week": "60"}, "cannot be under the limit of a day"),
        ],
    )
    @pytest.mark.parametrize("seen", [None, "1"])
    def test_what_cannot_be_set_is_not_even_compared(
        self,
        owner: Client,
        current: Policy,
        changes: dict[str, str],
        sentence: str,
        seen: str | None,
    ) -> None:
        sent = typed(current, **{"valid_from": "2026-12-01", **changes})

        page = owner.post(url("new-rule"), sent if seen is None else sent | {"seen": seen})

        assert page.status_code == 422
        assert sentence in page.text
        assert Policy.objects.count() == 1


class TestWithdrawing:
    def test_a_coming_version_is_withdrawn_by_what_it_would_have_followed(
        self, owner: Client, current: Policy
    ) -> None:
        start(minutes_per_day=60, remark_en="Tried.", remark_fr="Essai.")
        assert "Withdraw version 2" in said(owner.get(url("rule")).text)

        form = owner.get(url("new-rule") + "?instead=2").context["form"]
        assert (form["minutes_per_day"].value(), form["valid_from"].value()) == (120, DECEMBER)
        assert form["remark_en"].value() == current.remark_en
        page = owner.post(url("new-rule"), typed(current, valid_from="2026-12-01"))
        assert page.context["comparison"].changes == []
        assert "No number: those of version 1 go on." in said(page.text)
        owner.post(url("new-rule"), _hidden(page.text) | {"seen": "2"})

        governing = days.load_rules().on(DECEMBER)
        assert governing == replace(days.as_rule(current), version=3)
        assert "version 3 begins in its place" in said(owner.get(url("rule")).text)

    @pytest.mark.parametrize("named", ["1", "9", "x", "", "99999999999999999999"])
    def test_what_is_no_coming_version_begins_from_the_rule_of_today(
        self, owner: Client, current: Policy, named: str
    ) -> None:
        form = owner.get(url("new-rule"), {"instead": named}).context["form"]

        assert form["minutes_per_day"].value() == 120
        assert form["valid_from"].value() is None


@pytest.mark.parametrize(
    ("numbers", "french"),
    [
        (
            {"horizon_business_days": 1},
            "1 jour ouvrable à l’avance, avec un préavis d’au moins 15 minutes",
        ),
        (
            {"late_notice_minutes": 120},
            "avec un préavis de moins de 2 heures – le temps compte tout de même",
        ),
        ({"no_show_after_minutes": 0}, "consigné dès le début"),
    ],
)
def test_the_terms_of_a_rule_are_french_on_a_french_page(
    numbers: dict[str, Any], french: str
) -> None:
    with translation.override("fr"):
        found = [said(term.value) for term in rule_words.terms(draft(**numbers))]

    assert french in found


def _hidden(page: str) -> dict[str, list[str]]:
    """What the page's form carries along."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r'<input type="hidden"[^>]*>', page):
        name, value = (re.search(rf'{what}="([^"]*)"', tag) for what in ("name", "value"))
        if name:
            found.setdefault(name[1], []).append(value[1] if value else "")
    return found


def test_what_excuses_is_part_of_a_version_and_of_its_comparison(
    owner: Client, current: Policy
) -> None:
    changed: dict[str, object] = {
        **typed(current), "valid_from": "2026-12-01", "excusing_reasons": ["emergency"],
    }  # fmt: skip

    page = owner.post(url("new-rule"), changed)

    assert [change.label for change in page.context["comparison"].changes] == [
        "Excused, though late"
    ]
    owner.post(url("new-rule"), {**changed, "seen": "1"})
    assert Policy.objects.get(version=2).excusing_reasons == ["emergency"]
    assert days.load_rules().policy(TODAY) == current
