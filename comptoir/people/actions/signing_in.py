"""What signing in and out leaves behind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from comptoir.audit import actions as audit
from comptoir.audit.models import Verb
from comptoir.people import lock
from comptoir.people.models import Person
from comptoir.people.sessions import BROWSER_KEY, SIGNED_IN_AT_KEY


def signed_in(
    *,
    person: Person,
    session: SessionBase,
    request: HttpRequest,
    methods: Sequence[str],
    now: datetime,
) -> None:
    """Somebody has signed in: note when and with what browser, for their own list of sessions."""
    session[BROWSER_KEY] = request.headers.get("User-Agent", "")[:200]
    session[SIGNED_IN_AT_KEY] = now.isoformat()
    session.set_expiry(None)  # it was nobody's until now, and then it ends soon
    lock.keep_only_of(session, person.pk)
    audit.record(
        action="people.signed_in",
        subject=person,
        by=person,
        now=now,
        detail={"methods": sorted(set(methods))},
    )


def signed_out(*, person: Person, now: datetime) -> None:
    """Somebody has signed out."""
    audit.record(action="people.signed_out", subject=person, by=person, now=now)


def refused(*, person: Person, step: str, now: datetime) -> None:
    """Somebody gave a wrong code or a wrong second factor for this person's account."""
    audit.record(
        verb=Verb.REFUSED,
        action="people.sign_in_refused",
        subject=person,
        by=None,
        now=now,
        detail={"step": step},
    )


def unlocked(*, person: Person, method: str, now: datetime) -> None:
    """Somebody has unlocked their session."""
    audit.record(
        action="people.unlocked", subject=person, by=person, now=now, detail={"method": method}
    )


def second_factor_changed(*, person: Person, change: str, kind: str, now: datetime) -> None:
    """Somebody has added or removed a second factor of their own."""
    audit.record(
        action=f"people.second_factor_{change}",
        subject=person,
        by=person,
        now=now,
        detail={"kind": kind},
    )
