"""One answer for a bundle, with a wrap-up code for each enquiry of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.forms.working import LONGEST, coded_lines, coded_tiers
from comptoir.enquiries.models import Enquiry, Tier
from comptoir.people.models import Language


class BundleForm(forms.Form):
    """The text that is sent on each."""

    body = forms.CharField(
        label=_("Your answer to all of them"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": _("Write the answer.")},
    )
    language = forms.ChoiceField(
        label=_("Language of the answer"), choices=Language.choices, widget=forms.RadioSelect
    )
    is_case_specific = forms.BooleanField(
        label=_("It says something about the case"), required=False
    )


class CodeForm(forms.Form):
    """The wrap-up code of one of them, and whether it is answered with the others."""

    together = forms.BooleanField(label=_("Answer it with the others"), required=False)
    line_of_business = forms.ChoiceField(label=_("Line of business"), choices=coded_lines)
    tier = forms.TypedChoiceField(
        label=_("What it took"),
        choices=coded_tiers,
        coerce=lambda value: Tier(int(value)),
        empty_value=None,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, enquiry: Enquiry, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.enquiry = enquiry


def code_forms(data: Any, enquiries: Sequence[Enquiry]) -> list[CodeForm]:
    """A form for each, named after its key."""
    return [
        CodeForm(
            data,
            enquiry=enquiry,
            prefix=str(enquiry.pk),
            initial={
                "together": True,
                "line_of_business": enquiry.line_of_business,
                "tier": Tier.CASE,
                "version": enquiry.version,
            },
        )
        for enquiry in enquiries
    ]
