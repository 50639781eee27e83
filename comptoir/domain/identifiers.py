"""Client and application identifiers: checked, put in one form, explained when wrong.

UCI: 8 or 10 digits, written 0000-0000 or 00-0000-0000. Application number: one letter and nine
digits. (Working forms from public guidance; neither carries a published check digit.)
"""

from __future__ import annotations

import re
from enum import StrEnum

_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015.]+")


class Fault(StrEnum):
    """What is wrong with an identifier, for the sentence that explains it."""

    UCI_CHARACTERS = "uci_characters"
    UCI_LENGTH = "uci_length"
    APPLICATION_LETTER = "application_letter"
    APPLICATION_DIGITS = "application_digits"


class BadIdentifier(ValueError):
    """The text cannot be the identifier it is meant to be."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def parse_uci(text: str) -> str:
    """The digits of a UCI, however it was written; raises BadIdentifier."""
    digits = _SEPARATORS.sub("", text)
    if not digits.isascii() or not digits.isdigit():
        raise BadIdentifier(Fault.UCI_CHARACTERS)
    if len(digits) not in (8, 10):
        raise BadIdentifier(Fault.UCI_LENGTH)
    return digits


def format_uci(digits: str) -> str:
    """0000-0000 or 00-0000-0000."""
    head, middle, tail = digits[:-8], digits[-8:-4], digits[-4:]
    return "-".join(part for part in (head, middle, tail) if part)


def parse_application_number(text: str) -> str:
    """The letter in capitals and nine digits, however it was written; raises BadIdentifier."""
    plain = _SEPARATORS.sub("", text)
    letter, digits = plain[:1], plain[1:]
    # Asked before capitals are made: the long s would become an S, the dotless i an I.
    if not letter.isascii() or not letter.isalpha():
        raise BadIdentifier(Fault.APPLICATION_LETTER)
    if not digits.isascii() or not digits.isdigit() or len(digits) != 9:
        raise BadIdentifier(Fault.APPLICATION_DIGITS)
    return letter.upper() + digits
