"""Pilots: another sharing rule for some offices, or for some weeks, from one day to another.

A pilot is data and ends by itself: which rule governs a day is read from these rows, never switched by
a job. Nothing of it is changed or deleted but that it may be stopped, once.
"""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from comptoir.domain import evaluation
from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.liaison.models.policy import Policy
from comptoir.people.models import Office, Person


class Design(models.TextChoices):
    """Who is under the trial rule: some offices all the time, or every office in some of the weeks."""

    COHORT = "cohort", _("A group of offices, for the whole time")
    SWITCHBACK = "switchback", _("All offices, in weeks that are drawn")


class Criterion(models.TextChoices):
    """How the offices of a group were chosen."""

    BREAK = "break", _("The offices that part from the rest by what they used")
    LIST = "list", _("A list of offices")
    RANDOM = "random", _("Offices that are drawn")
    FIRST = "first", _("The offices that have been here longest: a soft launch")


class Measure(models.TextChoices):
    """What a pilot may be judged by, registered before its first day."""

    USE = "use", _("Use: the part of the hours offered that was attended")
    DAY_ACCESS = (
        "day_access",
        _("Day access: offices that asked for a day and could have time on it"),
    )
    REQUESTS = "requests", _("Requests: how many times offices asked")
    LATE_LOSS = (
        "late_loss",
        _("Late loss: the part of the hours offered that was given up too late"),
    )
    SERVED = (
        "served",
        _(
            "Need met outside of the group: hours attended, of the hours needed by all other offices"
        ),
    )


class Arm(models.TextChoices):
    """The rule that a week of a pilot follows."""

    BASE = evaluation.Arm.BASE.value, _("Common rule")
    TRIAL = evaluation.Arm.TRIAL.value, _("Trial rule")


STOPPING = ["stopped_on", "stopped_by", "stopped_at", "stop_reason"]
"""What is written when a pilot is stopped, and nothing else ever is."""


class Pilot(models.Model):
    """A trial of another rule on the service days from `starts_on` to the day before `ends_on`.

    Its name and purpose are the name and remark of the rule it tries, which is its own: `policy` is
    `for_pilot` and otherwise never in force.
    """

    policy = models.OneToOneField(Policy, on_delete=models.PROTECT, related_name="pilot")
    design = models.CharField(max_length=10, choices=Design)
    criterion = models.CharField(max_length=10, choices=Criterion, blank=True)
    seed = models.BigIntegerField(help_text="Of what was drawn: offices, weeks, resamples.")
    p_value = models.FloatField(null=True, help_text="Of the break that its offices stand above.")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="The first day on which the common rule holds again.")
    measures = ArrayField(models.CharField(max_length=10, choices=Measure))
    # The limits of harm are defaults of ours (capacity model, section 5), registered with the pilot.
    least_day_access_percent = models.PositiveSmallIntegerField(default=95)
    most_fill_drop_percent = models.PositiveSmallIntegerField(default=3)
    most_idle_percent = models.PositiveSmallIntegerField(default=3)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    stopped_on = models.DateField(
        null=True, help_text="The first day on which the common rule holds again, after a stop."
    )
    stopped_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    stopped_at = models.DateTimeField(null=True)
    stop_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="pilot_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(design="cohort") & ~Q(criterion="")
                | Q(design="switchback", criterion=""),
                name="pilot_group_has_criterion",
            ),
            models.CheckConstraint(condition=~Q(measures=[]), name="pilot_measures_something"),
            models.CheckConstraint(
                condition=Q(
                    least_day_access_percent__lte=100,
                    most_fill_drop_percent__lte=100,
                    most_idle_percent__lte=100,
                ),
                name="pilot_limits_are_shares",
            ),
            models.CheckConstraint(
                condition=Q(stopped_on=None, stopped_by=None, stopped_at=None, stop_reason="")
                | Q(stopped_on__isnull=False, stopped_by__isnull=False, stopped_at__isnull=False)
                & ~Q(stop_reason=""),
                name="pilot_stopped_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="only_stopped", exclude=STOPPING),
            pgtrigger.Protect(
                name="stopped_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__stopped_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.policy)

    @property
    def name(self) -> str:
        """In the language of the page."""
        return self.policy.name

    @property
    def until(self) -> date:
        """The first day on which the common rule holds again, stopped or not."""
        return min(self.ends_on, self.stopped_on) if self.stopped_on else self.ends_on

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was stopped before its first day: nobody was ever under its rule."""
        return self.until <= self.starts_on

    @property
    def is_switchback(self) -> bool:
        return self.design == Design.SWITCHBACK

    @property
    def harm_limits(self) -> evaluation.HarmLimits:
        """At what a pilot must stop, as shares."""
        return evaluation.HarmLimits(
            self.least_day_access_percent / 100,
            self.most_fill_drop_percent / 100,
            self.most_idle_percent / 100,
        )


class PilotOffice(models.Model):
    """An office of a pilot's group: under the trial rule from its first day to its end."""

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="members")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="pilots")
    extra_quanta = models.PositiveSmallIntegerField(
        default=0, help_text="What it is allotted of each week beside its allowance."
    )
    chance = models.FloatField(
        null=True, help_text="In what part of the resamples it stood above the break."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pilot", "office"], name="pilot_office_once"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.pilot} {self.office}"

    @property
    def extra_minutes(self) -> int:
        return QUANTUM_MINUTES * self.extra_quanta


class PilotWeek(models.Model):
    """Which rule a service week follows: drawn and kept before the week opens for booking."""

    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="weeks")
    week = models.DateField(help_text="Its Monday.")
    arm = models.CharField(max_length=5, choices=Arm)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pilot", "week"], name="pilot_week_once"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.week} {self.arm}"
