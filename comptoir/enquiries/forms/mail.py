"""What a team lead says about a mail that was set aside."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.actions.setting_aside import Refusal


class RefuseForm(forms.Form):
    """Why a mail stays unanswered."""

    why = forms.ChoiceField(
        label=_("Why it stays unanswered"), choices=[("", _("Choose one")), *Refusal.choices]
    )
