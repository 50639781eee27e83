"""Matters handed to somebody who answers for them, breaches of privacy, and who may see what is restricted."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.models.enquiries import Enquiry
from comptoir.people.models import Person


class ReferralKind(models.TextChoices):
    """Why a matter is handed on."""

    URGENT = "urgent", _("Urgent")
    HIGH_PROFILE = "high_profile", _("High profile")
    SENSITIVE = "sensitive", _("Sensitive")
    BREACH = "breach", _("Privacy breach")
    THREAT = "threat", _("Threat to life")


RESTRICTED_KINDS = (ReferralKind.HIGH_PROFILE, ReferralKind.SENSITIVE, ReferralKind.BREACH)
"""Of these the enquiry is seen by nobody but those who are named for it."""


class ReferralOutcome(models.TextChoices):
    """What became of a referral."""

    DONE = "done", _("Dealt with")
    DECLINED = "declined", _("Not theirs to deal with")
    WITHDRAWN = "withdrawn", _("Taken back")


class ReferralQuerySet(models.QuerySet["Referral"]):
    """Filters over referrals."""

    def open(self) -> ReferralQuerySet:
        return self.filter(closed_at=None)


class Referral(models.Model):
    """A matter handed to another office of the department, with somebody who answers for it and a due
    date of its own. It runs beside the clocks of its enquiry.
    """

    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="referrals")
    kind = models.CharField(max_length=15, choices=ReferralKind)
    unit = models.CharField(max_length=150, help_text="The office it went to.")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="referrals_owned")
    reason = models.TextField(max_length=2000)
    referred_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    referred_at = models.DateTimeField()
    due_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=ReferralOutcome, blank=True)
    result = models.TextField(max_length=2000, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, outcome="", result="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome="")),
                name="referral_closed_with_outcome",
            ),
            models.UniqueConstraint(
                fields=["enquiry", "kind"],
                condition=Q(closed_at=None),
                name="referral_one_open_of_a_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(closed_at=None), name="referral_open"),
            models.Index(
                fields=["owner", "due_at"],
                condition=Q(closed_at=None),
                name="referral_open_of_owner",
            ),
            models.Index(
                fields=["-closed_at", "-id"],
                condition=Q(closed_at__isnull=False),
                name="referral_closed",
            ),
            models.Index(
                fields=["kind", "-closed_at", "-id"],
                condition=Q(closed_at__isnull=False),
                name="referral_closed_of_kind",
            ),
            models.Index(fields=["enquiry"], condition=Q(kind="breach"), name="referral_of_breach"),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.enquiry} {self.kind}"


class Breach(models.Model):
    """What the intake of a privacy breach asks (Directive on Privacy Practices), and its two reports.

    It is reported with what is known; what is empty is completed before it is dealt with.

    A breach that is found to be material is reported to the Office of the Privacy Commissioner and the
    Treasury Board Secretariat within seven days of that finding.
    """

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="breach")
    happened_at = models.DateTimeField(null=True, help_text="When it happened, if it is known.")
    discovered_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    data = models.CharField(max_length=300, blank=True, help_text="What kind of data: no data.")
    people_affected = models.PositiveIntegerField(null=True)
    containment = models.TextField(max_length=2000, blank=True)
    is_material = models.BooleanField(null=True)
    determined_at = models.DateTimeField(null=True)
    determined_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    commissioner_told_at = models.DateTimeField(null=True)
    secretariat_told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(happened_at=None) | Q(happened_at__lte=F("discovered_at")),
                name="breach_discovered_after_it_happened",
            ),
            models.CheckConstraint(
                condition=Q(is_material=None, determined_at=None, determined_by=None)
                | Q(
                    is_material__isnull=False,
                    determined_at__isnull=False,
                    determined_by__isnull=False,
                ),
                name="breach_determined_by_somebody",
            ),
            models.CheckConstraint(
                # Not decided is neither true nor false to the database, and would pass.
                condition=Q(is_material__isnull=False, is_material=True)
                | Q(commissioner_told_at=None, secretariat_told_at=None),
                name="breach_reported_if_material",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral}"


class Named(models.Model):
    """Somebody who may open a restricted enquiry, named by somebody for a reason."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="named")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    named_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enquiry", "person"],
                condition=Q(ended_at=None),
                name="named_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.enquiry}: {self.person}"


class Opening(models.Model):
    """One look of a named person at a restricted enquiry: why, and until when it may be read."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="openings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["enquiry", "person", "until"], name="opening_of_person")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.enquiry}: {self.person} {self.at:%Y-%m-%d %H:%M}"
