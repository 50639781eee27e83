"""The e-mailed code that unlocks a session of somebody without a second factor."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import constant_time_compare, salted_hmac

from comptoir.people.actions import codes
from comptoir.people.models import Person

KEY = "unlock_code"
VALID_FOR = timedelta(minutes=10)
MOST_TRIES = 3


def send_code(*, person: Person, session: SessionBase, now: datetime) -> None:
    """Send a fresh code; one sent before is no longer valid. Only a digest stays in the session."""
    code = get_adapter().generate_login_code()
    session[KEY] = {"digest": _digest(code, person), "at": now.isoformat(), "tries": 0}
    codes.send_code(
        kind="people.unlock_code", address=person.email, code=code, valid_for=VALID_FOR, now=now
    )


def was_sent(session: SessionBase, now: datetime) -> bool:
    """Whether a code is on its way that can still be tried."""
    sent = session.get(KEY)
    if sent is None or sent["tries"] >= MOST_TRIES:
        return False
    return now < datetime.fromisoformat(sent["at"]) + VALID_FOR


def try_code(*, code: str, person: Person, session: SessionBase, now: datetime) -> bool:
    """Whether this is the code. Every try counts; a right one is used up."""
    if not was_sent(session, now):
        return False
    sent = session[KEY]
    if constant_time_compare(sent["digest"], _digest(code, person)):
        del session[KEY]
        return True
    session[KEY] = sent | {"tries": sent["tries"] + 1}
    return False


def _digest(code: str, person: Person) -> str:
    plain = "".join(c for c in code.upper() if c.isalnum())
    return salted_hmac("people.unlock", f"{person.pk} {plain}", algorithm="sha256").hexdigest()
