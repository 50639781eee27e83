"""Identifiers as people read them, and instants as our own buttons send them."""

from datetime import UTC, datetime

from django import template

from comptoir.domain import identifiers

register = template.Library()


@register.filter
def uci(digits: str) -> str:
    """12345678 as 1234-5678."""
    return identifiers.format_uci(digits)


@register.filter
def instant(at: datetime) -> str:
    """An instant for a form's value or an address."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
