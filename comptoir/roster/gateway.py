"""What the roster's pages ask of the room that books, which stands above and registers its answers.

Without it nothing is booked, and every page still works. Publishing never asks: it needs no bookings.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse


@dataclass(frozen=True, slots=True)
class Bookings:
    """`booked`: ids of hours on offer to the masks that are taken of them (those with none left out).

    `booked_on` counts the appointments of a day that would need another place were it closed.
    `affected_page` names the address that lists what an absence leaves without a professional,
    `unattended_page` the one that lists what a published day has booked and nobody works any more,
    `hand_over_page` the one that gives what a professional still has to do to a colleague.
    """

    booked: Callable[[Collection[int]], Mapping[int, int]]
    booked_on: Callable[[date], int]
    affected_page: str = ""
    unattended_page: str = ""
    hand_over_page: str = ""


_registered: list[Bookings] = []


def register(bookings: Bookings) -> None:
    """Answer for bookings from now on; called once by the room above, when it starts."""
    _registered[:] = [bookings]


def booked(hours: Collection[int]) -> Mapping[int, int]:
    """The mask of what is booked of each of these hours on offer."""
    return _registered[0].booked(hours) if _registered and hours else {}


def booked_on(on: date) -> int:
    """How many appointments a day would leave without a place were it closed."""
    return _registered[0].booked_on(on) if _registered else 0


def affected_url(absence: int) -> str:
    """Where to rebook the appointments of an absence; empty if nobody does that here."""
    page = _registered[0].affected_page if _registered else ""
    return reverse(page, args=[absence]) if page else ""


def unattended_url(on: date) -> str:
    """Where to rebook what a published day has booked and not worked; empty if nobody does that here."""
    page = _registered[0].unattended_page if _registered else ""
    return reverse(page, args=[on]) if page else ""


def hand_over_url(professional: int) -> str:
    """Where a colleague is given what this professional still has to do; empty if nowhere here."""
    page = _registered[0].hand_over_page if _registered else ""
    return reverse(page, args=[professional]) if page else ""
