"""People, the roles they hold and the offices they act for.

A person never loses a row: access is a `Grant` with a beginning, a grantor and an end, and an
office that closes keeps everything that happened under it.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any, ClassVar

import pghistory
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from comptoir.ui import languages


class Language(models.TextChoices):
    """The official languages."""

    ENGLISH = "en", _("English")
    FRENCH = "fr", _("French")


def sort_key(name: str) -> str:
    """The key under which a name is listed: without accents, case or punctuation.

    The embedded PostgreSQL has no French collation (`'z' < 'é'` there), so lists are ordered by
    this stored key in either language.
    """
    plain = unicodedata.normalize("NFKD", name)
    return "".join(c for c in plain.casefold() if c.isalnum() or c == " ").strip()


class PersonManager(BaseUserManager["Person"]):
    """Finds people by the address they sign in with."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """Anybody who can sign in. There are no passwords: sign-in is by e-mail code and second factor."""

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=200)
    sort_name = models.CharField(max_length=200, editable=False)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    time_zone = models.CharField(_("time zone"), max_length=50, default="America/Toronto")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "language"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_unique")]

    def __str__(self) -> str:
        return self.name


class Chamber(models.TextChoices):
    """Which house the legislator sits in."""

    COMMONS = "commons", _("House of Commons")
    SENATE = "senate", _("Senate")


class Province(models.TextChoices):
    """Provinces and territories, by postal code."""

    NL = "NL", _("Newfoundland and Labrador")
    PE = "PE", _("Prince Edward Island")
    NS = "NS", _("Nova Scotia")
    NB = "NB", _("New Brunswick")
    QC = "QC", _("Quebec")
    ON = "ON", _("Ontario")
    MB = "MB", _("Manitoba")
    SK = "SK", _("Saskatchewan")
    AB = "AB", _("Alberta")
    BC = "BC", _("British Columbia")
    YT = "YT", _("Yukon")
    NT = "NT", _("Northwest Territories")
    NU = "NU", _("Nunavut")


class District(models.Model):
    """An electoral district: what a member's office answers for."""

    code = models.CharField(max_length=10, unique=True)
    name_en = models.CharField(max_length=200)
    name_fr = models.CharField(max_length=200)
    province = models.CharField(max_length=2, choices=Province)
    population = models.PositiveIntegerField()
    french_share = models.DecimalField(
        max_digits=4,
        decimal_places=1,
        help_text="Per cent whose first official language is French.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(french_share__gte=0, french_share__lte=100),
                name="district_french_share",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return languages.in_this(self.name_en, self.name_fr)


class OfficeStatus(models.TextChoices):
    """Where an office stands in its life. Only an active office books."""

    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


class OfficeEnd(models.TextChoices):
    """Why an office was suspended or closed."""

    VACANCY = "vacancy", _("Vacant seat")
    RESIGNATION = "resignation", _("Resignation")
    BY_ELECTION = "by_election", _("By-election")
    DISSOLUTION = "dissolution", _("Dissolution")
    OTHER = "other", _("Other")


class OfficeQuerySet(models.QuerySet["Office"]):
    """Filters over offices."""

    def active(self) -> OfficeQuerySet:
        return self.filter(status=OfficeStatus.ACTIVE)


@pghistory.track(append_only=True)
class Office(models.Model):
    """The office of one legislator: the customer of the liaison service.

    A seat that changes hands gets a new office; `successor` links the old one to it. The party is
    never stored.
    """

    reference = models.SlugField(
        max_length=20, unique=True, help_text="Shown in addresses; no personal data."
    )
    chamber = models.CharField(max_length=10, choices=Chamber)
    district = models.ForeignKey(
        District, null=True, on_delete=models.PROTECT, related_name="offices"
    )
    division = models.CharField(
        max_length=200, blank=True, help_text="A senator's division, if any."
    )
    province = models.CharField(max_length=2, choices=Province)
    source_id = models.CharField(
        max_length=40, blank=True, help_text="The legislator's id in the list it was imported from."
    )
    honorific = models.CharField(max_length=40, blank=True)
    legislator = models.CharField(max_length=200)
    sort_name = models.CharField(max_length=200, editable=False)
    language = models.CharField(max_length=2, choices=Language)
    time_zone = models.CharField(max_length=50)
    since = models.DateField()
    until = models.DateField(null=True)
    status = models.CharField(max_length=10, choices=OfficeStatus, default=OfficeStatus.ACTIVE)
    status_reason = models.CharField(max_length=20, choices=OfficeEnd, blank=True)
    status_at = models.DateTimeField()
    successor = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="predecessors"
    )
    remind_day_before = models.BooleanField(default=True)
    remind_hour_before = models.BooleanField(default=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(chamber="senate", district=None)
                | Q(chamber="commons", district__isnull=False),
                name="office_district_is_commons",
            ),
            models.CheckConstraint(
                condition=Q(status="active", status_reason="")
                | (~Q(status="active") & ~Q(status_reason="")),
                name="office_status_has_reason",
            ),
            models.UniqueConstraint(
                fields=["district"],
                condition=~Q(status="closed") & Q(district__isnull=False),
                name="office_one_open_per_district",
            ),
            models.UniqueConstraint(
                fields=["chamber", "source_id"],
                condition=~Q(status="closed") & ~Q(source_id=""),
                name="office_one_open_per_legislator",
            ),
        ]
        indexes = [models.Index(fields=["sort_name"], name="office_sort_name")]

    def __str__(self) -> str:
        return self.legislator

    @property
    def place(self) -> str:
        """The district or division, else the province."""
        if self.district is not None:
            return self.district.name
        return self.division or str(Province(self.province).label)


