"""When a referral is due, and which are open, late or of somebody."""

from __future__ import annotations

from datetime import datetime, timedelta

from comptoir.domain import clocks
from comptoir.enquiries.models import ReferralKind
from comptoir.enquiries.queries import promises

REPORT_WITHIN = timedelta(days=7)
"""From the finding that a breach is material to the reports of it (calendar days)."""

TARGETS = {
    ReferralKind.URGENT: clocks.Target(clocks.Unit.DAYS, 2),
    ReferralKind.HIGH_PROFILE: clocks.Target(clocks.Unit.DAYS, 2),
    ReferralKind.SENSITIVE: clocks.Target(clocks.Unit.DAYS, 5),
    ReferralKind.BREACH: clocks.Target(clocks.Unit.DAYS, 1),
}
"""Until somebody deals with it (ours, but for the 48 hours of what is urgent, here two business days)."""


def due_at(kind: ReferralKind, at: datetime) -> datetime:
    """When a referral made at an instant is due. A threat to life is due at once."""
    if kind == ReferralKind.THREAT:
        return at
    found = clocks.due_at(at, TARGETS[kind], promises.calendar_around(at))
    if found is None:
        raise clocks.BadPause("open")
    return found
