"""Why a team lead waives a charge, or does not accept an excuse."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class WordsForm(forms.Form):
    """The reason in words, which the office reads."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_(
            "The office reads it in the history of the appointment. Please write nothing about a "
            "person or a case."
        ),
    )
