"""Following an enquiry without an account: a code by mail opens it, and nothing tells who has asked."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from comptoir.audit.models import Event
from comptoir.enquiries import jobs
from comptoir.enquiries.actions import answering, following, joining
from comptoir.enquiries.models import (
    Direction,
    Enquiry,
    FollowCode,
    Message,
    Promise,
    State,
    Tier,
)
from tests.enquiries.factories import NOW, agent, enquiry, in_hand, opened, received
from tests.rivals import Rival

pytestmark = pytest.mark.django_db

FOLLOW, CODE, READ = "/en/follow/", "/en/follow/code/", "/en/follow/enquiry/"
LOST, END = "/en/follow/lost/", "/en/follow/end/"
SECRET = "Only the asker reads this."


@pytest.fixture(autouse=True)
def traveller() -> Iterator[time_machine.Traveller]:
    """It is NOW, and time stands."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def found() -> Enquiry:
    return enquiry(body=SECRET)


def ask(client: Client, reference: str, email: str) -> Any:
    return client.post(FOLLOW, {"reference": reference, "email": email})


def code_sent() -> str:
    """Run the newest job that sends a code and read the code in its message; "" if it sent none."""
    mail.outbox.clear()
    jobs.send_follow_code(**args_of(following.SEND_CODE)[-1])
    if not mail.outbox:
        return ""
    match = re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", str(mail.outbox[0].body), re.MULTILINE)
    assert match is not None
    return match[0]


def args_of(task: str) -> list[dict[str, Any]]:
    found = ProcrastinateJob.objects.filter(task_name=task).order_by("id")
    return [job.args for job in found]


def read(client: Client, found: Enquiry) -> str:
    """Follow it to its page, and what the page says."""
    ask(client, found.reference, found.asker_email)
    response = client.post(CODE, {"code": code_sent()})
    assert response.status_code == 302, response.context["form"].errors
    return text_of(client.get(response["Location"]))


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def reply(client: Client, body: str = "Here it is.", attempt: Any = None, **sent: Any) -> Any:
    return client.post(READ, {"body": body, "attempt": str(attempt or uuid.uuid4()), **sent})


