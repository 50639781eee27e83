"""What keeps robots from filling the public form: a signed page, a field nobody sees, a sum to do.

Nothing here refuses for ever: whoever is taken for a robot is asked to send again, with all they
typed. The sum (proof of work) is a number that gives, with the page's token, a SHA-256 that begins
with so many zero bits. A page holds one attempt, so a sum once done sends one enquiry.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.core import signing

SALT = "enquiries.page"

AT_LEAST = timedelta(seconds=3)
"""Nobody reads, types and checks an enquiry in less (ours)."""

AT_MOST = timedelta(days=1)
"""A page that was open for longer is sent again (ours)."""

LONGEST_SUM = 20
"""Characters of the number that a browser may send."""


class Problem(StrEnum):
    """Why a form is to be sent again."""

    FILLED_IN = "filled_in"
    TOO_FAST = "too_fast"
    TOO_OLD = "too_old"


@dataclass(frozen=True, slots=True)
class Page:
    """One page that was shown: which attempt it holds, and since when."""

    attempt: UUID
    since: datetime


def token(page: Page) -> str:
    """The page, signed."""
    return signing.dumps([page.attempt.hex, int(page.since.timestamp())], salt=SALT)


def page_of(text: str) -> Page | None:
    """The page that a token of ours stands for; None for any other text."""
    try:
        attempt, since = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    return Page(UUID(attempt), datetime.fromtimestamp(since, UTC))


def token_for(text: str, now: datetime) -> str:
    """The token to show again: the same while it holds, one for the same attempt once it is too old."""
    page = page_of(text)
    if page is None:
        return token(Page(uuid.uuid4(), now))
    return text if now - page.since <= AT_MOST else token(Page(page.attempt, now))


def problem_with(posted: Mapping[str, str], now: datetime) -> Problem | None:
    """What makes the form look like a robot's, or nothing."""
    page = page_of(posted.get("token", ""))
    if posted.get("website"):
        return Problem.FILLED_IN
    if page is None or now - page.since > AT_MOST:
        return Problem.TOO_OLD
    return Problem.TOO_FAST if now - page.since < AT_LEAST else None


def is_worked_out(posted: Mapping[str, str]) -> bool:
    """Whether the browser did the sum."""
    number = posted.get("work", "")
    if not (number.isascii() and number.isdigit()) or len(number) > LONGEST_SUM:
        return False
    digest = hashlib.sha256(f"{posted.get('token', '')}:{number}".encode()).digest()
    return int.from_bytes(digest).bit_length() <= 256 - settings.SERVICE_WORK_BITS
