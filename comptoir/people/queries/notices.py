"""What the room's notices say, read at the moment they are sent."""

from __future__ import annotations

from typing import Any

from comptoir.notices.models import Notice
from comptoir.people import invitation_links
from comptoir.people.models import Invitation, OfficeStatus, Role
from comptoir.ui import clock


def invitation(notice: Notice) -> dict[str, Any] | None:
    """The words of an invitation; None once it can no longer be accepted."""
    found = Invitation.objects.select_related("office").filter(pk=notice.subject_id).first()
    if found is None or not found.is_open(clock.now()):
        return None
    if found.office is not None and found.office.status != OfficeStatus.ACTIVE:
        return None
    return {
        "link": invitation_links.link_to(found),
        "role_label": Role(found.role).label,
        "office_reference": found.office.reference if found.office else None,
        "expires_at": found.expires_at,
    }
