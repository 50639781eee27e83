"""How a visitor signs in as one of the cast: the words, and the one-time code of the moment."""

from __future__ import annotations

import base64
import hmac
import struct
from datetime import datetime, timedelta

from comptoir.demonstration.people import CAST, SECOND_FACTOR, Part
from comptoir.people.models import STAFF_ROLES, Role

PERIOD = timedelta(seconds=30)

TITLES = {
    Role.DELEGATE: "Delegate",
    Role.OFFICE_MANAGER: "Office manager",
    Role.PROFESSIONAL: "Professional",
    Role.AGENT: "Agent",
    Role.TEAM_LEAD: "Team lead",
    Role.POLICY_OWNER: "Policy owner",
    Role.AUDITOR: "Auditor",
    Role.PRIVACY_OFFICER: "Privacy officer",
    Role.ADMINISTRATOR: "Administrator",
}


def code(at: datetime) -> str:
    """The second factor of the whole cast at this moment (RFC 6238, six digits)."""
    counter = struct.pack(">Q", int(at.timestamp()) // int(PERIOD.total_seconds()))
    digest = hmac.digest(base64.b32decode(SECOND_FACTOR), counter, "sha1")
    offset = digest[-1] & 0x0F
    value = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return f"{value % 10**6:06}"


def instructions(address: str) -> str:
    """What to print: where, who, and how the two steps of signing in go."""
    lines = [
        f"Comptoir's demonstration: {address}",
        "",
        "Sign in with an address below. The code that is mailed to it can be read at",
        f"{address}/en/outbox/ (nothing leaves this machine).",
        "",
        *(_line(part) for part in CAST),
        "",
        "The centre's staff are then asked for a second factor. `comptoir demo code` prints the",
        f"code of the moment; an authenticator takes the secret {SECOND_FACTOR}.",
        "`comptoir demo people` prints this again.",
    ]
    return "\n".join(lines)


def _line(part: Part) -> str:
    language = "French" if part.language == "fr" else "English"
    second = "code + second factor" if part.role in STAFF_ROLES else "code"
    return f"  {TITLES[part.role]:<15} {part.email:<38} {language:<8} {second}"
