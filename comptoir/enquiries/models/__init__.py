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
from comptoir.enquiries.models.lines import (
    Line,
    LineKind,
    Promise,
    ServiceTarget,
    Unit,
    WorkingHours,
)
from comptoir.enquiries.models.texts import (
    Text,
    TextKind,
    TextUse,
    TextVersion,
    TextVersionQuerySet,
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
    "Text",
    "TextKind",
    "TextUse",
    "TextVersion",
    "TextVersionQuerySet",
    "Tier",
    "Topic",
    "Unit",
    "WorkingHours",
]
