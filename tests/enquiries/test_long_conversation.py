"""A conversation of any length opens: the newest texts are shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from comptoir.enquiries.models import Direction, Message
from comptoir.enquiries.views.enquiry import MOST_TEXTS
from tests.enquiries.factories import NOW, agent, enquiry, in_hand
from tests.people.signing_in import sign_in


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_the_newest_of_a_very_long_conversation_are_shown() -> None:
    by = agent()
    held = in_hand(by, enquiry())
    Message.objects.bulk_create(
        Message(
            enquiry=held,
            direction=Direction.NOTE,
            channel=held.channel,
            at=NOW + timedelta(minutes=number),
            by=by.person,
            body=f"Note {number}.",
        )
        for number in range(MOST_TEXTS)
    )

    page = sign_in(Client(), by.person).get(reverse("enquiries:enquiry", args=[held.reference]))

    said = page.content.decode()
    assert f"Note {MOST_TEXTS - 1}." in said
    assert "Note 0." in said
    assert "Where does my application stand?" not in said
