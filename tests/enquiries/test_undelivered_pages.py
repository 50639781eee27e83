"""Mail that did not arrive, as an agent and a team lead see it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from comptoir.enquiries.actions import arriving
from comptoir.enquiries.models import (
    Agent,
    Enquiry,
    OutboundMail,
    Remedy,
    State,
    Undelivered,
)
from comptoir.enquiries.views import undelivered
from comptoir.people.models import Role
from tests.enquiries import bounces
from tests.enquiries.factories import NOW, agent, in_hand
from tests.enquiries.mail_writing import asked, came, line
from tests.enquiries.test_undelivered import CORRECT, answer, enquiry_of, lost, told
from tests.enquiries.test_working_pages import page_of, said, url
from tests.people.factories import person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

LIST = "enquiries:undelivered"
LOST = "did not arrive"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        yield


@pytest.fixture
def by() -> Agent:
    line()
    return agent()


@pytest.fixture
def desk(client: Client, by: Agent) -> Client:
    return sign_in(client, by.person)


@pytest.fixture
def lead() -> Client:
    return sign_in(Client(), person_with(Role.TEAM_LEAD))


def one(row: Undelivered) -> str:
    return url("not-arrived", enquiry_of(row).reference, row.pk)


def titles(page: Any) -> list[str]:
    """The titles of the boxed remarks."""
    return re.findall(
        r'notice-title="([^"]*)"', page.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    )


def press(desk: Client, row: Undelivered, **typed: Any) -> Any:
    """Send one of the page's forms as it was shown."""
    return desk.post(one(row), {"version": desk.get(one(row)).context["version"], **typed})


class TestOnTheEnquirySPage:
    def test_a_warning_says_what_did_not_arrive_why_and_what_to_do(
        self, desk: Client, by: Agent
    ) -> None:
        row = lost(by)
        in_hand(by, enquiry_of(row))

        page = desk.get(page_of(enquiry_of(row)))

        words = said(page)
        assert [title for title in titles(page) if LOST in title] == [
            "Our answer of Monday, November 16, 2026, at 9:00 a.m. (Toronto time) did not arrive"
        ]
        assert "There is no such mailbox. That is final" in words
        assert "Code 5.1.1." in words
        assert "Call the client, write a letter, or correct the address" in words
        assert one(row) in page.content.decode()

    @pytest.mark.parametrize(
        ("code", "outlook"),
        [
            ("5.1.1", "That is final: the same address will not take it later."),
            ("4.4.7", "That may pass, but sending was given up."),
            ("", "Whether the same address would take it later is not known."),
        ],
    )
    def test_whether_it_may_pass_is_said_only_if_a_server_said_so(
        self, desk: Client, by: Agent, code: str, outlook: str
    ) -> None:
        sent = answer(by, asked())
        arriving.did_not_arrive(mail_id=sent.pk, code=code, now=NOW)

        assert outlook in said(desk.get(page_of(Enquiry.objects.get())))

    def test_who_does_not_have_it_is_told_to_take_it(self, desk: Client, by: Agent) -> None:
        row = lost(by)

        page = desk.get(page_of(enquiry_of(row)))

        assert "Take the enquiry first." in said(page)
        assert one(row) not in page.content.decode()

    def test_what_is_late_is_told_and_asks_nothing(self, desk: Client, by: Agent) -> None:
        sent = answer(by, asked())
        came(bounces.report(sent.sent_as, action="delayed", code="4.4.1"))

        page = desk.get(page_of(Enquiry.objects.get()))

        assert any("has not arrived yet" in title for title in titles(page))
        assert "Nothing has to be done." in said(page)

    def test_what_was_late_and_then_did_not_arrive_is_told_once(
        self, desk: Client, by: Agent
    ) -> None:
        sent = answer(by, asked())
        for number, action in enumerate(["delayed", "delayed", "failed"], 1):
            came(bounces.report(sent.sent_as, action=action, number=number))

        page = desk.get(page_of(Enquiry.objects.get()))

        assert len([title for title in titles(page) if "arrive" in title]) == 1
        assert any(LOST in title for title in titles(page))

    def test_what_was_done_is_told_with_who_did_it(self, desk: Client, by: Agent) -> None:
        found = told(by, lost(by))

        words = said(desk.get(page_of(found)))

        assert f"Told by telephone, {by.person.name}" in words
        assert "Saw to a mail that did not arrive" in words

    def test_nothing_is_said_of_what_arrived(self, desk: Client, by: Agent) -> None:
        answer(by, asked())

        page = desk.get(page_of(Enquiry.objects.get()))

        assert not any("arrive" in title for title in titles(page))

    def test_it_costs_one_query_however_many_there_are(
        self, desk: Client, by: Agent, django_assert_num_queries: Any
    ) -> None:
        row = lost(by)
        desk.get(page_of(enquiry_of(row)))  # the first page of a session notes that it began
        for number in (2, 3):
            sent = answer(by, enquiry_of(row))
            came(bounces.report(sent.sent_as, number=number))
        in_hand(by, enquiry_of(row))

        with django_assert_num_queries(26):
            page = desk.get(page_of(enquiry_of(row)))

        assert len([title for title in titles(page) if LOST in title]) == 3


