"""The main menu: each room registers its entries once, a page shows those its reader may follow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the menu. `roles` are the role codes it is for; `order` its place, lowest first.

    It is current on its own address and what lies below it, and below `also`: paths after the
    language, such as "/offices/".
    """

    label: str | Promise
    url_name: str
    roles: frozenset[str]
    order: int
    also: tuple[str, ...] = ()


_entries: dict[str, Entry] = {}


def register(entry: Entry) -> None:
    """Put an entry in the menu; called once by a room's `AppConfig.ready`."""
    _entries[entry.url_name] = entry


def entries_for(roles: Iterable[str]) -> list[Entry]:
    """The entries for somebody with these roles, in the order of the menu; the first is their home."""
    held = frozenset(roles)
    return sorted(
        (e for e in _entries.values() if e.roles & held), key=lambda e: (e.order, e.url_name)
    )


def menu(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `navigation`, the entries of the signed-in person, each with `current`."""
    standing = getattr(request, "standing", None)
    if standing is None:
        return {"navigation": []}
    language = "/" + request.path.split("/")[1]
    items = []
    for entry in entries_for(standing.roles):
        url = reverse(entry.url_name)
        places = (url, *(language + path for path in entry.also))
        items.append({"label": entry.label, "url": url, "current": request.path.startswith(places)})
    return {"navigation": items}
