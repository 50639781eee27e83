"""Every trait of mail that is known to break such services, and every mail that is nearly like one of those."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from comptoir.enquiries.mail_bounds import (
    LARGEST,
    LONGEST_NAME,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    LONGEST_VALUE,
    MOST_ATTACHMENTS,
    MOST_HEADERS,
)
from comptoir.enquiries.mail_reading import Read, read, returned
from comptoir.enquiries.models import Decision, Enquiry, InboundMail
from comptoir.notices.models import Notice
from tests.enquiries.mail_traits import FIRST, TRAITS, Trait
from tests.enquiries.mail_writing import asked, came, line, mail

pytestmark = pytest.mark.django_db

ASKED = (Decision.NEW, Decision.JOINED)
CORPUS = [each.raw for each in TRAITS.values()]


@pytest.fixture
def first(db: None) -> Enquiry:
    line()
    return asked(mail(message_id=FIRST))


@pytest.mark.parametrize("trait", TRAITS.values(), ids=TRAITS)
def test_a_mail_with_the_trait_is_decided_as_it_must_be(first: Enquiry, trait: Trait) -> None:
    found = came(trait.raw)

    assert (found.decision, found.reason) == (trait.decision, trait.reason)
    assert tuple(each["name"] for each in found.attachments) == trait.files
    if trait.text is not None:
        assert [each.body for each in found.messages.all()] == [trait.text]
    assert found.messages.exists() == (trait.decision in ASKED)


def test_every_decision_that_a_mail_can_be_given_by_itself_has_a_trait() -> None:
    by_others = {Decision.PENDING, Decision.REFUSED, Decision.DUPLICATE}

    assert {each.decision for each in TRAITS.values()} == set(Decision) - by_others


# --- Nearly like one of those ---


@st.composite
def nearly(draw: st.DrawFn) -> bytes:
    """A mail of the corpus of which pieces were cut out, doubled, changed, or taken from another."""
    raw = draw(st.sampled_from(CORPUS))
    for _ in range(draw(st.integers(1, 4))):
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(raw))] * 2)))
        match draw(st.sampled_from(["cut", "drop", "double", "splice", "flip", "insert"])):
            case "cut":
                raw = raw[:end]
            case "drop":
                raw = raw[:start] + raw[end:]
            case "double":
                raw = raw[:end] + raw[start:]
            case "splice":
                other = draw(st.sampled_from(CORPUS))
                raw = raw[:start] + other[draw(st.integers(0, len(other))) :]
            case "flip":
                raw = (
                    raw[:start] + bytes(each ^ 0x80 for each in raw[start : start + 3]) + raw[end:]
                )
            case "insert":
                raw = raw[:start] + draw(st.binary(max_size=20)) + raw[start:]
    return raw


def is_plain(text: str, *, lines: bool = False) -> bool:
    """Whether it holds no control character, but for the ends of its lines if it may have lines."""
    text.encode("utf-8")  # a lone surrogate would not be
    kept = "\n\t" if lines else ""
    return all(each in kept or unicodedata.category(each) != "Cc" for each in text)


def assert_bounded(found: Read) -> None:
    """It obeys every bound, and nothing of it is more than text."""
    names = [found.subject, found.sender, found.sender_name, *found.recipients]
    names += [text for each in found.attachments for text in (each.name, each.type)]
    assert all(map(is_plain, names))
    lined = [found.text, found.message_id, found.date, *found.in_reply_to, *found.references]
    assert all(is_plain(each, lines=True) for each in lined)
    assert len(found.text) <= LONGEST_TEXT
    assert len(found.subject) <= LONGEST_SUBJECT
    assert len(found.sender) <= 254
    assert len(found.message_id) <= 300
    assert len(found.attachments) <= MOST_ATTACHMENTS
    for file in found.attachments:
        assert 1 <= len(file.name) <= LONGEST_NAME
        assert len(file.type) <= 100
        assert 0 <= file.size <= LARGEST
    values = [value for values in found.headers.values() for value in values]
    assert len(values) <= MOST_HEADERS
    assert all(len(value) <= LONGEST_VALUE for value in values)


@given(nearly())
@hypothesis_settings(max_examples=1_000)
def test_a_mail_nearly_like_one_of_those_is_read_within_bounds(raw: bytes) -> None:
    assert_bounded(read(raw))
    told = returned(raw)
    assert told is None or all(map(is_plain, (told.message_id, told.action, told.code)))


@given(raw=nearly())
@hypothesis_settings(
    max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # the enquiry that was there first may stay: each mail is asked only about its own row
def test_a_mail_nearly_like_one_of_those_is_one_row_with_a_decision_and_a_reason(
    first: Enquiry, raw: bytes
) -> None:
    before = InboundMail.objects.count()
    known = set(InboundMail.objects.values_list("pk", flat=True))

    found = came(raw)

    assert InboundMail.objects.count() == before + (found.pk not in known)
    assert found.decision != Decision.PENDING
    assert found.reason
    assert bytes(found.original) == raw or found.pk in known
    assert (found.enquiry is not None) or found.decision not in ASKED
    assert Notice.objects.filter(kind="enquiries.received").count() <= Enquiry.objects.count()
