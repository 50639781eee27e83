"""The codes by which somebody who asked shows that they read the mailbox the enquiry names."""

from __future__ import annotations

import uuid

from django.db import models

from comptoir.enquiries.models.enquiries import Enquiry


class FollowCode(models.Model):
    """One code, on its way or used. Its key lies in the session of the browser that asked for it.

    There is a row for whoever asks: where reference and address do not belong together it names no
    enquiry, and no code fits it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    enquiry = models.ForeignKey(
        Enquiry, null=True, on_delete=models.CASCADE, related_name="follow_codes"
    )
    digest = models.CharField(max_length=64, help_text="Of the code, never the code itself.")
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="follow_code_expiry")]

    def __str__(self) -> str:
        return str(self.pk)
