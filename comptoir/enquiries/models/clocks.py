"""Promises with a due date: what they were counted from, what stopped them, and every change to them."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.models.enquiries import Enquiry
from comptoir.enquiries.models.lines import Promise, ServiceTarget
from comptoir.people.models import Person


class ClockQuerySet(models.QuerySet["Clock"]):
    """Filters over clocks."""

    def running(self) -> ClockQuerySet:
        return self.filter(stopped_at=None)


class Clock(models.Model):
    """One promise about one enquiry. `due_at` is computed from the other columns, never counted up.

    The target is the one in force at `started_at`; `calendar` names the closed days and hours it was
    computed with, so that one that was announced later is seen and computed anew.
    """

    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="clocks")
    promise = models.CharField(max_length=10, choices=Promise)
    target = models.ForeignKey(ServiceTarget, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    calendar = models.BigIntegerField(help_text="The version it was computed with.")
    due_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enquiry", "promise"],
                condition=Q(stopped_at=None),
                name="clock_one_running_of_a_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(stopped_at=None), name="clock_running"),
            models.Index(fields=["enquiry"], name="clock_of_enquiry"),
        ]

    def __str__(self) -> str:
        return f"{self.enquiry} {self.promise} {self.due_at:%Y-%m-%d %H:%M}"


class Pause(models.Model):
    """A while in which the centre waits for the client: its working time is credited."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="pauses")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="pause_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["clock"], condition=Q(ends_at=None), name="pause_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock} {self.starts_at:%Y-%m-%d %H:%M}"


class ClockHappening(models.TextChoices):
    """What became of a clock."""

    STARTED = "started", _("Started")
    PAUSED = "paused", _("Paused")
    RESUMED = "resumed", _("Resumed")
    RECOMPUTED = "recomputed", _("Computed anew")
    STOPPED = "stopped", _("Stopped")


class ClockEvent(models.Model):
    """One change to a clock, with the due date before and after it. Append-only."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=ClockHappening)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    due_before = models.DateTimeField(null=True)
    due_after = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["clock", "at"], name="clock_event_of_clock")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.clock} {self.kind}"
