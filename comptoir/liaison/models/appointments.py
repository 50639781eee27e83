"""Appointments, the claims that make a double booking impossible to write down, and what happens to them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from comptoir.domain.grid import QUANTUM
from comptoir.liaison.models.policy import Policy
from comptoir.liaison.models.reasons import Reason
from comptoir.liaison.models.sharing import Decision, Side
from comptoir.people.models import Language, Office, Person
from comptoir.roster.models import OfferedHours, Professional, ServiceDay


class Status(models.TextChoices):
    """Where an appointment stands."""

    BOOKED = "booked", _("Booked")
    STARTED = "started", _("In progress")
    FINISHED = "finished", _("Finished")
    NO_SHOW = "no_show", _("Not attended")
    CANCELLED = "cancelled", _("Cancelled")


LIVE_STATUSES = (Status.BOOKED, Status.STARTED, Status.FINISHED)
"""The one list: an appointment holds claims if and only if its status is here."""


UNFINISHED_STATUSES = (Status.BOOKED, Status.STARTED)
"""Where something is still to happen: past its day, somebody has to say what did."""


class Mode(models.TextChoices):
    """How the two sides meet."""

    TELEPHONE = "telephone", _("Telephone")
    VIDEO = "video", _("Video")


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Filters over appointments."""

    def live(self) -> AppointmentQuerySet:
        return self.filter(status__in=LIVE_STATUSES)

    def upcoming(self, at: datetime) -> AppointmentQuerySet:
        return self.filter(status=Status.BOOKED, ends_at__gt=at)


class Appointment(models.Model):
    """One to four quanta of one professional, for one office."""

    reference = models.CharField(
        max_length=12, unique=True, help_text="Spoken and shown in addresses."
    )
    uid = models.UUIDField(
        unique=True, default=uuid.uuid4, help_text="The calendar identity; never changes."
    )
    sequence = models.PositiveIntegerField(
        default=0, help_text="Rises with each change the office sees."
    )
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="appointments")
    day = models.ForeignKey(ServiceDay, on_delete=models.PROTECT, related_name="appointments")
    professional = models.ForeignKey(
        Professional, on_delete=models.PROTECT, related_name="appointments"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    language = models.CharField(max_length=2, choices=Language)
    mode = models.CharField(max_length=10, choices=Mode)
    telephone = models.CharField(max_length=30, blank=True)
    video_link = models.URLField(max_length=300, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.BOOKED)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    booked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    booked_at = models.DateTimeField()
    attempt = models.UUIDField(
        null=True, help_text="The form it came from: sending one form twice books once."
    )
    confirmed_at = models.DateTimeField(
        null=True,
        help_text="When its office, asked to, said that it will come. A move takes it back, unless "
        "the new time is too near to be asked about.",
    )
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    office_late_minutes = models.PositiveSmallIntegerField(
        null=True, help_text="How late the office arrived."
    )
    disposed_at = models.DateTimeField(
        null=True,
        help_text="When its cases and the ways to reach the office were disposed of for good.",
    )

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_start"
            ),
            models.CheckConstraint(
                condition=(Q(mode="telephone") & ~Q(telephone=""))
                | (Q(mode="video") & ~Q(video_link=""))
                | Q(disposed_at__isnull=False, telephone="", video_link=""),
                name="appointment_can_be_reached",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(started_at__isnull=False),
                name="appointment_finished_was_started",
            ),
            models.UniqueConstraint(fields=["office", "attempt"], name="appointment_once_per_form"),
        ]
        indexes = [
            models.Index(fields=["office", "starts_at"], name="appointment_office_start"),
            models.Index(
                fields=["professional", "starts_at"], name="appointment_professional_start"
            ),
            models.Index(fields=["day"], name="appointment_day"),
            models.Index(
                fields=["starts_at"],
                condition=Q(status__in=["booked", "started"]),
                name="appointment_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def quanta(self) -> int:
        """Its length in quarter hours."""
        return (self.ends_at - self.starts_at) // QUANTUM

    @property
    def minutes(self) -> int:
        """Its length in minutes."""
        return (self.ends_at - self.starts_at) // timedelta(minutes=1)

    @property
    def minutes_used(self) -> int | None:
        """The time it really took, once finished."""
        if self.started_at is None or self.finished_at is None:
            return None
        return round((self.finished_at - self.started_at) / timedelta(minutes=1))


class Claim(models.Model):
    """One quarter hour of one professional, taken. The primary key makes taking it twice impossible."""

    pk = models.CompositePrimaryKey("professional_id", "starts_at")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    hours = models.ForeignKey(OfferedHours, on_delete=models.PROTECT, related_name="claims")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="claims")
    bit = models.BigIntegerField(help_text="1 << i for the i-th quarter hour of the day's grid.")

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class PendingCharge(models.Model):
    """One quarter hour that an office gave up late: charged until somebody takes it, or for good.

    Counted as late from the beginning. A row whose time has come is a loss; no job settles it. Two
    appointments cannot have given up the same one: the second had to take it first, which ends the row.
    """

    pk = models.CompositePrimaryKey("professional_id", "starts_at")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="pending_charges"
    )

    class Meta:
        indexes = [models.Index(fields=["starts_at"], name="pending_charge_at")]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class Hold(models.Model):
    """A time kept for an office while somebody types: one per office, for minutes.

    It expires at read time: a row past its end means nothing, so no job has to clear it.
    """

    office = models.OneToOneField(Office, on_delete=models.CASCADE, related_name="hold")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    hours = models.ForeignKey(OfferedHours, on_delete=models.CASCADE, related_name="holds")
    starts_at = models.DateTimeField()
    quanta = models.PositiveSmallIntegerField()
    mask = models.BigIntegerField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.office} {self.starts_at:%Y-%m-%d %H:%M}"


