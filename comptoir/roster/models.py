"""Professionals and the hours they offer.

What a person enters (patterns, exceptions, absences, extra hours, closed days) is kept as entered,
in local wall time where a clock on the wall is meant. `OfferedHours` is what publishing makes of it
for one date: a mask of quarter hours, the only thing booking looks at.
"""

from __future__ import annotations

from datetime import datetime

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from comptoir.people.models import Grant, Language, Office, Person, Role
from comptoir.ui import languages


class LineOfBusiness(models.TextChoices):
    """What a case is about; a professional's skills are such lines too."""

    FAMILY = "family", _("Family class")
    EXPRESS_ENTRY = "express_entry", _("Express Entry")
    STUDY = "study", _("Study permit")
    WORK = "work", _("Work permit")
    VISITOR = "visitor", _("Visitor visa")
    PR_CARD = "pr_card", _("Permanent resident card")
    REFUGEE = "refugee", _("Refugees and protected persons")
    CITIZENSHIP = "citizenship", _("Citizenship")
    OTHER = "other", _("Other")


class ProfessionalQuerySet(models.QuerySet["Professional"]):
    """Filters over professionals."""

    def serving(self, at: datetime) -> ProfessionalQuerySet:
        """Who takes appointments: on the roster, with the role in force and not shut out.

        Hours of anybody else would be sold to find nobody there. `liaison.queries.days` asks the
        same in SQL.
        """
        holders = Grant.objects.in_force(at).filter(role=Role.PROFESSIONAL).values("person")
        return self.filter(active=True, person__in=holders)


