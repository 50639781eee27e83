"""The clock. Only entry points (views, commands, jobs) read it; everything below takes `now`."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The present instant in UTC."""
    return timezone.now()  # noqa: TID251 - the one place
