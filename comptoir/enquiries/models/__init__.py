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
from comptoir.enquiries.models.documents import (
    LEAST_IDENTIFIERS,
    ConsentHow,
    Document,
    DocumentContent,
    DocumentKind,
    DocumentQuerySet,
    Identifier,
    Scan,
    UndoWhy,
    WhyNotScanned,
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
from comptoir.enquiries.models.gates import (
    Authorization,
    AuthorizationQuerySet,
    Capacity,
    Confirmation,
    GateOverride,
    GateOverrideQuerySet,
    Piece,
)
from comptoir.enquiries.models.handling import (
    Handled,
    HandlingTarget,
)
from comptoir.enquiries.models.kinship import (
    Descent,
    Joining,
    Origin,
)
from comptoir.enquiries.models.lines import (
    Line,
    LineKind,
    LineQuerySet,
    Promise,
    ServiceTarget,
    Unit,
    WorkingHours,
)
from comptoir.enquiries.models.presence import (
    Presence,
)
from comptoir.enquiries.models.referrals import (
    RESTRICTED_KINDS,
    Breach,
    Named,
    Opening,
    Referral,
    ReferralKind,
    ReferralOutcome,
    ReferralQuerySet,
)
from comptoir.enquiries.models.tags import (
    Tag,
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
    "Authorization",
    "AuthorizationQuerySet",
    "Breach",
    "Capacity",
    "Channel",
    "Clock",
    "ClockEvent",
    "ClockHappening",
    "ClockQuerySet",
    "Confirmation",
    "ConsentHow",
    "Descent",
    "Direction",
    "Document",
    "DocumentContent",
    "DocumentKind",
    "DocumentQuerySet",
    "Enquiry",
    "EnquiryQuerySet",
    "FollowCode",
    "GateOverride",
    "GateOverrideQuerySet",
    "Handled",
    "HandlingTarget",
    "Identifier",
    "Joining",
    "LEAST_IDENTIFIERS",
    "LINE_OF_BUSINESS_DIGITS",
    "Line",
    "LineKind",
    "LineQuerySet",
    "Message",
    "Named",
    "OPEN_STATES",
    "Opening",
    "Origin",
    "Pause",
    "Piece",
    "Presence",
    "Priority",
    "Promise",
    "RESTRICTED_KINDS",
    "Referral",
    "ReferralKind",
    "ReferralOutcome",
    "ReferralQuerySet",
    "Scan",
    "ServiceTarget",
    "State",
    "Tag",
    "Text",
    "TextKind",
    "TextUse",
    "TextVersion",
    "TextVersionQuerySet",
    "Tier",
    "Topic",
    "UndoWhy",
    "Unit",
    "WhyNotScanned",
    "WorkingHours",
]