class TestWhatIsDone:
    def test_it_is_sent_again_to_the_address_as_the_client_gives_it(
        self, desk: Client, by: Agent
    ) -> None:
        row = lost(by)
        in_hand(by, enquiry_of(row))

        response = press(desk, row, do="again", to=CORRECT)

        assert response["Location"] == page_of(enquiry_of(row))
        assert OutboundMail.objects.latest("pk").to == CORRECT
        assert enquiry_of(row).state == State.ANSWERED

    def test_or_what_was_done_is_put_on_record(self, desk: Client, by: Agent) -> None:
        row = lost(by)
        in_hand(by, enquiry_of(row))

        press(desk, row, how=Remedy.LETTER)

        row.refresh_from_db()
        assert row.how == Remedy.LETTER
        assert "Sent by letter" in said(desk.get(one(row)))

    @pytest.mark.parametrize(
        ("typed", "problem"),
        [
            ({"do": "again", "to": ""}, "Enter the address."),
            ({"do": "again", "to": "nobody"}, "Enter a valid email address."),
            ({"how": ""}, "Say what you did."),
            ({"how": "again"}, "Select a valid choice."),
        ],
    )
    def test_what_is_missing_is_said_beside_the_field(
        self, desk: Client, by: Agent, typed: dict[str, str], problem: str
    ) -> None:
        row = lost(by)
        in_hand(by, enquiry_of(row))

        response = press(desk, row, **typed)

        assert response.status_code == 422
        assert problem in said(response)
        assert Undelivered.objects.unhandled().exists()

    def test_who_does_not_have_it_in_hand_does_nothing(self, desk: Client, by: Agent) -> None:
        row = lost(by)

        assert "Take it first." in said(desk.get(one(row)))
        assert press(desk, row, how=Remedy.LETTER).status_code == 422
        assert Undelivered.objects.unhandled().exists()

    def test_what_changed_meanwhile_is_shown(self, desk: Client, by: Agent) -> None:
        row = lost(by)
        in_hand(by, enquiry_of(row))

        response = desk.post(one(row), {"version": "0", "how": Remedy.LETTER})

        assert response.status_code == 422
        assert "it changed while you had it open" in said(response)

    def test_a_mail_of_another_enquiry_does_not_exist_here(self, desk: Client, by: Agent) -> None:
        row = lost(by)
        other = asked()

        assert desk.get(url("not-arrived", other.reference, row.pk)).status_code == 404


class TestTheList:
    def test_is_reached_from_the_page_of_mail(self, lead: Client, by: Agent) -> None:
        assert reverse(LIST) in lead.get(reverse("enquiries:mails")).content.decode()

    def test_shows_what_is_open_the_oldest_first(self, lead: Client, by: Agent) -> None:
        first, second = lost(by), lost(by, number=2)
        Undelivered.objects.filter(pk=first.pk).update(at=NOW - timedelta(days=3))

        page = lead.get(reverse(LIST))

        assert page.context["rows"] == [first, second]
        assert "There is no such mailbox. (5.1.1)" in said(page)

    def test_shows_apart_what_was_seen_to_by_whom_and_how(self, lead: Client, by: Agent) -> None:
        row = lost(by)
        told(by, row, Remedy.LETTER)

        assert "All our mail arrived" in said(lead.get(reverse(LIST)))
        words = said(lead.get(reverse(LIST), {"handled": ""}))
        assert enquiry_of(row).reference in words
        assert f"Sent by letter, {by.person.name}" in words

    def test_says_when_nothing_was_seen_to(self, lead: Client) -> None:
        assert "Nothing was seen to yet" in said(lead.get(reverse(LIST), {"handled": ""}))

    def test_shows_nothing_of_what_is_restricted(self, lead: Client, by: Agent) -> None:
        row = lost(by)
        Enquiry.objects.update(is_restricted=True)

        assert enquiry_of(row).reference not in said(lead.get(reverse(LIST)))

    def test_is_not_for_agents(self, desk: Client) -> None:
        assert desk.get(reverse(LIST)).status_code == 403

    def test_takes_as_many_queries_for_many_as_for_one(
        self, lead: Client, by: Agent, django_assert_num_queries: Any
    ) -> None:
        lost(by)
        lead.get(reverse(LIST))
        for number in range(2, 30):
            lost(by, number=number)

        # Session, person, grants; the rows of the page: nothing is counted.
        with django_assert_num_queries(3 + 1):
            rows = lead.get(reverse(LIST)).context["rows"]

        assert len(rows) == undelivered.PER_PAGE

    @pytest.mark.parametrize("query", [{}, {"handled": ""}])
    def test_is_read_to_its_end_a_page_at_a_time(
        self,
        lead: Client,
        by: Agent,
        monkeypatch: pytest.MonkeyPatch,
        query: dict[str, str],
    ) -> None:
        monkeypatch.setattr(undelivered, "PER_PAGE", 2)
        made = [lost(by, number=number) for number in range(1, 6)]
        if query:
            for row in made:
                told(by, row)
        # Of the same moment: their keys tell them apart.
        Undelivered.objects.update(at=NOW)

        seen, address = [], f"?{urlencode(query)}"
        while address:
            page = lead.get(reverse(LIST) + address)
            seen += page.context["rows"]
            address = page.context["next"]

        assert seen == made
        assert "Back to the beginning" in said(page)
