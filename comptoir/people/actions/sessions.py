"""Ending signed-in sessions, and what they have kept for too long."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.people import lock, searching
from comptoir.people.models import Person, Session
from comptoir.people.sessions import SessionStore


def drop(*, person_ids: Iterable[int], keep: str | None = None) -> int:
    """Delete the sessions of these people, save the one whose key is `keep`; how many went.

    Part of a larger action, which writes the audit row.
    """
    sessions = Session.objects.filter(person__in=list(person_ids))
    count, _ = sessions.exclude(session_key=keep or "").delete()
    return count


def sign_out_elsewhere(*, person: Person, keep: str, by: Person, now: datetime) -> int:
    """End every session of the person but the one at hand; how many were ended."""
    with transaction.atomic():
        count = drop(person_ids=[person.pk], keep=keep)
        audit.record(
            action="people.signed_out_elsewhere",
            subject=person,
            by=by,
            now=now,
            detail={"sessions": count},
        )
    return count


def drop_what_is_old(*, now: datetime) -> int:
    """Take out of the sessions what was typed or looked for too long ago; out of how many.

    A page does so when it is asked for. This is for sessions that nobody touches any more: locked,
    they live for days. How long each of them lives does not change.
    """
    touched = 0
    for key in list(Session.objects.order_by("pk").values_list("session_key", flat=True)):
        with transaction.atomic():
            row = Session.objects.select_for_update(no_key=True).filter(session_key=key).first()
            touched += row is not None and _drop_what_is_old(row, now)
    return touched


def _drop_what_is_old(row: Session, now: datetime) -> bool:
    session = SessionStore()
    session.update(row.get_decoded())
    found = [lock.drop_old(session, now), searching.drop_old(session, now)]
    if any(found):
        row.session_data = session.encode(dict(session.items()))
        row.save(update_fields=["session_data"])
    return any(found)
