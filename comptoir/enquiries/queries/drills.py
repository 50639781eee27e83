"""What ended with a drill: nobody answered it, and it owes nobody an answer."""

from __future__ import annotations

from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast

from comptoir.audit.models import Event
from comptoir.enquiries.models import Enquiry, State

ENDED = "enquiry.ended_with_drill"


def ended() -> Exists:
    """Whether an enquiry that is closed was closed by the end of its drill, not by an answer.

    At the moment it was closed: one that was opened again and answered since is answered.
    """
    return Exists(
        Event.objects.filter(
            action=ENDED,
            object_type=Enquiry._meta.label,
            object_id=Cast(OuterRef("pk"), CharField()),
            at=OuterRef("answered_at"),
        )
    )


def has_ended(enquiry: Enquiry) -> bool:
    """Whether this one ended with its drill. A query for a drill's only."""
    if enquiry.state != State.ANSWERED or not enquiry.line.is_drill:
        return False
    return Enquiry.objects.filter(ended(), pk=enquiry.pk).exists()
