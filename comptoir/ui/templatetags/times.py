"""Template filters for times. The zone is the reader's; a filter's argument names another."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from comptoir.ui import times, zones

register = template.Library()


def _zone(given: ZoneInfo | str | None) -> ZoneInfo | None:
    return ZoneInfo(given) if isinstance(given, str) and given else given or None


@register.filter
def time_of_day(at: datetime | None, zone: ZoneInfo | str | None = None) -> str:
    """ "11:00 a.m. (Vancouver time)"."""
    return times.time_of_day(at, zone=_zone(zone)) if at else ""


@register.filter
def bare_time(at: datetime | None, zone: ZoneInfo | str | None = None) -> str:
    """ "11:00 a.m.", only where the zone is named above, as in the head of a list."""
    return times.time_of_day(at, zone=_zone(zone), named=False) if at else ""


@register.filter
def moment(at: datetime | None, zone: ZoneInfo | str | None = None) -> str:
    """ "Tuesday, December 15, 2026, at 11:00 a.m. (Vancouver time)"."""
    return times.moment(at, zone=_zone(zone)) if at else ""


@register.filter
def bare_moment(at: datetime | None, zone: ZoneInfo | str | None = None) -> str:
    """ "Tuesday, December 15, 2026, at 11:00 a.m.", only where the zone is named above."""
    return times.moment(at, zone=_zone(zone), named=False) if at else ""


@register.filter
def long_date(value: date | None, zone: ZoneInfo | str | None = None) -> str:
    """ "Tuesday, December 15, 2026"."""
    return times.long_date(value, zone=_zone(zone)) if value else ""


@register.filter
def plain_date(value: date | None, zone: ZoneInfo | str | None = None) -> str:
    """ "December 15, 2026"."""
    return times.plain_date(value, zone=_zone(zone)) if value else ""


@register.filter
def short_date(value: date | None, zone: ZoneInfo | str | None = None) -> str:
    """ "Tue, Dec 15"."""
    return times.short_date(value, zone=_zone(zone)) if value else ""


@register.filter
def badge(value: date | None, zone: ZoneInfo | str | None = None) -> tuple[str, ...]:
    """("Tue", "15", "Dec"), for a leaf of a calendar."""
    return times.badge(value, zone=_zone(zone)) if value else ()


@register.filter
def weekday(value: date | None, zone: ZoneInfo | str | None = None) -> str:
    """ "Tuesday"."""
    return times.weekday(value, zone=_zone(zone)) if value else ""


@register.filter
def month(value: date | None, zone: ZoneInfo | str | None = None) -> str:
    """ "December 2026"."""
    return times.month(value, zone=_zone(zone)) if value else ""


@register.filter
def relative_day(value: date | None, now: datetime) -> str:
    """ "today", "tomorrow", "yesterday", else the long date; give `request.now`."""
    return times.relative_day(value, now) if value else ""


@register.filter
def duration(length: timedelta | int | None) -> str:
    """ "45 minutes", "1 hour 15 minutes"; a number counts minutes."""
    return times.duration(length) if length is not None else ""


@register.filter
def zone_sentence(zone: ZoneInfo | str | None) -> str:
    """ "Vancouver time"; of the reader's zone when empty."""
    return zones.phrase(_zone(zone) or times.active_zone(), times.language_or_active())


@register.simple_tag
def time_range(
    start: datetime, end: datetime, *, opening: bool = False, **options: Any
) -> SafeString:
    """A `<time>` with "11:00 to 11:45 a.m. (Vancouver time)"; options `zone` and `named=False`."""
    options["zone"] = _zone(options.get("zone"))
    return _element(start, _opened(times.time_range(start, end, **options), opening))


@register.simple_tag
def moment_range(
    start: datetime, end: datetime, zone: ZoneInfo | str | None = None, *, opening: bool = False
) -> SafeString:
    """A `<time>` with the day and the hours from start to end; `opening=True` begins a heading."""
    return _element(start, _opened(times.moment_range(start, end, zone=_zone(zone)), opening))


@register.simple_tag
def moment_element(
    at: datetime, zone: ZoneInfo | str | None = None, *, named: bool = True
) -> SafeString:
    """A `<time>` with the day and the time of day; `named=False` where the zone is named above."""
    return _element(at, times.moment(at, zone=_zone(zone), named=named))


def _opened(text: str, opening: bool) -> str:
    """French writes its days in lower case, yet a heading begins with a capital."""
    return capfirst(text) if opening else text


def _element(at: datetime, text: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), text)
