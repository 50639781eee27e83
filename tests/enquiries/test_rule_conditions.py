"""What a rule looks at, from the form to the words: the line it lies on, and whether a number is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from comptoir.enquiries.actions import crisis
from comptoir.enquiries.models import Rest, TriageVersion
from comptoir.people.models import Role
from tests.enquiries.crises import in_force, open_crisis, rule
from tests.enquiries.factories import NOW, OFFICES, line_of, person
from tests.enquiries.test_steering_pages import posted, typed, url
from tests.liaison.professional_pages.pages import markup, said
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(client: Client) -> Client:
    """The browser of somebody who keeps the rules."""
    line_of()
    line_of(OFFICES)
    return sign_in(client, person(Role.POLICY_OWNER))


def closed_line() -> str:
    """The code of a crisis line that a rule in force looks at and sends to, closed since."""
    made = open_crisis()
    in_force(rule(when={"lines": [made.line.code]}, line=made.line.code))
    crisis.close(crisis=made, rest=Rest.STAYED, reason="It is over.", by=person(), now=NOW)
    return made.line.code


class TestTheForm:
    @pytest.mark.parametrize(("typed_value", "kept"), [("yes", True), ("no", False)])
    def test_keeps_the_lines_and_whether_a_number_is_named(
        self, desk: Client, typed_value: str, kept: bool
    ) -> None:
        wanted = typed(any_words="", lines=["public", "offices"], has_identifiers=typed_value)
        desk.post(url("triage-new"), posted(wanted))

        [made] = TriageVersion.objects.get(number=2).rules
        assert made["when"] == {"lines": ["public", "offices"], "has_identifiers": kept}

    def test_leaves_out_what_was_left_blank(self, desk: Client) -> None:
        desk.post(url("triage-new"), posted(typed()))

        [made] = TriageVersion.objects.get(number=2).rules
        assert made["when"].keys() == {"any_words"}

    @pytest.mark.parametrize(("kept", "shown"), [(True, "yes"), (False, "no"), (None, "")])
    def test_begins_with_what_the_rule_has(
        self, desk: Client, kept: bool | None, shown: str
    ) -> None:
        in_force(rule(when={"lines": ["public"], "has_identifiers": kept}))

        [row] = desk.get(url("triage-new")).context["rows"].forms

        assert (row["lines"].value(), row["has_identifiers"].value()) == (["public"], shown)

    def test_offers_open_lines_and_no_drill(self, desk: Client) -> None:
        open_crisis(is_drill=True)

        row = desk.get(url("triage-new")).context["rows"].forms[0]

        assert {code for code, _name in row.fields["lines"].choices} == {"public", "offices"}

    def test_drops_a_line_that_closed_only_when_somebody_takes_it_out(self, desk: Client) -> None:
        code = closed_line()
        assert "Wildfires (closed)" in markup(desk.get(url("triage-new")))

        same = typed(any_words="", lines=[code], line=code)
        answer = desk.post(url("triage-new"), posted(same))

        assert answer.status_code == 422
        assert "A line that is closed takes nothing" in markup(answer)
        assert "This line is not open. Choose another." in markup(answer)
        assert TriageVersion.objects.count() == 2

    def test_refuses_a_line_that_never_was(self, desk: Client) -> None:
        answer = desk.post(url("triage-new"), posted(typed(lines=["nowhere"])))

        assert "This line is not open. Choose another." in markup(answer)

    def test_costs_the_same_however_many_rules_there_are(
        self, desk: Client, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        many = (rule(f"r{n}", when={"any_words": [f"word{n}"]}) for n in range(20))
        in_force(*many)
        desk.get(url("triage-new"))

        # Session, person, grants; the version in force, the lines.
        with django_assert_num_queries(3 + 2):
            page = desk.get(url("triage-new"))

        assert len(page.context["rows"].forms) == 20


class TestTheWords:
    def test_say_what_it_looks_at(self, desk: Client) -> None:
        in_force(rule(when={"lines": ["public"], "has_identifiers": True}))

        words = said(desk.get(url("triage")))

        assert "It is on the line: Client support" in words
        assert "It names: an application or client number" in words

    def test_say_it_in_french(self, desk: Client) -> None:
        in_force(rule(when={"lines": ["public"], "has_identifiers": False}))

        with translation.override("fr"):
            words = said(desk.get(url("triage")))

        assert "Elle est sur la ligne : Soutien à la clientèle" in words
        assert "Elle indique : aucun numéro de demande ou de client" in words


class TestTrying:
    def tried(self, desk: Client, **values: str) -> str:
        data = {"topic": "other", "channel": "email", "asker": "client", "line": "public"}
        return said(desk.post(url("triage-try"), {"text": "Hello", **data, **values}))

    @pytest.mark.parametrize(
        ("when", "value"),
        [
            ({"has_identifiers": True}, {"has_identifiers": "on"}),
            ({"languages": ["fr"]}, {"language": "fr"}),
            ({"lines_of_business": ["study"]}, {"line_of_business": "study"}),
            ({"lines": ["offices"]}, {"line": "offices"}),
        ],
    )
    def test_takes_each_of_these_into_account(
        self, desk: Client, when: dict[str, Any], value: dict[str, str]
    ) -> None:
        in_force(rule(when=when))

        assert "No rule knows this" in self.tried(desk)
        assert "The rule “Fees” fired" in self.tried(desk, **value)
