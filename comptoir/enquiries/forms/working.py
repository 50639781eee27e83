"""What an agent fills in: an answer, a note, where something goes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.enquiries.forms.texts import QuotingForm
from comptoir.enquiries.models import (
    LINE_OF_BUSINESS_DIGITS,
    Enquiry,
    Line,
    Tag,
    Tier,
)
from comptoir.people.models import Language
from comptoir.roster.models import LineOfBusiness
from comptoir.ui import values

LONGEST = 20_000
"""Of an answer or a note (ours): some ten pages."""

MOST_AT_ONCE = 50


def _text(label: Any, asked: Any, rows: int = 6) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": asked},
    )


def coded_lines() -> list[tuple[str, str]]:
    """Lines of business with their digits: the first two of a wrap-up code."""
    return [
        (line.value, f"{LINE_OF_BUSINESS_DIGITS[line]} – {line.label}") for line in LineOfBusiness
    ]


def coded_tiers() -> list[tuple[int, str]]:
    """Tiers with their digit, the last of a wrap-up code."""
    return [(tier.value, f"{tier.value} – {tier.label}") for tier in Tier]


class TakeForm(forms.Form):
    """How many to take."""

    count = forms.IntegerField(
        label=_("How many"),
        min_value=1,
        max_value=MOST_AT_ONCE,
        widget=forms.NumberInput(attrs={"min": 1, "max": MOST_AT_ONCE}),
        error_messages={"required": _("Say how many.")},
    )


class AnswerForm(QuotingForm):
    """What is sent to whoever asked, the texts it quotes, and the wrap-up code it closes under."""

    body = _text(_("Your answer"), _("Write the answer."), rows=10)
    language = forms.ChoiceField(
        label=_("Language of the answer"), choices=Language.choices, widget=forms.RadioSelect
    )
    line_of_business = forms.ChoiceField(label=_("Line of business"), choices=coded_lines)
    tier = forms.TypedChoiceField(
        label=_("What it took"),
        choices=coded_tiers,
        coerce=lambda value: Tier(int(value)),
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what answering took: it is part of the wrap-up code.")},
    )
    is_case_specific = forms.BooleanField(
        label=_("It says something about the case"),
        required=False,
        help_text=_(
            "Then it is read only after the code that is mailed to whoever asked. A text that holds a client or application number, or the date of birth, always counts as such."
        ),
    )


class QuestionForm(AnswerForm):
    """What the client is asked, in the same boxes: there is no wrap-up code to give yet."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in ("line_of_business", "tier"):
            self.fields[name].required = False


class NoteForm(forms.Form):
    """Something for colleagues: about the case, unless its writer says that it is not."""

    note = _text(_("Note for colleagues"), _("Write the note."), rows=3)
    is_general = forms.BooleanField(
        label=_("It says nothing about the case"),
        required=False,
        help_text=_("Colleagues then read it also while the gates are closed."),
    )


class TransferForm(forms.Form):
    """Which line it goes to, and why."""

    to = forms.ModelChoiceField(
        label=_("To which line"),
        queryset=Line.objects.none(),
        to_field_name="code",
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the line.")},
    )
    note = _text(_("Why, for the colleague who takes it"), _("Say why."), rows=3)

    def __init__(self, *arguments: Any, enquiry: Enquiry, now: datetime, **options: Any) -> None:
        super().__init__(*arguments, **options)
        drilling = enquiry.line.is_drill  # nothing leaves a drill, and nothing real enters one
        lines = Line.objects.open_at(now).filter(is_drill=drilling).exclude(pk=enquiry.line_id)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = lines.order_by("code")


class CopyForm(forms.Form):
    """What is to be done beside the first."""

    note = _text(_("What is to be done there"), _("Say what is to be done there."), rows=3)


class JoinForm(forms.Form):
    """The enquiry that it becomes part of."""

    reference = forms.CharField(
        label=_("Reference of the main enquiry"),
        max_length=12,
        help_text=_("Such as EABCD-2345."),
        error_messages={"required": _("Enter the reference.")},
    )

    def clean_reference(self) -> str:
        return str(self.cleaned_data["reference"]).strip().upper()


class TagForm(forms.Form):
    """A word to put on it."""

    tag = forms.ModelChoiceField(
        label=_("Tag"),
        queryset=Tag.objects.filter(is_given=True).order_by("code"),
        to_field_name="code",
        error_messages={"required": _("Choose a tag.")},
    )


def version_of(posted: Any) -> int:
    """The version that a page showed; one that never was if it says none."""
    found = values.number(posted.get("version", ""))
    return -1 if found is None else found


def seen_of(posted: Any) -> int | None:
    """The last event of the trail that a page showed."""
    return values.number(posted.get("seen", ""))
