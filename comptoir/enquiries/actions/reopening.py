"""An enquiry goes on: an answer is owed again."""

from __future__ import annotations

from datetime import datetime

from comptoir.audit import actions as audit
from comptoir.enquiries.actions import changing, clocks
from comptoir.enquiries.models import Enquiry, Promise, State


def go_on(*, enquiry: Enquiry, at: datetime, now: datetime) -> None:
    """A new text has come, or ours has not arrived: what was answered waits again with a new final
    promise; what waited for the client goes on; what an agent has in hand stays with them.
    """
    if enquiry.state == State.ANSWERED:
        _reopen(enquiry, at, now)
    elif enquiry.state == State.ON_HOLD:
        clocks.resume(enquiry=enquiry, by=None, now=now)
        changing.let_wait(enquiry)
        changing.save(enquiry)


def _reopen(enquiry: Enquiry, at: datetime, now: datetime) -> None:
    enquiry.answered_at = None
    enquiry.tier = None
    changing.let_wait(enquiry)
    changing.save(enquiry)
    clocks.start_all(enquiry=enquiry, promises=(Promise.FINAL,), at=at, now=now)
    audit.record(action="enquiry.reopened", subject=enquiry, by=None, now=now)
