"""How soon what is beside the answer is dealt with: matters handed on, documents to file."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.models.lines import Unit
from comptoir.people.models import Person


class Handled(models.TextChoices):
    """What has a target of its own, whatever the line. A threat to life has none: it is due at once."""

    URGENT = "urgent", _("Urgent")
    HIGH_PROFILE = "high_profile", _("High profile")
    SENSITIVE = "sensitive", _("Sensitive")
    BREACH = "breach", _("Privacy breach")
    DOCUMENT = "document", _("Document to file")


class HandlingTarget(models.Model):
    """How soon it is dealt with, from a date on: the last that began holds. Never edited."""

    what = models.CharField(max_length=15, choices=Handled)
    valid_from = models.DateField()
    unit = models.CharField(max_length=5, choices=Unit)
    amount = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200, help_text="Whose value it is.")
    created_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["what", "valid_from"], name="handling_target_one_a_day"
            ),
            models.CheckConstraint(condition=Q(amount__gte=1), name="handling_target_positive"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.what}: {self.amount} {self.unit} from {self.valid_from}"
