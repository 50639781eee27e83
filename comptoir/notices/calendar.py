"""Calendar files (RFC 5545, sent as RFC 5546 says): one identity per appointment, a rising sequence.

Instants are written in UTC, never with a VTIMEZONE. An appointment is one instant, and every calendar
program shows an instant in its reader's own zone. A zone by name would be looked up in the rules of
the reader's machine, which may be older than ours: a machine that has not heard of the law of 2026
would take 11:00 in Vancouver for another instant, an hour away. In UTC the instant is right even there.

A file says a time, a length, a reference and a link: no case, no person but its reader.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from uuid import UUID

import icalendar
from django.conf import settings

PRODUCT = "-//Comptoir//Comptoir//EN"
REFRESH = timedelta(minutes=30)
"""How often a calendar program should read a feed again."""

SUMMARIES = {
    "en": "Client support appointment ({reference})",
    "fr": "Rendez-vous avec le soutien à la clientèle ({reference})",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One appointment as a calendar sees it. `sequence` rises with every change its reader is told."""

    uid: UUID
    sequence: int
    starts_at: datetime
    ends_at: datetime
    reference: str
    link: str
    cancelled: bool = False

    @property
    def method(self) -> str:
        """What a message does with it: a cancelled event sent as REQUEST would stay in calendars."""
        return "CANCEL" if self.cancelled else "REQUEST"


def invitation(
    event: Event, *, attendee: str, language: str, description: str, now: datetime
) -> bytes:
    """The file that puts the event into its reader's calendar, changes it there or takes it out.

    `description` is the whole letter: some programs show the event in place of the mail it came with.
    The reader is the only attendee, is taken to come, and is not asked to answer.
    """
    calendar = _calendar(event.method)
    component = _component(event, language, now)
    component.add("description", description)
    reader = icalendar.vCalAddress(f"mailto:{attendee}")
    reader.params["ROLE"] = "REQ-PARTICIPANT"
    reader.params["PARTSTAT"] = "ACCEPTED"
    reader.params["RSVP"] = "FALSE"
    component.add("attendee", reader)
    calendar.add_component(component)
    return _content(calendar)


def feed(events: Iterable[Event], *, name: str, language: str, now: datetime) -> bytes:
    """The calendar that programs read at an office's secret address. It names nobody."""
    calendar = _calendar("PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", f"PT{REFRESH // timedelta(minutes=1)}M")
    for event in events:
        component = _component(event, language, now)
        component.add("description", event.link)
        calendar.add_component(component)
    return _content(calendar)


def _content(calendar: icalendar.Calendar) -> bytes:
    content: bytes = calendar.to_ical()
    return content


def _calendar(method: str) -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _component(event: Event, language: str, now: datetime) -> icalendar.Event:
    component = icalendar.Event()
    component.add("uid", str(event.uid))
    component.add("sequence", event.sequence)
    component.add("dtstamp", _utc(now))
    component.add("dtstart", _utc(event.starts_at))
    component.add("dtend", _utc(event.ends_at))
    component.add("summary", SUMMARIES[language].format(reference=event.reference))
    component.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    component.add("transp", "TRANSPARENT" if event.cancelled else "OPAQUE")
    component.add("url", event.link)
    component.add("organizer", _organizer())
    return component


def _organizer() -> icalendar.vCalAddress:
    """The service itself, never the professional."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    organizer = icalendar.vCalAddress(f"mailto:{address}")
    organizer.params["CN"] = name or address
    return organizer


def _utc(at: datetime) -> datetime:
    """RFC 5545 has no fractions of a second; a naive value is a bug, hence refused."""
    if at.tzinfo is None:
        raise ValueError("A calendar file needs an instant.")
    return at.astimezone(UTC).replace(microsecond=0)
