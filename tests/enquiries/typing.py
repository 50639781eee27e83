"""What a client types into the public form, and a page that a person had open for a minute."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta
from itertools import count
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.test import Client

from comptoir.enquiries import guarding
from comptoir.enquiries.models import AskerKind, Topic
from comptoir.roster.models import LineOfBusiness
from comptoir.ui import clock

ASK = "/en/ask/"
EMAIL = "asker@clients.example"


def token(*, open_for: timedelta = timedelta(minutes=1)) -> str:
    """The token of a page that has been open for so long."""
    return guarding.token(guarding.Page(uuid.uuid4(), clock.now() - open_for))


def work_for(page: str) -> str:
    """The sum of a page, as the script of the page does it."""
    bits = settings.SERVICE_WORK_BITS
    for number in count():
        digest = hashlib.sha256(f"{page}:{number}".encode()).hexdigest()
        if f"{int(digest, 16):0256b}".startswith("0" * bits):
            return str(number)
    raise AssertionError


def typed(**changes: Any) -> dict[str, Any]:
    """A whole form of a client's, worth sending."""
    return {
        "asker_kind": AskerKind.CLIENT.value,
        "email": EMAIL,
        "language": "en",
        "applicant_name": "Applicant One",
        "applicant_born_on": "1990-02-03",
        "uci": "1234-5678",
        "application_number": "c000 111 222",
        "line_of_business": LineOfBusiness.FAMILY.value,
        "topic": Topic.STATUS.value,
        "body": "Where does it stand?",
        "token": token(),
        "website": "",
        **changes,
    }


def send(client: Client, **changes: Any) -> Any:
    """Press the last button."""
    return client.post(ASK, typed(**changes) | {"send": "1"})


def forget_throttles() -> None:
    """Nobody has tried anything yet."""
    cache.clear()
