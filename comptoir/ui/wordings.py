"""Our own words for what Django says of a field: short, and saying what to do.

Everything a form shows goes through `said`; a form that has words of its own keeps them.
"""

from __future__ import annotations

from babel.numbers import format_decimal
from django import forms
from django.core import validators
from django.forms.utils import ErrorList
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from comptoir.ui import times, zones

WORDINGS: tuple[tuple[str | Promise, str | Promise], ...] = (
    (validators.MaxValueValidator.message, _("At most %(limit_value)s.")),
    (validators.MinValueValidator.message, _("At least %(limit_value)s.")),
    (
        forms.URLField.default_error_messages["invalid"],
        _("Give an address that begins with https://."),
    ),
    (validators.URLValidator.message, _("Give an address that begins with https://.")),
)
"""Django's sentence, and ours in its place."""


def said(errors: ErrorList) -> list[str]:
    """What the errors of a field or a form say."""
    return [_words(error) for error in errors.as_data()]


def _words(error: forms.ValidationError) -> str:
    ours = next((ours for theirs, ours in WORDINGS if theirs == error.message), None)
    if ours is None:
        return " ".join(error.messages)
    return str(ours) % {name: _grouped(value) for name, value in (error.params or {}).items()}


def _grouped(value: object) -> str:
    """A number with its thousands apart: 1,440 in English, 1 440 in French."""
    if isinstance(value, bool) or not isinstance(value, int):
        return str(value)
    return str(format_decimal(value, locale=zones.LOCALES[times.language_or_active()]))
