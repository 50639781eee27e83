"""The ledger of contacts: one row for each account of one attempt to reach the centre.

An attempt is told of once or several times: when it arrives, when it is answered, when it is closed. Each
account is a row of its own with a higher `sequence` and says all that is known by then; the newest is the
state. Rows are never changed: a database trigger refuses it.

The table is partitioned by month of `on`, so that a year of fourteen million contacts is twelve tables of
which a question about a week reads one (ADR 0018). A partitioned table needs its partition key in every
unique key. That is enough to tell the same fact twice only once: all accounts of an attempt bear the same
receipt, hence the same `on`.

The room lies below people and lines: offices and lines are kept by value, as in the audit trail.
"""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """By which way somebody tried to reach the centre."""

    TELEPHONE = "telephone", _("Telephone")
    TOUCH_TONE = "touch_tone", _("Touch-tone service")
    WEB_FORM = "web_form", _("Web form")
    EMAIL = "email", _("E-mail")
    APPOINTMENT = "appointment", _("Appointment")
    LETTER = "letter", _("Letter")


class Outcome(models.TextChoices):
    """What became of an attempt, as far as this account knows.

    `received`: it arrived, and nothing has become of it yet. `answered`: an agent took it or a reply went
    out; an answer without any talk is one too. `abandoned`: it was offered, and the caller left before
    anybody answered. `blocked`: a busy line or a full queue let nobody in. `self_served`: it ended in the
    touch-tone service or on a page without asking for an agent. `phantom`: a record of the call system
    with neither caller nor agent, kept so that totals agree with those of the system.
    """

    RECEIVED = "received", _("Received")
    ANSWERED = "answered", _("Answered")
    ABANDONED = "abandoned", _("Abandoned")
    BLOCKED = "blocked", _("Blocked")
    SELF_SERVED = "self_served", _("Self-served")
    PHANTOM = "phantom", _("Phantom")


NEEDED: dict[Outcome, tuple[str, ...]] = {
    Outcome.ANSWERED: ("offered_at", "answered_at"),
    Outcome.ABANDONED: ("offered_at", "abandoned_at"),
}
"""The moments without which an outcome cannot be."""

EXCLUDED: dict[Outcome, tuple[str, ...]] = {
    Outcome.RECEIVED: ("answered_at", "abandoned_at"),
    Outcome.ANSWERED: ("abandoned_at",),
    Outcome.ABANDONED: ("answered_at",),
    Outcome.BLOCKED: ("offered_at", "answered_at", "abandoned_at"),
    Outcome.SELF_SERVED: ("offered_at", "answered_at", "abandoned_at"),
    Outcome.PHANTOM: ("answered_at", "abandoned_at"),
}
"""The moments that contradict an outcome."""

IN_ORDER = (
    ("received_at", "offered_at"),
    ("offered_at", "answered_at"),
    ("offered_at", "abandoned_at"),
    ("answered_at", "ended_at"),
    ("abandoned_at", "ended_at"),
    ("received_at", "ended_at"),
)
"""Pairs of moments of which the second is not before the first, where both are known."""


def _moments_fit() -> Q:
    fit = Q()
    for outcome in Outcome:
        known = {f"{name}__isnull": False for name in NEEDED.get(outcome, ())}
        unknown = {f"{name}__isnull": True for name in EXCLUDED[outcome]}
        fit |= Q(outcome=outcome, **known, **unknown)
    return fit


def _in_order() -> Q:
    order = Q()
    for first, second in IN_ORDER:
        order &= Q(**{f"{first}__isnull": True}) | (
            Q(**{f"{second}__isnull": True}) | Q(**{f"{second}__gte": F(first)})
        )
    return order


class ContactQuerySet(models.QuerySet["Contact"]):
    """Filters over accounts of contacts."""

    def newest(self, first_on: date, until_on: date) -> ContactQuerySet:
        """The state of every attempt received in these days: its account with the highest sequence."""
        days = Q(on__gte=first_on, on__lt=until_on)
        later = Contact.objects.filter(
            days,
            on=OuterRef("on"),
            source=OuterRef("source"),
            source_id=OuterRef("source_id"),
            sequence__gt=OuterRef("sequence"),
        )
        return self.filter(days).exclude(Exists(later))


class Contact(models.Model):
    """One account of one attempt to reach the centre.

    `on` is the day of `received_at` in the service's zone. `source` names the system that tells of it,
    `source_id` is its name for the attempt. Nothing in it says who it was: `client_key` only tells the
    same address or number from another one (`client_keys`).

    Moments are as the source has them. Its clocks may differ by seconds, so an order that cannot be is
    kept as it came and marked `skewed`; what it may at most be is for whoever writes the row.
    """

    pk = models.CompositePrimaryKey("on", "source", "source_id", "sequence")
    on = models.DateField()
    source = models.CharField(max_length=30)
    source_id = models.CharField(max_length=80)
    sequence = models.PositiveIntegerField(default=1)
    channel = models.CharField(max_length=12, choices=Channel)
    line = models.CharField(max_length=30, blank=True)
    language = models.CharField(max_length=2, blank=True, choices=[("en", "en"), ("fr", "fr")])
    office_id = models.BigIntegerField(null=True)
    client_key = models.BinaryField(max_length=16, null=True)
    received_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    abandoned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome)
    wrap_up_code = models.CharField(max_length=10, blank=True)
    skewed = models.BooleanField(default=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="contact_channel_is_one"
            ),
            models.CheckConstraint(
                condition=Q(language__in=["", "en", "fr"]), name="contact_language_is_one"
            ),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(source_id="") & Q(sequence__gte=1),
                name="contact_has_a_source",
            ),
            models.CheckConstraint(condition=_moments_fit(), name="contact_moments_fit_outcome"),
            models.CheckConstraint(
                condition=Q(skewed=True) | _in_order(), name="contact_moments_in_order"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.source_id}.{self.sequence}: {self.outcome}"


COLUMNS = tuple(str(field.column) for field in Contact._meta.local_concrete_fields)
"""The columns of a contact, in the order in which they are written."""


class Import(models.Model):
    """One reading of a file of call records, written chunk by chunk; what it says is always true so far.

    Every row read is new, known already or rejected. `finished_at` stays empty of one that was cut off:
    what it imported stands, and reading the file again imports the rest.
    """

    source = models.CharField(max_length=30)
    name_hash = models.CharField(
        max_length=64, help_text="SHA-256 of the file's name, without path."
    )
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    rows_read = models.PositiveIntegerField(default=0)
    rows_new = models.PositiveIntegerField(default=0)
    rows_known = models.PositiveIntegerField(default=0)
    rows_rejected = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rows_read=F("rows_new") + F("rows_known") + F("rows_rejected")),
                name="import_totals_reconcile",
            )
        ]
        triggers = [pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.source} {self.at:%Y-%m-%d %H:%M}: {self.rows_read}"


class RejectedRow(models.Model):
    """A row that could not be imported, as it stood in the file: for whoever mends it.

    It may hold the number of a caller, so it goes after some weeks; its import keeps counting it.
    """

    LONGEST = 10_000

    of = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="rejected")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=100)
    reason = models.CharField(max_length=300)
    text = models.CharField(max_length=LONGEST)

    class Meta:
        triggers = [pgtrigger.Protect(name="unchanged", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.reason}"
