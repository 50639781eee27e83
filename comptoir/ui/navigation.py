"""The main menu: each room registers its entries once, a page shows those its reader may follow.

A menu that would be longer than `MOST` has groups: entries of one group share a place, which leads to the
first of them, and stand in a row of their own below the menu while one of them is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOST = 7
"""Places in a menu that anybody takes in at a glance (ours)."""


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that share a place in a long menu, whatever rooms they come from."""

    label: str | Promise


APPOINTMENTS = Group(_("Appointments"))
ENQUIRIES = Group(_("Enquiries"))
SHARING = Group(_("Sharing of time"))
MESSAGES = Group(_("Messages"))


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
    group: Group | None = None


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
    """Context processor: `navigation`, what the signed-in person may follow, each with `current`; of a
    group also `inside`, its entries.
    """
    standing = getattr(request, "standing", None)
    if standing is None:
        return {"navigation": []}
    entries = entries_for(standing.roles)
    if len(entries) <= MOST:
        return {"navigation": [_item(entry, request) for entry in entries]}
    shared: dict[object, list[Entry]] = {}
    for entry in entries:
        shared.setdefault(entry.group or entry, []).append(entry)
    return {"navigation": [_place(each, request) for each in shared.values()]}


def _item(entry: Entry, request: HttpRequest) -> dict[str, Any]:
    language = "/" + request.path.split("/")[1]
    url = reverse(entry.url_name)
    places = (url, *(language + path for path in entry.also))
    return {"label": entry.label, "url": url, "current": request.path.startswith(places)}


def _place(entries: list[Entry], request: HttpRequest) -> dict[str, Any]:
    """One entry as it stands, or several of a group under its name."""
    items = [_item(entry, request) for entry in entries]
    group = entries[0].group
    if len(items) == 1 or group is None:
        return items[0]
    return {
        "label": group.label,
        "url": items[0]["url"],
        "current": any(item["current"] for item in items),
        "inside": items,
    }
