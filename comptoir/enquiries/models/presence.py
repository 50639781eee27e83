"""Who has an enquiry's page open at this moment."""

from __future__ import annotations

from django.db import models

from comptoir.enquiries.models.enquiries import Enquiry
from comptoir.people.models import Person


class Presence(models.Model):
    """One person before one enquiry's page; gone when they leave, or were not seen for a minute."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="presences")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    last_seen = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enquiry", "person"], name="presence_once_each")
        ]
        indexes = [models.Index(fields=["last_seen"], name="presence_last_seen")]

    def __str__(self) -> str:
        return f"{self.person} {self.enquiry}"
