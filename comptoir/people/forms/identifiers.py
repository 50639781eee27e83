"""Numbers of clients and applications as people type them: in the one form they are kept in, or why not."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.domain import identifiers

IDENTIFIER_FAULTS = {
    identifiers.Fault.UCI_CHARACTERS: _(
        "A UCI has digits only, such as 1234-5678 or 12-3456-7890. Check the letter or permit."
    ),
    identifiers.Fault.UCI_LENGTH: _(
        "A UCI has 8 or 10 digits, such as 1234-5678 or 12-3456-7890. Count them again."
    ),
    identifiers.Fault.APPLICATION_LETTER: _(
        "An application number begins with one letter, such as E123456789."
    ),
    identifiers.Fault.APPLICATION_DIGITS: _(
        "An application number has one letter and then nine digits, such as E123456789."
    ),
}


class IdentifiersForm(forms.Form):
    """A form with the fields `uci` and `application_number`, either of which may be left empty."""

    def clean_uci(self) -> str:
        return self._identifier("uci", identifiers.parse_uci)

    def clean_application_number(self) -> str:
        return self._identifier("application_number", identifiers.parse_application_number)

    def _identifier(self, name: str, parse: Any) -> str:
        text = self.cleaned_data[name]
        try:
            return str(parse(text)) if text else ""
        except identifiers.BadIdentifier as error:
            raise forms.ValidationError(IDENTIFIER_FAULTS[error.fault]) from error
