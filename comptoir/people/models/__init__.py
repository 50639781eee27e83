"""People, the roles they hold and the offices they act for.

A person never loses a row: access is a `Grant` with a beginning, a grantor and an end, and an
office that closes keeps everything that happened under it.
"""

from comptoir.people.models.access import (
    OFFICE_ROLES,
    STAFF_ROLES,
    Grant,
    GrantQuerySet,
    Invitation,
    InvitationQuerySet,
    Role,
)
from comptoir.people.models.offices import (
    Chamber,
    District,
    Office,
    OfficeAddress,
    OfficeEnd,
    OfficeQuerySet,
    OfficeStatus,
    OfficeTelephone,
    Province,
)
from comptoir.people.models.persons import (
    Language,
    Person,
    PersonManager,
    Session,
    person_named,
    sort_key,
)

__all__ = [
    "Chamber",
    "District",
    "Grant",
    "GrantQuerySet",
    "Invitation",
    "InvitationQuerySet",
    "Language",
    "OFFICE_ROLES",
    "Office",
    "OfficeAddress",
    "OfficeEnd",
    "OfficeQuerySet",
    "OfficeStatus",
    "OfficeTelephone",
    "Person",
    "PersonManager",
    "Province",
    "Role",
    "STAFF_ROLES",
    "Session",
    "person_named",
    "sort_key",
]
