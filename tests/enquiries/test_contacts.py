"""What the ledger of contacts is told: each text that came is an attempt, and a reply answers it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from comptoir.enquiries.actions import answering, copying
from comptoir.enquiries.models import Channel, Enquiry, Tier
from comptoir.ledger import queries as ledger
from comptoir.ledger.client_keys import client_key
from comptoir.ledger.models import Contact, Outcome
from tests.enquiries.crises import open_crisis
from tests.enquiries.factories import NOW, agent, ask_back, enquiry, in_hand, received
from tests.enquiries.mail_writing import asked, came, line, mail

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
APPLICATION = "C000111222"


def answer(found: Enquiry, after: timedelta = HOUR) -> None:
    found.refresh_from_db()
    by = agent()
    held = in_hand(by, found, NOW)
    answering.answer(
        enquiry=held,
        version=held.version,
        body="It is in progress.",
        language="en",
        tier=Tier.GENERAL,
        line_of_business=held.line_of_business,
        is_case_specific=False,
        by=by.person,
        now=NOW + after,
    )


def told() -> list[tuple[str, int, str]]:
    rows = Contact.objects.order_by("source_id", "sequence")
    return [(row.source_id, row.sequence, row.outcome) for row in rows]


def test_what_is_received_is_one_contact_with_the_key_of_its_asker() -> None:
    found = enquiry(channel=Channel.EMAIL, email="Client@clients.example", language="fr")

    contact = Contact.objects.get()
    assert (contact.source, contact.source_id) == ("enquiries", found.reference)
    assert (contact.channel, contact.line, contact.language) == ("email", "public", "fr")
    assert contact.outcome == Outcome.RECEIVED
    assert bytes(contact.client_key or b"") == client_key("client@clients.example")


def test_an_answer_is_a_later_account_of_the_same_contact() -> None:
    found = enquiry()

    answer(found)

    assert told() == [(found.reference, 1, "received"), (found.reference, 2, "answered")]
    newest = Contact.objects.get(sequence=2)
    assert newest.answered_at == NOW + HOUR
    assert newest.wrap_up_code == "011"


def test_what_is_asked_again_is_an_attempt_of_its_own_and_one_reply_answers_both() -> None:
    first = received(application_number=APPLICATION)
    again = received(application_number=APPLICATION, now=NOW + HOUR)

    answer(first.enquiry, 2 * HOUR)

    second = f"{first.enquiry.reference}.{again.message.pk}"
    assert told() == [
        (first.enquiry.reference, 1, "received"),
        (first.enquiry.reference, 2, "answered"),
        (second, 1, "received"),
        (second, 2, "answered"),
    ]


def test_a_later_answer_leaves_the_first_as_it_was() -> None:
    first = received(application_number=APPLICATION)
    answer(first.enquiry)
    again = received(application_number=APPLICATION, now=NOW + 2 * HOUR)

    answer(first.enquiry, 3 * HOUR)

    early = Contact.objects.get(source_id=first.enquiry.reference, sequence=2)
    late = Contact.objects.get(source_id__endswith=f".{again.message.pk}", sequence=2)
    assert (early.answered_at, late.answered_at) == (NOW + HOUR, NOW + 3 * HOUR)


def test_a_reply_by_mail_is_an_attempt_of_its_own() -> None:
    line()
    first = asked(mail(message_id="<first@client.example>"))

    again = came(mail("And now?", References="<first@client.example>"), now=NOW + HOUR)

    text = again.messages.get()
    assert told() == [
        (first.reference, 1, "received"),
        (f"{first.reference}.{text.pk}", 1, "received"),
    ]
    answer(first, 2 * HOUR)
    assert told()[-1] == (f"{first.reference}.{text.pk}", 2, "answered")


def test_a_question_back_is_an_answer_to_the_attempt() -> None:
    by = agent()
    held = in_hand(by, enquiry())

    ask_back(held, by)

    assert [outcome for _id, _sequence, outcome in told()] == ["received", "answered"]


def test_an_answer_before_the_receipt_by_a_clock_that_is_ahead_is_no_failure() -> None:
    found = enquiry(now=NOW + timedelta(minutes=10))

    answer(found, timedelta(0))

    newest = Contact.objects.get(sequence=2)
    assert newest.answered_at == newest.received_at


def test_the_figures_of_the_ledger_count_it_once() -> None:
    answer(enquiry())
    enquiry()

    on = Contact.objects.all()[0].on
    [all_of_it] = ledger.figures(first_on=on, until_on=on + timedelta(days=1))
    assert (all_of_it.received, all_of_it.answered, all_of_it.clients) == (2, 1, 2)


def test_the_same_form_twice_is_told_once() -> None:
    attempt = "0190b0c0-0000-7000-8000-000000000001"

    received(attempt=attempt)
    received(attempt=attempt)

    assert len(told()) == 1


def test_a_drill_is_told_of_never() -> None:
    drill = open_crisis(is_drill=True)

    answer(enquiry(line=drill.line))

    assert told() == []


def test_a_text_that_was_split_off_is_told_of_where_it_came_in_and_nowhere_else() -> None:
    found, by = enquiry(), agent()
    held = in_hand(by, found)
    text = held.messages.get()
    child = copying.split(enquiry=held, version=held.version, message=text, by=by.person, now=NOW)

    answer(child)

    assert told() == [(found.reference, 1, "received")]
