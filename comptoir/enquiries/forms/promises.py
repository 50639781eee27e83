"""The next target of a line, the next working hours, and the period somebody asks about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.actions import promising
from comptoir.enquiries.models import Line, Promise, Unit

LONGEST = timedelta(days=93)
"""One question is about a quarter at most (ours)."""

REFUSED = {
    promising.BeginsInThePast: ("valid_from", _("Choose today or a later day.")),
    promising.BeginsAlready: (
        "valid_from",
        _("Another value begins on that day already, and none is ever edited. Choose another day."),
    ),
    promising.NothingWorked: (None, _("Enter the hours of at least one day.")),
    promising.HoursOutOfOrder: (
        None,
        _("On some day hours end before they begin, or two periods overlap."),
    ),
}
WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
SOURCE_HELP = _(
    "The directive or the decision it comes from, and its date. It is shown as you write it."
)


def refuse(form: forms.Form, reason: promising.CannotPromise) -> None:
    """Say beside its field why it was not set."""
    form.add_error(*REFUSED[type(reason)])


class TargetForm(forms.Form):
    """Which promise of which line, from which day, how long, and whose value it is."""

    line = forms.ModelChoiceField(
        label=_("Line"),
        queryset=Line.objects.counted().filter(closed_at=None).order_by("pk"),
        to_field_name="code",
        empty_label=None,
        error_messages={"invalid_choice": _("This line is not open. Choose another.")},
    )
    promise = forms.ChoiceField(
        label=_("What is promised"),
        choices=[(each.value, each.label) for each in (Promise.FIRST, Promise.FINAL)],
    )
    valid_from = forms.DateField(
        label=_("In force from"),
        help_text=_("What was received before keeps the target it was received under."),
    )
    amount = forms.IntegerField(label=_("How many"), min_value=1, max_value=400)
    unit = forms.ChoiceField(label=_("Counted in"), choices=Unit.choices)
    source = forms.CharField(label=_("Whose value it is"), help_text=SOURCE_HELP, max_length=200)


class HoursForm(forms.Form):
    """The hours of each weekday, with at most one break; a day left empty is not worked."""

    valid_from = forms.DateField(
        label=_("In force from"),
        help_text=_("What was received before keeps the hours it was promised by."),
    )
    source = forms.CharField(label=_("Whose value it is"), help_text=SOURCE_HELP, max_length=200)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for number, name in enumerate(WEEKDAYS):
            self.fields[f"day_{number}"] = forms.CharField(
                label=name,
                required=False,
                max_length=40,
                help_text=_("Such as 08:00-16:00, or 08:00-12:00, 13:00-16:00.")
                if not number
                else "",
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        periods = {}
        for number in range(len(WEEKDAYS)):
            try:
                found = periods_in(values.get(f"day_{number}", ""))
            except ValueError:
                self.add_error(
                    f"day_{number}", _("Enter hours such as 08:00-16:00, with commas between.")
                )
            else:
                if found:
                    periods[str(number)] = found
        return {**values, "periods": periods}


def periods_in(text: str) -> list[list[str]]:
    """The periods somebody typed, such as "08:00-12:00, 13:00-16:00"; raises ValueError."""
    found = []
    for part in filter(None, (part.strip() for part in text.replace("–", "-").split(","))):
        first, last = map(_time, part.split("-"))
        found.append([f"{first:%H:%M}", f"{last:%H:%M}"])
    return found


def _time(text: str) -> time:
    hour, minute = text.strip().split(":")
    return time(int(hour), int(minute))


def initial_hours(periods: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, str]:
    """Kept hours as the form shows them."""
    return {
        f"day_{number}": ", ".join("-".join(each) for each in periods.get(str(number), ()))
        for number in range(len(WEEKDAYS))
    }


class PeriodForm(forms.Form):
    """The first and the last day of a period."""

    first = forms.DateField(label=_("From"))
    last = forms.DateField(label=_("To"))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("first"), values.get("last")
        if isinstance(first, date) and isinstance(last, date):
            if last < first:
                self.add_error("last", _("The last day comes before the first."))
            elif last - first > LONGEST or not date(2000, 1, 1) < first < date(2200, 1, 1):
                self.add_error("last", _("Ask for three months at most."))
        return values
