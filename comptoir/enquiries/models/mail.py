"""Mail: every one that came, with what became of it and why, and every one that leaves.

A mail that came is never changed but in what is decided about it; its original is kept as it was.
"""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.models.enquiries import Enquiry, Message
from comptoir.people.models import Person


class Decision(models.TextChoices):
    """What became of a mail that came."""

    PENDING = "pending", _("Not looked at yet")
    NEW = "enquiry_new", _("A new enquiry")
    JOINED = "enquiry_joined", _("Put with its enquiry")
    DUPLICATE = "duplicate", _("The same mail, sent to two mailboxes")
    QUARANTINED = "quarantined", _("Set aside")
    BOUNCE = "bounce", _("Could not be delivered")
    AUTO_REPLY = "auto_reply", _("Automatic reply")
    LOOP = "loop", _("Our own mail, come back")
    OWN = "own", _("From a mailbox of ours")
    LIST = "list", _("Mailing list or bulk mail")
    BROKEN = "broken", _("Could not be read")
    REFUSED = "refused", _("Refused by a team lead")


class LeftOut(models.TextChoices):
    """Why a file of a mail became no document."""

    EMPTY = "empty", _("There is nothing in it")
    TOO_LARGE = "too_large", _("Larger than 5 MB")
    UNKNOWN_TYPE = "unknown_type", _("No PDF, JPEG, PNG or Word file")
    TWO_IN_ONE = "two_in_one", _("A second file lies inside it")
    BOMB = "bomb", _("Unpacked, much too large")
    PROGRAM = "program", _("Holds a program")
    TOO_MANY = "too_many", _("More files than an enquiry takes")


SET_ASIDE = (Decision.QUARANTINED, Decision.BROKEN)
"""Of these a team lead decides."""


class InboundMailQuerySet(models.QuerySet["InboundMail"]):
    """Filters over mail that came."""

    def pending(self) -> InboundMailQuerySet:
        return self.filter(decision=Decision.PENDING)

    def set_aside(self) -> InboundMailQuerySet:
        return self.filter(decision__in=SET_ASIDE)


class InboundMail(models.Model):
    """One mail that came to a mailbox. It is the same mail when mailbox, id and contents are the same.

    `reason` says why it was decided so and, unless `answered_at` says when, why nothing was answered.
    """

    mailbox = models.EmailField()
    message_id = models.CharField(max_length=300, blank=True)
    content_hash = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    received_on = models.DateField(help_text="The date in the service's zone.")
    original = models.BinaryField(help_text="As it came; of a huge one the beginning.")
    size = models.PositiveBigIntegerField(help_text="Bytes of the mail as it came.")
    faults = models.JSONField(default=list, help_text="Which bounds of reading it went beyond.")

    sender = models.EmailField(blank=True, help_text="In small letters; blank if it has none.")
    sender_person = models.CharField(
        max_length=254, blank=True, help_text="The sender without what follows a plus."
    )
    sender_domain = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    attachments = models.JSONField(
        default=list,
        help_text="Name, type and size of each; why it was left out, once the mail became an enquiry.",
    )

    sign = models.CharField(max_length=10, blank=True, help_text="What its headers say it is.")
    rule = models.CharField(max_length=30, blank=True, help_text="The rule that said so.")
    decision = models.CharField(max_length=15, choices=Decision, default=Decision.PENDING)
    reason = models.CharField(max_length=60, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Tries to decide that failed.")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    enquiry = models.ForeignKey(
        Enquiry,
        null=True,
        on_delete=models.PROTECT,
        related_name="mails",
        help_text="What it became, or what it names.",
    )
    messages = models.ManyToManyField(
        Message, related_name="mails", help_text="Its texts: of an office's mail one for each case."
    )
    answered_at = models.DateTimeField(
        null=True, help_text="When an acknowledgement was queued; none for most decisions."
    )

    disposed_at = models.DateTimeField(
        null=True, help_text="When what it holds of anybody was disposed of for good."
    )

    objects = InboundMailQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mailbox", "message_id", "content_hash"], name="inbound_mail_once"
            ),
            models.CheckConstraint(
                condition=Q(decision="pending", decided_at=None)
                | (~Q(decision="pending") & Q(decided_at__isnull=False) & ~Q(reason="")),
                name="inbound_mail_decided_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(decision__in=["enquiry_new", "enquiry_joined", "duplicate"])
                | Q(enquiry__isnull=False),
                name="inbound_mail_became_something",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(decision__in=["enquiry_new", "enquiry_joined"]),
                name="inbound_mail_answered_is_asked",
            ),
        ]
        indexes = [
            models.Index(
                fields=["received_at", "id"],
                condition=Q(decision="pending"),
                name="inbound_mail_pending",
            ),
            models.Index(
                fields=["received_at", "id"],
                condition=Q(decision__in=["quarantined", "broken"]),
                name="inbound_mail_set_aside",
            ),
            models.Index(
                fields=["sender_domain", "-answered_at"],
                condition=Q(answered_at__isnull=False),
                name="inbound_mail_answered",
            ),
            models.Index(fields=["message_id"], name="inbound_mail_id"),
            models.Index(fields=["received_on", "decision"], name="inbound_mail_of_day"),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.mailbox} {self.received_at:%Y-%m-%d %H:%M}"


