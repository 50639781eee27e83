"""Pages of the rules of triage and of the promises: what they show, what they refuse, who sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import translation

from comptoir.enquiries.actions import triaging
from comptoir.enquiries.models import (
    Enquiry,
    Message,
    Priority,
    ServiceTarget,
    Topic,
    TriageFinding,
    TriageVersion,
    WorkingHours,
)
from comptoir.enquiries.queries import triage as rules
from comptoir.people.models import Person, Role
from tests.enquiries.crises import in_force, open_crisis, rule
from tests.enquiries.factories import NOW, OFFICES, enquiry, line_of, person
from tests.liaison.professional_pages.pages import markup, said
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

TOMORROW = date(2026, 11, 17)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def owner() -> Person:
    return person(Role.POLICY_OWNER, name="Morgan Owner")


@pytest.fixture
def desk(client: Client, owner: Person) -> Client:
    """The owner's browser."""
    line_of(OFFICES)
    return sign_in(client, owner)


def url(name: str, *arguments: object) -> str:
    return reverse(f"enquiries:{name}", args=arguments)


def posted(*written: dict[str, Any], **values: str) -> dict[str, Any]:
    """What a browser sends of a version with these rules."""
    data: dict[str, Any] = {
        "name_en": "Fees first",
        "name_fr": "Frais d’abord",
        "valid_from": TOMORROW.isoformat(),
        "rules-TOTAL_FORMS": str(len(written)),
        "rules-INITIAL_FORMS": "0",
        **values,
    }
    for number, each in enumerate(written):
        data |= {f"rules-{number}-{name}": value for name, value in each.items()}
    return data


def typed(**values: Any) -> dict[str, Any]:
    return {
        "name_en": "Fees",
        "name_fr": "Frais",
        "any_words": "refund\nremboursement",
        "priority": "1",
        **values,
    }