class TestACode:
    def test_from_the_mail_opens_the_enquiry(self, client: Client, found: Enquiry) -> None:
        assert SECRET in read(client, found)
        assert mail.outbox[0].to == [found.asker_email]
        assert Event.objects.get(action="enquiry.followed").object_id == str(found.pk)

    def test_is_in_the_language_of_the_page(self, client: Client, found: Enquiry) -> None:
        client.post("/fr/follow/", {"reference": found.reference, "email": found.asker_email})
        code_sent()

        assert "Votre code" in mail.outbox[0].subject

    def test_is_asked_for_however_the_reference_and_the_address_are_written(
        self, client: Client, found: Enquiry
    ) -> None:
        ask(client, f" {found.reference.lower().replace('-', ' ')} ", found.asker_email.upper())
        code = code_sent().lower().replace("-", "")

        assert client.post(CODE, {"code": code})["Location"] == READ

    def test_works_once(self, client: Client, found: Enquiry) -> None:
        ask(client, found.reference, found.asker_email)
        code, key = code_sent(), FollowCode.objects.get().pk
        client.post(CODE, {"code": code})

        assert following.try_code(key=key, code=code, now=NOW) is None

    def test_works_for_ten_minutes(
        self, client: Client, found: Enquiry, traveller: time_machine.Traveller
    ) -> None:
        ask(client, found.reference, found.asker_email)
        code = code_sent()
        traveller.shift(timedelta(minutes=10))

        assert client.post(CODE, {"code": code}).status_code == 422

    def test_that_is_too_late_is_not_sent(
        self, client: Client, found: Enquiry, traveller: time_machine.Traveller
    ) -> None:
        ask(client, found.reference, found.asker_email)
        traveller.shift(timedelta(minutes=10))

        assert code_sent() == ""

    def test_works_in_no_other_browser(self, client: Client, found: Enquiry) -> None:
        ask(client, found.reference, found.asker_email)
        code = code_sent()
        other = Client()

        assert other.post(CODE, {"code": code})["Location"] == FOLLOW
        ask(other, found.reference, found.asker_email)
        assert other.post(CODE, {"code": code}).status_code == 422

    def test_may_be_tried_five_times(self, client: Client, found: Enquiry) -> None:
        ask(client, found.reference, found.asker_email)
        code = code_sent()
        for _ in range(following.MOST_TRIES):
            assert client.post(CODE, {"code": "2222-2222"}).status_code == 422

        assert client.post(CODE, {"code": code}).status_code == 422
        assert Event.objects.filter(action="enquiry.code_refused").count() == 5

    def test_is_right_at_the_fifth_try(self, client: Client, found: Enquiry) -> None:
        ask(client, found.reference, found.asker_email)
        code = code_sent()
        for _ in range(following.MOST_TRIES - 1):
            client.post(CODE, {"code": "2222-2222"})

        assert client.post(CODE, {"code": code}).status_code == 302

    def test_lies_in_no_table_and_in_no_session(self, client: Client, found: Enquiry) -> None:
        ask(client, found.reference, found.asker_email)
        code = code_sent()

        row = FollowCode.objects.get()
        kept = str([row.digest, args_of(following.SEND_CODE), dict(client.session.items())])
        assert code not in kept
        assert code.replace("-", "") not in kept
        assert found.asker_email not in kept

    def test_asked_for_again_makes_the_first_useless_in_this_browser(
        self, client: Client, found: Enquiry
    ) -> None:
        ask(client, found.reference, found.asker_email)
        first = code_sent()
        ask(client, found.reference, found.asker_email)

        assert client.post(CODE, {"code": first}).status_code == 422
        assert client.post(CODE, {"code": code_sent()}).status_code == 302

    def test_page_without_a_code_leads_back(self, client: Client) -> None:
        assert client.get(CODE)["Location"] == FOLLOW

    def test_is_forgotten_a_day_after_it_was_over(self, found: Enquiry) -> None:
        following.ask_for_code(
            reference=found.reference, email=found.asker_email, language="en", now=NOW
        )
        over = NOW + following.VALID_FOR + following.KEPT_FOR

        assert following.forget_codes(now=over) == 0
        assert following.forget_codes(now=over + timedelta(seconds=1)) == 1


@pytest.mark.django_db(transaction=True)
def test_of_eight_tries_at_once_five_count() -> None:
    found = enquiry()
    key = following.ask_for_code(
        reference=found.reference, email=found.asker_email, language="en", now=NOW
    )

    rivals = [
        Rival(lambda: following.try_code(key=key, code="2222-2222", now=NOW)) for _ in range(8)
    ]
    for rival in rivals:
        assert rival.result() is None

    assert FollowCode.objects.get().tries == 5


def seen_from_outside(reference: str, email: str) -> tuple[Any, ...]:
    """All a stranger can see of asking for a code and trying one, and the queries behind it."""
    client = Client()
    client.get(FOLLOW)
    with CaptureQueriesContext(connection) as asking:
        asked = ask(client, reference, email)
    shown = client.get(CODE)
    with CaptureQueriesContext(connection) as trying:
        tried = client.post(CODE, {"code": "2222-2222"})
    kinds = [query["sql"].split()[0] for query in [*asking, *trying]]
    bodies = [without_tokens(page.content.decode()) for page in (shown, tried)]
    return asked.status_code, asked["Location"], tried.status_code, bodies, kinds


def without_tokens(html: str) -> str:
    return "\n".join(
        line for line in html.splitlines() if "csrf" not in line.lower() and "nonce" not in line
    )


