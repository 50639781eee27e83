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
from comptoir.enquiries.models.kinship import (
    Descent,
    Joining,
    Origin,
)
from comptoir.enquiries.models.lines import (
    Line,
    LineKind,
    Promise,
    ServiceTarget,
    Unit,
    WorkingHours,
)
from comptoir.enquiries.models.presence import (
    Presence,
)
from comptoir.enquiries.models.tags import (
    Tag,
)

__all__ = [
    "Agent",
    "AskerKind",
    "Channel",
    "Clock",
    "ClockEvent",
    "ClockHappening",
    "ClockQuerySet",
    "Descent",
    "Direction",
    "Enquiry",
    "EnquiryQuerySet",
    "Joining",
    "LINE_OF_BUSINESS_DIGITS",
    "Line",
    "LineKind",
    "Message",
    "OPEN_STATES",
    "Origin",
    "Pause",
    "Presence",
    "Priority",
    "Promise",
    "ServiceTarget",
    "State",
    "Tag",
    "Tier",
    "Topic",
    "Unit",
    "WorkingHours",
]
