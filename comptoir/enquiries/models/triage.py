"""Versions of the rules of triage, and what they found of each enquiry."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from comptoir.enquiries.models.enquiries import Enquiry, Priority
from comptoir.enquiries.models.lines import Line
from comptoir.people.models import Person
from comptoir.ui import languages


class TriageVersionQuerySet(models.QuerySet["TriageVersion"]):
    """Filters over versions of the rules."""

    def begun_by(self, at: datetime) -> TriageVersionQuerySet:
        """Those that were approved and had begun by then, the one in force last."""
        begun = self.filter(approved_at__lte=at, valid_from__lte=at)
        return begun.order_by("valid_from", "number")


class TriageVersion(models.Model):
    """A set of rules of triage from a moment on: the last that began holds. Never edited.

    `rules` is a list in order, each with `code`, `name_en`, `name_fr`, and `when` and `then` with the
    names of `domain.triage`. It holds once a second person has approved it.
    """

    number = models.PositiveIntegerField(unique=True)
    name_en = models.CharField(max_length=150)
    name_fr = models.CharField(max_length=150)
    valid_from = models.DateTimeField()
    rules = models.JSONField()
    created_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    approved_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)

    objects = TriageVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("created_by")),
                name="triage_version_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(approved_at__isnull=False),
                name="triage_version_approved_at",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="rules_never_changed",
                operation=pgtrigger.UpdateOf(  # type: ignore[no-untyped-call]  # the library's own
                    "number", "name_en", "name_fr", "valid_from", "rules"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return languages.in_this(self.name_en, self.name_fr)


class TriageFinding(models.Model):
    """Where an enquiry was put and why. Append-only: the newest holds, and one of a person for good.

    `fired` has for each rule that fired its code and the rule's own words or codes that were met:
    nothing of what the asker wrote. A person's finding has a reason and no rule.
    """

    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="findings")
    at = models.DateTimeField()
    version = models.ForeignKey(
        TriageVersion, null=True, on_delete=models.PROTECT, related_name="findings"
    )
    fired = models.JSONField(default=list)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+")
    priority = models.PositiveSmallIntegerField(choices=Priority)
    skills = ArrayField(models.CharField(max_length=30), default=list)
    refer = ArrayField(models.CharField(max_length=15), default=list)
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(by=None, reason="") | (Q(by__isnull=False) & ~Q(reason="")),
                name="triage_finding_of_a_person_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["enquiry", "-id"], name="triage_finding_newest")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.enquiry}: {self.line}"

    @property
    def is_unmatched(self) -> bool:
        """Whether no rule fired and nobody decided either."""
        return not self.fired and self.by_id is None
