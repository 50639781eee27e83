"""The page of the lines, and the page on which one is given its mailbox and its number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from comptoir.audit.models import Event
from comptoir.enquiries.actions import crisis
from comptoir.enquiries.models import Line, Rest
from comptoir.people.models import Person, Role
from tests.enquiries.crises import open_crisis
from tests.enquiries.factories import NOW, OFFICES, line_of, person
from tests.enquiries.mail_writing import OFFICES_MAILBOX, QUESTIONS, line, line_of_offices
from tests.liaison.professional_pages.pages import markup, said
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

LIST = "enquiries:lines"


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lead() -> Person:
    return person(Role.TEAM_LEAD)


@pytest.fixture
def desk(client: Client, lead: Person) -> Client:
    """The lead's browser."""
    line_of()
    line_of(OFFICES)
    return sign_in(client, lead)


def one(code: str) -> str:
    return reverse("enquiries:line", args=[code])


def closed(keyword: str, by: Person) -> Line:
    """A crisis line that was opened a day ago and is closed."""
    made = open_crisis(keyword=keyword, by=by, now=NOW - timedelta(days=1))
    crisis.close(crisis=made, rest=Rest.STAYED, reason="It is over.", by=by, now=NOW)
    return made.line


class TestTheList:
    def test_says_of_each_line_what_it_promises_and_how_it_is_reached(self, desk: Client) -> None:
        line()
        Line.objects.filter(code="public").update(telephone="613-555-0100")

        page = desk.get(reverse(LIST))

        words = said(page)
        assert "Client support" in words
        assert "First answer 5 business days" in words
        assert "Final answer 10 business days" in words
        assert QUESTIONS in page.content.decode().replace("<wbr>", "")
        assert "613-555-0100" in words
        assert "None, so it takes no mail" in words

    def test_shows_the_open_ones_then_the_closed_ones_with_their_day(
        self, desk: Client, lead: Person
    ) -> None:
        gone = closed("STORM2026", lead)
        opened = open_crisis(by=lead).line

        page = desk.get(reverse(LIST))

        shown = [each.line for each in page.context["lines"]]
        assert shown == [*Line.objects.exclude(pk=gone.pk).order_by("pk"), gone]
        assert "Closed on November 16, 2026" in said(page)
        assert one(opened.code) in page.content.decode()
        assert one(gone.code) not in page.content.decode()

    def test_knows_nothing_of_a_drill(self, desk: Client, lead: Person) -> None:
        drill = open_crisis(is_drill=True, by=lead).line

        page = desk.get(reverse(LIST)).content.decode()

        assert drill.name_en not in page
        assert drill.code not in page

    def test_is_reached_from_every_page_of_rules(self, desk: Client) -> None:
        assert reverse(LIST) in desk.get(reverse("enquiries:targets")).content.decode()

    def test_takes_as_many_queries_for_many_as_for_few(
        self, desk: Client, lead: Person, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        for number in range(5):
            closed(f"STORM{number}", lead)
        desk.get(reverse(LIST))

        # Session, person, grants; how many lines, the lines of the page, their targets.
        with django_assert_num_queries(3 + 3):
            desk.get(reverse(LIST))

    @pytest.mark.parametrize("role", [Role.AGENT, Role.PROFESSIONAL, Role.ADMINISTRATOR])
    def test_is_for_those_who_keep_the_lines(self, role: Role) -> None:
        browser = sign_in(Client(), person(role))

        assert browser.get(reverse(LIST)).status_code == 403
        assert browser.get(one("public")).status_code == 403


class TestGiving:
    def test_a_mailbox_and_a_number_are_kept_in_one_form_and_are_on_the_trail(
        self, desk: Client, lead: Person
    ) -> None:
        answer = desk.post(
            one("public"),
            {"mailbox": QUESTIONS.upper(), "telephone": " 613-555-0100  ext 4"},
            follow=True,
        )

        found = Line.objects.get(code="public")
        assert (found.mailbox, found.telephone) == (QUESTIONS, "613-555-0100 ext 4")
        assert "How Client support is reached was saved." in said(answer)
        events = Event.objects.filter(object_id=str(found.pk), actor_id=lead.pk)
        assert set(events.values_list("action", flat=True)) == {
            "line.mailbox_given",
            "line.telephone_given",
        }

    def test_what_stays_as_it_is_leaves_nothing_on_the_trail(self, desk: Client) -> None:
        line()

        desk.post(one("public"), {"mailbox": QUESTIONS, "telephone": ""})

        assert not Event.objects.filter(action__startswith="line.").exists()

    def test_begins_with_what_the_line_has(self, desk: Client) -> None:
        line()

        assert QUESTIONS in markup(desk.get(one("public")))

    def test_both_can_be_taken_away(self, desk: Client) -> None:
        line()
        Line.objects.filter(code="public").update(telephone="613-555-0100")

        desk.post(one("public"), {"mailbox": "", "telephone": ""})

        found = Line.objects.get(code="public")
        assert (found.mailbox, found.telephone) == ("", "")

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({"mailbox": "questions"}, "Enter a whole address, such as questions@example.org."),
            ({"mailbox": OFFICES_MAILBOX}, "Another open line has this mailbox. Choose another."),
            ({"telephone": "12"}, "Enter the number with its area code"),
        ],
    )
    def test_what_cannot_be_is_refused_beside_its_field_and_nothing_is_kept(
        self, desk: Client, typed: dict[str, str], sentence: str
    ) -> None:
        line_of_offices()

        answer = desk.post(one("public"), {"mailbox": "", "telephone": "613-555-0100", **typed})

        assert answer.status_code == 422
        assert sentence in markup(answer)
        found = Line.objects.get(code="public")
        assert (found.mailbox, found.telephone) == ("", "")
        assert not Event.objects.filter(action__startswith="line.").exists()

    def test_a_closed_line_and_a_drill_have_no_such_page(self, desk: Client, lead: Person) -> None:
        gone = closed("STORM2026", lead)
        drill = open_crisis(is_drill=True, by=lead).line

        assert desk.get(one(gone.code)).status_code == 404
        assert desk.get(one(drill.code)).status_code == 404
