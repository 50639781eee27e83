"""Appointments, the claims that make a double booking impossible to write down, and why each was decided.

Nothing here is deleted when an appointment ends: its claims go, the row and its events stay.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from comptoir.domain.grid import QUANTUM
from comptoir.people.models import Language, Office, Person
from comptoir.roster.models import LineOfBusiness, OfferedHours, Professional, ServiceDay


class PolicyQuerySet(models.QuerySet["Policy"]):
    """Filters over sharing rules."""

    def newest_first(self) -> PolicyQuerySet:
        return self.order_by("-valid_from", "-version")


class Policy(models.Model):
    """One dated version of the sharing rule. The version of a service day is the last that began by then.

    A row is never changed or deleted (a trigger refuses): another rule is another version.
    """

    version = models.PositiveIntegerField(unique=True)
    valid_from = models.DateField(help_text="The first service day it governs.")
    name_en = models.CharField(max_length=100)
    name_fr = models.CharField(max_length=100)
    summary_en = models.TextField()
    summary_fr = models.TextField()
    minutes_per_day = models.PositiveIntegerField()
    minutes_per_week = models.PositiveIntegerField()
    lengths = ArrayField(
        models.PositiveSmallIntegerField(), help_text="Minutes an appointment may last."
    )
    horizon_business_days = models.PositiveSmallIntegerField()
    least_notice_minutes = models.PositiveIntegerField()
    late_notice_minutes = models.PositiveIntegerField(help_text="Less notice than this is late.")
    late_counts = models.BooleanField(
        help_text="Time given up late still counts against the office's limits."
    )
    most_case_lines = models.PositiveSmallIntegerField()
    hold_minutes = models.PositiveSmallIntegerField()
    created_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = PolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes_per_week__gte=F("minutes_per_day")),
                name="policy_day_within_week",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.name_en}"

    @property
    def name(self) -> str:
        return self.name_fr if (get_language() or "en").startswith("fr") else self.name_en

    @property
    def summary(self) -> str:
        return self.summary_fr if (get_language() or "en").startswith("fr") else self.summary_en


def seven_zeros() -> list[int]:
    """A week in which nothing was used."""
    return [0] * 7


class OfficeWeek(models.Model):
    """What one office has used of one week, by weekday, in quanta: the counters of the sharing rule.

    `booked` counts live appointments, `late` what was given up too late or not attended and still
    counts. The row is locked after the day's row, and a recount from the appointments must agree.
    """

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="weeks")
    week = models.DateField(help_text="Its Monday.")
    booked = ArrayField(models.SmallIntegerField(), size=7, default=seven_zeros)
    late = ArrayField(models.SmallIntegerField(), size=7, default=seven_zeros)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "week"], name="office_week_once"),
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.week}"


class Decision(models.Model):
    """One answer of the sharing rule, accepted or refused, with all that explains it. Append-only."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="decisions")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    policy = models.ForeignKey(Policy, null=True, on_delete=models.PROTECT, related_name="+")
    on = models.DateField(help_text="The service day asked for.")
    starts_at = models.DateTimeField(null=True)
    quanta = models.PositiveSmallIntegerField()
    language = models.CharField(max_length=2, choices=Language)
    accepted = models.BooleanField()
    reason = models.CharField(max_length=30, blank=True, help_text="The code of a refusal.")
    counters = models.JSONField(help_text="The numbers the rule looked at.")
    seed = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted=True, reason="") | (Q(accepted=False) & ~Q(reason="")),
                name="decision_refused_with_reason",
            )
        ]
        indexes = [models.Index(fields=["office", "at"], name="decision_office_at")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {'accepted' if self.accepted else self.reason}"


class Status(models.TextChoices):
    """Where an appointment stands."""

    BOOKED = "booked", _("Booked")
    STARTED = "started", _("In progress")
    FINISHED = "finished", _("Finished")
    NO_SHOW = "no_show", _("Not attended")
    CANCELLED = "cancelled", _("Cancelled")


LIVE_STATUSES = (Status.BOOKED, Status.STARTED, Status.FINISHED)
"""The one list: an appointment holds claims if and only if its status is here."""


class Side(models.TextChoices):
    """Who brought a change about. What the centre does never counts against an office."""

    OFFICE = "office", _("The office")
    CENTRE = "centre", _("The centre")


class Reason(models.TextChoices):
    """Coded reasons for a move or a cancellation."""

    NOT_NEEDED = "not_needed", _("No longer needed")
    CONFLICT = "conflict", _("Another commitment")
    CONSTITUENT = "constituent", _("The constituent is not ready")
    CHAMBER = "chamber", _("Business of the House or the Senate")
    MISTAKE = "mistake", _("Booked by mistake")
    EMERGENCY = "emergency", _("Emergency")
    OFFICE_OTHER = "office_other", _("Another reason of the office")
    ABSENCE = "absence", _("The professional is absent")
    OUTAGE = "outage", _("System outage")
    CLOSURE = "closure", _("The centre is closed")
    OFFICE_ENDED = "office_ended", _("The office is no longer active")
    CENTRE_OTHER = "centre_other", _("Another reason of the centre")


OFFICE_REASONS = (
    Reason.NOT_NEEDED,
    Reason.CONFLICT,
    Reason.CONSTITUENT,
    Reason.CHAMBER,
    Reason.MISTAKE,
    Reason.EMERGENCY,
    Reason.OFFICE_OTHER,
)
CENTRE_REASONS = tuple(reason for reason in Reason if reason not in OFFICE_REASONS)


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


class LegalBasis(models.TextChoices):
    """Why the centre may speak about a person's matter with a legislator's office."""

    CONSENT = "consent", _("Written consent of the person")
    MEMBER = "member", _("Disclosure to a member of Parliament (Privacy Act, 8(2)(g))")


class Outcome(models.TextChoices):
    """What became of one case at an appointment."""

    ANSWERED = "answered", _("Answered")
    ACTION_REQUESTED = "action_requested", _("Action requested")
    REFERRED = "referred", _("Referred")
    NOT_AUTHORIZED = "not_authorized", _("Not authorized to speak about it")
    MORE_NEEDED = "more_needed", _("More information needed from the office")
    NOT_DISCUSSED = "not_discussed", _("Not discussed")


FOLLOWED_OUTCOMES = (Outcome.ACTION_REQUESTED, Outcome.REFERRED)
"""Outcomes that leave something to do, and so a follow-up with a due date."""

SILENT_OUTCOMES = (Outcome.NOT_AUTHORIZED, Outcome.NOT_DISCUSSED)
"""Outcomes under which nothing about the person was told, and so nothing disclosed."""

BASELESS_OUTCOMES = (*SILENT_OUTCOMES, Outcome.MORE_NEEDED)
"""The outcomes left when the legal basis does not hold: say nothing, or ask for a new consent."""


@pghistory.track(pghistory.UpdateEvent(), append_only=True)
class CaseLine(models.Model):
    """One constituent's matter brought to an appointment, its legal basis, and its one outcome."""

    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="case_lines"
    )
    position = models.PositiveSmallIntegerField()
    uci = models.CharField(max_length=10, blank=True, help_text="8 or 10 digits, without hyphens.")
    application_number = models.CharField(max_length=10, blank=True)
    line_of_business = models.CharField(max_length=20, choices=LineOfBusiness)
    question = models.TextField(max_length=2000)
    legal_basis = models.CharField(max_length=10, choices=LegalBasis)
    consent_signer = models.CharField(max_length=200, blank=True)
    consent_signed_on = models.DateField(null=True)
    consent_scope = models.CharField(max_length=300, blank=True)
    consent_expires_on = models.DateField(null=True)
    preparation = models.TextField(
        max_length=2000, blank=True, help_text="The professional's own notes."
    )
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    answer = models.TextField(
        max_length=4000, blank=True, help_text="What the office is told and can read."
    )
    advice = models.TextField(max_length=4000, blank=True, help_text="Advice given, as given.")
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["appointment", "position"], name="case_line_position"),
            models.CheckConstraint(
                condition=(
                    Q(legal_basis="consent", consent_signed_on__isnull=False)
                    & ~Q(consent_signer="")
                    & ~Q(consent_scope="")
                )
                | Q(
                    legal_basis="member",
                    consent_signed_on=None,
                    consent_signer="",
                    consent_scope="",
                    consent_expires_on=None,
                ),
                name="case_line_basis_complete",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", recorded_by=None, recorded_at=None)
                | (~Q(outcome="") & Q(recorded_by__isnull=False, recorded_at__isnull=False)),
                name="case_line_outcome_recorded_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment} {self.position}"


class FollowUpTarget(models.Model):
    """How soon a follow-up is due unless its professional says otherwise. Dated: the last that began.

    A follow-up keeps the due date it was given; another target is another row (a trigger refuses
    changes). Without any row nothing is proposed and a date is typed.
    """

    valid_from = models.DateField(unique=True)
    business_days = models.PositiveSmallIntegerField()
    urgent_hours = models.PositiveSmallIntegerField(help_text="Hours by the clock, not working.")
    source = models.CharField(max_length=200, help_text="Whose value it is.")
    created_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}: {self.business_days}"


