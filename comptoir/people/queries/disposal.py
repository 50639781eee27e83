"""What the room keeps about people that has been of no use for long enough to go."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from comptoir.people.models import Invitation


def invitations(*, before: datetime, held: Collection[int]) -> QuerySet[Invitation]:
    """Invitations accepted, withdrawn or out of date before an instant."""
    closed = (
        Q(accepted_at__lt=before)
        | Q(withdrawn_at__lt=before)
        | Q(accepted_at=None, withdrawn_at=None, expires_at__lt=before)
    )
    return Invitation.objects.filter(closed).exclude(office__isnull=False, office__in=held)
