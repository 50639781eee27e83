"""Fields that several of the roster's forms share."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.domain.periods import Period
from comptoir.people.models import Language
from comptoir.roster.models import LineOfBusiness, Professional

NOT_AFTER = _("The end must come after the start.")
BUSY = _("Somebody else is changing the roster at this moment. Try again; nothing is lost.")


class ProfessionalField(forms.ModelChoiceField[Professional]):
    """One of the professionals who take appointments, by name."""

    def __init__(self) -> None:
        active = Professional.objects.filter(active=True).select_related("person")
        super().__init__(
            queryset=active.order_by("person__sort_name", "pk"),
            to_field_name="code",
            label=_("Professional"),
            empty_label="",
            error_messages={"required": _("Choose a professional.")},
        )

    def label_from_instance(self, obj: Professional) -> str:
        return obj.person.name


def day_field(label: Any, help_text: Any = "") -> forms.DateField:
    """A date."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(),
        error_messages={"required": _("Enter a date."), "invalid": _("Enter a date.")},
    )


def time_field(label: Any, help_text: Any = "", *, required: bool = True) -> forms.TimeField:
    """A time on the wall clock, in steps of a quarter hour where the browser helps."""
    return forms.TimeField(
        label=label,
        help_text=help_text,
        required=required,
        widget=forms.TimeInput(attrs={"step": 900}),
        error_messages={
            "required": _("Enter a time, such as 08:30."),
            "invalid": _("Enter a time, such as 08:30."),
        },
    )


def languages_field() -> forms.MultipleChoiceField:
    """The languages of appointments."""
    return forms.MultipleChoiceField(
        label=_("Languages of appointments"),
        choices=Language.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one language.")},
    )


def skills_field() -> forms.MultipleChoiceField:
    """Lines of business."""
    return forms.MultipleChoiceField(
        label=_("Skills"),
        choices=LineOfBusiness.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


def period_between(
    zone: str, first: date, starts: time | None, last: date, ends: time | None
) -> Period | None:
    """From one wall time to another; without times whole days. None if it does not end after its start."""
    where = ZoneInfo(zone)
    start = datetime.combine(first, starts or time(), where)
    end = datetime.combine(last if ends else last + timedelta(days=1), ends or time(), where)
    return Period(start, end) if start.timestamp() < end.timestamp() else None
