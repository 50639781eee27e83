"""Appointments, the claims that make a double booking impossible to write down, and why each was decided.

Nothing here is deleted when an appointment ends: its claims go, the row and its events stay.
"""

from comptoir.liaison.models.appointments import (
    CENTRE_REASONS,
    LIVE_STATUSES,
    MOVE_REASONS,
    OFFICE_REASONS,
    UNFINISHED_STATUSES,
    Appointment,
    AppointmentEvent,
    AppointmentQuerySet,
    Claim,
    Happening,
    Hold,
    Mode,
    PendingCharge,
    Reason,
    Status,
)
from comptoir.liaison.models.cases import (
    BASELESS_OUTCOMES,
    FOLLOWED_OUTCOMES,
    SHIPPED_SOURCE,
    SILENT_OUTCOMES,
    CaseLine,
    FollowUp,
    FollowUpTarget,
    LegalBasis,
    Outcome,
)
from comptoir.liaison.models.feeds import (
    CalendarFeed,
)
from comptoir.liaison.models.searching import (
    Search,
)
from comptoir.liaison.models.sharing import (
    Allowance,
    Apportionment,
    Decision,
    OfficeWeek,
    Policy,
    Side,
    seven_noes,
    seven_zeros,
)

__all__ = [
    "Allowance",
    "Appointment",
    "AppointmentEvent",
    "AppointmentQuerySet",
    "Apportionment",
    "BASELESS_OUTCOMES",
    "CENTRE_REASONS",
    "CalendarFeed",
    "CaseLine",
    "Claim",
    "Decision",
    "FOLLOWED_OUTCOMES",
    "FollowUp",
    "FollowUpTarget",
    "Happening",
    "Hold",
    "LIVE_STATUSES",
    "LegalBasis",
    "Mode",
    "MOVE_REASONS",
    "OFFICE_REASONS",
    "OfficeWeek",
    "Outcome",
    "PendingCharge",
    "Policy",
    "Reason",
    "SHIPPED_SOURCE",
    "SILENT_OUTCOMES",
    "Search",
    "Side",
    "Status",
    "UNFINISHED_STATUSES",
    "seven_noes",
    "seven_zeros",
]
