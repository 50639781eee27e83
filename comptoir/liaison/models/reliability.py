"""Excuses that were looked at, credits of the centre, and the pattern that asks an office to confirm.

Nothing here punishes: a credit gives time, a flag asks an office to say that it will come.
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from comptoir.liaison.models.appointments import Appointment, AppointmentEvent
from comptoir.people.models import Office, Person


class ExcuseCheck(models.Model):
    """What a team lead found about one excused loss: accepted, or struck and charged after all.

    Once and for good. Why it was struck stands in the appointment's history, where the office reads it.
    """

    event = models.OneToOneField(
        AppointmentEvent, on_delete=models.PROTECT, related_name="excuse_check"
    )
    accepted = models.BooleanField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {'accepted' if self.accepted else 'struck'}"


class Credit(models.Model):
    """What the centre owes an office whose appointment it cancelled: as many quanta, in one week.

    They are added to what the office is allotted of that week, and to no limit.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="credits")
    week = models.DateField(help_text="Its Monday.")
    quanta = models.PositiveSmallIntegerField()
    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="credit")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quanta__gte=1), name="credit_of_something"),
        ]
        indexes = [models.Index(fields=["week", "office"], name="credit_week_office")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.week}: {self.quanta}"


class PatternFlagQuerySet(models.QuerySet["PatternFlag"]):
    """Filters over flags."""

    def open(self) -> PatternFlagQuerySet:
        return self.filter(ended_on=None)


class PatternFlag(models.Model):
    """From `since` on the office is asked to confirm its appointments, because of these numbers.

    It ends by itself: `until` is the last day on which it holds if no more time is lost late.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="pattern_flags")
    since = models.DateField(help_text="The day of the loss that made a pattern.")
    set_at = models.DateTimeField(help_text="When it was found; nothing is asked for before.")
    appointments = models.PositiveIntegerField(help_text="Not given up in time, in the window.")
    late = models.PositiveIntegerField(help_text="Of these, lost late.")
    probability = models.FloatField(
        help_text="That the office loses more than the rule's share of its appointments late."
    )
    until = models.DateField()
    ended_on = models.DateField(null=True)

    objects = PatternFlagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office"], condition=Q(ended_on=None), name="pattern_flag_one_open"
            ),
            models.CheckConstraint(
                condition=Q(late__lte=F("appointments"), probability__gte=0, probability__lte=1),
                name="pattern_flag_numbers",
            ),
        ]
        indexes = [models.Index(fields=["office", "since"], name="pattern_flag_office")]

    def __str__(self) -> str:
        return f"{self.office} since {self.since}"
