"""From the last day of an access to the instant at which it ends."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from comptoir.people.models import Office
from comptoir.ui import clock

FARTHEST = timedelta(days=3_653)
"""Ten years: beyond it a day is a slip of the keyboard. Ours, not a rule of the service."""


class LastDayOutOfRange(Exception):
    """The last day of an access is over already, or too far away to be meant."""


def end_of(last_day: date | None, office: Office | None, now: datetime) -> datetime | None:
    """The end of that day in the office's zone, the centre's for its staff; None for no end.

    Raises LastDayOutOfRange.
    """
    if last_day is None:
        return None
    zone = ZoneInfo(office.time_zone) if office is not None else clock.service_zone()
    today = now.astimezone(zone).date()
    if not today <= last_day <= today + FARTHEST:
        raise LastDayOutOfRange
    return clock.midnight(last_day + timedelta(days=1), zone)