class TestNothingTells:
    def test_whether_reference_and_address_belong_together_down_to_the_queries(
        self, found: Enquiry
    ) -> None:
        other = enquiry()
        # From now on the throttle knows this place.
        seen_from_outside("EAAAA-BBBB", "first@clients.example")

        right = seen_from_outside(found.reference, found.asker_email)
        wrong = seen_from_outside(found.reference, other.asker_email)
        nobody = seen_from_outside("EAAAA-BBBB", "nobody@clients.example")

        assert right == wrong == nobody
        assert len(args_of(following.SEND_CODE)) == 4

    def test_and_who_does_not_belong_gets_no_message(self, client: Client, found: Enquiry) -> None:
        ask(client, found.reference, "nobody@clients.example")

        assert code_sent() == ""

    def test_nor_does_a_lost_reference(self, found: Enquiry) -> None:
        Client().post(LOST, {"email": "first@clients.example"})

        def outside(email: str) -> tuple[Any, ...]:
            client = Client()
            with CaptureQueriesContext(connection) as queries:
                response = client.post(LOST, {"email": email})
            body = without_tokens(client.get(response["Location"]).content.decode())
            return response.status_code, body, [query["sql"].split()[0] for query in queries]

        assert outside(found.asker_email) == outside("nobody@clients.example")


class TestTooOften:
    def test_an_address_asks_for_five_codes_an_hour(self, client: Client, found: Enquiry) -> None:
        answers = [ask(client, found.reference, found.asker_email).status_code for _ in range(6)]

        assert answers == [302] * 5 + [429]

    def test_unknown_ones_are_held_in_the_same_way(self, client: Client) -> None:
        answers = [ask(client, "EAAAA-BBBB", "no@clients.example").status_code for _ in range(6)]

        assert answers == [302] * 5 + [429]

    def test_a_refusal_says_what_to_do(self, client: Client) -> None:
        for _ in range(3):
            client.post(LOST, {"email": "a@clients.example"})

        response = client.post(LOST, {"email": "a@clients.example"})

        assert response.status_code == 429
        assert "Wait an hour, then try again." in response.content.decode()


class TestALostReference:
    def references(self, client: Client, email: str) -> str:
        client.post(LOST, {"email": email})
        mail.outbox.clear()
        jobs.send_references(**args_of(following.SEND_REFERENCES)[-1])
        return str(mail.outbox[0].body) if mail.outbox else ""

    def test_comes_by_mail_with_the_others_of_sixty_days(self, client: Client) -> None:
        mine = [
            received(now=NOW - timedelta(days=days), email="me@clients.example").enquiry
            for days in (1, 59, 61)
        ]
        other = enquiry()

        said = self.references(client, "Me@clients.example")

        assert mine[0].reference in said
        assert mine[1].reference in said
        assert mine[2].reference not in said
        assert other.reference not in said

    def test_of_nobody_is_sent_to_nobody(self, client: Client) -> None:
        assert self.references(client, "nobody@clients.example") == ""

    def test_leaves_no_address_in_the_queue(self, client: Client) -> None:
        client.post(LOST, {"email": "me@clients.example"})

        assert "me@clients" not in str(args_of(following.SEND_REFERENCES))


def answered(found: Enquiry, body: str = "It is done.", *, is_case_specific: bool = True) -> None:
    by = agent()
    held = opened(in_hand(by, found), by)
    answering.note(enquiry=held, body="A note for colleagues.", by=by.person, now=NOW)
    answering.answer(
        enquiry=held,
        version=held.version,
        body=body,
        language="en",
        tier=Tier.CASE,
        line_of_business=held.line_of_business,
        is_case_specific=is_case_specific,
        by=by.person,
        now=NOW,
    )


def joined(part: Enquiry, main: Enquiry) -> Enquiry:
    """An agent has made it part of another."""
    by = agent()
    held = in_hand(by, part)
    joining.join(enquiry=held, version=held.version, into=main, by=by.person, now=NOW)
    for each in (part, main):
        each.refresh_from_db()
    return part


def asked_back(found: Enquiry) -> None:
    by = agent()
    held = in_hand(by, found)
    answering.ask_back(
        enquiry=held,
        version=held.version,
        body="Which?",
        language="en",
        is_case_specific=False,
        by=by.person,
        now=NOW,
    )


