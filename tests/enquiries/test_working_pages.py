"""An agent's day before the screen: take, read, answer, note, put back; and what a page shows of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from comptoir.enquiries.actions import answering, tagging, taking
from comptoir.enquiries.models import (
    Agent,
    Direction,
    Enquiry,
    Presence,
    State,
    Tag,
)
from comptoir.enquiries.queries import places
from comptoir.enquiries.queries.presence import SEEN_WITHIN
from comptoir.people import lock
from comptoir.people.models import Role
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, line_of, received
from tests.people.factories import GrantFactory, person_with
from tests.people.signing_in import sign_in

pytestmark = pytest.mark.django_db

ANSWER = {
    "do": "answer",
    "body": "It is in progress.",
    "language": "en",
    "line_of_business": "pr_card",
    "tier": "1",
}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def by() -> Agent:
    return agent(person=person_with(Role.AGENT, name="Alex Answers"))


@pytest.fixture
def client(by: Agent) -> Client:
    return sign_in(Client(), by.person)


@pytest.fixture
def lead() -> Client:
    return sign_in(Client(), person_with(Role.TEAM_LEAD))


@pytest.fixture
def held(by: Agent) -> Enquiry:
    return in_hand(by, enquiry(body="When will you decide?"))


def url(name: str, *args: object) -> str:
    return reverse(f"enquiries:{name}", args=args)


def page_of(found: Enquiry) -> str:
    return url("enquiry", found.reference)


def said(response: Any) -> str:
    text = re.sub(r"<noscript>.*?</noscript>", "", response.content.decode(), flags=re.S)
    text = re.sub(r"<[^>]*>", " ", text).replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(text.split())


def press(client: Client, found: Enquiry, **typed: Any) -> Any:
    """Send the page's form as it was shown."""
    shown = client.get(page_of(found)).context
    versions = {"version": shown["enquiry"].version, "seen": shown["seen"]}
    return client.post(page_of(found), {**versions, **typed})


