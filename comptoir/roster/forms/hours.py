"""Weekly hours and one-off dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.roster.actions.patterns import Row
from comptoir.roster.forms import fields
from comptoir.ui.forms import rows_of

WEEKDAYS = (
    ("0", _("Monday")),
    ("1", _("Tuesday")),
    ("2", _("Wednesday")),
    ("3", _("Thursday")),
    ("4", _("Friday")),
)
EVERY = (("1", _("Every week")), ("2", _("Every second week")))


class PatternForm(forms.Form):
    """From when the weekly hours below hold."""

    valid_from = fields.day_field(
        _("In force from"),
        _("Today or later. Alternate weeks begin with the week of this date."),
    )


class SpellForm(forms.Form):
    """The same hours on some days of the week, with at most one break."""

    weekdays = forms.MultipleChoiceField(
        label=_("Days"),
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one day.")},
    )
    starts = fields.time_field(_("Starts at"))
    ends = fields.time_field(_("Ends at"))
    break_starts = fields.time_field(_("Break starts at"), required=False)
    break_ends = fields.time_field(_("Break ends at"), required=False)
    every = forms.ChoiceField(label=_("How often"), choices=EVERY, initial="1")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        _check(self, values, "starts", "ends")
        _check(self, values, "break_starts", "break_ends")
        return values

    def rows(self) -> Iterator[Row]:
        """The rows of the valid form."""
        values = self.cleaned_data
        for weekday in sorted(map(int, values["weekdays"])):
            every = int(values["every"])
            yield Row(weekday, values["starts"], values["ends"], every=every)
            if values.get("break_starts"):
                yield Row(
                    weekday,
                    values["break_starts"],
                    values["break_ends"],
                    is_break=True,
                    every=every,
                )


SpellForms = rows_of(SpellForm, most=10, name=_("Hours"), add=_("Add other hours"))


def initial_spells(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Rows as the form shows them: days with the same hours and break together."""
    spells: dict[tuple[Any, ...], list[str]] = {}
    found = sorted(rows)
    for row in found:
        if row.is_break:
            continue
        rest = [
            other
            for other in found
            if other.is_break
            and (other.weekday, other.every) == (row.weekday, row.every)
            and row.starts <= other.starts < row.ends
        ]
        pause = (rest[0].starts, rest[0].ends) if rest else (None, None)
        key = (row.starts, row.ends, *pause, str(row.every))
        spells.setdefault(key, []).append(str(row.weekday))
    names = ("starts", "ends", "break_starts", "break_ends", "every")
    return [
        {**dict(zip(names, key, strict=True)), "weekdays": days} for key, days in spells.items()
    ]


class ExceptionForm(forms.Form):
    """Other hours on one date, in one or two stretches; without any the professional is off."""

    on = fields.day_field(_("Date"))
    starts = fields.time_field(
        _("Starts at"), _("Leave all times empty for a day off."), required=False
    )
    ends = fields.time_field(_("Ends at"), required=False)
    again_starts = fields.time_field(_("Starts again at"), required=False)
    again_ends = fields.time_field(_("Ends again at"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        _check(self, values, "starts", "ends")
        _check(self, values, "again_starts", "again_ends")
        return values

    def hours(self) -> list[tuple[time, time]]:
        """The stretches of the valid form."""
        values = self.cleaned_data
        pairs = (("starts", "ends"), ("again_starts", "again_ends"))
        return [(values[first], values[last]) for first, last in pairs if values.get(first)]


def _check(form: forms.Form, values: dict[str, Any], first: str, last: str) -> None:
    """Both times or none, in order, on quarter hours."""
    starts, ends = values.get(first), values.get(last)
    if {first, last} & set(form.errors):
        return
    if (starts is None) != (ends is None):
        form.add_error(last if ends is None else first, _("Enter both times, or none."))
    elif starts is not None and ends is not None and ends <= starts:
        form.add_error(last, fields.NOT_AFTER)
    for name, at in ((first, starts), (last, ends)):
        if at is not None and at.minute % 15:
            form.add_error(name, _("Hours begin and end on a quarter hour."))
