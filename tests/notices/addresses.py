"""The addresses of the notices room: letters of the demonstration, which anybody may read there."""

from __future__ import annotations

from typing import Any

PUBLIC: dict[str, dict[str, Any]] = {
    "notices:letter": {"name": "no-such-letter"},
    "notices:calendar-file": {"name": "no-such-letter"},
}
