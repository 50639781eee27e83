"""Shares, differences of shares and counts as a pilot's pages show them."""

from __future__ import annotations

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from comptoir.liaison.models import Measure

register = template.Library()

UNKNOWN = "–"


@register.filter
def percent(share: float | None) -> str:
    """0.934 as "93.4%"; a dash where nothing is known."""
    if share is None:
        return UNKNOWN
    return _("%(number)s%%") % {"number": number_format(100 * share, 1)}


@register.filter
def points(difference: float | None) -> str:
    """A difference of shares with its sign: 0.021 as "+2.1 points"."""
    if difference is None:
        return UNKNOWN
    return _("%(number)s points") % {"number": _signed(100 * difference)}


@register.filter
def effect(difference: float | None, measure: str) -> str:
    """A difference in the unit of an outcome."""
    if measure == Measure.REQUESTS and difference is not None:
        return _("%(number)s requests a week") % {"number": _signed(difference)}
    return points(difference)


def _signed(number: float) -> str:
    sign = "+" if number > 0 else "−" if number < 0 else ""
    return f"{sign}{number_format(abs(number), 1)}"