class TestTheWork:
    def test_of_nobody_who_was_set_up_says_whom_to_ask(self) -> None:
        newcomer = sign_in(Client(), person_with(Role.AGENT))

        assert "Ask a team lead to say which lines" in said(newcomer.get(url("work")))

    def test_of_a_lead_who_answers_none_shows_the_ways_a_lead_needs(self, lead: Client) -> None:
        page = lead.get(url("work"))

        words = said(page)
        assert "You are not set up" not in words
        assert "You have nothing in hand" not in words
        for name in ("all", "late", "unmatched", "agents", "overrides", "mails", "texts"):
            assert f'class="card__link" href="{url(name)}"' in page.content.decode()

    def test_of_a_lead_who_answers_too_is_an_agents(self) -> None:
        both = agent(person=person_with(Role.AGENT))
        GrantFactory.create(person=both.person, role=Role.TEAM_LEAD, office=None)
        page = sign_in(Client(), both.person).get(url("work"))

        assert "You have nothing in hand." in said(page)
        assert "card__link" not in page.content.decode()
        assert f'href="{url("agents")}"' in page.content.decode()

    def test_says_how_many_wait_by_line_and_language(self, client: Client) -> None:
        for language in ("en", "en", "fr"):
            enquiry(language=language)

        words = said(client.get(url("work")))

        assert "3 enquiries wait for somebody like you" in words
        assert "Client support, in English: 2" in words
        assert "Client support, in French: 1" in words

    def test_counts_no_further_than_anybody_reads(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(places, "COUNTED", 2)
        for language in ("en", "en", "en", "fr"):
            enquiry(language=language)

        shown = said(client.get(url("work")))

        assert "Over 2 enquiries wait for somebody like you" in shown
        assert "in English: over 2" in shown
        assert "in French: 1" in shown

    def test_says_when_nothing_waits_and_why(self, client: Client) -> None:
        words = said(client.get(url("work")))

        assert "Nothing waits for you" in words
        assert "ask a team lead for another line" in words

    def test_offers_ten_or_what_fits(self, client: Client, by: Agent) -> None:
        for _ in range(5):
            enquiry()
        assert client.get(url("work")).context["form"].initial["count"] == 5

        by.at_most = 3
        by.save()

        assert client.get(url("work")).context["form"].initial["count"] == 3

    def test_says_when_the_hands_are_full(self, client: Client, by: Agent, held: Enquiry) -> None:
        by.at_most = 1
        by.save()
        enquiry()

        words = said(client.get(url("work")))

        assert "put it back or ask its client" in words
        assert f'action="{url("take")}"' not in client.get(url("work")).content.decode()

    def test_lists_what_is_in_hand_the_late_ones_marked(
        self, by: Agent, clock: time_machine.Traveller
    ) -> None:
        late = in_hand(by, enquiry())
        clock.move_to(NOW + timedelta(days=30))
        new = in_hand(by, enquiry(now=NOW + timedelta(days=30)), now=NOW + timedelta(days=30))

        rows = sign_in(Client(), by.person).get(url("work")).context["in_hand"]

        assert [(row.enquiry, row.due.is_late) for row in rows] == [(late, True), (new, False)]

    def test_shows_what_waits_for_its_client_apart(self, client: Client, held: Enquiry) -> None:
        press(client, held, **{**ANSWER, "do": "ask", "body": "Which one?"})

        context = client.get(url("work")).context

        assert context["in_hand"] == []
        assert [row.due.is_paused for row in context["on_hold"]] == [True]

    def test_says_that_an_answer_cannot_be_taken_back(self, client: Client, held: Enquiry) -> None:
        press(client, held, **ANSWER)

        words = said(client.get(url("work")))

        assert "cannot be taken back" in words
        assert "wrap-up code 061" in words

    def test_costs_the_same_for_one_and_for_many(
        self, client: Client, by: Agent, django_assert_num_queries: Any
    ) -> None:
        in_hand(by, enquiry())
        client.get(url("work"))
        for _ in range(5):
            in_hand(by, enquiry())
            enquiry()

        with django_assert_num_queries(10):
            client.get(url("work"))


class TestTaking:
    def test_leads_to_the_oldest(self, client: Client) -> None:
        newer, older = enquiry(), enquiry(now=NOW - timedelta(days=1))

        response = client.post(url("take"), {"count": "2"})

        assert response["Location"] == page_of(older)
        assert set(Enquiry.objects.values_list("state", flat=True)) == {State.IN_HAND}
        assert newer.pk != older.pk

    @pytest.mark.parametrize("count", ["", "0", "51", "-1", "x"])
    def test_of_no_number_takes_nothing(self, client: Client, count: str) -> None:
        enquiry()

        words = said(client.post(url("take"), {"count": count}, follow=True))

        assert "Nothing was taken: say how many" in words
        assert Enquiry.objects.get().state == State.WAITING

    def test_when_colleagues_were_faster_says_so(self, client: Client) -> None:
        words = said(client.post(url("take"), {"count": "1"}, follow=True))

        assert "colleagues were faster" in words

    def test_of_one_that_waits_puts_it_in_hand(self, client: Client, by: Agent) -> None:
        found = enquiry()

        client.post(url("take-one", found.reference), {"version": found.version})

        found.refresh_from_db()
        assert (found.state, found.assignee) == (State.IN_HAND, by.person)

    def test_of_what_a_colleague_has_is_for_team_leads(self, client: Client, lead: Client) -> None:
        other = agent()
        theirs = in_hand(other, enquiry())
        take = url("take-one", theirs.reference)

        client.post(take, {"version": theirs.version})
        theirs.refresh_from_db()
        assert theirs.assignee == other.person

        lead.post(take, {"version": theirs.version})
        theirs.refresh_from_db()
        assert theirs.assignee != other.person


class TestTheEndOfAShift:
    def test_puts_everything_back_and_says_how_many(self, client: Client, by: Agent) -> None:
        for _ in range(3):
            in_hand(by, enquiry())
        assert "End of shift: put all 3 back" in said(client.get(url("work")))

        words = said(client.post(url("end-shift"), follow=True))

        assert "3 enquiries were put back. You leave nothing behind." in words
        assert not Enquiry.objects.filter(state=State.IN_HAND).exists()


class TestTheEnquiry:
    def test_shows_the_conversation_the_oldest_first(self, client: Client, held: Enquiry) -> None:
        press(client, held, do="note", note="Called twice.")

        words = said(client.get(page_of(held)))

        assert words.index("When will you decide?") < words.index("Called twice.")
        assert "Note by Alex Answers" in words

    def test_says_how_each_due_date_was_computed(self, client: Client, held: Enquiry) -> None:
        words = said(client.get(page_of(held)))

        assert "5 business days, counted from the one after" in words
        assert "10 business days, counted from the one after" in words

    def test_shows_what_was_done_by_whom(self, client: Client, held: Enquiry) -> None:
        words = said(client.get(page_of(held)))

        assert "Received an enquiry" in words
        assert "Took an enquiry Alex Answers" in words

    def test_proposes_the_client_s_language(self, client: Client, by: Agent) -> None:
        found = in_hand(by, enquiry(language="fr"))

        assert client.get(page_of(found)).context["form"].initial["language"] == "fr"

    def test_escapes_what_a_client_wrote(self, client: Client, by: Agent) -> None:
        found = in_hand(by, enquiry(body="<script>alert(1)</script>"))

        assert "<script>alert" not in client.get(page_of(found)).content.decode()

    def test_that_is_restricted_does_not_exist(self, client: Client, held: Enquiry) -> None:
        Enquiry.objects.update(is_restricted=True)

        assert client.get(page_of(held)).status_code == 404

    def test_costs_no_more_for_a_long_conversation(
        self, client: Client, held: Enquiry, by: Agent, django_assert_max_num_queries: Any
    ) -> None:
        for _ in range(20):
            answering.note(enquiry=held, body="More.", by=by.person, now=NOW)

        with django_assert_max_num_queries(26):
            client.get(page_of(held))


class TestAnswering:
    def test_sends_it_and_closes_under_its_code(self, client: Client, held: Enquiry) -> None:
        response = press(client, held, **ANSWER)

        held.refresh_from_db()
        assert response["Location"] == url("work")
        assert (held.state, held.wrap_up_code) == (State.ANSWERED, "061")
        assert held.messages.get(direction=Direction.OUT).body == "It is in progress."

    def test_and_next_leads_to_the_next_in_hand(
        self, client: Client, by: Agent, held: Enquiry
    ) -> None:
        following = in_hand(by, enquiry())

        response = press(client, held, **{**ANSWER, "do": "next"})

        assert response["Location"] == page_of(following)

    def test_and_next_without_a_next_offers_to_take(self, client: Client, held: Enquiry) -> None:
        assert press(client, held, **{**ANSWER, "do": "next"})["Location"] == url("work")

    @pytest.mark.parametrize("missing", ["body", "tier", "language"])
    def test_without_a_part_is_refused_and_keeps_the_rest(
        self, client: Client, held: Enquiry, missing: str
    ) -> None:
        typed = {name: value for name, value in ANSWER.items() if name != missing}

        response = press(client, held, **typed)

        assert response.status_code == 422
        assert missing in response.context["form"].errors
        assert response.context["form"]["line_of_business"].value() == "pr_card"
        held.refresh_from_db()
        assert held.state == State.IN_HAND

    def test_a_question_needs_no_code(self, client: Client, held: Enquiry) -> None:
        response = press(client, held, do="ask", body="Which one?", language="en")

        held.refresh_from_db()
        assert response.status_code == 302
        assert held.state == State.ON_HOLD

    def test_an_empty_note_is_refused_beside_its_own_box(
        self, client: Client, held: Enquiry
    ) -> None:
        response = press(client, held, do="note", note=" ")

        assert response.status_code == 422
        assert "note" in response.context["note_form"].errors
        assert not response.context["form"].errors

    def test_puts_nothing_in_the_address(self, client: Client, held: Enquiry) -> None:
        response = press(client, held, **ANSWER)

        assert "?" not in response["Location"]


class TestSomebodyWasFaster:
    @pytest.fixture
    def meanwhile(self, client: Client, held: Enquiry, lead: Client) -> dict[str, Any]:
        """What the agent's page had shown before a team lead took the enquiry over."""
        shown = client.get(page_of(held)).context
        lead.post(url("take-one", held.reference), {"version": held.version})
        return {"version": held.version, "seen": shown["seen"]}

    def test_nothing_is_sent_and_all_that_was_typed_is_kept(
        self, client: Client, held: Enquiry, meanwhile: dict[str, Any]
    ) -> None:
        response = client.post(page_of(held), {**ANSWER, **meanwhile})

        assert response.status_code == 422
        assert "It is in progress." in said(response)
        assert not held.messages.filter(direction=Direction.OUT).exists()

    def test_it_says_what_was_done_by_whom(
        self, client: Client, held: Enquiry, meanwhile: dict[str, Any]
    ) -> None:
        response = client.post(page_of(held), {**ANSWER, **meanwhile})

        changes = response.context["changes"]
        taker = Enquiry.objects.get().assignee
        assert taker is not None
        assert [(c.event.action, c.event.actor_name) for c in changes] == [
            ("enquiry.taken", taker.name)
        ]

    def test_what_the_client_wrote_meanwhile_is_read_before_the_answer_goes(
        self, client: Client, by: Agent
    ) -> None:
        mine = in_hand(by, received(application_number="C000111222").enquiry)
        shown = client.get(page_of(mine)).context
        received(application_number="C000111222", body="Forget it, please.")

        response = client.post(
            page_of(mine), {**ANSWER, "version": mine.version, "seen": shown["seen"]}
        )

        assert response.status_code == 422
        assert "Forget it, please." in said(response)
        assert response.context["form"]["body"].value() == "It is in progress."
        assert [c.event.action for c in response.context["changes"]] == ["enquiry.asked_again"]

    def test_sent_again_from_the_page_that_says_so_it_goes(self, client: Client, by: Agent) -> None:
        mine = in_hand(by, received(application_number="C000111222").enquiry)
        stale = {"version": mine.version, "seen": "0"}
        received(application_number="C000111222", body="Please hurry.")
        again = client.post(page_of(mine), {**ANSWER, **stale}).context

        response = client.post(
            page_of(mine), {**ANSWER, "version": again["enquiry"].version, "seen": again["seen"]}
        )

        assert response.status_code == 302

    @pytest.mark.parametrize("name", ["put-back", "take-one"])
    def test_no_button_acts_on_what_was_not_seen(
        self, client: Client, held: Enquiry, name: str, by: Agent
    ) -> None:
        if name == "take-one":
            taking.put_back(enquiry=held, version=held.version, by=by.person, now=NOW)

        response = client.post(url(name, held.reference), {"version": "0", "seen": "0"})

        assert response.status_code == 422
        assert "Nothing was" in said(response)


class TestWhoElseReads:
    @pytest.fixture
    def colleague(self) -> Agent:
        return agent(person=person_with(Role.AGENT, name="Kim Colleague"))

    def test_is_told_by_an_open_page(self, client: Client, held: Enquiry, colleague: Agent) -> None:
        theirs = sign_in(Client(), colleague.person)
        assert theirs.post(url("here", held.reference)).status_code == 200

        assert "Kim Colleague is reading this too." in said(client.get(page_of(held)))
        assert "Kim Colleague" in said(client.post(url("here", held.reference)))

    def test_is_not_oneself(self, client: Client, held: Enquiry) -> None:
        client.post(url("here", held.reference))

        assert client.get(page_of(held)).context["others"] == []

    def test_ends_by_leaving(self, client: Client, held: Enquiry, colleague: Agent) -> None:
        theirs = sign_in(Client(), colleague.person)
        theirs.post(url("here", held.reference))

        theirs.post(url("left", held.reference))

        assert client.get(page_of(held)).context["others"] == []

    def test_ends_after_a_minute_without_a_sign(
        self,
        client: Client,
        held: Enquiry,
        colleague: Agent,
        clock: time_machine.Traveller,
    ) -> None:
        sign_in(Client(), colleague.person).post(url("here", held.reference))

        clock.move_to(NOW + SEEN_WITHIN - timedelta(seconds=1))
        assert client.get(page_of(held)).context["others"] == [colleague.person]
        clock.move_to(NOW + SEEN_WITHIN)
        assert client.get(page_of(held)).context["others"] == []

    def test_asked_by_a_page_left_open_keeps_no_session_alive(
        self, client: Client, held: Enquiry, clock: time_machine.Traveller
    ) -> None:
        client.get(page_of(held))
        clock.move_to(NOW + lock.limit() - timedelta(seconds=10))
        assert client.post(url("here", held.reference)).status_code == 200

        clock.move_to(NOW + lock.limit())

        assert client.get(page_of(held)).status_code == 302
        assert client.post(url("here", held.reference)).status_code == 204

    def test_is_one_row_however_often_it_is_said(self, client: Client, held: Enquiry) -> None:
        for _ in range(3):
            client.post(url("here", held.reference))

        assert Presence.objects.count() == 1


class TestGoingElsewhere:
    def test_another_line_needs_a_word_for_the_colleague(
        self, client: Client, held: Enquiry
    ) -> None:
        offices = line_of("offices")
        typed = {"version": held.version, "to": offices.code}

        assert client.post(url("transfer", held.reference), typed).status_code == 422
        client.post(url("transfer", held.reference), {**typed, "note": "For an office."})

        held.refresh_from_db()
        assert (held.line, held.state) == (offices, State.WAITING)
        assert held.messages.get(direction=Direction.NOTE).body == "For an office."

    def test_a_copy_refers_to_the_first(self, client: Client, held: Enquiry) -> None:
        client.post(
            url("copy", held.reference), {"version": held.version, "note": "Change the address."}
        )

        made = Enquiry.objects.exclude(pk=held.pk).get()
        assert (made.asker_email, made.state) == (held.asker_email, State.WAITING)
        assert f"Copied from: {held.reference}" in said(client.get(page_of(made)))
        assert f"Copied as: {made.reference}" in said(client.get(page_of(held)))

    def test_a_text_is_split_off_once(self, client: Client, held: Enquiry) -> None:
        text = held.messages.get()
        page = url("split", held.reference, text.pk)
        assert "When will you decide?" in said(client.get(page))

        client.post(page, {"version": held.version})
        held.refresh_from_db()
        client.post(page, {"version": held.version})

        made = Enquiry.objects.exclude(pk=held.pk).get()
        assert made.messages.get().body == "When will you decide?"

    def test_a_text_of_another_enquiry_does_not_exist_here(
        self, client: Client, held: Enquiry
    ) -> None:
        other = enquiry().messages.get()

        assert client.get(url("split", held.reference, other.pk)).status_code == 404

    @pytest.mark.parametrize(
        ("wanted", "reason"),
        [
            ("E2222-2222", "There is no enquiry with this reference."),
            ("other", "Somebody else asked that one"),
            ("itself", "It cannot be part of itself"),
        ],
    )
    def test_joining_says_beside_the_box_why_not(
        self, client: Client, held: Enquiry, wanted: str, reason: str
    ) -> None:
        named = {"other": enquiry().reference, "itself": held.reference}

        response = client.post(
            url("join", held.reference),
            {"version": held.version, "reference": named.get(wanted, wanted)},
        )

        assert response.status_code == 422
        assert reason in said(response)


class TestTags:
    @pytest.fixture
    def tag(self) -> Tag:
        return Tag.objects.create(code="fee", name_en="Fee", name_fr="Frais")

    def test_are_put_on_and_taken_off(self, client: Client, held: Enquiry, tag: Tag) -> None:
        client.post(url("tag", held.reference), {"tag": "fee"})
        assert list(held.tags.all()) == [tag]

        client.post(url("untag", held.reference, "fee"))
        assert list(held.tags.all()) == []

    def test_that_are_no_longer_given_stay_where_they_are(
        self, client: Client, held: Enquiry, tag: Tag, by: Agent
    ) -> None:
        tagging.put(enquiry=held, tag=tag, by=by.person, now=NOW)
        Tag.objects.update(is_given=False)

        response = client.get(page_of(held))

        assert "Fee" in said(response)
        assert response.context["tag_form"] is None


class TestNobodyElse:
    @pytest.mark.parametrize(
        ("role", "answer"),
        # A professional may be named for one that is restricted: to them any other does not exist.
        [(Role.DELEGATE, 403), (Role.AUDITOR, 403), (Role.PROFESSIONAL, 404)],
    )
    def test_sees_the_work(self, role: Role, answer: int, held: Enquiry) -> None:
        other = sign_in(Client(), person_with(role))

        assert other.get(url("work")).status_code == 403
        assert other.get(page_of(held)).status_code == answer
