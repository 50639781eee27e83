"""How enquiries belong together: one that is part of another, and one that came out of another."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.models.enquiries import Enquiry, Message, State
from comptoir.people.models import Person


class Joining(models.Model):
    """An enquiry that became part of another, and where it stood before, so that it can be parted."""

    part = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="joinings")
    main = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="+")
    joined_at = models.DateTimeField()
    joined_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, help_text="Before.")
    assignee = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    parted_at = models.DateTimeField(null=True)
    parted_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["part"], condition=Q(parted_at=None), name="joining_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(part=F("main")), name="joining_of_two_different_ones"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} in {self.main}"


class Origin(models.TextChoices):
    """Why an enquiry came out of another."""

    COPY = "copy", _("Copied")
    SPLIT = "split", _("Split off")


class Descent(models.Model):
    """An enquiry that an agent made out of another. Append-only."""

    child = models.OneToOneField(Enquiry, on_delete=models.PROTECT, related_name="descent")
    parent = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="offspring")
    origin = models.CharField(max_length=5, choices=Origin)
    message = models.OneToOneField(
        Message,
        null=True,
        on_delete=models.PROTECT,
        related_name="split_off",
        help_text="The text that was split off.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(origin="split", message__isnull=False) | Q(origin="copy", message=None),
                name="descent_of_a_split_names_its_text",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.child} {self.origin} of {self.parent}"