class TestThePage:
    def test_says_where_it_stands_and_when_it_is_due(self, client: Client, found: Enquiry) -> None:
        said = read(client, found)

        assert "It waits for an agent." in said
        assert "November 30, 2026" in said
        assert "November 23, 2026" in said

    def test_shows_the_answer_and_neither_notes_nor_anybody_s_name(
        self, client: Client, found: Enquiry
    ) -> None:
        answered(found)

        said = read(client, found)

        assert "It is answered: read the answer below." in said
        assert "It is done." in said
        assert "A note for colleagues." not in said
        found.refresh_from_db()
        assert Message.objects.get(direction=Direction.OUT).by is not None
        assert Message.objects.get(direction=Direction.OUT).by.name not in said  # type: ignore[union-attr]  # seen above

    def test_says_that_we_wait_and_the_due_date_with_us(
        self, client: Client, found: Enquiry
    ) -> None:
        asked_back(found)

        said = read(client, found)

        assert "The due date waits until you answer." in said
        assert "Answer our question" in said

    def test_shows_markup_as_text(self, client: Client) -> None:
        said = read(client, enquiry(body="<b>bold</b>"))

        assert "&lt;b&gt;bold&lt;/b&gt;" in said

    def test_closes_after_fifteen_minutes_without_use(
        self, client: Client, found: Enquiry, traveller: time_machine.Traveller
    ) -> None:
        read(client, found)
        traveller.shift(timedelta(minutes=14))
        assert client.get(READ).status_code == 200
        traveller.shift(timedelta(minutes=14))
        assert client.get(READ).status_code == 200
        traveller.shift(timedelta(minutes=15))

        assert client.get(READ)["Location"] == FOLLOW

    def test_closes_by_its_button(self, client: Client, found: Enquiry) -> None:
        read(client, found)

        assert client.post(END)["Location"] == FOLLOW
        assert client.get(READ)["Location"] == FOLLOW

    def test_is_nobody_s_without_a_code(self, client: Client, found: Enquiry) -> None:
        ask(client, found.reference, found.asker_email)

        assert client.get(READ)["Location"] == FOLLOW
        assert reply(client).status_code == 302
        assert found.messages.count() == 1

    def test_costs_a_bounded_number_of_queries(
        self, client: Client, found: Enquiry, django_assert_max_num_queries: Any
    ) -> None:
        answered(found)
        read(client, found)

        with django_assert_max_num_queries(6):
            client.get(READ)

    def test_of_what_was_put_with_somebody_else_s_shows_nothing_of_theirs(
        self, client: Client, found: Enquiry
    ) -> None:
        other = enquiry(body="Of somebody else.")
        Enquiry.objects.filter(pk=found.pk).update(state=State.JOINED, joined_to=other)
        found.refresh_from_db()

        said = read(client, found)

        assert "Of somebody else." not in said
        assert other.reference not in said
        assert "another enquiry" not in said
        assert "Ask a new question if you still need an answer." in said
        assert "Add something" not in said
        reply(client)
        assert found.messages.count() == 1


class TestWhatWasPutTogether:
    @pytest.fixture
    def main(self) -> Enquiry:
        return received(email="me@clients.example", body="First.").enquiry

    @pytest.fixture
    def part(self, main: Enquiry) -> Enquiry:
        return joined(received(email="me@clients.example", body="Second.").enquiry, main)

    def test_is_answered_in_both_by_one_code(
        self, client: Client, main: Enquiry, part: Enquiry
    ) -> None:
        answered(main)

        for each in (main, part):
            said = read(client, each)

            assert f"Your enquiry {main.reference}" in said
            assert part.reference in said
            assert "is answered here too" in said
            assert all(text in said for text in ("First.", "Second.", "It is done."))

    def test_keeps_notes_and_what_others_asked_to_itself(
        self, client: Client, main: Enquiry, part: Enquiry
    ) -> None:
        answering.note(enquiry=part, body="Only for us.", by=agent().person, now=NOW)
        other = enquiry(body="Of somebody else.")
        Enquiry.objects.filter(pk=other.pk).update(state=State.JOINED, joined_to=main)

        said = read(client, part)

        assert "Only for us." not in said
        assert "Of somebody else." not in said
        assert other.reference not in said

    def test_is_added_to_where_it_goes_on(
        self, client: Client, main: Enquiry, part: Enquiry
    ) -> None:
        read(client, part)

        reply(client)

        assert main.messages.filter(body="Here it is.").exists()
        assert part.messages.count() == 1

    def test_costs_no_more_queries(
        self, client: Client, part: Enquiry, django_assert_max_num_queries: Any
    ) -> None:
        read(client, part)

        with django_assert_max_num_queries(6):  # one for each step from a part to its main one
            client.get(READ)

    def test_of_one_that_stands_alone_says_nothing(self, client: Client, found: Enquiry) -> None:
        assert "Put together with this enquiry" not in read(client, found)


