"""What the room's notices say, read at the moment they are sent."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise, lazy

from comptoir.notices.models import Notice
from comptoir.people import invitation_links
from comptoir.people.models import Chamber, Grant, Invitation, Office, OfficeStatus, Province, Role
from comptoir.ui import clock


def invitation(notice: Notice) -> dict[str, Any] | None:
    """The words of an invitation; None once it can no longer be accepted.

    A message carries no person's name, so the office is told by its seat and whoever invites by
    what they are; the page that the link opens names both.
    """
    invitations = Invitation.objects.select_related("office__district")
    found = invitations.filter(pk=notice.subject_id).first()
    if found is None or not found.is_open(clock.now()):
        return None
    says = {
        "link": invitation_links.link_to(found, notice.language),
        "role_label": Role(found.role).label,
        "expires_at": found.expires_at,
    }
    if found.office is None:
        return says
    if found.office.status != OfficeStatus.ACTIVE:
        return None
    return says | {
        "office_reference": found.office.reference,
        "place_label": _place(found.office),
        "chamber_label": Chamber(found.office.chamber).label,
        "by_centre": not _by_its_manager(found),
    }


def _place(office: Office) -> str | Promise:
    """The district of a member's office, the province of a senator's: names from lists, never typed."""
    district = office.district
    if district is None:
        return Province(office.province).label
    return lazy(lambda: district.name, str)()


def _by_its_manager(invitation: Invitation) -> bool:
    held = Grant.objects.in_force(invitation.invited_at).filter(
        office=invitation.office, role=Role.OFFICE_MANAGER
    )
    return held.filter(person=invitation.invited_by).exists()