class Professional(models.Model):
    """A client support professional who takes appointments."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="professional")
    code = models.SlugField(max_length=20, unique=True, help_text="The key in roster files.")
    languages = ArrayField(models.CharField(max_length=2, choices=Language))
    skills = ArrayField(models.CharField(max_length=20, choices=LineOfBusiness), default=list)
    time_zone = models.CharField(max_length=50)
    active = models.BooleanField(default=True)

    objects = ProfessionalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(languages=[]), name="professional_speaks_something")
        ]

    def __str__(self) -> str:
        return self.person.name


class PatternKind(models.TextChoices):
    """Whether a weekly row offers time or takes it out."""

    HOURS = "hours", _("Hours")
    BREAK = "break", _("Break")


class WeeklyPattern(models.Model):
    """On this weekday, between these times on the professional's wall clock.

    Every week, or one week in `every_weeks`, counted from the Monday of the week of `valid_from`.
    """

    professional = models.ForeignKey(
        Professional, on_delete=models.CASCADE, related_name="patterns"
    )
    kind = models.CharField(max_length=10, choices=PatternKind, default=PatternKind.HOURS)
    weekday = models.PositiveSmallIntegerField(help_text="Monday is 0.")
    starts = models.TimeField()
    ends = models.TimeField()
    every_weeks = models.PositiveSmallIntegerField(default=1)
    valid_from = models.DateField()
    valid_until = models.DateField(
        null=True, help_text="The first day on which it no longer holds."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="pattern_weekday"),
            models.CheckConstraint(condition=Q(every_weeks__gte=1), name="pattern_every_weeks"),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")), name="pattern_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="pattern_valid_until_after_from",
            ),
        ]
        indexes = [models.Index(fields=["weekday", "valid_from"], name="pattern_weekday_from")]

    def __str__(self) -> str:
        return f"{self.professional} {self.weekday} {self.starts}-{self.ends}"


class PatternException(models.Model):
    """On this one date the weekly rows do not hold: these times do, or none (both empty)."""

    professional = models.ForeignKey(
        Professional, on_delete=models.CASCADE, related_name="exceptions"
    )
    on = models.DateField()
    starts = models.TimeField(null=True)
    ends = models.TimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(starts=None, ends=None) | Q(ends__gt=F("starts")),
                name="exception_times",
            ),
        ]
        indexes = [models.Index(fields=["on"], name="exception_on")]

    def __str__(self) -> str:
        return f"{self.professional} {self.on}"


class ClosedDay(models.Model):
    """A one-off day on which the centre is closed, beside the statutory holidays."""

    on = models.DateField(unique=True)
    name_en = models.CharField(max_length=100)
    name_fr = models.CharField(max_length=100)
    reason = models.CharField(max_length=300)
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.on} {self.name_en}"

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return languages.in_this(self.name_en, self.name_fr)


class AbsenceKind(models.TextChoices):
    """Why a professional is away."""

    SICK = "sick", _("Sick leave")
    VACATION = "vacation", _("Vacation")
    TRAINING = "training", _("Training")
    MEETING = "meeting", _("Meeting")
    OUTAGE = "outage", _("System outage")
    OTHER = "other", _("Other")


@pghistory.track(append_only=True)
class Absence(models.Model):
    """A professional is away between two instants."""

    professional = models.ForeignKey(
        Professional, on_delete=models.PROTECT, related_name="absences"
    )
    kind = models.CharField(max_length=10, choices=AbsenceKind)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="absence_ends_after_start"
            )
        ]
        indexes = [models.Index(fields=["ends_at", "starts_at"], name="absence_period")]

    def __str__(self) -> str:
        return f"{self.professional} {self.starts_at:%Y-%m-%d %H:%M}"


@pghistory.track(append_only=True)
class ExtraHours(models.Model):
    """Time beyond the pattern: who asked for it, for which offices, who approved it.

    With offices named, only they may book it; without, everybody may. Whether it was used is read
    from the claims, never stored.
    """

    professional = models.ForeignKey(
        Professional, on_delete=models.PROTECT, related_name="extra_hours"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    offices = models.ManyToManyField(Office, related_name="extra_hours", blank=True)
    purpose = models.CharField(max_length=300)
    requested_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    approved_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    declined_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="extra_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="extra_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(declined_by=None, declined_at=None)
                | Q(declined_by__isnull=False, declined_at__isnull=False, approved_at=None),
                name="extra_declined_by_somebody_and_not_approved",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_by=None, withdrawn_at=None)
                | Q(
                    withdrawn_by__isnull=False,
                    withdrawn_at__isnull=False,
                    approved_at__isnull=False,
                ),
                name="extra_withdrawn_by_somebody_after_approval",
            ),
        ]
        indexes = [models.Index(fields=["ends_at", "starts_at"], name="extra_period")]

    def __str__(self) -> str:
        return f"{self.professional} {self.starts_at:%Y-%m-%d %H:%M}"


class ServiceDay(models.Model):
    """One day of service: its grid, and the row on which every change to the day serialises.

    Bit i of every mask of the day is the quarter hour that begins `i * 15` minutes after
    `starts_at`. The grid lies inside the local day, clear of the hours at which clocks change.
    """

    on = models.DateField(unique=True, help_text="The date in the service's zone.")
    starts_at = models.DateTimeField()
    quanta = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(
        default=1, help_text="Rises with each publication that changed it."
    )

    class Meta:
        constraints = [
            # A mask is a bigint; its sign bit stays clear.
            models.CheckConstraint(
                condition=Q(quanta__gte=1, quanta__lte=62), name="service_day_fits_mask"
            )
        ]

    def __str__(self) -> str:
        return f"{self.on}"


class OfferedHours(models.Model):
    """The quarter hours one professional offers on one service day, as a mask."""

    day = models.ForeignKey(ServiceDay, on_delete=models.CASCADE, related_name="hours")
    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="hours")
    mask = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "professional"], name="hours_once"),
            models.CheckConstraint(condition=Q(mask__gte=0), name="hours_mask_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.professional}"


class ReservedHours(models.Model):
    """The part of offered hours that comes from extra hours and is kept for the offices it names."""

    hours = models.ForeignKey(OfferedHours, on_delete=models.CASCADE, related_name="reserved")
    extra = models.ForeignKey(ExtraHours, on_delete=models.PROTECT, related_name="reserved")
    mask = models.BigIntegerField()
    offices = ArrayField(
        models.BigIntegerField(), help_text="Office ids as published; empty: open to all."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hours", "extra"], name="reserved_once"),
            models.CheckConstraint(condition=Q(mask__gt=0), name="reserved_mask_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.hours} {self.extra}"
