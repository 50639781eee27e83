"""Which events of the audit trail a reader wants to see."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.audit.models import Verb


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


class TrailForm(PeriodForm):
    """Filters over the trail; all of them may be empty."""

    field_order = ("actor", "verb", "action", "office", "first", "last")

    actor = forms.CharField(label=_("Who"), required=False, max_length=100)
    verb = forms.ChoiceField(
        label=_("What kind"), required=False, choices=[("", _("Any kind")), *Verb.choices]
    )
    action = forms.CharField(label=_("Action"), required=False, max_length=60)
    office = forms.CharField(label=_("Office (reference)"), required=False, max_length=20)
