"""The sharing rule, what it counts, and what it decided."""

from __future__ import annotations

from datetime import time

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
    # The nested classes of `domain.share`, whose fields have the same names and defaults.
    nested = models.BooleanField(
        default=False, help_text="Without it the two limits above are all there is."
    )
    floor_minutes = models.PositiveSmallIntegerField(
        default=15, help_text="What is guaranteed to every office on every day."
    )
    miss_per_mille = models.PositiveSmallIntegerField(
        default=10, help_text="On how many of 1,000 days the kept floors may be too few; 0: never."
    )
    take_up_percent = models.PositiveSmallIntegerField(
        default=80, help_text="How much of the unclaimed allowances is kept until the release."
    )
    day_cap_percent = models.PositiveSmallIntegerField(
        default=40, help_text="How much of its allowance an office may use on one day until then."
    )
    holding_percent = models.PositiveSmallIntegerField(
        default=100, help_text="How much of its allowance an office may hold ahead."
    )
    least_held_minutes = models.PositiveSmallIntegerField(
        default=180, help_text="What every office may hold ahead at least."
    )
    release_at = models.TimeField(
        default=time(14), help_text="When, on the service day before, kept allowances are released."
    )
    ramp_minutes = models.PositiveSmallIntegerField(
        default=360, help_text="How long after its beginning a day keeps floors, fewer and fewer."
    )
    standby_minutes = models.PositiveSmallIntegerField(
        default=60, help_text="How long before a start nothing is kept any more."
    )
    weekly_floor_minutes = models.PositiveSmallIntegerField(
        default=60, help_text="No allowance is below it."
    )
    allotted_percent = models.PositiveSmallIntegerField(
        default=90, help_text="How much of a week is allotted; the rest is open to all."
    )
    alpha_percent = models.PositiveSmallIntegerField(
        default=100, help_text="0: equal allowances; 100: in proportion to need."
    )
    created_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes_per_week__gte=F("minutes_per_day")),
                name="policy_day_within_week",
            ),
            models.CheckConstraint(
                condition=Q(miss_per_mille__lt=1000, allotted_percent__lte=100),
                name="policy_shares_are_shares",
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


class Apportionment(models.Model):
    """The allowances of all offices, published together with what they were computed from.

    Those of a service day are the last that were valid by then. Never changed: others are published.
    """

    valid_from = models.DateField(unique=True, help_text="The first service day they are for.")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    capacity = models.PositiveIntegerField(help_text="Quanta of a week that were shared out.")
    made_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}"


class Allowance(models.Model):
    """What one office is allotted of each week, in quanta, and the need it comes from."""

    apportionment = models.ForeignKey(
        Apportionment, on_delete=models.PROTECT, related_name="allowances"
    )
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="allowances")
    need = models.FloatField(help_text="Estimated, in quanta a week.")
    quanta = models.PositiveSmallIntegerField()
    chance = models.FloatField(
        default=1.0, help_text="How probable it is that the office claims its floor of a day."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["apportionment", "office"], name="allowance_once"),
            models.CheckConstraint(
                condition=Q(chance__gte=0, chance__lte=1, need__gte=0), name="allowance_numbers"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.quanta}"


def seven_zeros() -> list[int]:
    """A week in which nothing was used."""
    return [0] * 7


def seven_noes() -> list[bool]:
    """A week in which no floor was given up for good."""
    return [False] * 7


class OfficeWeek(models.Model):
    """What one office has used of one week, by weekday, in quanta: the counters of the sharing rule.

    `booked` counts live appointments, `late` what was given up too late or not attended and still
    counts. The row is locked after the day's row, and a recount from the appointments must agree.
    `floor_gone` marks the days whose floor the office claimed, gave up, and is not owed again.
    """

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="weeks")
    week = models.DateField(help_text="Its Monday.")
    booked = ArrayField(models.SmallIntegerField(), size=7, default=seven_zeros)
    late = ArrayField(models.SmallIntegerField(), size=7, default=seven_zeros)
    floor_gone = ArrayField(models.BooleanField(), size=7, default=seven_noes)

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
    of_class = models.CharField(
        max_length=10, blank=True, help_text="The nested class it fell into, if the rule has any."
    )
    counters = models.JSONField(help_text="The numbers the rule looked at.")
    seed = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted=True, reason="") | (Q(accepted=False) & ~Q(reason="")),
                name="decision_refused_with_reason",
            )
        ]
        indexes = [
            models.Index(fields=["office", "at"], name="decision_office_at"),
            models.Index(fields=["on"], name="decision_on"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {'accepted' if self.accepted else self.reason}"
