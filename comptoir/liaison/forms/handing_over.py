"""Which follow-ups go to which colleague."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comptoir.liaison.models import FollowUp
from comptoir.people.models import Language
from comptoir.roster.models import Professional
from comptoir.ui import times
from comptoir.ui.forms import Choice


class HandOverForm(forms.Form):
    """All of them unless some are left out, to one colleague."""

    follow_ups = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Follow-ups to hand over"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one follow-up.")},
    )
    to = forms.TypedChoiceField(
        label=gettext_lazy("To"),
        coerce=int,
        error_messages={"required": gettext_lazy("Choose who takes them.")},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        follow_ups: Sequence[FollowUp],
        colleagues: Sequence[Professional],
    ) -> None:
        super().__init__(data, initial={"follow_ups": [f.pk for f in follow_ups]})
        self.colleagues = {colleague.pk: colleague for colleague in colleagues}
        self._choices("follow_ups", [(f.pk, _described(f)) for f in follow_ups])
        named = [(pk, _named(colleague)) for pk, colleague in self.colleagues.items()]
        self._choices("to", [("", _("Choose a colleague")), *named])

    def chosen(self) -> tuple[list[int], Professional]:
        """The follow-ups and the colleague; only after `is_valid()`."""
        return self.cleaned_data["follow_ups"], self.colleagues[self.cleaned_data["to"]]

    def _choices(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def _described(follow_up: FollowUp) -> Choice:
    values = {
        "due": times.plain_date(follow_up.due_on),
        "office": follow_up.case_line.appointment.office.legislator,
    }
    hint = (
        _("Urgent, due on %(due)s, %(office)s")
        if follow_up.urgent
        else _("Due on %(due)s, %(office)s")
    )
    return Choice(follow_up.task, hint % values)


def _named(colleague: Professional) -> str:
    spoken = ", ".join(str(Language(code).label) for code in colleague.languages)
    return f"{colleague.person.name} ({spoken})"
