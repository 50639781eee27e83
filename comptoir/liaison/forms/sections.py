"""The numbers of a rule in groups: what belongs together stands together, the rarely changed folded.

A folded group says in words what its numbers are. One with an error is open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from comptoir.liaison.models import Policy
from comptoir.liaison.queries import kept, trusted, words
from comptoir.liaison.queries.kept import Term


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together, in their order; `says` puts those of a folded group in words."""

    title: Any
    text: Any
    names: tuple[str, ...]
    says: Callable[[Policy], list[Term]] | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A group of one form, as a page shows it."""

    title: Any
    text: Any
    fields: list[forms.BoundField]
    is_folded: bool
    is_open: bool
    values: list[Term]


GROUPS = (
    Group(
        _("Limits of an office"),
        _("How much every office may book, how far ahead, and how an appointment goes."),
        (
            "minutes_per_day",
            "minutes_per_week",
            "lengths",
            "horizon_business_days",
            "least_notice_minutes",
            "most_case_lines",
            "hold_minutes",
            "start_early_minutes",
        ),
    ),
    Group(
        _("Late time"),
        _("When time given up or not attended still counts, and what excuses it."),
        (
            "late_notice_minutes",
            "no_show_after_minutes",
            "late_counts",
            "excusing_reasons",
            "excuses_checked_percent",
        ),
    ),
    Group(
        _("What is kept for whom"),
        _("What every office is guaranteed of each day, and how long hours are kept for offices."),
        (
            "nested",
            "floor_minutes",
            "miss_per_mille",
            "ramp_minutes",
            "take_up_percent",
            "release_at",
            "day_cap_percent",
            "holding_percent",
            "least_held_minutes",
            "standby_minutes",
        ),
    ),
    Group(
        _("Opening"),
        _("How a new day opens: at midnight for whoever is first, or by a draw among wishes."),
        ("batch_minutes", "opens_at"),
        words.opening,
    ),
    Group(
        _("Waiting list"),
        _("How what came free is offered to those who wait, and in which order."),
        (
            "most_waiting",
            "offer_minutes",
            "kept_longer_minutes",
            "together_minutes",
            "answer_seconds",
            "most_unanswered",
            "half_life_days",
            "most_filed_a_day",
            "first_place_days",
        ),
        words.waiting,
    ),
    Group(
        _("Allowances"),
        _("What each office is allotted of a week, where hours are kept for offices."),
        (
            "weekly_floor_minutes",
            "allotted_percent",
            "alpha_percent",
            "headroom_percent",
            "movement_percent",
        ),
        kept.allowances,
    ),
    Group(
        _("Reliability"),
        _(
            "When an office has lost so much time late that it is asked to confirm. It ends by itself."
        ),
        (
            "pattern_least_late",
            "pattern_window_days",
            "pattern_share_percent",
            "pattern_certainty_percent",
            "pattern_prior_late",
            "pattern_prior_kept",
            "pattern_clean_days",
        ),
        trusted.asked,
    ),
    Group(
        _("Confirmations"),
        _("Until when an office that is asked to confirm must do so."),
        ("confirm_before_minutes",),
        trusted.confirmed,
    ),
)
"""Every number of a version stands in one of them."""


def sections(form: forms.Form, groups: Iterable[Group], today: date) -> list[Section]:
    """These groups of a form, folded where they have words for what they say."""
    present = _present(form, today)
    return [
        Section(
            group.title,
            group.text,
            [form[name] for name in group.names],
            is_folded=group.says is not None,
            is_open=any(form[name].errors for name in group.names),
            values=group.says(present) if group.says is not None else [],
        )
        for group in groups
    ]


def _present(form: forms.Form, today: date) -> Policy:
    """The version as it is written so far; the default stands for what is empty or not understood."""
    known = {field.name for field in Policy._meta.concrete_fields}
    values: dict[str, Any] = {"valid_from": today}
    for name in known & form.fields.keys():
        try:
            value = form.fields[name].clean(form[name].value())
        except ValidationError:
            continue
        if value is not None:
            values[name] = value
    return Policy(**values)
