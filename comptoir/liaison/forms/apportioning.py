"""From which Monday on allowances are to be computed, and of which offices they are looked at."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.domain.business_days import monday_of
from comptoir.liaison.actions import apportioning
from comptoir.ui.times import long_date

WEEKS_AHEAD = 8

WORDS = {
    apportioning.HasBegun: _("Choose a Monday that is still to come."),
    apportioning.NotAMonday: _("Choose a Monday: a week has one allowance."),
    apportioning.AllotsNothing: _(
        "The rule of that day allots nothing. Set a version that keeps hours for offices first."
    ),
    apportioning.NoHours: _("No day is published. Publish hours first, so that there is a week."),
    apportioning.DoesNotFit: _(
        "A week does not hold what the rule gives every office at least, or nothing was attended yet. Publish more hours, or set a version with a smaller weekly floor."
    ),
    apportioning.PublishedAlready: _(
        "Allowances from that day on are published already. Choose another Monday."
    ),
}


class MondayForm(forms.Form):
    """One of the next Mondays."""

    valid_from = forms.TypedChoiceField(label=_("From"), coerce=date.fromisoformat)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["valid_from"]
        assert isinstance(field, forms.TypedChoiceField)
        first = monday_of(today)
        mondays = (first + timedelta(weeks=n) for n in range(1, WEEKS_AHEAD + 1))
        field.choices = [(monday.isoformat(), long_date(monday)) for monday in mondays]

    def refuse(self, reason: apportioning.CannotApportion) -> None:
        """Say why nothing can be published, and what to do."""
        self.add_error("valid_from", WORDS[type(reason)])


class OfficesForm(forms.Form):
    """Words to look for; empty shows everything again."""

    words = forms.CharField(
        label=_("Search by name, place or reference"), max_length=100, required=False
    )
