"""What the sharing rule allots and counts, and what it decided."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.liaison.models.policy import Policy
from comptoir.people.models import Language, Office, Person


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

    @property
    def minutes(self) -> int:
        return self.quanta * QUANTUM_MINUTES

    @property
    def need_hours(self) -> float:
        """The estimated need in hours a week."""
        return self.need * QUANTUM_MINUTES / 60

    @property
    def chance_percent(self) -> int:
        """On how many of 100 days the office comes."""
        return round(100 * self.chance)


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

    @property
    def minutes(self) -> int:
        """The length asked for in minutes."""
        return self.quanta * QUANTUM_MINUTES
