"""Crisis lines: opened from a template within minutes, with a sunset, staff on loan and a timeline."""

from __future__ import annotations

from datetime import date, timedelta

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.models.lines import Line
from comptoir.people.models import Person
from comptoir.ui import languages

WARNED = timedelta(days=7)
"""How long before its sunset a line is said to end soon (ours)."""


class CrisisTemplate(models.Model):
    """What a new crisis line begins from; every value can be changed when it is opened."""

    code = models.SlugField(max_length=30, unique=True)
    name_en = models.CharField(max_length=100)
    name_fr = models.CharField(max_length=100)
    eligibility_en = models.CharField(max_length=500)
    eligibility_fr = models.CharField(max_length=500)
    first_hours = models.PositiveSmallIntegerField(help_text="Working hours to the first answer.")
    final_days = models.PositiveSmallIntegerField(help_text="Business days to the final answer.")
    days_open = models.PositiveSmallIntegerField(help_text="Days to the sunset.")
    texts = ArrayField(models.SlugField(max_length=40), default=list)
    source = models.CharField(max_length=200, help_text="Whose values they are.")

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return languages.in_this(self.name_en, self.name_fr)


class Rest(models.TextChoices):
    """What became of what was open when a line closed."""

    MOVED = "moved", _("To the public line")
    STAYED = "stayed", _("Answered on the line, which takes no more")
    ENDED = "ended", _("Ended with the drill")


class CrisisLineQuerySet(models.QuerySet["CrisisLine"]):
    """Filters over crisis lines."""

    def open(self) -> CrisisLineQuerySet:
        return self.filter(closed_at=None)


class CrisisLine(models.Model):
    """What a crisis line has beside what every line has."""

    line = models.OneToOneField(Line, on_delete=models.PROTECT, related_name="crisis")
    template = models.ForeignKey(
        CrisisTemplate, null=True, on_delete=models.PROTECT, related_name="+"
    )
    keyword = models.CharField(
        max_length=30, help_text="In capitals; whoever writes it comes here."
    )
    eligibility_en = models.CharField(max_length=500)
    eligibility_fr = models.CharField(max_length=500)
    texts = ArrayField(models.SlugField(max_length=40), default=list)
    sunset_on = models.DateField(help_text="The last day it is meant to be open.")
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    rest = models.CharField(max_length=10, choices=Rest, blank=True)

    objects = CrisisLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["keyword"],
                condition=Q(closed_at=None),
                name="crisis_keyword_of_one_open_line",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, rest="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(rest="")),
                name="crisis_closed_with_what_became_of_the_rest",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.line.code

    @property
    def eligibility(self) -> str:
        """Whom it is for, in the language of the page."""
        return languages.in_this(self.eligibility_en, self.eligibility_fr)

    def ends_soon(self, today: date) -> bool:
        """Whether its sunset is near or over while it is open."""
        return self.closed_at is None and self.sunset_on - today <= WARNED

    def is_past_sunset(self, today: date) -> bool:
        """Whether it should have been closed or extended: it stays open until somebody does."""
        return self.closed_at is None and self.sunset_on < today


class CrisisHappening(models.TextChoices):
    """What became of a crisis line."""

    OPENED = "opened", _("Opened")
    EXTENDED = "extended", _("Extended")
    LENT = "lent", _("Staff lent")
    RETURNED = "returned", _("Staff returned")
    SENT_ON = "sent_on", _("An enquiry sent on as unrelated")
    CLOSED = "closed", _("Closed")


class CrisisEvent(models.Model):
    """One entry of a crisis line's timeline. Append-only."""

    crisis = models.ForeignKey(CrisisLine, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=CrisisHappening)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", help_text="Who was lent."
    )
    sunset_before = models.DateField(null=True)
    sunset_after = models.DateField(null=True)
    items = models.PositiveIntegerField(default=0, help_text="How many enquiries it concerned.")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["crisis", "at"], name="crisis_event_of_line")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.crisis} {self.kind}"


class LoanQuerySet(models.QuerySet["Loan"]):
    """Filters over loans."""

    def running(self) -> LoanQuerySet:
        return self.filter(returned_at=None)


class Loan(models.Model):
    """Somebody lent to a crisis line: meanwhile they answer there too, afterwards no more."""

    crisis = models.ForeignKey(CrisisLine, on_delete=models.PROTECT, related_name="loans")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="loans")
    home_team = models.CharField(max_length=100)
    lent_at = models.DateTimeField()
    until = models.DateField(help_text="The last day.")
    returned_at = models.DateTimeField(null=True)
    lent_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    objects = LoanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(returned_at=None) | Q(returned_at__gte=F("lent_at")),
                name="loan_ends_after_it_began",
            ),
            models.UniqueConstraint(
                fields=["crisis", "person"],
                condition=Q(returned_at=None),
                name="loan_one_at_a_time",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.person}: {self.crisis}"
