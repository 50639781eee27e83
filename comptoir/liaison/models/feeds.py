"""Secret addresses at which calendar programs read."""

from __future__ import annotations

from django.db import models

from comptoir.people.models import Office, Person


class CalendarFeed(models.Model):
    """A secret address at which a calendar program reads an office's appointments.

    Only a hash of the secret is kept. The feed carries time, length, reference and link.
    """

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="feeds")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="feeds")
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.office} {self.created_at:%Y-%m-%d}"
