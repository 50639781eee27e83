"""Tags for text templates, where the `<time>` elements of pages have no place."""

from __future__ import annotations

from datetime import datetime

from django import template

from comptoir.ui import times

register = template.Library()


@register.simple_tag
def period(start: datetime, end: datetime) -> str:
    """ "Tuesday, December 15, 2026, 11:00 to 11:45 a.m. (Vancouver time)", in the reader's zone."""
    return times.moment_range(start, end)
