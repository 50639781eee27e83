"""When follow-ups are due from a day on, as the owner of the rules writes it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.liaison.actions import targeting

REFUSED = {
    targeting.TargetBeginsInThePast: ("valid_from", _("Choose today or a later day.")),
    targeting.TargetBeginsAlready: (
        "valid_from",
        _(
            "Another target begins on that day already, and none is ever edited. Choose another day."
        ),
    ),
    targeting.UrgentAfterUsual: (
        "urgent_hours",
        _("What is urgent cannot be due later than what is not. Give fewer hours, or more days."),
    ),
}


class TargetForm(forms.Form):
    """From which day, how many business days, how many hours when urgent, and whose value it is."""

    valid_from = forms.DateField(
        label=_("In force from"),
        help_text=_("The first day on which follow-ups get these due dates; today or later."),
    )
    business_days = forms.IntegerField(
        label=_("Business days for a follow-up"), min_value=1, max_value=60
    )
    urgent_hours = forms.IntegerField(
        label=_("Hours for an urgent follow-up"),
        help_text=_("Hours by the clock: nights, weekends and holidays count."),
        min_value=1,
        max_value=720,
    )
    source = forms.CharField(
        label=_("Whose value it is"),
        help_text=_(
            "The directive or the decision it comes from, and its date. It is shown as you write "
            "it, in both languages."
        ),
        max_length=200,
    )

    def refuse(self, reason: targeting.CannotSetTarget) -> None:
        """Say beside its field why the target cannot be set."""
        self.add_error(*REFUSED[type(reason)])
