"""Texts with variables: `{name}` in the English and the French of one text, filled in before it is sent.

Nothing else has a meaning between braces: no attribute, index or format can be asked for, so that a
text can say no more than the values it is given.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from enum import StrEnum

_VARIABLE = re.compile(r"\{([a-z_]{1,30})\}")
_BRACE = re.compile(r"[{}]")


class Fault(StrEnum):
    """Why a pair of bodies cannot be a text."""

    EMPTY = "empty"
    STRAY_BRACE = "stray_brace"
    UNKNOWN = "unknown"
    NOT_THE_SAME = "not_the_same"


class MissingValue(ValueError):
    """A variable of the text has no value: the text cannot be sent as it is."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def variables(body: str) -> frozenset[str]:
    """The names between braces."""
    return frozenset(_VARIABLE.findall(body))


def faults(english: str, french: str, known: Collection[str]) -> list[Fault]:
    """What is wrong with the pair; nothing if both say the same variables, all of them known."""
    found = []
    if not english.strip() or not french.strip():
        found.append(Fault.EMPTY)
    if any(_BRACE.search(_VARIABLE.sub("", body)) for body in (english, french)):
        found.append(Fault.STRAY_BRACE)
    if (variables(english) | variables(french)) - set(known):
        found.append(Fault.UNKNOWN)
    if variables(english) != variables(french):
        found.append(Fault.NOT_THE_SAME)
    return found


def filled(body: str, values: Mapping[str, str]) -> str:
    """The body with every variable replaced once; what a value holds is not read again.

    Raises MissingValue.
    """

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if not values.get(name):
            raise MissingValue(name)
        return values[name]

    return _VARIABLE.sub(value, body)
