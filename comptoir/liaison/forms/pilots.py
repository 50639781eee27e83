"""A pilot as its owner writes it: whom it concerns, when, which rule it tries, by what it is judged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from comptoir.domain import evaluation
from comptoir.domain.grid import QUANTUM_MINUTES
from comptoir.liaison.actions import piloting
from comptoir.liaison.forms.rule import MAY_BE_EMPTY, REMARKS, RuleForm
from comptoir.liaison.forms.sections import Group, Section, sections
from comptoir.liaison.models import Criterion, Design, Measure, Pilot, PilotOffice, Policy
from comptoir.liaison.queries import choosing, pilots, versions
from comptoir.liaison.queries.choosing import Choice
from comptoir.ui import times

SOFT_LAUNCH = 20
"""With how many offices a soft launch begins, unless its owner says otherwise."""

LIMITS = evaluation.HarmLimits()

REFUSED: dict[type[Exception], tuple[str | None, Any]] = {
    piloting.StartsInThePast: ("starts_on", _("Choose tomorrow or a later day.")),
    piloting.StartsTooFarAhead: ("starts_on", _("Choose a day within a year from now.")),
    piloting.EndsBeforeItStarts: ("ends_on", _("Choose a day after the first one.")),
    piloting.LastsTooLong: (
        "ends_on",
        _("A pilot lasts a year at most. What is to last longer, set as a version of the rule."),
    ),
    piloting.NotWholeWeeks: (
        "starts_on",
        _("Where weeks are drawn, the pilot begins on a Monday, and the common rule on another."),
    ),
    piloting.OddWeeks: (
        "ends_on",
        _("Weeks are drawn in pairs: choose an even number of weeks."),
    ),
    piloting.TooManyWeeks: ("ends_on", _("Choose 32 weeks at most.")),
    piloting.NothingMeasured: ("measures", _("Choose at least one outcome.")),
    piloting.UnknownMeasure: ("measures", _("Choose outcomes from the list.")),
    piloting.NoMembers: ("criterion", _("A group needs at least one office.")),
    piloting.GroupOfAll: ("design", _("Where weeks are drawn, all offices take part.")),
    piloting.NoCommonRule: (
        "starts_on",
        _("No common rule is in force on that day: set one first."),
    ),
    piloting.ExtraWithoutAllowances: (
        "extra_minutes",
        _("This rule allots nothing, so nothing can be added to it. Raise the limits instead."),
    ),
    piloting.ExtraOverWeek: (
        "extra_minutes",
        _("A week does not have so much beside what is allotted. Give less, or to fewer offices."),
    ),
    piloting.NothingTried: (
        None,
        _(
            "The trial rule says the same as the common one: change a number, or give something extra."
        ),
    ),
    choosing.NoBreak: (
        "criterion",
        _("No office parts from the rest by what it used. Choose the offices in another way."),
    ),
}


class PilotForm(RuleForm):
    """Every number of the trial rule, as on the form of the rule, and what makes it a trial.

    The rule's remark says what the pilot is for: that must be said.
    """

    valid_from = None  # type: ignore[assignment]  # takes the field away: a pilot has its own days
    remark_en = forms.CharField(
        label=_("What the pilot is for, in English"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )
    remark_fr = forms.CharField(
        label=_("What the pilot is for, in French"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )
    design = forms.ChoiceField(
        label=_("Who follows the trial rule"), choices=Design, widget=forms.RadioSelect
    )
    starts_on = forms.DateField(label=_("First day of the pilot"))
    ends_on = forms.DateField(
        label=_("Day on which the common rule holds again"),
        help_text=_("Nothing needs to be done on that day. What is booked stays booked."),
    )
    criterion = forms.ChoiceField(
        label=_("How the offices of the group are chosen"),
        help_text=_("Not needed where weeks are drawn."),
        choices=Criterion,
        widget=forms.RadioSelect,
        required=False,
    )
    references = forms.CharField(
        label=_("References of the offices"),
        help_text=_("For a list: one office on each line."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=10_000,
        required=False,
    )
    count = forms.IntegerField(
        label=_("How many offices"),
        help_text=_("For offices that are drawn, and for a soft launch."),
        min_value=1,
        max_value=500,
        initial=SOFT_LAUNCH,
        required=False,
    )
    extra_minutes = forms.IntegerField(
        label=_("Minutes a week that each of these offices is allotted beside its allowance"),
        help_text=_(
            "Whole quarter hours. All other offices have so much less; the next page says."
        ),
        min_value=0,
        max_value=3_000,
        initial=0,
        required=False,
    )
    measures = forms.MultipleChoiceField(
        label=_("Outcomes by which the pilot is judged"),
        help_text=_("Registered now, before anything is known. None can be added afterwards."),
        choices=Measure,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": REFUSED[piloting.NothingMeasured][1]},
    )
    least_day_access_percent = forms.IntegerField(
        label=_("Harm: day access under so many per cent"),
        min_value=0,
        max_value=100,
        initial=round(100 * LIMITS.day_access),
    )
    most_fill_drop_percent = forms.IntegerField(
        label=_("Harm: the other offices attend so many points less of the hours they need"),
        min_value=0,
        max_value=100,
        initial=round(100 * LIMITS.others_fill_drop),
    )
    most_idle_percent = forms.IntegerField(
        label=_("Harm: so many per cent of the hours are idle though a refused request fits them"),
        min_value=0,
        max_value=100,
        initial=round(100 * LIMITS.avoidable_idle),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([*NAMES, *(name for group in OWN_GROUPS for name in group.names)])
        for name in pilots.SHARED:
            field = self.fields[name]
            field.help_text = format_lazy("{} {}", field.help_text, SHARED_BY_ALL)

    def own_sections(self, today: date) -> list[Section]:
        """What a rule does not have, in groups."""
        return sections(self, OWN_GROUPS, today)

    def clean_references(self) -> list[str]:
        """One reference on each line."""
        lines = (line.strip() for line in self.cleaned_data["references"].splitlines())
        return [line for line in lines if line]

    def clean_extra_minutes(self) -> int:
        minutes: int = self.cleaned_data["extra_minutes"] or 0
        if minutes % QUANTUM_MINUTES:
            raise forms.ValidationError(_("Give whole quarter hours: 0, 15, 30 …"))
        return minutes

    def clean(self) -> dict[str, Any]:
        """What one design or criterion needs."""
        given = super().clean()
        if given.get("design") != Design.COHORT:
            return given
        criterion = given.get("criterion")
        if not criterion:
            self.add_error("criterion", _("Say how the offices are chosen."))
        if criterion == Criterion.LIST and not given.get("references"):
            self.add_error("references", REFUSED[piloting.NoMembers][1])
        if criterion in (Criterion.RANDOM, Criterion.FIRST) and not given.get("count"):
            self.add_error("count", _("Say how many."))
        return given

    @property
    def draws_offices(self) -> bool:
        """Whether it is left to a draw which offices they are."""
        given = self.cleaned_data
        return (given["design"], given["criterion"]) == (Design.COHORT, Criterion.RANDOM)

    def choice(self, now: datetime, seed: int) -> Choice:
        """The offices that the form asks for; none where weeks are drawn. Raises CannotChoose."""
        given = self.cleaned_data
        first, until = given["starts_on"], given["ends_on"]
        if given["design"] == Design.SWITCHBACK:
            return Choice([])
        ways: dict[str, Callable[[], Choice]] = {
            Criterion.BREAK: lambda: choosing.by_break(seed=seed, now=now),
            Criterion.LIST: lambda: choosing.by_list(given["references"]),
            Criterion.RANDOM: lambda: choosing.drawn(
                count=given["count"], seed=seed, without=pilots.members_between(first, until)
            ),
            Criterion.FIRST: lambda: choosing.first(given["count"]),
        }
        return ways[given["criterion"]]()

    def pilot(self, choice: Choice, seed: int) -> Pilot:
        """The pilot as written, without its rule or an author."""
        given = self.cleaned_data
        in_group = given["design"] == Design.COHORT
        return Pilot(
            criterion=given["criterion"] if in_group else "",
            p_value=choice.found.p_value if choice.found is not None else None,
            seed=seed,
            **{name: given[name] for name in PILOT},
        )

    def trial(self) -> Policy:
        """The rule it tries, as written; a group keeps for others what all keep on its first day."""
        given = self.cleaned_data
        rule = {name: given[name] for name in RuleForm.base_fields if name in self.fields}
        left_empty = {name for name in MAY_BE_EMPTY if rule[name] is None}
        kept = {name: one for name, one in rule.items() if name not in left_empty}
        kept |= {"lengths": sorted(given["lengths"]), "valid_from": given["starts_on"]}
        common = versions.governing(given["starts_on"])
        if given["design"] == Design.COHORT and common is not None:
            kept |= {name: getattr(common, name) for name in pilots.SHARED}
        return Policy(version=0, for_pilot=True, **kept)

    def members(self, choice: Choice) -> list[PilotOffice]:
        """The group as proposed, each with what it is given."""
        extra = self.cleaned_data["extra_minutes"] // QUANTUM_MINUTES
        return [
            PilotOffice(office=office, extra_quanta=extra, chance=choice.chances.get(office.pk))
            for office in choice.offices
        ]

    def refuse_pilot(self, reason: piloting.CannotStartPilot | choosing.CannotChoose) -> None:
        """Say why the pilot cannot be set, beside the field that would change it."""
        self.add_error(*(REFUSED.get(type(reason)) or _about(reason)))


NAMES = ("name_en", "name_fr", *REMARKS)
PILOT = (
    "design",
    "starts_on",
    "ends_on",
    "measures",
    "least_day_access_percent",
    "most_fill_drop_percent",
    "most_idle_percent",
)
OWN_GROUPS = (
    Group(
        _("Who and when"),
        _("Some offices the whole time, or all of them in weeks that are drawn."),
        ("design", "starts_on", "ends_on", "criterion", "references", "count", "extra_minutes"),
    ),
    Group(
        _("By what it is judged"),
        _("The outcomes, and what counts as harm: the results say when a limit is passed."),
        (
            "measures",
            "least_day_access_percent",
            "most_fill_drop_percent",
            "most_idle_percent",
        ),
    ),
)
"""What a rule does not have."""

SHARED_BY_ALL = _("A group has it in common with all others.")


def _about(reason: Exception) -> tuple[str, Any]:
    """The field and the sentence of a refusal that names something."""
    match reason:
        case piloting.WeekIsOpen():
            sentence = _("That week can be booked already. Choose %(day)s or a later Monday.")
            return "starts_on", sentence % {"day": times.long_date(reason.first)}
        case piloting.NotActive():
            sentence = _("These offices book no more: %(offices)s. Leave them out.")
            return "references", sentence % {"offices": _references(reason.offices)}
        case piloting.InAnotherPilot() if reason.offices:
            sentence = _(
                "The pilot “%(name)s” has these offices on some of those days: %(offices)s. Leave them "
                "out, or choose other days."
            )
            given = {"name": reason.pilot.name, "offices": _references(reason.offices)}
            return "criterion", sentence % given
        case piloting.InAnotherPilot():
            sentence = _("The pilot “%(name)s” has some of those days. Choose other days.")
            return "starts_on", sentence % {"name": reason.pilot.name}
        case piloting.TakesFromOthers():
            sentence = _(
                "What is kept for whom, from when a day can be booked, and who is served first or asked to "
                "confirm must be the same for a group and for all others, or it would take what others are "
                "owed. Take these from the common rule, or draw weeks instead: %(fields)s."
            )
            labels = [str(RuleForm.base_fields[name].label) for name in reason.names]
            return reason.names[0], sentence % {"fields": "; ".join(labels)}
        case choosing.UnknownOffices():
            sentence = _("No active office has these references: %(references)s.")
            return "references", sentence % {"references": ", ".join(reason.references)}
        case choosing.TooFewOffices():
            return "count", ngettext(
                "Only %(n)s office is active and in no other pilot.",
                "Only %(n)s offices are active and in no other pilot.",
                reason.offices,
            ) % {"n": reason.offices}
    raise reason


def _references(offices: list[Any]) -> str:
    return ", ".join(office.reference for office in offices)


class StopForm(forms.Form):
    """Why a pilot is stopped, or withdrawn."""

    reason = forms.CharField(
        label=_("Why it is stopped"),
        help_text=_("Shown with its results."),
        max_length=300,
        error_messages={"required": _("Say why: the results are read with it.")},
    )
