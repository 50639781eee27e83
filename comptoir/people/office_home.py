"""Where an office begins its work: a page of the room upstairs, which names its address."""

from __future__ import annotations

from django.urls import reverse

from comptoir.people.models import Office

_pages: list[str] = []


def register(page: str) -> None:
    """Name the page that is an office's home; it is found by the office's reference."""
    _pages[:] = [page]


def address_of(office: Office) -> str:
    """The home of this office in the language of the page; empty if no room has named one."""
    return reverse(_pages[0], args=[office.reference]) if _pages else ""
