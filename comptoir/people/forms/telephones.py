"""A telephone number, by the same rule wherever one is typed."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

EXTENSION = re.compile(r"[xX#]|ext|poste")


class TelephoneField(forms.CharField):
    """Ten digits or a number with its country, and an extension if need be."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
        super().__init__(
            **{"label": _("Telephone number"), "max_length": 30, "widget": widget, **options}
        )

    def clean(self, value: Any) -> str:
        """The number with single spaces; "" for none where none is required."""
        number = " ".join(str(super().clean(value)).split())
        digits = re.sub(r"\D", "", EXTENSION.split(number)[0])
        if number and not 10 <= len(digits) <= 15:
            raise forms.ValidationError(
                _("Enter the number with its area code, for example 613-555-0100.")
            )
        return number
