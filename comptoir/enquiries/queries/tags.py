"""The centre's list of tags, and how often each was put on."""

from __future__ import annotations

from django.db.models import BigIntegerField, Count, Q, QuerySet

from comptoir.enquiries.models import Tag


def listed() -> QuerySet[Tag]:
    """Those to choose from, then the retired; `worn` counts enquiries, but none that is restricted."""
    worn = Count(
        "enquiries",
        filter=Q(enquiries__is_restricted=False),
        output_field=BigIntegerField(),
    )
    return Tag.objects.annotate(worn=worn).order_by("-is_given", "code")
