"""The sharing rule, what it counts, and what it decided."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from comptoir.people.models import Language, Office, Person
from comptoir.ui import languages


class Policy(models.Model):
    """One dated version of the sharing rule. The version of a service day is the last that began by then.

    A row is never changed or deleted (a trigger refuses): another rule is another version.
    """

    version = models.PositiveIntegerField(unique=True)
    valid_from = models.DateField(help_text="The first service day it governs.")
    name_en = models.CharField(max_length=100)
    name_fr = models.CharField(max_length=100)
    remark_en = models.TextField(
        blank=True, help_text="What the numbers do not say; they are put in words by themselves."
    )
    remark_fr = models.TextField(blank=True)
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
    no_show_after_minutes = models.PositiveSmallIntegerField(
        default=10,
        help_text="How long after its start an appointment may be called not attended. "
        "Ten minutes are a default of ours: no source states a value.",
    )
    start_early_minutes = models.PositiveSmallIntegerField(
        default=15,
        help_text="How long before its time an appointment may begin. "
        "A quarter of an hour is a default of ours: no source states a value.",
    )
    created_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

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
        return languages.in_this(self.name_en, self.name_fr)

    @property
    def remark(self) -> str:
        return languages.in_this(self.remark_en, self.remark_fr)


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


class Side(models.TextChoices):
    """Who brought a change about. What the centre does never counts against an office."""

    OFFICE = "office", _("The office")
    CENTRE = "centre", _("The centre")


class Decision(models.Model):
    """One answer of the sharing rule, accepted or refused, with all that explains it. Append-only."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="decisions")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    side = models.CharField(max_length=10, choices=Side, default=Side.OFFICE)
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