class FollowUp(models.Model):
    """Something still to do for a case after the appointment, with its own due date."""

    case_line = models.OneToOneField(CaseLine, on_delete=models.PROTECT, related_name="follow_up")
    professional = models.ForeignKey(
        Professional, on_delete=models.PROTECT, related_name="follow_ups"
    )
    task = models.CharField(max_length=300)
    urgent = models.BooleanField(default=False)
    due_on = models.DateField()
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    result = models.TextField(max_length=2000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="follow_up_done_by_somebody",
            )
        ]
        indexes = [
            models.Index(
                fields=["professional", "due_on"], condition=Q(done_at=None), name="follow_up_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_line}: {self.task}"


class Happening(models.TextChoices):
    """What can happen to an appointment."""

    BOOKED = "booked", _("Booked")
    MOVED = "moved", _("Moved")
    REASSIGNED = "reassigned", _("Given to another professional")
    CANCELLED = "cancelled", _("Cancelled")
    STARTED = "started", _("Started")
    FINISHED = "finished", _("Finished")
    NO_SHOW = "no_show", _("Not attended")


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
    late_quanta = models.PositiveSmallIntegerField(
        default=0, help_text="Quanta that still count against the office because notice was short."
    )
    from_starts_at = models.DateTimeField(null=True)
    from_quanta = models.PositiveSmallIntegerField(null=True)
    from_professional = models.ForeignKey(
        Professional, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["appointment", "at"], name="appointment_event_at")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.appointment} {self.kind}"


class CalendarFeed(models.Model):
    """A secret address at which a calendar program reads an office's appointments.

    Only a hash of the secret is kept. The feed carries time, length, reference and link.
    """

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="feeds")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="feeds")
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.office} {self.created_at:%Y-%m-%d}"
