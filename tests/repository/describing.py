"""How a room says what its addresses lead to, so that one test can prove who may follow them.

A room with arguments in its addresses has a module `tests/<room>/addresses.py` with

    FOREIGN   address name -> Foreign(make): an object that the asking person may not reach
    PUBLIC    address name -> arguments that lead to nothing, for addresses anybody may open
    SHARED    address name -> arguments that are nobody's, such as a date

`tests/repository/test_addresses.py` fails on an address with arguments that nobody described.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

import tests
from comptoir.people.models import Role


@dataclass(frozen=True, slots=True)
class Foreign:
    """An object of somebody else: `make` saves one and returns the address's arguments.

    `roles` are those for whom it is somebody else's; for the other roles the address allows, the test
    asks for an object that does not exist. None: all of them.
    """

    make: Callable[[], dict[str, Any]]
    roles: tuple[Role, ...] | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """One line of the address table."""

    name: str
    view: Callable[..., Any]
    arguments: dict[str, type]

    @property
    def allowed(self) -> Any:
        """What the view declared: "public", "signed in" or a set of roles; None if it did not."""
        return getattr(self.view, "allowed", None)

    def is_for(self, role: Role) -> bool:
        """Whether somebody with only this role may open it."""
        return self.allowed == "signed in" or (
            isinstance(self.allowed, frozenset) and role in self.allowed
        )

    def absent(self) -> dict[str, Any]:
        """Arguments that lead to nothing, or to nothing that is anybody's."""
        return SHARED.get(self.name) or {
            name: 999_999_999 if kind is int else "no-such-thing"
            for name, kind in self.arguments.items()
        }


def table() -> list[Address]:
    """Every address of the product."""
    return list(_walk(get_resolver().url_patterns, "", {}))


def _walk(patterns: Any, namespace: str, arguments: dict[str, type]) -> Iterator[Address]:
    for pattern in patterns:
        found = arguments | _arguments_of(pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner, found)
        elif isinstance(pattern, URLPattern):
            name = f"{namespace}{pattern.name}" if pattern.name else f"(unnamed) {pattern.pattern}"
            yield Address(name, pattern.callback, found)


def _arguments_of(pattern: URLPattern | URLResolver) -> dict[str, type]:
    converters: dict[str, Any] = getattr(pattern.pattern, "converters", {})
    return {
        name: int if type(converter).__name__ == "IntConverter" else str
        for name, converter in converters.items()
    }


def _said_by_rooms(what: str) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for room in pkgutil.iter_modules(tests.__path__):
        try:
            module = importlib.import_module(f"tests.{room.name}.addresses")
        except ModuleNotFoundError as missing:
            if not f"tests.{room.name}.addresses".startswith(missing.name or "-"):
                raise
            continue
        said |= getattr(module, what, {})
    return said


FOREIGN: dict[str, Foreign] = _said_by_rooms("FOREIGN")
PUBLIC: dict[str, dict[str, Any]] = _said_by_rooms("PUBLIC")
SHARED: dict[str, dict[str, Any]] = _said_by_rooms("SHARED")
