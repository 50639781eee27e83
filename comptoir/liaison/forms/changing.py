"""Why an office moves or cancels an appointment."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.liaison.forms.booking import InstantField
from comptoir.liaison.models import OFFICE_REASONS


class ReasonForm(forms.Form):
    """A coded reason, and a few words if they help. Nothing about a case belongs in the words."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[
            ("", _("Choose one")),
            *((reason.value, reason.label) for reason in OFFICE_REASONS),
        ],
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=300,
        help_text=_("Optional. Please write nothing about a person or a case."),
    )


class MoveForm(ReasonForm):
    """The new time, and why."""

    start = InstantField(widget=forms.HiddenInput)
