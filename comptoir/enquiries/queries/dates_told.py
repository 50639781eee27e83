"""What who asked is told of the due dates: the same on the receipt, in the mail and on the page that follows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from comptoir.enquiries.models import Enquiry, Promise, State


@dataclass(frozen=True, slots=True)
class Dates:
    """When the first and the final answer are due, as they were fixed; neither while we wait for the client."""

    first: datetime | None
    final: datetime | None
    waits: bool


def told(enquiry: Enquiry) -> Dates:
    """The dates that are still to be kept. One query."""
    if enquiry.state == State.ON_HOLD:
        return Dates(None, None, waits=True)
    due = dict(enquiry.clocks.running().values_list("promise", "due_at"))
    return Dates(due.get(Promise.FIRST), due.get(Promise.FINAL), waits=False)