class TestTheRules:
    def test_in_force_are_told_in_plain_words(self, desk: Client) -> None:
        words = said(desk.get(url("triage")))

        assert "In force: version 1, Working rules, ours" in words
        assert "The text says one of: funeral, passed away" in words
        assert "Its priority is at least: Urgent" in words
        assert "A referral is proposed: Threat to life" in words

    def test_are_told_in_french_too(self, desk: Client) -> None:
        with translation.override("fr"):
            page = said(desk.get(url("triage")))

        assert "Décès dans la famille" in page
        assert "Death in the family" not in page

    def test_before_the_first_say_what_happens_meanwhile(
        self, desk: Client, clock: time_machine.Traveller
    ) -> None:
        clock.move_to(datetime(2022, 1, 3, 15, tzinfo=UTC))

        assert "No rules are in force" in said(
            sign_in(desk, person(Role.TEAM_LEAD)).get(url("triage"))
        )

    def test_of_an_old_version_can_still_be_read(self, desk: Client) -> None:
        in_force(rule())

        assert "The text says one of: funeral" in said(desk.get(url("triage-version", 1)))

    def test_cost_the_same_however_many_versions_there_are(
        self, desk: Client, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        for _ in range(5):
            in_force(rule())
        desk.get(url("triage"))

        # Session, person, grants; version in force, lines, number of versions, those to approve, versions.
        with django_assert_num_queries(3 + 5):
            desk.get(url("triage"))


class TestWriting:
    def test_begins_with_the_rules_in_force_and_loses_none_of_them(self, desk: Client) -> None:
        page = desk.get(url("triage-new"))
        shipped = TriageVersion.objects.get()
        rows = page.context["rows"]
        data = posted()
        data["rules-TOTAL_FORMS"] = str(len(rows.forms))
        for row in rows.forms:
            for field in row:
                value = field.value()
                data[field.html_name] = "" if value is None else value

        answer = desk.post(url("triage-new"), data)

        assert answer.status_code == 302, answer.context["rows"].errors
        assert TriageVersion.objects.get(number=2).rules == shipped.rules

    def test_keeps_what_was_typed_until_a_colleague_approves(self, desk: Client) -> None:
        desk.post(url("triage-new"), posted(typed(topics=[Topic.OTHER], refer="urgent")))

        made = TriageVersion.objects.get(number=2)
        assert made.rules == [
            {
                "code": "fees",
                "name_en": "Fees",
                "name_fr": "Frais",
                "when": {"any_words": ["refund", "remboursement"], "topics": ["other"]},
                "then": {"refer": ["urgent"], "priority": 1},
            }
        ]
        assert made.approved_at is None
        assert "They begin once a colleague has approved them" in said(
            desk.get(url("triage-version", 2))
        )
        assert "waits for approval" in said(desk.get(url("triage")))

    def test_stand_in_the_order_of_their_numbers(self, desk: Client) -> None:
        first = typed(name_en="First", any_words="b", place="1")
        second = typed(name_en="Second", any_words="a", place="2")

        desk.post(url("triage-new"), posted(typed(), second, first))

        made = TriageVersion.objects.get(number=2)
        assert [each["code"] for each in made.rules] == ["first", "second", "fees"]

    def test_a_rule_is_added_without_judging_and_nothing_typed_is_lost(self, desk: Client) -> None:
        answer = desk.post(url("triage-new"), posted(typed(), **{"rules-add": "1"}))

        rows = answer.context["rows"]
        assert len(rows.forms) == 2
        assert rows.forms[0]["any_words"].value() == "refund\nremboursement"
        assert TriageVersion.objects.count() == 1

    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({"any_words": ""}, "Say at least one thing the rule looks for."),
            ({"any_words": "…"}, "A word needs letters or digits."),
            ({"priority": ""}, "Say at least one thing that follows."),
            ({"skills": "adoption"}, "No agent knows this"),
            ({"skills": "é"}, "Each code has letters without accents"),
            ({"name_fr": ""}, "This field is required."),
        ],
    )
    def test_what_cannot_be_meant_is_refused_beside_its_field(
        self, desk: Client, values: dict[str, str], sentence: str
    ) -> None:
        answer = desk.post(url("triage-new"), posted(typed(**values)))

        assert answer.status_code == 422
        assert sentence in markup(answer)
        assert TriageVersion.objects.count() == 1

    def test_the_same_rule_twice_is_refused(self, desk: Client) -> None:
        answer = desk.post(url("triage-new"), posted(typed(), typed()))

        assert "Another rule has this name." in markup(answer)

    def test_a_day_that_is_over_is_refused_and_today_begins_now(self, desk: Client) -> None:
        answer = desk.post(url("triage-new"), posted(typed(), valid_from="2026-11-15"))
        assert "Choose today or a later day." in markup(answer)

        desk.post(url("triage-new"), posted(typed(), valid_from="2026-11-16"))

        assert TriageVersion.objects.get(number=2).valid_from == NOW


class TestApproving:
    def write(self, by: Person) -> TriageVersion:
        return triaging.write(
            name_en="A", name_fr="B", valid_from=NOW, written=[rule()], by=by, now=NOW
        )

    def test_by_a_colleague_puts_it_in_force(self, desk: Client) -> None:
        version = self.write(person(Role.TEAM_LEAD))
        assert "Approve these rules" in said(desk.get(url("triage-version", 2)))

        desk.post(url("triage-approve", 2))

        assert rules.in_force(NOW) == version

    def test_is_asked_for_at_the_top_of_the_page(self, desk: Client, owner: Person) -> None:
        self.write(person(Role.TEAM_LEAD, name="Ada Lead"))
        self.write(owner)

        words = said(desk.get(url("triage")))

        top = words[: words.index("In force: version 1")]
        assert "Ada Lead wrote it. Any other team lead or policy owner may approve it" in top
        assert "Read version 2 and approve it" in top
        assert "You wrote it: ask another team lead or a policy owner" in top
        assert "Read version 3 and approve it" not in top

    def test_is_asked_for_no_more_once_it_was_done(self, desk: Client) -> None:
        self.write(person(Role.TEAM_LEAD))
        desk.post(url("triage-approve", 2))

        assert "approve it" not in said(desk.get(url("triage")))

    def test_by_who_wrote_it_is_refused_with_what_to_do(self, desk: Client, owner: Person) -> None:
        self.write(owner)

        answer = desk.post(url("triage-approve", 2), follow=True)

        assert "Ask a colleague to approve them." in said(answer)
        assert TriageVersion.objects.get(number=2).approved_at is None


