"""What a mail server means by the code with which it refuses a mail (RFC 3463, RFC 5321).

code_in(text) -> str        the code in what a server said: "5.1.1", else "550", else nothing
understood(code) -> Said    what kind of trouble it is, and whether it may pass
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_ENHANCED = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<!\d)([45]\d\d)(?!\d)")


class Trouble(StrEnum):
    """Why a mail does not arrive."""

    UNKNOWN = "unknown"
    FULL = "full"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Said:
    """The kind of trouble. Only what a server called permanent is."""

    trouble: Trouble
    is_permanent: bool


_BY_SUBJECT_AND_DETAIL = {
    "2.2": Trouble.FULL,
    "2.3": Trouble.REFUSED,
    "1.7": Trouble.REFUSED,
    "1.8": Trouble.REFUSED,
    "3.1": Trouble.FULL,
    "4.6": Trouble.OTHER,
}
_BY_SUBJECT = {
    "1": Trouble.UNKNOWN,
    "2": Trouble.UNKNOWN,
    "4": Trouble.UNREACHABLE,
    "5": Trouble.REFUSED,
    "6": Trouble.REFUSED,
    "7": Trouble.REFUSED,
}
_BY_REPLY = {
    "421": Trouble.UNREACHABLE,
    "450": Trouble.OTHER,
    "452": Trouble.FULL,
    "550": Trouble.UNKNOWN,
    "551": Trouble.UNKNOWN,
    "552": Trouble.FULL,
    "553": Trouble.UNKNOWN,
    "554": Trouble.REFUSED,
}


def code_in(text: str) -> str:
    """The first enhanced code, else the first reply code; nothing if it has none."""
    found = _ENHANCED.search(text) or _REPLY.search(text)
    return found[1] if found else ""


def understood(code: str) -> Said:
    """What the code means; one that says nothing says neither why nor that it is for good."""
    found = code_in(code)
    kind, _, rest = found.partition(".")
    trouble = _BY_SUBJECT_AND_DETAIL.get(rest) or _BY_SUBJECT.get(rest.partition(".")[0])
    return Said(trouble or _BY_REPLY.get(kind, Trouble.OTHER), found.startswith("5"))
