"""The days that a list is asked for."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class PeriodForm(forms.Form):
    """Days from one to another, both included; either may be empty."""

    first = forms.DateField(label=_("From"), required=False, widget=forms.DateInput())
    last = forms.DateField(label=_("Up to and including"), required=False, widget=forms.DateInput())

    def clean(self) -> dict[str, object]:
        values = super().clean() or {}
        first, last = values.get("first"), values.get("last")
        if first and last and last < first:
            self.add_error("last", _("The end is before the beginning."))
        return values
