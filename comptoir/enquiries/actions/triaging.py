"""Putting a new enquiry in its place: line, priority, what an agent must know."""

from __future__ import annotations

from comptoir.enquiries.models import Enquiry, Priority
from comptoir.enquiries.models.enquiries import HEAD_START


def rank(enquiry: Enquiry, priority: Priority) -> None:
    """Set the priority, and with it the place in the order of work."""
    enquiry.priority = priority
    enquiry.ranked_at = enquiry.received_at - HEAD_START[priority]
