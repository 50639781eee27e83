"""Which notices a reader wants to see, and why somebody stops their sending."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.notices import kinds
from comptoir.notices.models import Status
from comptoir.people.forms.periods import PeriodForm

OVERDUE = "overdue"
"""Not a status of its own: waiting although it is due."""


class LedgerForm(PeriodForm):
    """Filters over the ledger; all of them may be empty, and none holds anything about a person."""

    field_order = ("kind", "status", "office", "first", "last")

    kind = forms.ChoiceField(
        label=_("Notice"), required=False, choices=lambda: [("", _("Any notice")), *kinds.choices()]
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Any status")), (OVERDUE, _("Waiting, and due by now")), *Status.choices],
    )
    office = forms.CharField(label=_("Office (reference)"), required=False, max_length=20)


class StopForm(forms.Form):
    """Why nothing shall leave."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_(
            "Shown to the centre’s staff and kept in the audit trail, for example “wrong times in "
            "reminders”. No names."
        ),
        error_messages={"required": _("Enter a reason.")},
    )
