"""Identifiers as people read them, instants as our own buttons send them, a day in two halves."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from comptoir.domain import identifiers
from comptoir.liaison.models import Appointment, CaseLine
from comptoir.people import dealings
from comptoir.ui import times

register = template.Library()

NOON = 12
TIME_BUTTON = (
    '<button type="submit" class="time{}" name="start" value="{}" aria-label="{}">{}</button>'
)
MARK = " time--beside"
DATED_BUTTON = '<li><button type="submit" class="time{}" name="start" value="{}">{} <small>{}</small>{}</button></li>'


@dataclass(frozen=True, slots=True)
class Half:
    """The times of a morning or of an afternoon."""

    is_morning: bool
    starts: list[datetime]


@register.filter
def halves(starts: Iterable[datetime]) -> list[Half]:
    """A day's times before and after the reader's noon, without an empty half."""
    zone = times.active_zone()
    found = groupby(starts, key=lambda start: start.astimezone(zone).hour < NOON)
    return [Half(is_morning, list(part)) for is_morning, part in found]


@register.filter
def uci(digits: str) -> str:
    """12345678 as 1234-5678."""
    return identifiers.format_uci(digits)


@register.filter
def instant(at: datetime) -> str:
    """An instant for a form's value or an address."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


@register.filter
def on_another_clock(at: datetime, zone: str) -> bool:
    """Whether clocks in this zone show another time then than the reader's."""
    return times.local(at, ZoneInfo(zone)).utcoffset() != times.local(at).utcoffset()


@register.simple_tag
def time_button(start: datetime, beside: Collection[datetime] = ()) -> SafeString:
    """A button for a time: shown as a clock shows it, announced with its day.

    One of those `beside` an appointment of the office is marked; the page says what the mark means.
    """
    return _time_button(start, times.active_zone(), times.language_or_active(), start in beside)


@register.simple_tag
def time_buttons(starts: Iterable[datetime], beside: Collection[datetime] = ()) -> SafeString:
    """A list item with such a button for each time.

    Made here and not in a template, because a page has hundreds of them.
    """
    zone, language = times.active_zone(), times.language_or_active()
    buttons = (_time_button(start, zone, language, start in beside) for start in starts)
    return SafeString("".join(f"<li>{button}</li>" for button in buttons))


@register.simple_tag
def dated_time_buttons(starts: Iterable[datetime], beside: Collection[datetime] = ()) -> SafeString:
    """The same for times of several days, each with its day above its hour."""
    said = format_html('<span class="visually-hidden">; {}</span>', _own_then())
    rows = (
        (
            MARK if start in beside else "",
            instant(start),
            times.short_date(start),
            times.time_of_day(start, named=False),
            said if start in beside else "",
        )
        for start in starts
    )
    return format_html_join("", DATED_BUTTON, rows)


# Every office is offered the same quarter hours: each button is made once per zone and language.
@lru_cache(maxsize=8192)
def _time_button(start: datetime, zone: ZoneInfo, language: str, beside: bool) -> SafeString:
    clock = times.time_of_day(start, zone=zone, language=language, named=False)
    spoken = times.moment(start, zone=zone, language=language)
    if beside:
        spoken = f"{spoken}; {_own_then()}"
    return format_html(TIME_BUTTON, MARK if beside else "", instant(start), spoken, clock)


def _own_then() -> str:
    return _("your office has an appointment then")


@register.inclusion_tag("liaison/parts/enquiries.html", takes_context=True)
def enquiries_about(
    context: Context, appointment: Appointment, cases: Iterable[CaseLine]
) -> dict[str, Any]:
    """The office's enquiries about the cases of an appointment, and those that follow it."""
    brought = list(cases)
    about = dealings.About(
        office=appointment.office,
        uci=frozenset(case.uci for case in brought) - {""},
        application_numbers=frozenset(case.application_number for case in brought) - {""},
        references=frozenset({appointment.reference}),
    )
    request = context["request"]
    return {"dealings": dealings.beyond("liaison", request.standing, about, request.now)}
