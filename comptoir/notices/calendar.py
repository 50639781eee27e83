"""Calendar files (RFC 5545, sent as RFC 5546 says): one identity per appointment, a rising sequence.

Instants are written in UTC, never with a VTIMEZONE. An appointment is one instant; every calendar
program shows an instant in its reader's own zone. A zone by name would be read with the rules of the
reader's machine, which may be older than ours: in December 2026 such a machine puts 11:00 in Vancouver
an hour away from the true moment. In UTC the moment is right even there.

A file says a time, a length, a reference and a link: no case, no person but its reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One appointment as a calendar sees it. `sequence` rises with every change its reader is told."""

    uid: UUID
    sequence: int
    starts_at: datetime
    ends_at: datetime
    reference: str
    link: str
    cancelled: bool = False
