"""A new version of the sharing rule, as its owner writes it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.domain.rule import Fault
from comptoir.liaison.actions import ruling
from comptoir.liaison.forms.nested import NESTED, NestedFields
from comptoir.liaison.forms.offers import OFFERS, OfferFields
from comptoir.liaison.forms.reliability import RELIABILITY, ReliabilityFields
from comptoir.liaison.forms.sections import GROUPS, Section, sections
from comptoir.liaison.models import Policy, Reason
from comptoir.ui.times import duration

EXCUSABLE = (
    Reason.CHAMBER,
    Reason.EMERGENCY,
    Reason.OUTAGE,
    Reason.CONSTITUENT,
    Reason.MISTAKE,
)
"""Reasons of an office that a rule may excuse: those that say what came between."""

LENGTHS = (15, 30, 45, 60)
HEAD = ("valid_from", "name_en", "name_fr")
REMARKS = ("remark_en", "remark_fr")
"""What was said of one version is not said of the next without being written again."""

MAY_BE_EMPTY = (*OFFERS, *NESTED, *RELIABILITY)
"""Fields that have the policy's default where nothing is written."""

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
    Fault.FLOOR_NOT_WHOLE: (
        "floor_minutes",
        _("What is guaranteed is whole quarter hours: 0, 15, 30 …"),
    ),
    Fault.FLOOR_NOT_OFFERED: (
        "floor_minutes",
        _("What is guaranteed must be one of the lengths on offer, or nobody could book it."),
    ),
    Fault.WEEKLY_FLOOR_NOT_WHOLE: (
        "weekly_floor_minutes",
        _("What is allotted is whole quarter hours: 15, 30, 45 …"),
    ),
    Fault.FLOORS_OVER_DAY: (
        "floor_minutes",
        _(
            "A day does not have so much for every office. Guarantee less, or allow that it is too little on some days."
        ),
    ),
    Fault.FLOORS_OVER_WEEK: (
        "weekly_floor_minutes",
        _("The part of a week that is allotted does not have so much for every office."),
    ),
    Fault.WEEKLY_FLOOR_OVER_LIMIT: (
        "weekly_floor_minutes",
        _(
            "An office cannot be allotted more of a week than its limit of a week. Allot less, or raise the limit."
        ),
    ),
    Fault.FLOORS_OVER_LIMIT: (
        "floor_minutes",
        _(
            "The limit of a week must allow what is guaranteed on five days. Guarantee less, or raise the limit."
        ),
    ),
    Fault.NUMBER_NEGATIVE: (None, _("No number of a rule can be negative.")),
    Fault.INFLATING_PAYS: (
        "alpha_percent",
        _(
            "With the needs of today an office that uses more than it needs would be allotted more than that costs it. Choose a smaller number."
        ),
    ),
    Fault.PART_OVER_ALL: (None, _("A part in per cent cannot be over 100.")),
    Fault.NO_PATTERN: (
        "pattern_least_late",
        _("Who is asked to confirm follows from numbers above 0 and parts under 100 per cent."),
    ),
    Fault.CONFIRMED_OUT_OF_REACH: (
        "confirm_before_minutes",
        _(
            "Choose a number from 30 to 150: later nobody could take the time, earlier nobody could answer."
        ),
    ),
}


REMARK = _(
    "Optional: where the rule comes from, why it changes. Its numbers are put in words by themselves."
)


REFUSED: dict[type[ruling.CannotStartRule], Any] = {
    ruling.DisturbsPilot: _(
        "A pilot goes on then and needs as it is what its group has in common with all others. Stop the "
        "pilot first, or begin after its end."
    ),
    ruling.BeginsInThePast: _("Choose tomorrow or a later day."),
    ruling.BeginsTooFarAhead: _("Choose a day within a year from now."),
}


