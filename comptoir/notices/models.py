"""The ledger of messages: one row per message that was due, whether it was sent, and if not, why.

The room knows addresses and languages, not people: those live in a room above. What a message says
and, for most kinds, to whom is decided when it is sent, from how things stand at that moment.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where a notice stands."""

    QUEUED = "queued", _("Waiting")
    SENT = "sent", _("Sent")
    SKIPPED = "skipped", _("Not sent: no longer true")
    LATE = "late", _("Not sent: too late")
    FAILED = "failed", _("Could not be delivered")


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Filters over notices."""

    def due(self, at: datetime) -> NoticeQuerySet:
        return self.filter(status=Status.QUEUED, send_after__lte=at)


class Notice(models.Model):
    """One message to one address about one version of one subject.

    The key (kind, subject, version, address) is unique: the same fact is never told twice, however
    often a job runs. The address is empty while a kind that looks for its readers at sending has
    not looked yet.
    """

    kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    address = models.EmailField(
        blank=True, help_text="Empty until it is known who reads it: at sending, for most kinds."
    )
    language = models.CharField(max_length=2, blank=True)
    time_zone = models.CharField(max_length=50, blank=True)
    office_id = models.BigIntegerField(null=True)
    queued_at = models.DateTimeField()
    send_after = models.DateTimeField()
    useless_after = models.DateTimeField(
        help_text="The catch-up window: later than this it is not sent."
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    closed_at = models.DateTimeField(null=True, help_text="When it was sent, skipped or given up.")
    attempts = models.PositiveSmallIntegerField(
        default=0, help_text="How often the mail server could not take it."
    )
    began_at = models.DateTimeField(
        null=True, help_text="Set while it is being sent; left behind by a worker that died."
    )
    interruptions = models.PositiveSmallIntegerField(
        default=0, help_text="How often a worker died while sending it."
    )
    message_id = models.CharField(max_length=200, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id", "version", "address"], name="notice_once"
            ),
            models.CheckConstraint(
                condition=Q(status="queued", closed_at=None)
                | (~Q(status="queued") & Q(closed_at__isnull=False)),
                name="notice_closed_at_iff_closed",
            ),
            models.CheckConstraint(
                condition=~Q(status="sent") | ~Q(address=""), name="notice_sent_to_somebody"
            ),
        ]
        indexes = [
            models.Index(fields=["send_after"], condition=Q(status="queued"), name="notice_due"),
            models.Index(fields=["closed_at"], condition=Q(status="failed"), name="notice_failed"),
            models.Index(fields=["subject_id", "kind"], name="notice_subject"),
            models.Index(
                fields=["message_id"], condition=~Q(message_id=""), name="notice_message_id"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}.{self.version}: {self.status}"


class Switch(models.Model):
    """The kill switch: while a row is open, nothing is sent and everything waits."""

    stopped_at = models.DateTimeField()
    stopped_by_name = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)
    resumed_at = models.DateTimeField(null=True)
    resumed_by_name = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(resumed_at=None), name="switch_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"stopped {self.stopped_at:%Y-%m-%d %H:%M}"
