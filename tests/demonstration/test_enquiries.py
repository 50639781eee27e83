"""The single window's invented work: received and put in its place by the rules, each answer of its question."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from comptoir.demonstration import loading, questions
from comptoir.demonstration.scale import SMALL
from comptoir.enquiries.models import (
    AskerKind,
    Direction,
    Enquiry,
    LineKind,
    Message,
    Priority,
    State,
)
from comptoir.enquiries.queries import triage as rules
from comptoir.ledger.models import Contact
from tests.demonstration.test_world import undone

NOW = datetime(2026, 11, 23, 17, 5, tzinfo=UTC)
MATTERS = (*questions.CLIENTS, *questions.OFFICES)


@pytest.fixture
def made(db: None) -> Iterator[list[Enquiry]]:
    """What was asked on the lines that are always open, the oldest first."""
    with undone():
        loading.load(now=NOW, seed=1, scale=SMALL)
        found = Enquiry.objects.exclude(line__kind=LineKind.CRISIS).select_related("line")
        yield list(found.order_by("received_at"))


def asked(found: Enquiry) -> str:
    return found.messages.get(direction=Direction.IN).body


def test_each_was_put_in_its_place_by_the_rules_in_force(made: list[Enquiry]) -> None:
    assert len(made) == SMALL.enquiries
    for found in made:
        finding = rules.newest_of(found)
        assert finding is not None
        assert finding.version == rules.in_force(found.received_at)
        assert (finding.line, finding.priority) == (found.line, found.priority)
        assert found.is_unmatched == finding.is_unmatched
    assert {found.is_unmatched for found in made} == {True, False}
    assert {Priority.USUAL, Priority.URGENT} <= {found.priority for found in made}


def test_each_stands_in_the_ledger_and_every_answer_with_it(made: list[Enquiry]) -> None:
    for found in made:
        told = Contact.objects.filter(source_id=found.reference)
        assert told.exists()
        assert told.filter(answered_at__isnull=False).exists() == (found.state == State.ANSWERED)


def test_each_is_answered_what_it_asked(made: list[Enquiry]) -> None:
    known = {matter.asked(language): matter for matter in MATTERS for language in ("en", "fr")}
    for found in made:
        matter = known[asked(found)]
        assert (found.topic, found.line_of_business) == (matter.topic, matter.line)
        assert matter in questions.of(AskerKind(found.asker_kind))
        if found.state == State.ANSWERED:
            reply = Message.objects.get(enquiry=found, direction=Direction.OUT)
            assert reply.body == matter.answered(found.language)


def test_nothing_is_due_that_was_answered_and_what_waits_for_the_client_stands_still(
    made: list[Enquiry],
) -> None:
    for found in made:
        running = list(found.clocks.running())
        if found.state == State.ANSWERED:
            assert running == []
        elif found.state == State.ON_HOLD:
            assert [clock.pauses.filter(ends_at=None).count() for clock in running] == [1]


def test_the_two_that_were_put_together_ask_the_same(made: list[Enquiry]) -> None:
    joined = [found for found in made if found.joined_to_id]
    for part in joined:
        assert part.joined_to is not None
        assert asked(part) == asked(part.joined_to)


def test_every_matter_is_told_in_both_languages() -> None:
    texts = [text for each in MATTERS for text in (*each.question, *each.answer)]

    assert len(set(texts)) == len(texts)
    assert all(len(text) > 30 for text in texts)
    french = [text for each in MATTERS for text in (each.question[1], each.answer[1])]
    assert not [text for text in french if any(f" {sign}" in text for sign in "?!:»")]
