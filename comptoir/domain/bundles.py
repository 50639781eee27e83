"""What may be answered together: enquiries of one sender, about one applicant, by who may ask.

    apart(first, other)              why the two are answered apart; None if they are a bundle
    gets_no_action(items)            whether a sender gets no action at all

A true bundle has the same enquirer and the same applicant, by identifiers that match and not by a
name. What is about another client is answered apart, or one client would read of another. Somebody
who writes for many clients and does not say who they are is answered nothing: nobody knows on whose
behalf they ask.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MANY = 2
"""From so many applicants on somebody writes for many."""


class Kind(StrEnum):
    """Who asks."""

    CLIENT = "client"
    REPRESENTATIVE = "representative"
    OFFICE = "office"


class Apart(StrEnum):
    """Why something is answered apart."""

    OTHER_ASKER = "other_asker"
    NO_IDENTIFIER = "no_identifier"
    OTHER_APPLICANT = "other_applicant"
    NOT_AUTHORIZED = "not_authorized"


@dataclass(frozen=True, slots=True)
class Item:
    """What a bundle is judged by; "" where nothing is known."""

    email: str
    kind: Kind
    name: str = ""
    uci: str = ""
    application: str = ""

    @property
    def applicant(self) -> tuple[str, str]:
        """Whose case it is, by its numbers alone."""
        return self.uci, self.application

    @property
    def is_authorized(self) -> bool:
        """Whether somebody who asks so may be answered: who represents has to say who they are."""
        return self.kind is not Kind.REPRESENTATIVE or bool(self.name.strip())


def apart(first: Item, other: Item) -> Apart | None:
    """Why the two are answered apart; None if one answer is for both."""
    if not first.email or first.email.casefold() != other.email.casefold():
        return Apart.OTHER_ASKER
    if first.kind is not other.kind or not (first.is_authorized and other.is_authorized):
        return Apart.NOT_AUTHORIZED
    if not any(first.applicant) or not any(other.applicant):
        return Apart.NO_IDENTIFIER
    if first.applicant != other.applicant:
        return Apart.OTHER_APPLICANT
    return None


def gets_no_action(items: Iterable[Item]) -> bool:
    """Whether a representative who gives no name writes here for many applicants."""
    unnamed = [
        item.applicant
        for item in items
        if item.kind is Kind.REPRESENTATIVE and not item.is_authorized
    ]
    return len(set(unnamed)) >= MANY
