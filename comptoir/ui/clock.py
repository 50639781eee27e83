"""The clock and the centre's own calendar day.

Only entry points (views, commands, jobs) read the clock; everything below takes `now`. Days and
weeks of every rule are those of the service's zone, whatever zone the reader is in.
"""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """The present instant in UTC."""
    return timezone.now()  # noqa: TID251 - the one place


def service_zone() -> ZoneInfo:
    """The zone in which the centre works."""
    return ZoneInfo(settings.SERVICE_TIME_ZONE)


def service_date(at: datetime) -> date:
    """The centre's calendar date at an instant."""
    return at.astimezone(service_zone()).date()


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day begins in a zone."""
    return datetime.combine(day, time.min, zone)
