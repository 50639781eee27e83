"""Whom a visitor of the demonstration can sign in as; the room that invents them says who."""

from __future__ import annotations

from collections.abc import Iterable

_cast: list[str] = []


def register(addresses: Iterable[str]) -> None:
    """Name the people of the cast, in the order in which they are shown."""
    _cast[:] = addresses


def cast() -> list[str]:
    """Their addresses."""
    return list(_cast)