class TestTrying:
    def try_text(self, desk: Client, text: str, **values: str) -> Any:
        line_of()
        data = {"topic": "other", "channel": "email", "asker": "client", "line": "public", **values}
        return desk.post(url("triage-try"), {"text": text, **data})

    def test_says_which_rule_would_fire_and_why_and_keeps_nothing(self, desk: Client) -> None:
        words = said(self.try_text(desk, "My mother’s FUNERAL"))

        assert "The rule “Death in the family” fired, because it found: funeral" in words
        assert "Its priority is at least: Urgent" in words
        counts = (Enquiry, Message, TriageFinding)
        assert [model.objects.count() for model in counts] == [0, 0, 0]

    def test_knows_the_keywords_of_crisis_lines(self, desk: Client) -> None:
        open_crisis()

        words = said(self.try_text(desk, "fires2026"))

        assert "Keyword of the line Wildfires" in words
        assert "It goes to the line: Wildfires" in words

    def test_says_what_becomes_of_what_no_rule_knows(self, desk: Client) -> None:
        words = said(self.try_text(desk, "Hello"))

        assert "No rule knows this" in words
        assert "wait in the queue that is watched" in words

    def test_names_a_topic_by_its_words(self, desk: Client) -> None:
        words = said(self.try_text(desk, "Hello", topic="document"))

        assert "fired, because it found: A document to add" in words

    def test_asks_for_a_text(self, desk: Client) -> None:
        answer = self.try_text(desk, "")

        assert answer.status_code == 422
        assert "Paste or type a text." in markup(answer)


class TestTheFinding:
    def shown(self, found: Enquiry) -> str:
        page = Template("{% load enquiry_parts %}{% finding enquiry %}")
        return " ".join(page.render(Context({"enquiry": found})).split())

    def test_says_which_rule_put_it_here_and_what_it_found(self) -> None:
        words = self.shown(enquiry(body="I got a death threat", topic=Topic.OTHER))

        assert "The rule “Threat to life” fired, because it found: death threat" in words
        assert "The rules propose a referral: Threat to life" in words
        assert "Version 1 of the rules" in words

    def test_of_a_keyword_names_the_line(self) -> None:
        open_crisis()

        assert "Keyword of the line Wildfires" in self.shown(enquiry(body="FIRES2026"))

    def test_of_a_person_gives_the_reason(self) -> None:
        found = enquiry()
        triaging.overrule(
            enquiry=found,
            version=found.version,
            line=found.line,
            priority=Priority.HIGH,
            skills=[],
            reason="A child waits.",
            by=person(name="Ada Lead"),
            now=NOW,
        )

        words = self.shown(found)
        assert "Ada Lead put it here" in words
        assert "A child waits." in words

    def test_of_nothing_asks_somebody_to_look(self) -> None:
        words = self.shown(enquiry(topic=Topic.OTHER, body="Hello"))

        assert "No rule knew it." in words


class TestOverruling:
    def data(self, found: Enquiry, **values: str) -> dict[str, str]:
        return {
            "version": str(found.version),
            "line": "public",
            "priority": "2",
            "skills": "",
            "reason": "A child waits.",
            **values,
        }

    def test_is_done_by_an_agent_with_a_reason(self, client: Client) -> None:
        browser = sign_in(client, person(Role.AGENT))
        found = enquiry()

        answer = browser.post(url("overrule", found.reference), self.data(found), follow=True)

        found.refresh_from_db()
        assert found.priority == Priority.URGENT
        assert "A child waits." in said(answer)

    def test_without_a_reason_or_after_a_change_is_refused(self, client: Client) -> None:
        browser = sign_in(client, person(Role.AGENT))
        found = enquiry()
        place = url("overrule", found.reference)

        assert "Say why." in markup(browser.post(place, self.data(found, reason="")))
        browser.post(place, self.data(found))
        late = browser.post(place, self.data(found, priority="0"))
        assert late.status_code == 422
        assert "Somebody changed this enquiry" in markup(late)


