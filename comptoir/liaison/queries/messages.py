"""What notices and calendar files say of an appointment, and to whom, read at the moment they are made.

Time, length, references and link; nothing about a case, a constituent or the people who meet.
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
from comptoir.liaison.queries import confirming
from comptoir.liaison.queries.in_force import load_rules
from comptoir.notices import calendar
from comptoir.notices.kinds import Kind, Reader
from comptoir.notices.models import Notice
from comptoir.notices.models import Status as NoticeStatus
from comptoir.people.models import Office, OfficeStatus, Person
from comptoir.people.queries import people

BOOKED = "liaison.booked"
MOVED = "liaison.moved"
REASSIGNED = "liaison.reassigned"
CANCELLED = "liaison.cancelled"
REMINDER_DAY = "liaison.reminder_day"
REMINDER_HOUR = "liaison.reminder_hour"


MOST_READERS = 5
"""How many of an office's people are told in the place of one who left, or whose mailbox refuses."""


def readers(notice: Notice, now: datetime) -> list[Reader]:
    """Whoever booked, or the office; see `to_tell`."""
    appointment = _of(notice)
    if appointment is None:
        return []
    return to_tell(appointment.office, appointment.booked_by_id, notice, now)


def to_tell(office: Office, person: int, notice: Notice, now: datetime) -> list[Reader]:
    """The person (by key) if they still act for the office and their mailbox takes what we say; else the
    office's people, managers first.
    """
    found = people.readers_of(office, now)
    own = [one for one in found if one.pk == person]
    if any(_came_back(one, notice) for one in own):
        found, own = [one for one in found if one not in own], []
    return [
        Reader(address=one.email, language=one.language, time_zone=one.time_zone)
        for one in own or found[:MOST_READERS]
    ]


def _came_back(person: Person, notice: Notice) -> bool:
    """Whether the person's mailbox refused this very fact. A fact that was told to nobody yet did not."""
    if notice.address in ("", person.email):
        return notice.status == NoticeStatus.FAILED
    same = {"kind": notice.kind, "subject_id": notice.subject_id, "version": notice.version}
    return Notice.objects.filter(**same, address=person.email, status=NoticeStatus.FAILED).exists()


def still_booked(notice: Notice) -> Mapping[str, Any] | None:
    """For a confirmation: true while this very version stands."""
    appointment = _of(notice)
    return None if appointment is None else _words(appointment, notice)


def still_to_come(notice: Notice) -> Mapping[str, Any] | None:
    """For a reminder: what the confirmation said, whose file is in the calendar already."""
    words = still_booked(notice)
    return None if words is None else {**words, "calendar": None}


def now_moved(notice: Notice) -> Mapping[str, Any] | None:
    """For a move: true while this very version stands, with where it was before, by whom and why."""
    appointment = _of(notice)
    if appointment is None:
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
    """For a cancellation: true while it is cancelled, with who cancelled and why.

    The people of an office that ended are invited to nothing: the pages are closed to them.
    """
    appointment = _of(notice)
    if appointment is None:
        return None
    event = AppointmentEvent.objects.filter(appointment=appointment, kind=Happening.CANCELLED).get()
    words = _words(appointment, notice) | {
        "by_centre": event.side == Side.CENTRE,
        "unconfirmed": event.reason == Reason.NOT_CONFIRMED,
        "reason_label": Reason(event.reason).label,
        "alternatives_link": _times_link(appointment, notice),
    }
    if event.reason == Reason.OFFICE_ENDED or appointment.office.status != OfficeStatus.ACTIVE:
        words |= {"link": None, "alternatives_link": None}
    return words


def still_to_confirm(notice: Notice) -> Mapping[str, Any] | None:
    """For a question whether the office will come: true until it said so, and while it is asked at all."""
    appointment = _of(notice)
    if appointment is None or not confirming.unconfirmed(notice.send_after).filter(
        pk=appointment.pk
    ):
        return None
    deadline = confirming.deadline(appointment.starts_at, load_rules())
    return _words(appointment, notice) | {"calendar": None, "expires_at": deadline}


def _times_link(appointment: Appointment, notice: Notice) -> str:
    with override(notice.language):
        return settings.ADDRESS + reverse("liaison:times", args=[appointment.office.reference])


def _of(notice: Notice) -> Appointment | None:
    """The appointment, if the notice speaks of it as it now is and its office wants to know."""
    found = Appointment.objects.select_related("office").filter(
        pk=notice.subject_id, sequence=notice.version
    )
    appointment = found.first()
    if appointment is None:
        return None
    if notice.kind == CANCELLED:  # told to an office that ended, too
        return appointment if appointment.status == Status.CANCELLED else None
    stands = (
        appointment.status == Status.BOOKED and appointment.office.status == OfficeStatus.ACTIVE
    )
    return appointment if stands and _is_wanted(notice.kind, appointment.office) else None


def _is_wanted(kind: str, office: Office) -> bool:
    """Reminders are the office's choice, and it may choose again after booking."""
    if kind == REMINDER_DAY:
        return office.remind_day_before
    return kind != REMINDER_HOUR or office.remind_hour_before


def _words(appointment: Appointment, notice: Notice) -> dict[str, Any]:
    with override(notice.language):
        link = _link(appointment)
    return {
        "reference": appointment.reference,
        "office_reference": appointment.office.reference,
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


_TOLD = (
    (BOOKED, "booked", still_booked, gettext_lazy("Booking confirmed")),
    (MOVED, "moved", now_moved, gettext_lazy("Appointment moved")),
    (REASSIGNED, "reassigned", now_moved, gettext_lazy("Appointment with another professional")),
    (CANCELLED, "cancelled", now_cancelled, gettext_lazy("Appointment cancelled")),
    (REMINDER_DAY, "reminder", still_to_come, gettext_lazy("Reminder, a day before")),
    (REMINDER_HOUR, "reminder", still_to_come, gettext_lazy("Reminder, an hour before")),
    (
        confirming.DAY_KIND,
        "confirm",
        still_to_confirm,
        gettext_lazy("Please confirm, the business day before"),
    ),
    (
        confirming.HOURS_KIND,
        "confirm",
        still_to_confirm,
        gettext_lazy("Please confirm, some hours before"),
    ),
)

KINDS = tuple(
    Kind(name, f"liaison/notices/{template}", context, readers, label=label)
    for name, template, context, label in _TOLD
)
