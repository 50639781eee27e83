"""One page of the sweep: its address, who sees it, and how a browser gets there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.browser.visiting import Visitor
from tests.browser.world import World

Arguments = Callable[[World], tuple[Any, ...]]


def none(world: World) -> tuple[Any, ...]:
    """A page without arguments."""
    return ()


@dataclass(frozen=True, slots=True)
class Visit:
    """One page in one state. `arrive` gets there where an address alone does not; `leave` tidies up.

    `same_title`: in both languages, being a proper name, somebody's own words, or like "Absences".
    """

    name: str
    who: str
    arguments: Arguments = none
    query: dict[str, str] | None = None
    state: str = ""
    status: int = 200
    same_title: bool = False
    arrive: Callable[[Visitor, World], None] | None = None
    leave: Callable[[World], None] | None = None

    def __str__(self) -> str:
        return "-".join(filter(None, (self.name.replace(":", "."), self.state, self.who))).replace(
            " ", "_"
        )

    def path(self, visitor: Visitor, world: World) -> str:
        """The address in the visitor's language."""
        query = f"?{urlencode(self.query)}" if self.query else ""
        return visitor.address(self.name, *self.arguments(world)) + query