class TestTargets:
    def test_stand_by_line_with_whose_value_they_are(self, desk: Client) -> None:
        words = said(desk.get(url("targets")))

        assert "Client support" in words
        assert "10 business days in force" in words
        assert "Working value, from the launch" in words

    def test_are_set_from_a_day_on(self, desk: Client, owner: Person) -> None:
        answer = desk.post(url("new-target"), self.data(), follow=True)

        assert "The service target holds from Tuesday, November 17, 2026." in said(answer)
        made = ServiceTarget.objects.get(valid_from=TOMORROW)
        assert (made.amount, made.unit, made.created_by) == (7, "hours", owner)

    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({"valid_from": "2026-11-15"}, "Choose today or a later day."),
            ({"amount": "0"}, "At least 1."),
            ({"line": "nowhere"}, "This line is not open."),
            ({"source": ""}, "This field is required."),
        ],
    )
    def test_that_cannot_be_are_refused(
        self, desk: Client, values: dict[str, str], sentence: str
    ) -> None:
        answer = desk.post(url("new-target"), self.data(**values))

        assert answer.status_code == 422
        assert sentence in markup(answer)

    def test_show_a_period_under_both_targets_with_the_definition(self, desk: Client) -> None:
        enquiry()

        words = said(desk.get(url("targets"), {"first": "2026-11-16", "last": "2026-11-20"}))

        assert "Promises that began from November 16, 2026 to November 20, 2026" in words
        assert "nothing decided yet" in words
        assert "Every promise counts in the period in which it began." in words

    @pytest.mark.parametrize(
        ("first", "last", "sentence"),
        [
            ("2026-11-20", "2026-11-16", "The last day comes before the first."),
            ("2025-11-20", "2026-11-16", "Ask for three months at most."),
            ("0001-01-01", "0001-01-02", "Ask for three months at most."),
        ],
    )
    def test_refuse_a_period_that_cannot_be(
        self, desk: Client, first: str, last: str, sentence: str
    ) -> None:
        answer = desk.get(url("targets"), {"first": first, "last": last})

        assert sentence in markup(answer)

    def data(self, **values: str) -> dict[str, str]:
        line_of()
        return {
            "line": "public",
            "promise": "first",
            "valid_from": TOMORROW.isoformat(),
            "amount": "7",
            "unit": "hours",
            "source": "Board",
            **values,
        }


class TestWorkingHours:
    def data(self, **values: str) -> dict[str, str]:
        return {"valid_from": TOMORROW.isoformat(), "source": "Board", **values}

    def test_are_shown_day_by_day(self, desk: Client) -> None:
        words = said(desk.get(url("hours")))

        assert "Monday 08:00–16:00" in words
        assert "Sunday not worked" in words

    def test_are_set_with_a_break(self, desk: Client) -> None:
        form = desk.get(url("new-hours")).context["form"]
        assert form["day_0"].value() == "08:00-16:00"

        desk.post(url("new-hours"), self.data(day_0="08:00-12:00, 13:00–16:30", day_5="9:00-12:00"))

        made = WorkingHours.objects.get(valid_from=TOMORROW)
        assert made.periods == {
            "0": [["08:00", "12:00"], ["13:00", "16:30"]],
            "5": [["09:00", "12:00"]],
        }

    @pytest.mark.parametrize(
        ("values", "sentence"),
        [
            ({}, "Enter the hours of at least one day."),
            ({"day_0": "morning"}, "Enter hours such as 08:00-16:00"),
            ({"day_0": "8-12"}, "Enter hours such as 08:00-16:00"),
            ({"day_0": "08:00-25:00"}, "Enter hours such as 08:00-16:00"),
            ({"day_0": "08:00-12:00-13:00"}, "Enter hours such as 08:00-16:00"),
            ({"day_0": "16:00-08:00"}, "hours end before they begin"),
            ({"day_0": "08:00-12:00", "valid_from": "2022-10-31"}, "Choose today or a later day."),
        ],
    )
    def test_that_cannot_be_are_refused(
        self, desk: Client, values: dict[str, str], sentence: str
    ) -> None:
        answer = desk.post(url("new-hours"), self.data(**values))

        assert answer.status_code == 422
        assert sentence in markup(answer)
