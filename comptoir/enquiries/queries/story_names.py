"""Names in the place of the codes and keys that stand in the trail of this room."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from comptoir.audit.models import Event
from comptoir.enquiries.models import Enquiry, Line, Tag
from comptoir.enquiries.queries import gate_words
from comptoir.people.models import Person

Names = dict[Any, str]


def _lines(codes: set[Any]) -> Names:
    return {line.code: line.name for line in Line.objects.filter(code__in=codes)}


def _tags(codes: set[Any]) -> Names:
    return {tag.code: tag.name for tag in Tag.objects.filter(code__in=codes)}


def _people(keys: set[Any]) -> Names:
    return dict(Person.objects.filter(pk__in=keys).values_list("pk", "name"))


def _enquiries(keys: set[Any]) -> Names:
    """By their references; of what is restricted none is named."""
    found = Enquiry.objects.unrestricted().filter(pk__in=keys)
    return dict(found.values_list("pk", "reference"))


Look = Callable[[set[Any]], Names]

OF_NAME: dict[str, Look] = {"line": _lines, "person": _people, "tag": _tags}
"""What stands under these names, whatever was done."""

ENDS: dict[str, Look] = {
    "enquiry.copied": _enquiries,
    "enquiry.joined": _enquiries,
    "enquiry.parted": _enquiries,
    "enquiry.split": _enquiries,
    "enquiry.transferred": _lines,
}
"""What stands under "from" and "to", by the code of what was done."""

BY_CODE = (_lines, _tags)
"""Found by a code, which says something to people where no name is known; a key says nothing."""


def named(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Their details with names; a key that leads to nothing which may be named is left out."""
    wanted: dict[Look, set[Any]] = {}
    for event in events:
        for name, value in event.detail.items():
            if look := _look(event, name):
                wanted.setdefault(look, set()).add(value)
    known = {look: look(keys) for look, keys in wanted.items()}
    return [dict(_named(event, known)) for event in events]


def _look(event: Event, name: str) -> Look | None:
    return ENDS.get(event.action) if name in ("from", "to") else OF_NAME.get(name)


def _named(event: Event, known: Mapping[Look, Names]) -> Iterator[tuple[str, Any]]:
    for name, value in event.detail.items():
        look = _look(event, name)
        if look is not None and value in known[look]:
            yield name, known[look][value]
        elif name == "basis" and value == "override":
            yield name, str(gate_words.BY_TWO)
        elif look is None or look in BY_CODE:
            yield name, value
