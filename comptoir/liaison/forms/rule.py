"""A new version of the sharing rule, as its owner writes it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.domain.rule import Fault, SharingRule
from comptoir.liaison.actions.ruling import Words
from comptoir.ui.times import duration

LENGTHS = (15, 30, 45, 60)

FAULTS = {
    Fault.NO_LENGTH: ("lengths", _("Offer at least one length.")),
    Fault.LENGTH_NOT_WHOLE: ("lengths", _("Lengths are whole quarter hours.")),
    Fault.LIMIT_NOT_WHOLE: ("minutes_per_day", _("Limits are whole quarter hours: 15, 30, 45 …")),
    Fault.LIMIT_NEGATIVE: ("minutes_per_day", _("A limit cannot be negative.")),
    Fault.DAY_OVER_WEEK: (
        "minutes_per_week",
        _("The limit of a week cannot be under the limit of a day."),
    ),
    Fault.LENGTH_OVER_DAY: (
        "minutes_per_day",
        _("The limit of a day must allow the longest appointment on offer."),
    ),
}


REMARK = _(
    "Optional: where the rule comes from, why it changes. Its numbers are put in words by themselves."
)


class RuleForm(forms.Form):
    """Every number of the rule, its name in both languages, and what the numbers do not say.

    The rule in words is made of its numbers, so that it can never say another thing than it does.
    """

    valid_from = forms.DateField(
        label=_("In force from"),
        help_text=_("The first service day it governs; tomorrow or later."),
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=100)
    name_fr = forms.CharField(label=_("Name in French"), max_length=100)
    minutes_per_day = forms.IntegerField(
        label=_("Minutes a day for each office"), min_value=0, max_value=1_440
    )
    minutes_per_week = forms.IntegerField(
        label=_("Minutes a week for each office"), min_value=0, max_value=10_080
    )
    lengths = forms.TypedMultipleChoiceField(
        label=_("Lengths on offer"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    horizon_business_days = forms.IntegerField(
        label=_("Bookable how many business days ahead"), min_value=1, max_value=60
    )
    least_notice_minutes = forms.IntegerField(
        label=_("Least notice for a booking, in minutes"), min_value=0, max_value=10_080
    )
    late_notice_minutes = forms.IntegerField(
        label=_("Notice under which giving up time is late, in minutes"),
        min_value=0,
        max_value=10_080,
    )
    late_counts = forms.BooleanField(
        label=_("Time given up late still counts against the office's limits"), required=False
    )
    most_case_lines = forms.IntegerField(
        label=_("Most cases in one appointment"), min_value=1, max_value=50
    )
    hold_minutes = forms.IntegerField(
        label=_("Minutes a time is kept while an office types"), min_value=1, max_value=60
    )
    no_show_after_minutes = forms.IntegerField(
        label=_("Minutes to wait before nobody is said to have come"),
        help_text=_(
            "Counted from the start of the appointment. Ten minutes are Comptoir’s default."
        ),
        min_value=0,
        max_value=60,
    )
    start_early_minutes = forms.IntegerField(
        label=_("Minutes before its time from which an appointment can begin"),
        help_text=_("A quarter of an hour is Comptoir’s default."),
        min_value=0,
        max_value=120,
    )
    remark_en = forms.CharField(
        label=_("Remark in English"),
        help_text=REMARK,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )
    remark_fr = forms.CharField(
        label=_("Remark in French"),
        help_text=REMARK,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["lengths"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(minutes, duration(minutes)) for minutes in LENGTHS]

    def clean(self) -> dict[str, Any]:
        """What is said is said in both languages."""
        given: dict[str, Any] = self.cleaned_data
        remarks = {name: given.get(name, "") for name in ("remark_en", "remark_fr")}
        for name, remark in remarks.items():
            if not remark and any(remarks.values()) and name not in self.errors:
                self.add_error(name, _("Write the remark in both languages, or in neither."))
        return given

    def rule(self) -> SharingRule:
        """The rule as the domain's value."""
        given = self.cleaned_data
        return SharingRule(
            version=0,
            minutes_per_day=given["minutes_per_day"],
            minutes_per_week=given["minutes_per_week"],
            lengths=tuple(sorted(given["lengths"])),
            horizon_business_days=given["horizon_business_days"],
            least_notice_minutes=given["least_notice_minutes"],
            late_notice_minutes=given["late_notice_minutes"],
            late_counts=given["late_counts"],
        )

    def words(self) -> Words:
        """Names and remarks."""
        given = self.cleaned_data
        return Words(given["name_en"], given["name_fr"], given["remark_en"], given["remark_fr"])

    def add_faults(self, faults: tuple[Fault, ...]) -> None:
        """Show what the domain found, each beside its field."""
        for fault in faults:
            self.add_error(*FAULTS[fault])