class Delivery(models.Model):
    """One time a mail was handed in: where it lay. Of a mail that came twice there are two."""

    mail = models.ForeignKey(InboundMail, on_delete=models.PROTECT, related_name="deliveries")
    mailbox = models.EmailField()
    place = models.CharField(
        max_length=300, help_text="UIDVALIDITY and UID of IMAP, or a maildir's file name."
    )
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "place"], name="delivery_once"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.mailbox} {self.place}"


class SendingStatus(models.TextChoices):
    """Where a mail that leaves stands."""

    QUEUED = "queued", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be delivered")


class OutboundMailQuerySet(models.QuerySet["OutboundMail"]):
    """Filters over mail that leaves."""

    def due(self, at: datetime) -> OutboundMailQuerySet:
        return self.filter(status=SendingStatus.QUEUED, send_after__lte=at)


class OutboundMail(models.Model):
    """A text that leaves as a mail of its own, from its line's mailbox. One text, one mail."""

    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="outbound")
    sent_as = models.CharField(max_length=200, unique=True, help_text="Its Message-ID.")
    mailbox = models.EmailField(help_text="From which it leaves.")
    to = models.EmailField()
    reply_to = models.EmailField(help_text="The mailbox, with the signed token of the enquiry.")
    queued_at = models.DateTimeField()
    send_after = models.DateTimeField()
    status = models.CharField(max_length=10, choices=SendingStatus, default=SendingStatus.QUEUED)
    closed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    began_at = models.DateTimeField(null=True, help_text="Left behind by a worker that died.")
    interruptions = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)

    objects = OutboundMailQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="queued", closed_at=None)
                | (~Q(status="queued") & Q(closed_at__isnull=False)),
                name="outbound_mail_closed_iff_done",
            ),
        ]
        indexes = [
            models.Index(
                fields=["send_after"], condition=Q(status="queued"), name="outbound_mail_due"
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.sent_as}: {self.status}"


class Bounce(models.Model):
    """What a mail server said of a mail of ours (RFC 3464): it did not arrive, or not yet. Append-only."""

    outbound = models.ForeignKey(OutboundMail, on_delete=models.PROTECT, related_name="bounces")
    mail = models.ForeignKey(InboundMail, on_delete=models.PROTECT, related_name="bounces")
    action = models.CharField(max_length=20, blank=True, help_text="Such as failed or delayed.")
    code = models.CharField(max_length=20, blank=True, help_text="Such as 5.1.1.")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["outbound", "mail"], name="bounce_once"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.outbound_id} {self.action} {self.code}"
