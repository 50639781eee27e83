"""Which events of the audit trail a reader wants to see."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.audit.models import Verb
from comptoir.people.forms.periods import PeriodForm
from comptoir.ui import times


class TrailForm(PeriodForm):
    """Filters over the trail; all of them may be empty."""

    field_order = ("actor", "verb", "action", "office", "first", "last")

    actor = forms.CharField(label=_("Who"), required=False, max_length=100)
    verb = forms.ChoiceField(
        label=_("What kind"), required=False, choices=[("", _("Any kind")), *Verb.choices]
    )
    action = forms.CharField(
        label=_("What was done"),
        required=False,
        max_length=60,
        help_text=_("Words of the sentence, such as “appointment”, or a code."),
    )
    office = forms.CharField(label=_("Office (reference)"), required=False, max_length=20)

    def said(self) -> list[tuple[str, str]]:
        """The filters in force as they are read without the form, which is not there on paper."""
        if not self.is_bound or not self.is_valid():
            return []
        values = {name: value for name, value in self.cleaned_data.items() if value}
        if "verb" in values:
            values["verb"] = Verb(values["verb"]).label
        for name in values.keys() & {"first", "last"}:
            values[name] = times.plain_date(values[name])
        return [(str(self.fields[name].label), str(value)) for name, value in values.items()]
