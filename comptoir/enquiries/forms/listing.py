"""Which enquiries a list shows, and one box to look for any of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.models import Line, State, Tag
from comptoir.enquiries.queries import agents
from comptoir.people.models import Language, Person
from comptoir.ui import clock, values


class AgentField(forms.ModelChoiceField[Person]):
    """Somebody who has or had enquiries, by name."""

    def label_from_instance(self, person: Person) -> str:
        return person.name


class FilterForm(forms.Form):
    """Which enquiries a list shows; all may be empty, and what is no choice is no filter."""

    line = forms.ModelChoiceField(
        label=_("Line"),
        queryset=Line.objects.order_by("code"),
        to_field_name="code",
        required=False,
        empty_label=_("Every line"),
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Every state")), *State.choices]
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("Both languages")), *Language.choices]
    )
    assignee = AgentField(
        label=_("Agent"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=_("Everybody"),
    )
    tags = forms.ModelChoiceField(
        label=_("Tag"),
        queryset=Tag.objects.order_by("code"),
        to_field_name="code",
        required=False,
        empty_label=_("Every tag"),
    )
    first_on = forms.DateField(label=_("Received from"), required=False, widget=forms.DateInput)
    last_on = forms.DateField(label=_("Received up to"), required=False, widget=forms.DateInput)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        field = self.fields["assignee"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = agents.known()
        for name in ("line", "assignee", "tags"):
            # Each is drawn twice, for browsers with and without scripts, and is asked for once.
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            choices = field.iterator(field)
            field.choices = list(iter(choices))  # without counting them first

    def clean_first_on(self) -> date | None:
        return _in_a_year_of_ours(self.cleaned_data["first_on"])

    def clean_last_on(self) -> date | None:
        return _in_a_year_of_ours(self.cleaned_data["last_on"])

    def chosen(self) -> dict[str, Any]:
        """What was chosen as the fields of an enquiry, without what is no choice."""
        self.is_valid()
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        first_on, last_on = chosen.pop("first_on", None), chosen.pop("last_on", None)
        zone = clock.service_zone()
        if first_on is not None:
            chosen["received_at__gte"] = clock.midnight(first_on, zone)
        if last_on is not None:
            chosen["received_at__lt"] = clock.midnight(last_on + timedelta(days=1), zone)
        return chosen


class SearchForm(forms.Form):
    """One box for whatever somebody knows of an enquiry."""

    q = forms.CharField(
        label=_("Reference, e-mail address, client or application number, or name"),
        max_length=254,
        required=False,
        help_text=_(
            "Of the asker or the applicant, with or without accents. Of the last word the beginning is enough, from four letters on."
        ),
    )


def _in_a_year_of_ours(day: date | None) -> date | None:
    if day is not None and day.year not in values.YEARS:
        raise forms.ValidationError(_("Give a year from 2000 on."))
    return day
