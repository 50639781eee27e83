"""Adding a document on behalf of a client, and taking one back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from comptoir.domain import documents as rule
from comptoir.enquiries.actions import documents
from comptoir.enquiries.forms import files
from comptoir.enquiries.models import (
    LEAST_IDENTIFIERS,
    ConsentHow,
    DocumentKind,
    Identifier,
    UndoWhy,
)

CHOOSE = ("", _("Choose one"))

REFUSALS: dict[type[Exception], str | Promise] = {
    **files.REFUSALS,
    documents.TooMany: _("An enquiry has 50 documents at most. Take one back first."),
    documents.KeptAlready: _("This very file was added to this enquiry before."),
}
"""Why a file is not taken, and what to do."""


class DocumentForm(forms.Form):
    """A file, the client's consent, and by what one made sure that it is theirs."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, JPEG, PNG or Word, 5 MB at most."),
        widget=forms.FileInput(attrs={"accept": files.ACCEPTED}),
    )
    kind = forms.ChoiceField(label=_("What it is"), choices=[CHOOSE, *DocumentKind.choices])
    identifiers = forms.MultipleChoiceField(
        label=_("What is the same on the document and in the enquiry?"),
        widget=forms.CheckboxSelectMultiple,
        choices=Identifier.choices,
        help_text=_("Check at least two, so that it is not added to somebody else’s enquiry."),
    )
    consent_by = forms.CharField(
        label=_("Who agreed"), max_length=200, help_text=_("The client’s full name.")
    )
    consent_how = forms.ChoiceField(
        label=_("How they agreed"), choices=[CHOOSE, *ConsentHow.choices]
    )
    consent_on = forms.DateField(label=_("When they agreed"), widget=forms.DateInput())
    consent_scope = forms.CharField(
        label=_("To what"),
        max_length=300,
        help_text=_("For example: to give their marriage certificate for this application."),
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today

    def clean_identifiers(self) -> list[Identifier]:
        checked = [Identifier(each) for each in self.cleaned_data["identifiers"]]
        if len(checked) < LEAST_IDENTIFIERS:
            raise forms.ValidationError(_("Check at least two."))
        return checked

    def clean_consent_on(self) -> date:
        on: date = self.cleaned_data["consent_on"]
        if on > self.today:
            raise forms.ValidationError(_("This day lies ahead."))
        return on

    def content(self) -> tuple[str, bytes]:
        """The file's name and its bytes; call it once the form is valid."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        return file.name or "", file.read(rule.MOST_BYTES + 1)

    def consent(self) -> documents.Consent:
        """What was typed of the consent; call it once the form is valid."""
        values = self.cleaned_data
        return documents.Consent(
            by=values["consent_by"],
            how=ConsentHow(values["consent_how"]),
            on=values["consent_on"],
            scope=values["consent_scope"],
        )


class UndoForm(forms.Form):
    """Why a document is taken back."""

    why = forms.ChoiceField(
        label=_("What is wrong?"), widget=forms.RadioSelect, choices=UndoWhy.choices
    )
    reason = forms.CharField(label=_("In a few words"), max_length=300, min_length=5)


class UnscannedForm(forms.Form):
    """Why a document is opened that nobody could scan."""

    reason = forms.CharField(
        label=_("Why do you open it without a scan?"),
        max_length=300,
        min_length=5,
        help_text=_("Your reason becomes a note on the enquiry."),
    )
