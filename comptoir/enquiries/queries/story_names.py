"""Names in the place of the codes and keys that stand in the trail of this room."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from comptoir.enquiries.models import Enquiry, Line, Tag
from comptoir.enquiries.queries import gate_words
from comptoir.people.models import Person

Detail = Mapping[str, Any]
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


OF_KIND: dict[tuple[str, type], Callable[[set[Any]], Names]] = {
    ("line", str): _lines,
    ("from", str): _lines,
    ("to", str): _lines,
    ("from", int): _enquiries,
    ("to", int): _enquiries,
    ("person", int): _people,
    ("tag", str): _tags,
}
"""What a value of this name and type is a code or a key of."""


def named(details: Sequence[Detail]) -> list[dict[str, Any]]:
    """The details with names; a key that leads to nothing which may be named is left out."""
    wanted: dict[Callable[[set[Any]], Names], set[Any]] = {}
    for detail in details:
        for name, value in detail.items():
            if look := OF_KIND.get((name, type(value))):
                wanted.setdefault(look, set()).add(value)
    known = {look: look(keys) for look, keys in wanted.items()}
    return [dict(_named(detail, known)) for detail in details]


def _named(
    detail: Detail, known: Mapping[Callable[[set[Any]], Names], Names]
) -> Iterator[tuple[str, Any]]:
    for name, value in detail.items():
        look = OF_KIND.get((name, type(value)))
        if look is not None and value in known[look]:
            yield name, known[look][value]
        elif name == "basis" and value == "override":
            yield name, str(gate_words.BY_TWO)
        elif look is None or isinstance(value, str):
            yield name, value
