"""What a client, a representative or an office types to ask something."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from comptoir.domain import identifiers
from comptoir.enquiries.actions.receiving import About, Asker
from comptoir.enquiries.forms.typed import OneLineField, TextField
from comptoir.enquiries.models import AskerKind, Topic
from comptoir.people.forms.identifiers import IdentifiersForm
from comptoir.people.models import Language, Office, OfficeStatus
from comptoir.people.queries import offices
from comptoir.roster.models import LineOfBusiness
from comptoir.ui import times

LONGEST = 2_000
MOST_OFFICES = 20
BORN_AFTER = date(1900, 1, 1)

GROUPS = (
    (_("Who you are"), ("asker_kind", "asker_name", "office", "email", "language")),
    (
        _("Whom it is about"),
        ("applicant_name", "applicant_born_on", "uci", "application_number"),
    ),
    (_("What you ask"), ("line_of_business", "topic", "body")),
)
"""The parts of the page, in its order; `office_words` only helps to find an office."""


class AskForm(IdentifiersForm):
    """One question. A field set for files comes in a form of its own beside it."""

    asker_kind = forms.ChoiceField(
        label=_("Who are you?"), choices=AskerKind.choices, widget=forms.RadioSelect
    )
    asker_name = OneLineField(
        label=_("Your full name"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    office_words = OneLineField(
        label=_("Find your office"),
        max_length=100,
        required=False,
        help_text=_("A part of the legislator’s name or of the riding."),
    )
    office = forms.ChoiceField(label=_("Your office"), required=False)
    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("The receipt and word of the answer go there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    language = forms.ChoiceField(
        label=_("Language of the answer"), choices=Language.choices, widget=forms.RadioSelect
    )
    applicant_name = OneLineField(
        label=_("Full name of the applicant"),
        max_length=200,
        help_text=_("As it stands on the application."),
    )
    applicant_born_on = forms.DateField(label=_("Date of birth of the applicant"), required=False)
    uci = OneLineField(
        label=_("UCI"),
        max_length=20,
        required=False,
        help_text=_("8 or 10 digits, for example 1234-5678. On every letter to the person."),
    )
    application_number = OneLineField(
        label=_("Application number"),
        max_length=20,
        required=False,
        help_text=_("One letter and nine digits, for example E123456789."),
    )
    line_of_business = forms.ChoiceField(
        label=_("What is the application for?"),
        choices=[("", _("Choose one")), *LineOfBusiness.choices],
    )
    topic = forms.ChoiceField(
        label=_("Why do you write?"), choices=[("", _("Choose one")), *Topic.choices]
    )
    body = TextField(
        label=_("Your question"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"language": (get_language() or "en")[:2]})
        self.today = today
        self.offices = {} if data is None else _found(data)
        field = self.fields["office"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("Choose one")),
            *((ref, _named(o)) for ref, o in self.offices.items()),
        ]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].casefold()
        if len(email) > 254:  # small letters may be more than the capitals were
            raise forms.ValidationError(_("Give a shorter e-mail address."))
        return email

    def clean_applicant_born_on(self) -> date | None:
        born_on: date | None = self.cleaned_data["applicant_born_on"]
        if born_on is not None and not BORN_AFTER <= born_on <= self.today:
            raise forms.ValidationError(
                _("Give a date of birth in the past, the year with four digits.")
            )
        return born_on

    def clean(self) -> dict[str, Any]:
        """A name from who asks for somebody else; an office from an office, and from nobody else."""
        cleaned = super().clean() or {}
        kind = cleaned.get("asker_kind")
        if kind == AskerKind.OFFICE:
            self._needs_an_office(cleaned)
        else:
            self.errors.pop("office", None)
            self.errors.pop("office_words", None)
        if kind == AskerKind.CLIENT:
            self.errors.pop("asker_name", None)
            cleaned["asker_name"] = cleaned.get("applicant_name", "")
        elif kind and not cleaned.get("asker_name") and "asker_name" not in self.errors:
            self.add_error("asker_name", _("Give your name, so that we know who asks."))
        return cleaned

    def _needs_an_office(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("office") or "office" in self.errors:
            return
        if self.offices:
            self.add_error("office", _("Choose your office in the list."))
        else:
            self.add_error(
                "office_words",
                _("No active office was found. Give the legislator’s family name or the riding."),
            )

    def asker(self) -> Asker:
        """Who asks, once the form is valid."""
        values = self.cleaned_data
        kind = AskerKind(values["asker_kind"])
        office = self.offices.get(values["office"]) if kind == AskerKind.OFFICE else None
        return Asker(
            kind=kind,
            email=values["email"],
            language=values["language"],
            name=values["asker_name"],
            office=office,
        )

    def about(self) -> About:
        """Whose case it is about and why, once the form is valid."""
        values = self.cleaned_data
        return About(
            topic=Topic(values["topic"]),
            line_of_business=values["line_of_business"],
            applicant_name=values["applicant_name"],
            applicant_born_on=values["applicant_born_on"],
            uci=values["uci"],
            application_number=values["application_number"],
        )

    def review(self) -> list[tuple[Any, list[tuple[Any, str]]]]:
        """What will be sent, part by part, as people read it; what was left empty is left out."""
        return [
            (title, [(self[name].label, text) for name in names if (text := self._said(name))])
            for title, names in GROUPS
        ]

    def _said(self, name: str) -> str:
        value = self.cleaned_data.get(name) or ""
        if name == "asker_name" and self.cleaned_data["asker_kind"] == AskerKind.CLIENT:
            return ""
        if name == "office" and self.cleaned_data["asker_kind"] != AskerKind.OFFICE:
            return ""
        if name == "uci" and value:
            return identifiers.format_uci(value)
        if isinstance(value, date):
            return times.plain_date(value)
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            choices = cast(Iterable[tuple[str, Any]], field.choices)
            return next((str(label) for key, label in choices if key == value), "")
        return str(value)


def _found(data: Any) -> dict[str, Office]:
    """Active offices that fit the words, and the one that was chosen before."""
    words = OneLineField(required=False).clean(data.get("office_words", ""))[:100]
    chosen = data.get("office", "").replace("\0", "")
    rows: list[Office] = []
    if words:
        rows += offices.search(words, "", OfficeStatus.ACTIVE)[:MOST_OFFICES]
    if chosen and all(office.reference != chosen for office in rows):
        active = Office.objects.active().select_related("district")
        rows += active.filter(reference=chosen)
    return {office.reference: office for office in rows}


def _named(office: Office) -> str:
    return f"{office.legislator} ({office.place})"
