"""What opens the two gates: pieces confirmed against the record, authorizations, and overrides by two."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.models.enquiries import Enquiry
from comptoir.people.models import OFFICE_ROLES, Grant, Person


class Piece(models.TextChoices):
    """What is confirmed against the applicant's record (`domain.gates.Piece`)."""

    FULL_NAME = "full_name", _("Full name")
    DATE_OF_BIRTH = "date_of_birth", _("Date of birth")
    UCI = "uci", _("UCI")
    APPLICATION_NUMBER = "application_number", _("Application number")
    RECEIPT_NUMBER = "receipt_number", _("Receipt number")
    DOCUMENT_NUMBER = "document_number", _("Number of a document of ours")


class Means(models.TextChoices):
    """How whoever asked gave a piece that the enquiry does not hold."""

    MESSAGE = "message", _("In one of their texts or documents here")
    CALLBACK = "callback", _("By telephone: we called them back")
    CALL = "call", _("By telephone: they called us")
    COUNTER = "counter", _("In person")


def given(enquiry: Enquiry) -> frozenset[Piece]:
    """The pieces that stand in the fields of the enquiry, whoever typed them there."""
    stands = {
        Piece.FULL_NAME: enquiry.applicant_name,
        Piece.DATE_OF_BIRTH: enquiry.applicant_born_on,
        Piece.UCI: enquiry.uci,
        Piece.APPLICATION_NUMBER: enquiry.application_number,
    }
    return frozenset(piece for piece, value in stands.items() if value)


class Confirmation(models.Model):
    """One piece that whoever asked gave and that agreed with the applicant's record. Append-only."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="confirmations")
    applicant = models.CharField(max_length=60, help_text="Whose record: `Enquiry.applicant_key`.")
    piece = models.CharField(max_length=20, choices=Piece)
    means = models.CharField(
        max_length=10, choices=Means, blank=True, help_text="Empty: it stood in the enquiry."
    )
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["enquiry", "at"], name="confirmation_of_enquiry")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.enquiry} {self.piece}"


class Capacity(models.TextChoices):
    """In which capacity somebody asks about an applicant (`domain.gates.Kind`)."""

    SELF = "self", _("The applicant")
    REPRESENTATIVE = "representative", _("A representative, by form")
    OFFICE_CONSENT = "office_consent", _("A legislator’s office, with consent")
    MEMBER = "member", _("A member of Parliament (Privacy Act, 8(2)(g))")
    CUSTODIAN = "custodian", _("A parent or guardian of a minor")
    RELAY_OPERATOR = "relay_operator", _("A relay operator, for this conversation")
    CO_APPLICANT = "co_applicant", _("Somebody who applied together with the applicant")
    SPONSOR = "sponsor", _("The sponsor of the applicant")


def acts_for_office(enquiry: Enquiry, now: datetime) -> bool:
    """Whether whoever asked acts for the office that they named: anybody can say so on the public form."""
    if enquiry.office_id is None or not enquiry.asker_email:
        return False
    held = Grant.objects.in_force(now).filter(office=enquiry.office_id, role__in=OFFICE_ROLES)
    return held.filter(person__email__iexact=enquiry.asker_email).exists()


class AuthorizationQuerySet(models.QuerySet["Authorization"]):
    """Filters over authorizations."""

    def of_asker(self, enquiry: Enquiry, now: datetime) -> AuthorizationQuerySet:
        """Those of whoever asked: of the office that they act for now, else of their address alone."""
        if acts_for_office(enquiry, now):
            return self.filter(office=enquiry.office_id)
        return self.filter(office=None, asker_email=enquiry.asker_email).exclude(asker_email="")

    def of_case(self, enquiry: Enquiry, now: datetime) -> AuthorizationQuerySet:
        """Of these, the ones for the applicant of the enquiry: never what others may be told."""
        return self.of_asker(enquiry, now).filter(applicant=enquiry.applicant_key)


class Authorization(models.Model):
    """Whoever asks may be told about one named applicant, for a scope and a time; it can be withdrawn."""

    asker_email = models.EmailField(blank=True)
    office = models.ForeignKey(
        "people.Office", null=True, on_delete=models.PROTECT, related_name="authorizations"
    )
    applicant = models.CharField(max_length=60)
    applicant_name = models.CharField(max_length=200)
    capacity = models.CharField(max_length=15, choices=Capacity)
    applications = ArrayField(
        models.CharField(max_length=10),
        default=list,
        help_text="Which applications it covers; empty: all of the applicant’s.",
    )
    evidence = models.CharField(max_length=300, help_text="What was seen: a form, its date.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = AuthorizationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(office__isnull=False) | ~Q(asker_email=""),
                name="authorization_of_somebody",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="authorization_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(capacity__in=["custodian", "relay_operator"])
                | Q(ends_at__isnull=False),
                name="authorization_of_some_has_end",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="authorization_withdrawn_by",
            ),
        ]
        indexes = [
            models.Index(fields=["asker_email"], name="authorization_asker"),
            models.Index(fields=["office"], name="authorization_office"),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.capacity} {self.pk}"


class GateOverrideQuerySet(models.QuerySet["GateOverride"]):
    """Filters over overrides."""

    def waiting(self) -> GateOverrideQuerySet:
        """Those that a second person has not answered."""
        return self.filter(answered_at=None)

    def agreed_since(self, at: datetime) -> GateOverrideQuerySet:
        return self.filter(is_agreed=True, answered_at__gt=at)


class GateOverride(models.Model):
    """Both gates opened for one enquiry: asked by one person with a reason, answered by another."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="overrides")
    applicant = models.CharField(max_length=60)
    reason = models.TextField(max_length=1000)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    is_agreed = models.BooleanField(default=False)

    objects = GateOverrideQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("asked_by")),
                name="override_answered_by_another",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, is_agreed=False)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="override_answered_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["enquiry"], condition=Q(answered_at=None), name="override_one_asked"
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.enquiry} {self.asked_at:%Y-%m-%d %H:%M}"
