"""What a team lead says about a mail that was set aside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.actions.setting_aside import Refusal
from comptoir.enquiries.models import InboundMail, Line
from comptoir.enquiries.queries import mail as queries


class TakeInForm(forms.Form):
    """On which line a mail comes in; nothing is asked of one that a line takes by itself."""

    line = forms.ModelChoiceField(
        label=_("Line"),
        queryset=Line.objects.none(),
        to_field_name="code",
        empty_label=_("Choose one"),
        error_messages={
            "required": _("Choose the line on which it comes in."),
            "invalid_choice": _("This line is not open. Choose another."),
        },
    )

    def __init__(self, *arguments: Any, mail: InboundMail, now: datetime, **options: Any) -> None:
        super().__init__(*arguments, **options)
        office = queries.office_of(mail.sender, now)
        if queries.line_that_takes(mail.mailbox, office, now) is not None:
            del self.fields["line"]
            return
        lines = Line.objects.open_at(now).counted().order_by("pk")
        self.fields["line"].queryset = lines  # type: ignore[attr-defined]  # a choice of rows


class RefuseForm(forms.Form):
    """Why a mail stays unanswered."""

    why = forms.ChoiceField(
        label=_("Why it stays unanswered"), choices=[("", _("Choose one")), *Refusal.choices]
    )
