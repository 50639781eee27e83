"""The receipt, the mail and the page that follows an enquiry tell the same dates, in the same words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from comptoir.enquiries.models import Clock, Enquiry, Promise
from comptoir.enquiries.queries import dates_told, messages
from comptoir.notices import rendering
from comptoir.notices.models import Notice
from comptoir.ui import times
from tests.enquiries.factories import NOW, agent, ask_back, enquiry, in_hand
from tests.enquiries.test_following import READ, read
from tests.enquiries.typing import typed

pytestmark = pytest.mark.django_db

FIRST = {"en": "First answer by", "fr": "Première réponse d’ici le"}
FINAL = {"en": "Final answer by", "fr": "Réponse définitive d’ici le"}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def asks(client: Client, language: str) -> str:
    """Ask by the form of this language; what the receipt says."""
    with translation.override(language):
        address = reverse("enquiries:ask")
    answer = client.post(address, typed(language=language) | {"send": "1"}, follow=True)
    return words(answer.content.decode())


def follows(client: Client, found: Enquiry, language: str) -> str:
    """Read the enquiry by its code; what the page says in this language."""
    read(client, found)
    return words(client.get(READ.replace("/en/", f"/{language}/")).content.decode())


def mail_of(found: Enquiry) -> str:
    """The acknowledgement, as it would be sent now."""
    notice = Notice.objects.get(kind=messages.RECEIVED, subject_id=found.pk)
    kind = next(each for each in messages.KINDS if each.name == notice.kind)
    assert kind.context is not None
    context = kind.context(notice)
    assert context is not None
    made = rendering.rendered(
        kind,
        context,
        address=notice.address,
        language=notice.language,
        time_zone=notice.time_zone,
        message_id="<one@service.example>",
        now=NOW,
    )
    return words(str(made.body))


def words(text: str) -> str:
    return " ".join(
        unescape(re.sub(r"<[^>]+>", " ", text)).replace("\N{NO-BREAK SPACE}", " ").split()
    )


def said(found: Enquiry, language: str) -> tuple[str, str]:
    """What is to be told, in the words of this language."""
    due = {each.promise: each.due_at for each in Clock.objects.filter(enquiry=found)}
    return (
        f"{FIRST[language]} {times.long_date(due[Promise.FIRST], language=language)}",
        f"{FINAL[language]} {times.long_date(due[Promise.FINAL], language=language)}",
    )


@pytest.mark.parametrize("language", ["en", "fr"])
def test_screen_mail_and_follow_page_tell_both_dates_alike(client: Client, language: str) -> None:
    receipt = asks(client, language)
    found = Enquiry.objects.get()
    letter = re.sub(r" ?: ", " ", mail_of(found))
    followed = follows(client, found, language)

    for told in said(found, language):
        assert told in receipt
        assert told in letter
        assert told in followed
    for where in (receipt, letter, followed):
        assert found.reference in where


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_date_that_was_moved_is_told_everywhere(client: Client, language: str) -> None:
    asks(client, language)
    found = Enquiry.objects.get()
    for running in found.clocks.all():
        running.due_at = running.due_at.replace(day=27)
        running.save()

    letter = re.sub(r" ?: ", " ", mail_of(found))

    for told in said(found, language):
        assert told in letter
        assert told in follows(client, found, language)


def test_while_we_wait_for_the_client_no_date_is_told() -> None:
    by = agent()
    found = in_hand(by, enquiry(), now=NOW)
    ask_back(found, by)
    found.refresh_from_db()

    assert dates_told.told(found) == dates_told.Dates(None, None, waits=True)
    letter = mail_of(found)
    assert "The due date waits until you answer." in letter
    assert FINAL["en"] not in letter


def test_what_was_answered_has_no_date(client: Client) -> None:
    found = enquiry()
    Clock.objects.filter(enquiry=found).update(stopped_at=NOW)

    assert dates_told.told(found) == dates_told.Dates(None, None, waits=False)
    assert FINAL["en"] not in follows(client, found, "en")
