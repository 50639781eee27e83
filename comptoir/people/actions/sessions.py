"""Ending signed-in sessions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.people.models import Person, Session


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
