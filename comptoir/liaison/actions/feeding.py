"""Secret calendar addresses: made, and made useless. The secret itself is never stored."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from comptoir.audit import actions as audit
from comptoir.liaison.models import CalendarFeed
from comptoir.people.models import Office, Person


def hash_of(secret: str) -> str:
    """What is stored of a secret. It is 256 random bits, so one round of SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_feed(*, office: Office, by: Person, now: datetime) -> str:
    """Make a feed and return its secret, which nobody can be shown again."""
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(
        office=office, person=by, secret_hash=hash_of(secret), created_at=now
    )
    audit.record(action="feed.made", subject=feed, by=by, now=now, office_id=office.pk)
    return secret


@transaction.atomic
def revoke_feed(*, feed: CalendarFeed, by: Person, now: datetime) -> None:
    """Make a feed useless. Revoking twice is harmless, and once on the trail."""
    if CalendarFeed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=now):
        audit.record(action="feed.revoked", subject=feed, by=by, now=now, office_id=feed.office_id)
