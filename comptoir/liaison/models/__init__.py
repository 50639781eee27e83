"""Appointments, the claims that make a double booking impossible to write down, and why each was decided.

Nothing here is deleted when an appointment ends: its claims go, the row and its events stay.
"""

from comptoir.liaison.models.appointments import (
    LIVE_STATUSES,
    UNFINISHED_STATUSES,
    Appointment,
    AppointmentEvent,
    AppointmentQuerySet,
    Claim,
    Happening,
    Hold,
    Mode,
    PendingCharge,
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
from comptoir.liaison.models.pilots import (
    STOPPING,
    Arm,
    Criterion,
    Design,
    Measure,
    Pilot,
    PilotOffice,
    PilotWeek,
)
from comptoir.liaison.models.policy import (
    Policy,
)
from comptoir.liaison.models.reasons import (
    CENTRE_REASONS,
    MOVE_REASONS,
    OFFICE_REASONS,
    Reason,
    excusing_by_default,
)
from comptoir.liaison.models.reliability import (
    Credit,
    ExcuseCheck,
    PatternFlag,
)
from comptoir.liaison.models.searching import (
    Search,
)
from comptoir.liaison.models.sharing import (
    Allowance,
    Apportionment,
    Decision,
    OfficeWeek,
    Side,
    seven_noes,
    seven_zeros,
)
from comptoir.liaison.models.waiting import (
    PENDING_ANSWERS,
    Answer,
    EntryEnd,
    Offer,
    Opening,
    WaitingEntry,
    WaitingEntryQuerySet,
)

__all__ = [
    "Allowance",
    "Answer",
    "Appointment",
    "AppointmentEvent",
    "AppointmentQuerySet",
    "Apportionment",
    "Arm",
    "BASELESS_OUTCOMES",
    "CENTRE_REASONS",
    "CalendarFeed",
    "CaseLine",
    "Claim",
    "Credit",
    "Criterion",
    "Decision",
    "Design",
    "EntryEnd",
    "ExcuseCheck",
    "FOLLOWED_OUTCOMES",
    "FollowUp",
    "FollowUpTarget",
    "Happening",
    "Hold",
    "LIVE_STATUSES",
    "LegalBasis",
    "Measure",
    "Mode",
    "MOVE_REASONS",
    "OFFICE_REASONS",
    "Offer",
    "OfficeWeek",
    "Opening",
    "Outcome",
    "PENDING_ANSWERS",
    "PatternFlag",
    "PendingCharge",
    "Pilot",
    "PilotOffice",
    "PilotWeek",
    "Policy",
    "Reason",
    "SHIPPED_SOURCE",
    "SILENT_OUTCOMES",
    "STOPPING",
    "Search",
    "Side",
    "Status",
    "UNFINISHED_STATUSES",
    "WaitingEntry",
    "WaitingEntryQuerySet",
    "excusing_by_default",
    "seven_noes",
    "seven_zeros",
]