class Happening(models.TextChoices):
    """What can happen to an appointment."""

    BOOKED = "booked", _("Booked")
    MOVED = "moved", _("Moved")
    REASSIGNED = "reassigned", _("Given to another professional")
    CANCELLED = "cancelled", _("Cancelled")
    STARTED = "started", _("Started")
    FINISHED = "finished", _("Finished")
    NO_SHOW = "no_show", _("Not attended")
    NOT_STARTED = "not_started", _("“Started” taken back")
    NOT_MISSED = "not_missed", _("“Not attended” taken back")
    REFILLED = "refilled", _("Its time was taken again")
    WAIVED = "waived", _("Charge waived")
    STRUCK = "struck", _("Excuse not accepted")
    CONFIRMED = "confirmed", _("Attendance confirmed")


class AppointmentEvent(models.Model):
    """One thing that happened to an appointment: when, by whom, on which side, with what notice."""

    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=Happening)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    note = models.CharField(max_length=300, blank=True)
    notice_minutes = models.IntegerField(
        null=True, help_text="Notice given before the start it gave up."
    )
    late_quanta = models.SmallIntegerField(
        default=0,
        help_text="Quanta that still count against the office because notice was short; less "
        "than nought where that is taken back. Their sum is the office's counter.",
    )
    excused_quanta = models.PositiveSmallIntegerField(
        default=0,
        help_text="Quanta that would have counted, had the reason not excused it.",
    )
    from_starts_at = models.DateTimeField(null=True)
    from_quanta = models.PositiveSmallIntegerField(null=True)
    from_professional = models.ForeignKey(
        Professional, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["appointment", "at"], name="appointment_event_at"),
            models.Index(
                fields=["from_starts_at"],
                condition=Q(excused_quanta__gt=0),
                name="appointment_event_excused",
            ),
            models.Index(
                fields=["from_starts_at"],
                condition=Q(from_starts_at__isnull=False),
                name="appointment_event_from",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.appointment} {self.kind}"
