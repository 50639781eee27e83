"""Values that stand in addresses and buttons: anybody can type anything there."""

from __future__ import annotations

import re
from datetime import date

YEARS = range(2000, 2200)
"""Beyond them a day has no neighbours to convert it with, and nothing was ever on offer."""

NUMBER = re.compile(r"[0-9]{1,18}")
"""What a database row can be numbered with; `str.isdigit` would let ² pass, which is no number."""


def number(text: str) -> int | None:
    """The whole number written there in plain digits, or None."""
    return int(text) if NUMBER.fullmatch(text) else None


class ServiceDateConverter:
    """A date as 2026-11-18; what is no date, or of another age, does not exist."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """Raises ValueError, by which Django knows that the address leads nowhere."""
        found = date.fromisoformat(value)
        if found.year not in YEARS:
            raise ValueError(value)
        return found

    def to_url(self, value: date) -> str:
        return value.isoformat()
