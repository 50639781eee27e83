"""What a team lead says of an agent, and to whom something is given."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.models import Agent, Line
from comptoir.people.models import Language

SKILL = re.compile(r"[a-z0-9-]{1,30}")
MOST = 100


class AgentForm(forms.Form):
    """On which lines and in which languages somebody answers, what they know, how many at a time."""

    lines = forms.ModelMultipleChoiceField(
        label=_("Lines"),
        queryset=Line.objects.order_by("code"),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one line.")},
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=Language.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one language.")},
    )
    skills = forms.CharField(
        label=_("What they know"),
        required=False,
        max_length=300,
        help_text=_("Codes of triage, with commas between, such as adoption, refugee."),
    )
    at_most = forms.IntegerField(
        label=_("Most enquiries in hand"),
        min_value=1,
        max_value=MOST,
        error_messages={"required": _("Say how many.")},
    )
    active = forms.BooleanField(label=_("Takes enquiries"), required=False)

    def clean_skills(self) -> list[str]:
        words = [word.strip().lower() for word in self.cleaned_data["skills"].split(",")]
        found = sorted({word for word in words if word})
        if not all(SKILL.fullmatch(word) for word in found):
            raise forms.ValidationError(
                _("Each code has letters without accents, digits and hyphens, 30 at most.")
            )
        return found


class AssignForm(forms.Form):
    """The agent who is given it."""

    to = forms.ModelChoiceField(
        label=_("To whom"),
        queryset=Agent.objects.none(),
        empty_label=None,
        error_messages={"required": _("Choose an agent.")},
    )

    def __init__(self, *arguments: Any, agents: list[Agent], **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Agent.objects.filter(pk__in=[agent.pk for agent in agents])
        field.queryset = field.queryset.select_related("person").order_by("person__sort_name")
