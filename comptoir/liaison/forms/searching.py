"""Looking for a case. The words may be an identifier, so they travel in the body, never in an address."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SearchForm(forms.Form):
    """Words to look for; empty shows everything again."""

    words = forms.CharField(
        label=_("Search by number, word or reference"), max_length=100, required=False
    )
