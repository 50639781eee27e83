"""What somebody says about a mail of ours that did not arrive."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.models import Remedy

BY_HAND = (Remedy.TELEPHONE, Remedy.LETTER, Remedy.OTHERWISE)
"""What a person does; a text that is sent again says so by itself."""


class AgainForm(forms.Form):
    """Where the text is sent again."""

    to = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("As the client gives it to you. Only general texts go there."),
        error_messages={"required": _("Enter the address.")},
    )

    def clean_to(self) -> str:
        return str(self.cleaned_data["to"]).strip().casefold()


class RemedyForm(forms.Form):
    """How whoever asked got the text after all."""

    how = forms.TypedChoiceField(
        label=_("What you did"),
        choices=[(each.value, each.label) for each in BY_HAND],
        coerce=Remedy,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what you did.")},
    )
