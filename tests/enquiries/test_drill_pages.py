"""Pages of a drill: each says that it is one, and what ended with it says so to who asked."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from comptoir.enquiries import follow_sessions
from comptoir.enquiries.actions import crisis, following
from comptoir.enquiries.models import Agent, CrisisLine, Enquiry, Rest, State
from comptoir.people.models import Role
from tests.enquiries.crises import open_crisis
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, person
from tests.liaison.professional_pages.pages import said
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

NOTICE = "It is an exercise: nothing here is a real enquiry"
OVER = "It was part of an exercise, which has ended."
ANSWERED = "It is answered: read the answer below."


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def drill() -> CrisisLine:
    return open_crisis(is_drill=True)


@pytest.fixture
def asked(drill: CrisisLine) -> Enquiry:
    return enquiry(line=drill.line)


def follow(client: Client, found: Enquiry) -> Any:
    """Its page, in a browser that has given the right code."""
    session = client.session
    session[follow_sessions.FOLLOWED] = {"enquiry": found.pk, "at": NOW.isoformat()}
    session.save()
    return client.get(reverse("enquiries:followed"))


def end(drill: CrisisLine) -> None:
    crisis.close(crisis=drill, rest=Rest.ENDED, reason="Over", by=person(), now=NOW)


def reply(found: Enquiry) -> None:
    following.reply(enquiry=found, body="And now?", attempt=uuid.uuid4(), now=NOW)


class TestFollowed:
    def test_says_that_it_is_a_drill_while_it_runs(self, client: Client, asked: Enquiry) -> None:
        words = said(follow(client, asked))

        assert NOTICE in words
        assert "It waits for an agent." in words
        assert OVER not in words

    def test_says_that_it_has_ended_and_takes_nothing_more(
        self, client: Client, drill: CrisisLine, asked: Enquiry
    ) -> None:
        end(drill)

        page = follow(client, asked)

        words = said(page)
        assert OVER in words
        assert ANSWERED not in words
        assert "Add something" not in words
        assert f'href="{reverse("enquiries:ask")}"' in page.content.decode()
        with pytest.raises(following.CannotReply):
            reply(asked)

    def test_of_a_real_enquiry_says_nothing_of_drills(self, client: Client) -> None:
        words = said(follow(client, enquiry()))

        assert NOTICE not in words
        assert OVER not in words

    def test_that_is_open_on_another_takes_replies(self, asked: Enquiry) -> None:
        reply(asked)

        assert asked.messages.count() == 2
        assert asked.state == State.WAITING


class TestAtWork:
    @pytest.fixture
    def by(self, drill: CrisisLine) -> Agent:
        return agent(lines=[drill.line])

    @pytest.mark.parametrize(
        "name", ["enquiry", "transfer", "join", "copy", "overrule", "unrelated", "documents"]
    )
    def test_every_page_of_its_enquiry_says_so(
        self, client: Client, by: Agent, asked: Enquiry, name: str
    ) -> None:
        held = in_hand(by, asked)
        sign_in(client, by.person)

        assert NOTICE in said(client.get(reverse(f"enquiries:{name}", args=[held.reference])))

    @pytest.mark.parametrize("name", ["close-crisis", "extend-crisis", "lend"])
    def test_every_page_of_its_line_says_so_in_both_languages(
        self, client: Client, drill: CrisisLine, name: str
    ) -> None:
        sign_in(client, person(Role.TEAM_LEAD))

        for language, named in (("en", "DRILL –"), ("fr", "EXERCICE –")):
            with translation.override(language):
                page = client.get(reverse(f"enquiries:{name}", args=[drill.line.code]))
            assert named in said(page)
            assert 'notice-role="warning"' in page.content.decode()

    def test_of_a_real_line_says_nothing_of_drills(self, client: Client) -> None:
        found = open_crisis()
        sign_in(client, person(Role.TEAM_LEAD))

        assert NOTICE not in said(client.get(reverse("enquiries:lend", args=[found.line.code])))