class RuleForm(NestedFields, OfferFields, ReliabilityFields):
    """Every number of the rule, its name in both languages, and what the numbers do not say.

    The rule in words is made of its numbers, so that it can never say another thing than it does.
    """

    valid_from = forms.DateField(
        label=_("In force from"),
        help_text=_("The first service day it governs; tomorrow or later, within a year."),
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=100)
    name_fr = forms.CharField(label=_("Name in French"), max_length=100)
    minutes_per_day = forms.IntegerField(
        label=_("Minutes a day for each office"),
        help_text=_("No office books more on one day, whoever books for it."),
        min_value=0,
        max_value=1_440,
    )
    minutes_per_week = forms.IntegerField(
        label=_("Minutes a week for each office"),
        help_text=_("From Monday to Friday; at least as much as a day."),
        min_value=0,
        max_value=10_080,
    )
    lengths = forms.TypedMultipleChoiceField(
        label=_("Lengths on offer"),
        help_text=_("An office chooses one of them for each appointment."),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    horizon_business_days = forms.IntegerField(
        label=_("Bookable how many business days ahead"),
        help_text=_("The shorter, the fewer plans change again."),
        min_value=1,
        max_value=60,
    )
    least_notice_minutes = forms.IntegerField(
        label=_("Least notice for a booking, in minutes"),
        help_text=_("So that a professional sees it before it begins."),
        min_value=0,
        max_value=10_080,
    )
    late_notice_minutes = forms.IntegerField(
        label=_("Notice under which giving up time is late, in minutes"),
        help_text=_("With more notice, cancelling is free."),
        min_value=0,
        max_value=10_080,
    )
    late_counts = forms.BooleanField(
        label=_("Time given up late still counts against the office's limits"), required=False
    )
    excusing_reasons = forms.MultipleChoiceField(
        label=_("Reasons for which it does not count"),
        help_text=_(
            "The first three are Comptoir’s default. Some of them are drawn to be checked."
        ),
        choices=[(reason.value, reason.label) for reason in EXCUSABLE],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    most_case_lines = forms.IntegerField(
        label=_("Most cases in one appointment"),
        help_text=_("More cases need another appointment."),
        min_value=1,
        max_value=50,
    )
    hold_minutes = forms.IntegerField(
        label=_("Minutes a time is kept while an office types"),
        help_text=_("Nobody else can take it until then."),
        min_value=1,
        max_value=60,
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
        numbers = [name for group in GROUPS for name in group.names]
        self.order_fields([*HEAD, *numbers, *REMARKS])
        field = self.fields["lengths"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(minutes, duration(minutes)) for minutes in LENGTHS]

    def sections(self, today: date) -> list[Section]:
        """Its numbers in groups."""
        return sections(self, GROUPS, today)

    def clean(self) -> dict[str, Any]:
        """What is said is said in both languages."""
        given: dict[str, Any] = self.cleaned_data
        remarks = {name: given.get(name, "") for name in REMARKS}
        for name, remark in remarks.items():
            if not remark and any(remarks.values()) and name not in self.errors:
                self.add_error(name, _("Write the remark in both languages, or in neither."))
        return given

    def draft(self) -> Policy:
        """The version as written, without a number or an author."""
        lengths = sorted(self.cleaned_data["lengths"])
        left_empty = {name for name in MAY_BE_EMPTY if self.cleaned_data[name] is None}
        given = {name: one for name, one in self.cleaned_data.items() if name not in left_empty}
        return Policy(version=0, **given | {"lengths": lengths})

    def refuse(self, reason: ruling.CannotStartRule) -> None:
        """Say why the version cannot be set, each reason beside its field."""
        if isinstance(reason, ruling.BadRule):
            for fault in reason.faults:
                self.add_error(*FAULTS[fault])
        elif isinstance(reason, ruling.NothingNew):
            message = _("Version %(version)s says the same for that day: there is nothing to set.")
            self.add_error(None, message % {"version": reason.policy.version})
        else:
            self.add_error("valid_from", REFUSED[type(reason)])
