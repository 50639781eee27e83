"""What a tag is called, in both languages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.actions import tagging

REFUSED = {
    tagging.NameTaken: _(
        "Another tag is called so, in English or in French. Choose another name, or put that tag back on the list."
    ),
    tagging.TooManyTags: _("The list is full. Retire a tag that is no longer needed first."),
}


class TagNamesForm(forms.Form):
    """One word, or a few, in each language."""

    name_en = forms.CharField(label=_("Name in English"), max_length=60)
    name_fr = forms.CharField(
        label=_("Name in French"),
        max_length=60,
        help_text=_("What the matter is, never who somebody is."),
    )
