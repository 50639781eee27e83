"""Who is asked to confirm, as the owner of the rule writes it; why a team lead waives a charge."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.liaison.queries import confirming

ONE_MINUTE = timedelta(minutes=1)


class WordsForm(forms.Form):
    """The reason in words, which the office reads."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_(
            "The office reads it in the history of the appointment. Please write nothing about a "
            "person or a case."
        ),
    )


def _number(label: Any, help_text: Any, *, least: int = 1, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=least, max_value=most, required=False
    )


class ReliabilityFields(forms.Form):
    """Fields named as those of a policy; one that is left empty has the policy's default."""

    pattern_least_late = _number(
        _("Appointments lost late before an office is asked to confirm"),
        _("With fewer it never is. Five are Comptoir’s default."),
        most=100,
    )
    pattern_window_days = _number(
        _("Business days that are looked at"),
        _("What was lost earlier counts no longer. Twenty are Comptoir’s default."),
        most=60,
    )
    pattern_share_percent = _number(
        _("Per cent of its appointments that an office may lose late"),
        _("More than this is too much. Ten are Comptoir’s default."),
        most=99,
    )
    pattern_certainty_percent = _number(
        _("How certain it must be that an office loses more, in per cent"),
        _("The higher, the fewer offices are asked by bad luck. 90 are Comptoir’s default."),
        most=99,
    )
    pattern_prior_late = _number(
        _("Appointments supposed to be lost late before anything is known of an office"),
        _("With the next number: 2 lost and 38 kept are Comptoir’s default."),
        most=1_000,
    )
    pattern_prior_kept = _number(
        _("Appointments supposed to be kept before anything is known of an office"),
        _("The larger both are, the more it takes to be asked."),
        most=1_000,
    )
    pattern_clean_days = _number(
        _("Business days without a loss after which an office is no longer asked"),
        _("Ten are Comptoir’s default."),
        most=60,
    )
    excuses_checked_percent = _number(
        _("Excuses in a hundred that are drawn to be checked"),
        _("0: none is. Twenty are Comptoir’s default."),
        least=0,
        most=100,
    )
    confirm_before_minutes = _number(
        _("Minutes before its start at which an appointment must be confirmed"),
        _(
            "Only by offices that are asked to. What is not confirmed then goes to others, uncharged. An hour is Comptoir’s default."
        ),
        least=confirming.LATEST_RELEASE // ONE_MINUTE,
        most=confirming.EARLIEST_RELEASE // ONE_MINUTE,
    )


RELIABILITY = tuple(ReliabilityFields.base_fields)
