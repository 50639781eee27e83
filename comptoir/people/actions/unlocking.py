"""The e-mailed code that unlocks a session of somebody without a second factor."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from comptoir.people.actions import codes, signing_in
from comptoir.people.models import Person
from comptoir.people.queries import refusals

KEY = "unlock_code"
STEP = "unlock_code"
"""The step under which the trail has a wrong code."""

VALID_FOR = timedelta(minutes=10)
MOST_TRIES = 3


def send_code(*, person: Person, session: SessionBase, now: datetime) -> None:
    """Send a fresh code; one sent before is no longer valid. Only a digest stays in the session."""
    code = get_adapter().generate_login_code()
    session[KEY] = {"digest": _digest(code, person), "at": now.isoformat()}
    codes.send_code(
        kind="people.unlock_code", address=person.email, code=code, valid_for=VALID_FOR, now=now
    )


def was_sent(person: Person, session: SessionBase, now: datetime) -> bool:
    """Whether a code is on its way that can still be tried."""
    sent = session.get(KEY)
    if sent is None:
        return False
    sent_at = datetime.fromisoformat(sent["at"])
    return now < sent_at + VALID_FOR and refusals.since(person, STEP, sent_at) < MOST_TRIES


def try_code(*, code: str, person: Person, session: SessionBase, now: datetime) -> bool:
    """Whether this is the code. Every try counts and is on record; a right one is used up.

    The trail is what is counted. The session could not be: of several tries sent at once each would
    read it as it was before the others, and the last to finish would write what it had read.
    """
    with transaction.atomic():
        # One after the other, so that each sees what came before it.
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        if was_sent(person, session, now) and _is_right(code, person, session):
            del session[KEY]
            return True
        signing_in.refused(person=person, step=STEP, now=now)
    return False


def _is_right(code: str, person: Person, session: SessionBase) -> bool:
    return constant_time_compare(session[KEY]["digest"], _digest(code, person))


def _digest(code: str, person: Person) -> str:
    plain = "".join(c for c in code.upper() if c.isalnum())
    return salted_hmac("people.unlock", f"{person.pk} {plain}", algorithm="sha256").hexdigest()
