"""What team leads are told of a crisis line that is to end: how many days are left, and where to go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy, override

from comptoir.enquiries.models import CrisisLine
from comptoir.enquiries.queries import readers
from comptoir.notices.kinds import Kind, Reader
from comptoir.notices.models import Notice
from comptoir.ui import clock

SUNSET_NEAR = "enquiries.sunset_near"


def _near(notice: Notice) -> Mapping[str, Any] | None:
    """True while the line is open and ends on the day it was told for."""
    found = CrisisLine.objects.open().select_related("line").filter(pk=notice.subject_id).first()
    if found is None or found.sunset_on.toordinal() != notice.version:
        return None
    today = clock.service_date(notice.send_after)
    with override(notice.language):
        link = settings.ADDRESS + reverse("enquiries:crisis-line", args=[found.line.code])
    return {
        "days": max(0, (found.sunset_on - today).days),
        "link": link,
        "is_drill": found.line.is_drill,
    }


def _leads(notice: Notice, now: datetime) -> list[Reader]:
    return readers.team_leads(now)


KINDS = (
    Kind(
        SUNSET_NEAR,
        "enquiries/notices/sunset_near",
        _near,
        readers=_leads,
        label=gettext_lazy("A crisis line is to end soon"),
    ),
)
