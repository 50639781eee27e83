"""Lines: queues with their own number, mailbox and figures; when they work, and how soon they answer."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from comptoir.people.models import Person
from comptoir.ui import languages

DRILL = ("DRILL", "EXERCICE")
"""What every page and mail says of an exercise, before the name of its line."""


class LineKind(models.TextChoices):
    """Whom a line is for."""

    GENERAL = "general", _("The public")
    LEGISLATORS = "legislators", _("Legislators’ offices")
    CRISIS = "crisis", _("A crisis")


class LineQuerySet(models.QuerySet["Line"]):
    """Filters over lines."""

    def open_at(self, at: datetime) -> LineQuerySet:
        """Those that take enquiries at an instant; drills among them."""
        return self.filter(opened_at__lte=at).filter(Q(closed_at=None) | Q(closed_at__gt=at))

    def counted(self) -> LineQuerySet:
        """Those that stand in figures: a drill leaves no trace there."""
        return self.filter(is_drill=False)


class Line(models.Model):
    """A queue with its own number, mailbox and figures. A crisis line is one with a sunset."""

    code = models.SlugField(max_length=30, unique=True)
    kind = models.CharField(max_length=15, choices=LineKind)
    name_en = models.CharField(max_length=100)
    name_fr = models.CharField(max_length=100)
    mailbox = models.EmailField(blank=True, help_text="Where its mail comes in and leaves from.")
    telephone = models.CharField(max_length=30, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    is_drill = models.BooleanField(default=False, help_text="An exercise: counted nowhere.")

    objects = LineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")),
                name="line_closes_after_it_opened",
            ),
            models.UniqueConstraint(
                fields=["mailbox"],
                condition=Q(closed_at=None) & ~Q(mailbox=""),
                name="line_mailbox_of_one_open_line",
            ),
        ]
        indexes = [models.Index(fields=["kind", "code"], name="line_kind")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page; of a drill it says so, wherever it is shown."""
        name = languages.in_this(self.name_en, self.name_fr)
        return f"{languages.in_this(*DRILL)} – {name}" if self.is_drill else name


class WorkingHours(models.Model):
    """When the centre answers enquiries, from a date on: the last that began holds. Never edited.

    `periods` has for each weekday (Monday is "0") the periods worked, as ["08:00", "16:00"] in the
    service's zone; a day that is missing is not worked.
    """

    valid_from = models.DateField(unique=True)
    periods = models.JSONField()
    source = models.CharField(max_length=200, help_text="Whose value it is.")
    created_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}: {self.periods}"


class Promise(models.TextChoices):
    """What has a due date of its own."""

    FIRST = "first", _("First answer")
    FINAL = "final", _("Final answer")
    REFERRAL = "referral", _("Referral")


class Unit(models.TextChoices):
    """In what a target counts: business days, or hours that are worked."""

    DAYS = "days", _("business days")
    HOURS = "hours", _("working hours")


class ServiceTarget(models.Model):
    """How soon a line answers, from a date on: the last that began holds. Never edited.

    An enquiry keeps the target in force when it was received, whatever comes after.
    """

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="targets")
    promise = models.CharField(max_length=10, choices=Promise)
    valid_from = models.DateField()
    unit = models.CharField(max_length=5, choices=Unit)
    amount = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200, help_text="Whose value it is.")
    created_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line", "promise", "valid_from"], name="service_target_one_a_day"
            ),
            models.CheckConstraint(condition=Q(amount__gte=1), name="service_target_positive"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.promise}: {self.amount} {self.unit} from {self.valid_from}"
