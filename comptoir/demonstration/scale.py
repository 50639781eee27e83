"""How large the demonstration world is: as the seeds say, or small for tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """The numbers the world is made from.

    `delegates` are shared out by how much an office asks; every office has a manager besides.
    A professional in full time offers 26 quarter hours a day, one in part time 12.
    """

    members: int
    senators: int
    delegates: int
    full_time: int
    part_time: int
    weeks: int
    enquiries: int
    agents: int

    @property
    def offices(self) -> int:
        """How many offices there are."""
        return self.members + self.senators

    @property
    def quanta_a_day(self) -> int:
        """What the weekly patterns offer on each business day."""
        return 26 * self.full_time + 12 * self.part_time


FULL = Scale(
    members=343,
    senators=105,
    delegates=1100,
    full_time=28,
    part_time=6,
    weeks=8,
    enquiries=400,
    agents=12,
)
"""448 offices, 34 professionals and 800 quarter hours (200 hours) a day."""

SMALL = Scale(
    members=12, senators=4, delegates=30, full_time=3, part_time=1, weeks=2, enquiries=60, agents=3
)
"""The same world for a test: seconds become tenths."""
