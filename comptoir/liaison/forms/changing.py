"""Why an office moves or cancels an appointment, and which state of it was decided on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.liaison.forms.booking import InstantField
from comptoir.liaison.models import MOVE_REASONS, OFFICE_REASONS, Appointment, Reason


class SeenForm(forms.Form):
    """What is decided about one appointment says which state of it the page showed.

    Give `seen` the appointment's sequence as its initial value.
    """

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def anew(self, appointment: Appointment) -> Self:
        """The same over the appointment as it stands now, with what was typed."""
        typed = {field.name: field.value() for field in self.visible_fields()}
        return type(self)(initial=typed | {"seen": appointment.sequence})


def _choices(reasons: Iterable[Reason]) -> list[tuple[str, Any]]:
    return [("", _("Choose one")), *((reason.value, reason.label) for reason in reasons)]


class ReasonForm(SeenForm):
    """A coded reason, and a few words if they help. Nothing about a case belongs in the words."""

    reason = forms.ChoiceField(label=_("Reason"), choices=_choices(OFFICE_REASONS))
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=300,
        help_text=_("Optional. Please write nothing about a person or a case."),
    )


class MoveForm(ReasonForm):
    """The new time, and why."""

    reason = forms.ChoiceField(label=_("Reason"), choices=_choices(MOVE_REASONS))
    start = InstantField(widget=forms.HiddenInput)
