"""The offices of legislators, the districts they answer for, where they are and how they are called."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comptoir.people.models.persons import Language
from comptoir.ui import languages


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

    @property
    def of_access(self) -> str:
        """The reason kept with access that ended because its office did."""
        return f"office: {self.value}"


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
