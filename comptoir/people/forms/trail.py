"""Which events of the audit trail a reader wants to see."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.audit.models import Verb
from comptoir.people.forms.periods import PeriodForm


class TrailForm(PeriodForm):
    """Filters over the trail; all of them may be empty."""

    field_order = ("actor", "verb", "action", "office", "first", "last")

    actor = forms.CharField(label=_("Who"), required=False, max_length=100)
    verb = forms.ChoiceField(
        label=_("What kind"), required=False, choices=[("", _("Any kind")), *Verb.choices]
    )
    action = forms.CharField(label=_("Action"), required=False, max_length=60)
    office = forms.CharField(label=_("Office (reference)"), required=False, max_length=20)
