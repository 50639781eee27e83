"""A folder in which a mail server drops mail (maildir): from new/ to cur/ once it is on record."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from comptoir.enquiries.gateway.imap import KEPT_OF_HUGE, Lying
from comptoir.enquiries.mail_bounds import LARGEST

SEEN = ":2,S"
"""What a maildir's reader appends to the name of a file that was read."""


class NoMaildir(Exception):
    """The folder has no new/ or no cur/."""


@dataclass(frozen=True, slots=True)
class Maildir:
    """A maildir. Its server writes in tmp/ and moves whole files to new/, so those are complete."""

    folder: Path

    def check(self) -> None:
        """Raises NoMaildir."""
        for name in ("new", "cur"):
            if not (self.folder / name).is_dir():
                raise NoMaildir(f"{self.folder} has no folder {name}")

    def places(self) -> Iterator[str]:
        """The names of new files, the oldest first: names begin with the time."""
        yield from sorted(
            entry.name for entry in os.scandir(self.folder / "new") if entry.is_file()
        )

    def read(self, place: str) -> Lying | None:
        """One of them; None if somebody took it away."""
        with suppress(FileNotFoundError), (self.folder / "new" / place).open("rb") as file:
            facts = os.fstat(file.fileno())
            raw = file.read(LARGEST if facts.st_size <= LARGEST else KEPT_OF_HUGE)
            return Lying(place, datetime.fromtimestamp(facts.st_mtime, UTC), facts.st_size, raw)
        return None

    def put_away(self, place: str) -> None:
        """To cur/, as read."""
        with suppress(FileNotFoundError):
            (self.folder / "new" / place).rename(self.folder / "cur" / (place + SEEN))
