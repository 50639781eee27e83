"""A one-off closed day."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.roster.forms import fields


class ClosedDayForm(forms.Form):
    """Which day, what it is called in both languages, and why."""

    on = fields.day_field(_("Date"))
    name_en = forms.CharField(
        label=_("Name in English"),
        max_length=100,
        error_messages={"required": _("Enter a name in each language.")},
    )
    name_fr = forms.CharField(
        label=_("Name in French"),
        max_length=100,
        error_messages={"required": _("Enter a name in each language.")},
    )
    reason = forms.CharField(
        label=_("Why the centre is closed"),
        help_text=_("Seen by team leads."),
        max_length=300,
        error_messages={"required": _("Say why.")},
    )
