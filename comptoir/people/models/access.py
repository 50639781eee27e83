"""Who may be what: roles, the grants that give them, and invitations to them."""

from __future__ import annotations

from datetime import date, datetime

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from comptoir.people.models.offices import Office
from comptoir.people.models.persons import Language, Person


class Role(models.TextChoices):
    """What a person may be here. Several roles per person are usual."""

    DELEGATE = "delegate", _("Delegate")
    OFFICE_MANAGER = "office_manager", _("Office manager")
    PROFESSIONAL = "professional", _("Professional")
    AGENT = "agent", _("Agent")
    TEAM_LEAD = "team_lead", _("Team lead")
    POLICY_OWNER = "policy_owner", _("Policy owner")
    AUDITOR = "auditor", _("Auditor")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")
    ADMINISTRATOR = "administrator", _("Administrator")


OFFICE_ROLES = (Role.DELEGATE, Role.OFFICE_MANAGER)
"""Roles held in one office; every other role is a staff role and needs a second factor."""

STAFF_ROLES = tuple(role for role in Role if role not in OFFICE_ROLES)


class GrantQuerySet(models.QuerySet["Grant"]):
    """Filters over grants."""

    def in_force(self, at: datetime) -> GrantQuerySet:
        return self.not_ended(at).filter(starts_at__lte=at, person__is_active=True)

    def not_ended(self, at: datetime) -> GrantQuerySet:
        """Those without an end and those whose end is to come."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at))


@pghistory.track(append_only=True)
class Grant(models.Model):
    """One role, for one person, from one moment to another, given by somebody.

    The end may be set in advance: `last_day` is the day that was chosen, in the zone of the office
    or of the centre. It stays as it was chosen when the access ends before.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=Role)
    office = models.ForeignKey(Office, null=True, on_delete=models.PROTECT, related_name="grants")
    starts_at = models.DateTimeField()
    granted_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    last_day = models.DateField(null=True)
    ends_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    end_reason = models.CharField(max_length=200, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=OFFICE_ROLES, office__isnull=False)
                | (~Q(role__in=OFFICE_ROLES) & Q(office=None)),
                name="grant_office_iff_office_role",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="grant_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(ends_at__isnull=False),
                name="grant_last_day_has_end",
            ),
            models.UniqueConstraint(
                fields=["person", "role", "office"],
                condition=Q(ends_at=None),
                nulls_distinct=False,
                name="grant_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}"

    @property
    def until(self) -> date | None:
        """The last day of access as it is shown: the one chosen, or the one on which it was ended."""
        chosen = self.last_day is not None and not self.end_reason
        return self.last_day if chosen else self.ends_at

    def has_ended(self, at: datetime) -> bool:
        """Whether its end is behind us; an end to come gives access until then."""
        return self.ends_at is not None and self.ends_at <= at


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Filters over invitations."""

    def open(self, at: datetime) -> InvitationQuerySet:
        """Those that can still be accepted."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=at)


class Invitation(models.Model):
    """An address asked to join, until it is accepted, withdrawn or out of date.

    The link in the message is the number of this row, signed with the service's key when the
    message is sent. Nothing secret is kept here: a copy of the database opens no account.
    """

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    office = models.ForeignKey(
        Office, null=True, on_delete=models.PROTECT, related_name="invitations"
    )
    last_day = models.DateField(
        null=True, help_text="The last day of the access that is offered, if it has one."
    )
    invited_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(role__in=OFFICE_ROLES, office__isnull=False)
                | (~Q(role__in=OFFICE_ROLES) & Q(office=None)),
                name="invitation_office_iff_office_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.get_role_display()})"

    def is_open(self, at: datetime) -> bool:
        """Whether it can still be accepted."""
        return self.accepted_at is None and self.withdrawn_at is None and at < self.expires_at
