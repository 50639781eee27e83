"""The numbers of the nested classes on the form of a rule: what is kept for whom, and how long."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def _number(label: Any, help_text: Any = "", *, least: int = 0, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=least, max_value=most, required=False
    )


class NestedFields(forms.Form):
    """Fields named as those of a policy; one that is left empty has the policy's default."""

    nested = forms.BooleanField(
        label=_("Keep hours for offices that have not had their share"),
        help_text=_(
            "Every office is guaranteed a little of each day and allotted a part of each week. "
            "What is kept for them and not claimed is released."
        ),
        required=False,
    )
    floor_minutes = _number(
        _("Minutes guaranteed to every office on every day"),
        _("One of the lengths on offer; 0: nothing is."),
        most=60,
    )
    miss_per_mille = _number(
        _("Days in 1,000 on which these may be too few"),
        _(
            "0 keeps them for every single office, and leaves much of the day empty until it is released. So does any number until it is known how many offices come."
        ),
        most=200,
    )
    ramp_minutes = _number(
        _("Minutes into the day after which all of it is released"),
        _("Fewer and fewer are kept from the beginning of the day on."),
        most=1_440,
    )
    weekly_floor_minutes = _number(
        _("Minutes a week that every office is allotted at least"),
        _("However little it needed until now."),
        most=600,
    )
    allotted_percent = _number(
        _("Per cent of all hours that are allotted"),
        _("The rest is open to all, first come, first served."),
        most=100,
    )
    alpha_percent = _number(
        _("How far allowances follow need, in per cent"),
        _("0: the same for every office. 100: in proportion to need."),
        most=140,
    )
    headroom_percent = _number(
        _("Most that an office is allotted, in per cent of its need"),
        _("Nobody is allotted more, unless the least a week is more. 120 are Comptoir’s default."),
        least=100,
        most=500,
    )
    movement_percent = _number(
        _("Most by which an allowance moves in a quarter, in per cent"),
        _(
            "Where this is less than a quarter hour, it is a quarter hour. 25 are Comptoir’s default."
        ),
        most=100,
    )
    take_up_percent = _number(
        _("Per cent of unclaimed allowances that are kept"),
        _("As not every office books all that it is allotted."),
        most=100,
    )
    release_at = forms.TimeField(
        label=_("Time at which these are released, on the service day before"),
        help_text=_("What is not booked by then is open to all."),
        widget=forms.TimeInput(format="%H:%M"),
        required=False,
    )
    day_cap_percent = _number(
        _("Per cent of its allowance an office may use on one day until then"),
        _("So that nobody takes a whole day before the release."),
        most=100,
    )
    holding_percent = _number(
        _("Per cent of its allowance an office may hold ahead"),
        _("Booked and not yet attended."),
        most=500,
    )
    least_held_minutes = _number(
        _("Minutes every office may hold ahead at least"),
        _("For an office with a small allowance."),
        most=3_000,
    )
    standby_minutes = _number(
        _("Minutes before a start from which nothing is kept any more"),
        _("Whoever asks then may have it."),
        most=480,
    )


NESTED = tuple(NestedFields.base_fields)
