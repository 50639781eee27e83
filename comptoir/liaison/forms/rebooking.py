"""What a team lead presses and writes when the centre must change appointments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from comptoir.liaison.actions.rebooking import Reach
from comptoir.liaison.forms.booking import InstantField
from comptoir.liaison.forms.changing import SeenForm
from comptoir.liaison.models import CENTRE_REASONS, Reason
from comptoir.ui.forms import Choice


class RebookForm(SeenForm):
    """One button: a colleague at the same time, or another time."""

    professional = forms.IntegerField(required=False, min_value=1)
    start = InstantField(required=False)

    def clean(self) -> dict[str, Any]:
        """Exactly one of the two was pressed."""
        typed: dict[str, Any] = self.cleaned_data
        if bool(typed.get("professional")) == bool(typed.get("start")):
            raise forms.ValidationError(gettext_lazy("Choose one of the places on the page."))
        return typed


class RebookAllForm(forms.Form):
    """How far to go without asking; and where the batches have come to, which the page carries along."""

    reach = forms.ChoiceField(
        label=gettext_lazy("Where there is no colleague at the same time"),
        widget=forms.RadioSelect,
        initial=Reach.SAME_TIME.value,
        choices=[
            (
                Reach.SAME_TIME.value,
                Choice(
                    gettext_lazy("Leave it for me to decide"),
                    gettext_lazy("Only the professional changes, never the time."),
                ),
            ),
            (
                Reach.OTHER_TIME.value,
                Choice(
                    gettext_lazy("Take the next time that is free"),
                    gettext_lazy(
                        "Later that day, or on the next day that has one, as near to the same hour as "
                        "can be; never earlier. The office is told and can move it again."
                    ),
                ),
            ),
        ],
    )
    same_time = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    other_time = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    left = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)


class CentreCancelForm(SeenForm):
    """Why the centre cancels; the office reads it."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        widget=forms.RadioSelect,
        choices=[(reason.value, reason.label) for reason in CENTRE_REASONS],
        initial=Reason.ABSENCE.value,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=300,
        help_text=gettext_lazy(
            "For the centre’s own record. Please write nothing about a person or a case."
        ),
    )