class TestAReply:
    def test_to_a_question_lets_the_enquiry_go_on(self, client: Client, found: Enquiry) -> None:
        asked_back(found)
        read(client, found)

        assert reply(client)["Location"] == READ

        found.refresh_from_db()
        assert found.state == State.WAITING
        assert found.clocks.running().get().promise == Promise.FINAL
        assert found.messages.filter(direction=Direction.IN).count() == 2
        assert Event.objects.filter(action="enquiry.replied", object_id=str(found.pk)).exists()
        assert "We have received your text." in text_of(client.get(READ))

    def test_to_an_answer_opens_the_enquiry_again(self, client: Client, found: Enquiry) -> None:
        answered(found)
        read(client, found)

        reply(client)

        found.refresh_from_db()
        assert found.state == State.WAITING
        assert [clock.promise for clock in found.clocks.running()] == [Promise.FINAL]

    def test_to_what_an_agent_has_in_hand_is_seen_before_they_answer(
        self, client: Client, found: Enquiry
    ) -> None:
        by = agent()
        held = in_hand(by, found)
        read(client, found)
        reply(client)

        found.refresh_from_db()
        assert found.assignee == by.person
        assert found.version > held.version

    def test_sent_twice_is_added_once(self, client: Client, found: Enquiry) -> None:
        read(client, found)
        attempt = uuid.uuid4()

        for _ in range(2):
            assert reply(client, attempt=attempt).status_code == 302

        assert found.messages.count() == 2

    @pytest.mark.parametrize("body", ["", "  \N{ZERO WIDTH SPACE} ", "a" * 2_001])
    def test_of_nothing_or_too_much_is_refused_with_all_of_it_kept(
        self, client: Client, found: Enquiry, body: str
    ) -> None:
        read(client, found)

        response = reply(client, body)

        assert response.status_code == 422
        assert response.context["form"]["body"].value() == body
        assert found.messages.count() == 1

    def test_of_2000_characters_is_added(self, client: Client, found: Enquiry) -> None:
        read(client, found)

        assert reply(client, "\U0001f4c4" * 2_000).status_code == 302

    def test_with_a_number_that_is_none_is_refused(self, client: Client, found: Enquiry) -> None:
        read(client, found)

        response = client.post(READ, {"body": "x", "attempt": "not-a-number"})

        assert response.status_code == 422

    def test_with_the_number_of_another_enquiry_s_form_is_added_all_the_same(
        self, client: Client, found: Enquiry
    ) -> None:
        attempt = uuid.uuid4()
        other = received(attempt=attempt).enquiry
        for each in (found, other):
            read(client, each)
            assert reply(client, attempt=attempt).status_code == 302
            assert each.messages.count() == 2

    def test_too_often_is_refused(self, client: Client, found: Enquiry) -> None:
        read(client, found)

        answers = [reply(client, f"{number}").status_code for number in range(11)]

        assert answers == [302] * 10 + [429]


def test_the_pages_lead_to_each_other_for_who_has_no_account(client: Client) -> None:
    for address in ("/en/", "/en/sign-in/"):
        said = text_of(client.get(address))
        assert 'href="/en/ask/"' in said
        assert 'href="/en/follow/"' in said
