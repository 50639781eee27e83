"""The code from an e-mail that unlocks a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.people.forms.sign_in import code_field


class UnlockForm(forms.Form):
    """One try at the code; `is_right` counts the tries."""

    code = code_field(_("The letters from our message; capitals and the hyphen do not matter."))

    def __init__(self, *args: Any, is_right: Callable[[str], bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_right = is_right

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not self.is_right(code):
            raise forms.ValidationError(
                _("That is not the code, or it is no longer valid. Check it, or ask for a new one.")
            )
        return code