class OfficeAddress(models.Model):
    """Where an office receives people; several are usual. Its zone may differ from the office's."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="addresses")
    label = models.CharField(max_length=100)
    street = models.CharField(max_length=200)
    city = models.CharField(max_length=100)
    province = models.CharField(max_length=2, choices=Province)
    postal_code = models.CharField(max_length=7)
    time_zone = models.CharField(max_length=50)

    def __str__(self) -> str:
        return f"{self.label}: {self.street}, {self.city}"


class OfficeTelephone(models.Model):
    """A number at which a professional can reach the office."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="telephones")
    label = models.CharField(max_length=100)
    number = models.CharField(max_length=30)

    def __str__(self) -> str:
        return f"{self.label}: {self.number}"


class Role(models.TextChoices):
    """What a person may be here. Several roles per person are usual."""

    DELEGATE = "delegate", _("Delegate")
    OFFICE_MANAGER = "office_manager", _("Office manager")
    PROFESSIONAL = "professional", _("Professional")
    TEAM_LEAD = "team_lead", _("Team lead")
    POLICY_OWNER = "policy_owner", _("Policy owner")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


OFFICE_ROLES = (Role.DELEGATE, Role.OFFICE_MANAGER)
"""Roles held in one office; every other role is a staff role and needs a second factor."""

STAFF_ROLES = tuple(role for role in Role if role not in OFFICE_ROLES)


class GrantQuerySet(models.QuerySet["Grant"]):
    """Filters over grants."""

    def in_force(self, at: datetime) -> GrantQuerySet:
        return self.filter(
            Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at, person__is_active=True
        )


@pghistory.track(append_only=True)
class Grant(models.Model):
    """One role, for one person, from one moment to another, given by somebody."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=Role)
    office = models.ForeignKey(Office, null=True, on_delete=models.PROTECT, related_name="grants")
    starts_at = models.DateTimeField()
    granted_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
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
            models.UniqueConstraint(
                fields=["person", "role", "office"],
                condition=Q(ends_at=None),
                nulls_distinct=False,
                name="grant_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}"


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


class Session(AbstractBaseSession):
    """A signed-in browser. Kept with its person, so that a person's sessions can be shown and ended."""

    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="sessions")
    browser = models.CharField(max_length=200, blank=True)
    signed_in_at = models.DateTimeField(null=True)

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        return store


def person_named(**values: Any) -> Person:
    """A person, not yet saved, with the sort key and the unusable password every person has."""
    person = Person(**values, sort_name=sort_key(values["name"]))
    person.email = person.email.lower()
    person.set_unusable_password()
    return person
