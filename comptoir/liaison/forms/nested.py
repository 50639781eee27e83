"""The numbers of the nested classes on the form of a rule: what is kept for whom, and how long."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def _minutes(label: Any, help_text: Any = "", most: int = 1_440) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=0, max_value=most, required=False
    )


def _percent(label: Any, help_text: Any = "", most: int = 100) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=0, max_value=most, required=False
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
    floor_minutes = _minutes(_("Minutes guaranteed to every office on every day"), most=60)
    miss_per_mille = forms.IntegerField(
        label=_("Days in 1,000 on which these may be too few"),
        help_text=_(
            "0 keeps them for every single office, and leaves much of the day empty until it is released. So does any number until it is known how many offices come."
        ),
        min_value=0,
        max_value=200,
        required=False,
    )
    ramp_minutes = _minutes(_("Minutes into the day after which all of it is released"))
    weekly_floor_minutes = _minutes(
        _("Minutes a week that every office is allotted at least"), most=600
    )
    allotted_percent = _percent(_("Per cent of all hours that are allotted"))
    alpha_percent = _percent(
        _("How far allowances follow need, in per cent"),
        _("0: the same for every office, up to 1.2 times its need. 100: in proportion to need."),
        most=140,
    )
    take_up_percent = _percent(_("Per cent of unclaimed allowances that are kept"))
    release_at = forms.TimeField(
        label=_("Time at which these are released, on the service day before"),
        widget=forms.TimeInput(format="%H:%M"),
        required=False,
    )
    day_cap_percent = _percent(
        _("Per cent of its allowance an office may use on one day until then")
    )
    holding_percent = _percent(_("Per cent of its allowance an office may hold ahead"), most=500)
    least_held_minutes = _minutes(_("Minutes every office may hold ahead at least"), most=3_000)
    standby_minutes = _minutes(
        _("Minutes before a start from which nothing is kept any more"), most=480
    )


NESTED = tuple(NestedFields.base_fields)
