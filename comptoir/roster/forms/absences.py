"""An absence, as somebody reports it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.domain.periods import Period
from comptoir.roster.forms import fields
from comptoir.roster.models import AbsenceKind


class AbsenceForm(forms.Form):
    """Who is away and when, on the professional's own clock."""

    professional = fields.ProfessionalField()
    kind = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", ""), *AbsenceKind.choices],
        error_messages={"required": _("Choose a reason.")},
    )
    first = fields.day_field(_("First day"))
    starts = fields.time_field(_("Starts at"), _("Leave empty for the whole day."), required=False)
    last = fields.day_field(_("Last day"))
    ends = fields.time_field(_("Ends at"), _("Leave empty for the whole day."), required=False)
    note = forms.CharField(
        label=_("Note"),
        help_text=_("Seen by team leads. Nothing about health, please."),
        max_length=300,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not {"professional", "first", "last"} <= set(values):
            return values
        zone = values["professional"].time_zone
        values["period"] = fields.period_between(
            zone, values["first"], values.get("starts"), values["last"], values.get("ends")
        )
        if values["period"] is None:
            self.add_error("last", fields.NOT_AFTER)
        return values

    @property
    def period(self) -> Period:
        """The time of the valid form."""
        found: Period = self.cleaned_data["period"]
        return found
