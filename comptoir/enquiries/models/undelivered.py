"""Texts of ours that left as a mail and did not arrive, and what was done so that they do."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.models.enquiries import Tier
from comptoir.enquiries.models.mail import OutboundMail
from comptoir.people.models import Person


class Remedy(models.TextChoices):
    """What was done about a mail that did not arrive."""

    TELEPHONE = "telephone", _("Told by telephone")
    LETTER = "letter", _("Sent by letter")
    AGAIN = "again", _("Sent again")
    ANEW = "anew", _("A new answer was written")
    OTHERWISE = "otherwise", _("Reached in another way")


class UndeliveredQuerySet(models.QuerySet["Undelivered"]):
    """Filters over what did not arrive."""

    def unhandled(self) -> UndeliveredQuerySet:
        return self.filter(handled_at=None)

    def handled(self) -> UndeliveredQuerySet:
        return self.filter(handled_at__isnull=False)


class Undelivered(models.Model):
    """One mail of ours of which a server said that it does not arrive. It is open until somebody has said
    what was done.
    """

    outbound = models.OneToOneField(
        OutboundMail, on_delete=models.PROTECT, related_name="undelivered"
    )
    at = models.DateTimeField(help_text="When that was known.")
    code = models.CharField(max_length=20, blank=True, help_text="Such as 5.1.1, or 550.")
    tier = models.PositiveSmallIntegerField(
        choices=Tier, null=True, help_text="Under which the enquiry was closed with this text."
    )
    handled_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=10, choices=Remedy, blank=True)
    again = models.OneToOneField(
        OutboundMail,
        null=True,
        on_delete=models.PROTECT,
        related_name="instead_of",
        help_text="The same text, sent once more.",
    )

    objects = UndeliveredQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(handled_at=None, handled_by=None, how="")
                | (Q(handled_at__isnull=False, handled_by__isnull=False) & ~Q(how="")),
                name="undelivered_handled_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(how="again", again__isnull=False) | (~Q(how="again") & Q(again=None)),
                name="undelivered_again_names_the_mail",
            ),
        ]
        indexes = [
            models.Index(
                fields=["at", "id"], condition=Q(handled_at=None), name="undelivered_open"
            ),
            models.Index(fields=["at", "id"], name="undelivered_by_age"),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.outbound_id} {self.code} {self.how or 'open'}"
