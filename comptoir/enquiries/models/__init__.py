"""Data of the single window: lines and their promises, enquiries and their texts, clocks, agents."""

from comptoir.enquiries.models.agents import (
    Agent,
)
from comptoir.enquiries.models.clocks import (
    Clock,
    ClockEvent,
    ClockHappening,
    ClockQuerySet,
    Pause,
)
from comptoir.enquiries.models.enquiries import (
    LINE_OF_BUSINESS_DIGITS,
    OPEN_STATES,
    AskerKind,
    Channel,
    Direction,
    Enquiry,
    EnquiryQuerySet,
    Message,
    Priority,
    State,
    Tier,
    Topic,
)
from comptoir.enquiries.models.following import (
    FollowCode,
)
from comptoir.enquiries.models.lines import (
    Line,
    LineKind,
    Promise,
    ServiceTarget,
    Unit,
    WorkingHours,
)

__all__ = [
    "Agent",
    "AskerKind",
    "Channel",
    "Clock",
    "ClockEvent",
    "ClockHappening",
    "ClockQuerySet",
    "Direction",
    "Enquiry",
    "EnquiryQuerySet",
    "FollowCode",
    "LINE_OF_BUSINESS_DIGITS",
    "Line",
    "LineKind",
    "Message",
    "OPEN_STATES",
    "Pause",
    "Priority",
    "Promise",
    "ServiceTarget",
    "State",
    "Tier",
    "Topic",
    "Unit",
    "WorkingHours",
]
