"""What somebody types to follow an enquiry: its reference, a code, something to add."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.actions.following import LONGEST
from comptoir.enquiries.actions.receiving import REFERENCE_LETTERS
from comptoir.enquiries.forms.files import FilesForm
from comptoir.enquiries.forms.typed import OneLineField, TextField


def email_field() -> forms.EmailField:
    """The address that an enquiry names."""
    return forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The one you gave when you asked."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class FollowForm(forms.Form):
    """Which enquiry, and whose."""

    reference = OneLineField(
        label=_("Reference"),
        max_length=40,
        help_text=_("For example EAB23-CD45. It is in the mail you received."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": "12"}),
    )
    email = email_field()

    def clean_reference(self) -> str:
        """The one form that references are kept in, however it was typed."""
        plain = "".join(c for c in self.cleaned_data["reference"].upper() if c.isalnum())
        letters = plain[1:]
        if plain[:1] != "E" or len(letters) != 8 or set(letters) - set(REFERENCE_LETTERS):
            raise forms.ValidationError(
                _("A reference is the letter E, four letters or digits, a hyphen and four more.")
            )
        return f"E{letters[:4]}-{letters[4:]}"


class LostForm(forms.Form):
    """Whose references are wanted."""

    email = email_field()


class CodeForm(forms.Form):
    """One try at the code."""

    code = OneLineField(
        label=_("Code"),
        max_length=40,
        help_text=_("The letters from our message; capitals and the hyphen do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "size": "12"}),
    )


class ReplyForm(FilesForm):
    """What the client adds."""

    field_order = ("body", "attached", "attempt")

    body = TextField(
        label=_("Your text"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5})
    )
    attempt = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_asked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_asked:
            self.fields["body"].label = _("Your answer")
