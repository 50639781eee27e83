"""What notices and calendar files say of an appointment, read at the moment they are made.

Time, length, reference and link; nothing about a case, a constituent or the people who meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from comptoir.domain.grid import QUANTUM
from comptoir.liaison.models import (
    Appointment,
    AppointmentEvent,
    CalendarFeed,
    Happening,
    Reason,
    Side,
    Status,
)
from comptoir.notices import calendar
from comptoir.notices.kinds import Kind
from comptoir.notices.models import Notice
from comptoir.people.models import OfficeStatus, Person

BOOKED = "liaison.booked"
MOVED = "liaison.moved"
REASSIGNED = "liaison.reassigned"
CANCELLED = "liaison.cancelled"
REMINDER_DAY = "liaison.reminder_day"
REMINDER_HOUR = "liaison.reminder_hour"


def still_booked(notice: Notice) -> Mapping[str, Any] | None:
    """For a confirmation, a move and the reminders: true while this very version stands."""
    appointment = _of(notice)
    if appointment is None or appointment.status != Status.BOOKED:
        return None
    return _words(appointment, notice)


def now_moved(notice: Notice) -> Mapping[str, Any] | None:
    """For a move: true while this very version stands, with where it was before, by whom and why."""
    appointment = _of(notice)
    if appointment is None or appointment.status != Status.BOOKED:
        return None
    moves = AppointmentEvent.objects.filter(
        appointment=appointment, kind__in=[Happening.MOVED, Happening.REASSIGNED]
    )
    event = moves.latest("at", "pk")
    assert event.from_starts_at is not None, "a move knows what it gave up"
    assert event.from_quanta is not None, "a move knows what it gave up"
    return _words(appointment, notice) | {
        "by_centre": event.side == Side.CENTRE,
        "reason_label": Reason(event.reason).label if event.reason else None,
        "former_starts_at": event.from_starts_at,
        "former_ends_at": event.from_starts_at + event.from_quanta * QUANTUM,
        "alternatives_link": _times_link(appointment, notice),
    }


def now_cancelled(notice: Notice) -> Mapping[str, Any] | None:
    """For a cancellation: true while it is cancelled, with who cancelled and why."""
    appointment = _of(notice)
    if appointment is None or appointment.status != Status.CANCELLED:
        return None
    event = AppointmentEvent.objects.filter(appointment=appointment, kind=Happening.CANCELLED).get()
    return _words(appointment, notice) | {
        "by_centre": event.side == Side.CENTRE,
        "reason_label": Reason(event.reason).label,
        "alternatives_link": _times_link(appointment, notice),
    }


def _times_link(appointment: Appointment, notice: Notice) -> str:
    with override(notice.language):
        return settings.ADDRESS + reverse("liaison:times", args=[appointment.office.reference])


def _of(notice: Notice) -> Appointment | None:
    """The appointment, if the notice speaks of it as it now is and its reader still may know."""
    found = Appointment.objects.select_related("office").filter(
        pk=notice.subject_id, sequence=notice.version
    )
    appointment = found.first()
    if appointment is None:
        return None
    told_of_end = notice.kind == CANCELLED
    if appointment.office.status != OfficeStatus.ACTIVE and not told_of_end:
        return None
    return appointment


def _words(appointment: Appointment, notice: Notice) -> dict[str, Any]:
    with override(notice.language):
        link = _link(appointment)
    return {
        "reference": appointment.reference,
        "starts_at": appointment.starts_at,
        "ends_at": appointment.ends_at,
        "minutes": appointment.minutes,
        "link": link,
        "calendar": event(appointment, link),
    }


def _link(appointment: Appointment) -> str:
    return settings.ADDRESS + reverse("liaison:appointment", args=[appointment.reference])


def event(appointment: Appointment, link: str) -> calendar.Event:
    """The appointment as a calendar sees it."""
    return calendar.Event(
        uid=appointment.uid,
        sequence=appointment.sequence,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        reference=appointment.reference,
        link=link,
        cancelled=appointment.status == Status.CANCELLED,
    )


def calendar_file(appointment: Appointment, *, to: Person, now: datetime) -> bytes:
    """The same file that goes with the mail, to download."""
    link = _link(appointment)
    return calendar.invitation(
        event(appointment, link), attendee=to.email, language=to.language, description=link, now=now
    )


def feed(feed: CalendarFeed, appointments: Iterable[Appointment], *, now: datetime) -> bytes:
    """The office's appointments for a calendar program, in the language of who made the feed."""
    with override(feed.person.language):
        events = [event(appointment, _link(appointment)) for appointment in appointments]
        name = _("Appointments with the client support centre")
    return calendar.feed(events, name=name, language=feed.person.language, now=now)


KINDS = (
    Kind(BOOKED, "liaison/notices/booked", still_booked, label=gettext_lazy("Booking confirmed")),
    Kind(MOVED, "liaison/notices/moved", now_moved, label=gettext_lazy("Appointment moved")),
    Kind(
        REASSIGNED,
        "liaison/notices/reassigned",
        now_moved,
        label=gettext_lazy("Appointment with another professional"),
    ),
    Kind(
        CANCELLED,
        "liaison/notices/cancelled",
        now_cancelled,
        label=gettext_lazy("Appointment cancelled"),
    ),
    Kind(
        REMINDER_DAY,
        "liaison/notices/reminder",
        still_booked,
        label=gettext_lazy("Reminder, a day before"),
    ),
    Kind(
        REMINDER_HOUR,
        "liaison/notices/reminder",
        still_booked,
        label=gettext_lazy("Reminder, an hour before"),
    ),
)
