"""What an office brings to an appointment, on which legal basis, and what became of it."""

from __future__ import annotations

import hashlib
import json

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from comptoir.liaison.models.appointments import Appointment
from comptoir.people.models import Person
from comptoir.roster.models import LineOfBusiness, Professional


class LegalBasis(models.TextChoices):
    """Why the centre may speak about a person's matter with a legislator's office."""

    CONSENT = "consent", _("Written consent of the person")
    MEMBER = "member", _("Disclosure to a member of Parliament (Privacy Act, 8(2)(g))")


class Outcome(models.TextChoices):
    """What became of one case at an appointment."""

    ANSWERED = "answered", _("Answered")
    ACTION_REQUESTED = "action_requested", _("Action requested")
    REFERRED = "referred", _("Referred")
    NOT_AUTHORIZED = "not_authorized", _("Not authorized to speak about it")
    MORE_NEEDED = "more_needed", _("More information needed from the office")
    NOT_DISCUSSED = "not_discussed", _("Not discussed")


FOLLOWED_OUTCOMES = (Outcome.ACTION_REQUESTED, Outcome.REFERRED)
"""Outcomes that leave something to do, and so a follow-up with a due date."""


SILENT_OUTCOMES = (Outcome.NOT_AUTHORIZED, Outcome.NOT_DISCUSSED)
"""Outcomes under which nothing about the person was told, and so nothing disclosed."""


BASELESS_OUTCOMES = (*SILENT_OUTCOMES, Outcome.MORE_NEEDED)
"""The outcomes left when the legal basis does not hold: say nothing, or ask for a new consent."""


@pghistory.track(pghistory.UpdateEvent(), append_only=True)
class CaseLine(models.Model):
    """One constituent's matter brought to an appointment, its legal basis, and its one outcome."""

    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="case_lines"
    )
    position = models.PositiveSmallIntegerField()
    uci = models.CharField(max_length=10, blank=True, help_text="8 or 10 digits, without hyphens.")
    application_number = models.CharField(max_length=10, blank=True)
    line_of_business = models.CharField(max_length=20, choices=LineOfBusiness)
    question = models.TextField(max_length=2000)
    legal_basis = models.CharField(max_length=10, choices=LegalBasis)
    consent_signer = models.CharField(max_length=200, blank=True)
    consent_signed_on = models.DateField(null=True)
    consent_scope = models.CharField(max_length=300, blank=True)
    consent_expires_on = models.DateField(null=True)
    preparation = models.TextField(
        max_length=2000, blank=True, help_text="The professional's own notes."
    )
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    answer = models.TextField(
        max_length=4000, blank=True, help_text="What the office is told and can read."
    )
    advice = models.TextField(max_length=4000, blank=True, help_text="Advice given, as given.")
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["appointment", "position"], name="case_line_position"),
            models.CheckConstraint(
                condition=(
                    Q(legal_basis="consent", consent_signed_on__isnull=False)
                    & ~Q(consent_signer="")
                    & ~Q(consent_scope="")
                )
                | Q(
                    legal_basis="member",
                    consent_signed_on=None,
                    consent_signer="",
                    consent_scope="",
                    consent_expires_on=None,
                ),
                name="case_line_basis_complete",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", recorded_by=None, recorded_at=None)
                | (~Q(outcome="") & Q(recorded_by__isnull=False, recorded_at__isnull=False)),
                name="case_line_outcome_recorded_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment} {self.position}"

    @property
    def left_to_do(self) -> FollowUp | None:
        """The follow-up of its outcome as it stands now; None if there is none, or none any more."""
        found: FollowUp | None = getattr(self, "follow_up", None)
        return None if found is None or found.withdrawn else found

    @property
    def version(self) -> str:
        """What the centre has written about it, as a short name that changes with it; "" for nothing.

        Whoever writes gives back the version that was read, so that nobody writes over what they have
        not seen. Of the contents, not of the time: the same words again are the same version.
        """
        left = self.left_to_do
        written = [self.preparation, self.outcome, self.answer, self.advice]
        to_do = [] if left is None else [left.task, left.due_on.isoformat(), left.urgent]
        if not any(written):
            return ""
        return hashlib.sha256(json.dumps([written, to_do]).encode()).hexdigest()[:20]


SHIPPED_SOURCE = gettext_noop(
    "Working value, from the launch of 31 October 2022; a centre sets its own."
)
"""What a migration wrote as the source of the first target, for the catalogues."""


class FollowUpTarget(models.Model):
    """How soon a follow-up is due unless its professional says otherwise. Dated: the last that began.

    A follow-up keeps the due date it was given; another target is another row (a trigger refuses
    changes). Without any row nothing is proposed and a date is typed.
    """

    valid_from = models.DateField(unique=True)
    business_days = models.PositiveSmallIntegerField()
    urgent_hours = models.PositiveSmallIntegerField(help_text="Hours by the clock, not working.")
    source = models.CharField(max_length=200, help_text="Whose value it is.")
    created_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}: {self.business_days}"

    @property
    def origin(self) -> str:
        """Whose value it is: in the reader's language if it came with Comptoir, else as it was written."""
        return self.source if self.created_by_id is not None else gettext(self.source)


class FollowUp(models.Model):
    """Something still to do for a case after the appointment, with its own due date."""

    case_line = models.OneToOneField(CaseLine, on_delete=models.PROTECT, related_name="follow_up")
    professional = models.ForeignKey(
        Professional, on_delete=models.PROTECT, related_name="follow_ups"
    )
    task = models.CharField(max_length=300)
    urgent = models.BooleanField(default=False)
    due_on = models.DateField()
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    result = models.TextField(max_length=2000, blank=True)
    withdrawn = models.BooleanField(
        default=False, help_text="Closed undone: the outcome that asked for it was corrected."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn=False) | Q(done_at__isnull=False, result=""),
                name="follow_up_withdrawn_is_closed",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="follow_up_done_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["professional", "due_on"], condition=Q(done_at=None), name="follow_up_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_line}: {self.task}"
