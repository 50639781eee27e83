"""Which decisions of the sharing rule a reader wants to see."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

GRANTED, REFUSED = "granted", "refused"


class DecisionsForm(forms.Form):
    """Filters over the decisions; all of them may be empty, and none holds anything about a person."""

    on = forms.DateField(label=_("Day asked for"), required=False, widget=forms.DateInput())
    office = forms.CharField(label=_("Office (reference)"), required=False, max_length=20)
    answer = forms.ChoiceField(
        label=_("Answer"),
        required=False,
        choices=[("", _("Any answer")), (GRANTED, _("Granted")), (REFUSED, _("Refused"))],
    )
