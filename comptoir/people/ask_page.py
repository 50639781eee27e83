"""Where a question is asked: a page of the room upstairs, which names its address."""

from __future__ import annotations

from django.urls import reverse

_pages: list[str] = []


def register(page: str) -> None:
    """Name the page on which anybody asks."""
    _pages[:] = [page]


def address() -> str:
    """That page in the language of the reader; empty if no room has named one."""
    return reverse(_pages[0]) if _pages else ""
