"""The next version of the rules of triage, a text to try them with, and a person's own decision."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from comptoir.domain.triage import Fault, FaultKind
from comptoir.enquiries.models import (
    AskerKind,
    Channel,
    Line,
    Priority,
    ReferralKind,
    Topic,
)
from comptoir.people.models import Language
from comptoir.roster.models import LineOfBusiness
from comptoir.ui.forms import RowsFormSet, rows_of

MOST_RULES = 60
LAST = 1000
MOST_TEXT = 20_000
SKILL = re.compile(r"[a-z0-9-]{1,30}")
ANY = [("", _("Any"))]
NONE = [("", _("None"))]
NOT_SAID = [("", _("Not said"))]
YES, NO = "yes", "no"
YES_OR_NO = [(YES, _("Yes")), (NO, _("No"))]
NOT_OPEN = _("This line is not open. Choose another.")
CLOSED = _("%(line)s (closed)")

FAULTS = {
    FaultKind.UNKNOWN_LINE: ("line", NOT_OPEN),
    FaultKind.UNKNOWN_LINE_WHEN: (
        "lines",
        _("A line that is closed takes nothing, so the rule never fires for it. Take it out."),
    ),
    FaultKind.UNKNOWN_SKILL: (
        "skills",
        _("No agent knows this, so enquiries would wait for ever. Give it to an agent first."),
    ),
    FaultKind.UNKNOWN_REFERRAL: ("refer", _("There is no such referral.")),
    FaultKind.EMPTY_CONDITION: ("any_words", _("Say at least one thing the rule looks for.")),
    FaultKind.EMPTY_WORD: ("any_words", _("A word needs letters or digits.")),
    FaultKind.NO_EFFECT: ("priority", _("Say at least one thing that follows.")),
    FaultKind.DUPLICATE_CODE: ("name_en", _("Another rule has this name.")),
    FaultKind.DUPLICATE_CONDITION: (
        "any_words",
        _("An earlier rule looks for the same. Put both into one."),
    ),
    FaultKind.SHADOWED: (
        "line",
        _(
            "An earlier rule always names a line first, so this one never would. Give it a lower number."
        ),
    ),
}


class VersionForm(forms.Form):
    """What the version is called and from when it holds."""

    name_en = forms.CharField(label=_("Name in English"), max_length=150)
    name_fr = forms.CharField(label=_("Name in French"), max_length=150)
    valid_from = forms.DateField(
        label=_("In force from"),
        help_text=_("The day on which it begins, once a second person has approved it."),
    )


class RuleForm(forms.Form):
    """One rule: what it looks for, all of which must hold, and what follows."""

    code = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)
    name_en = forms.CharField(label=_("Name in English"), max_length=100)
    name_fr = forms.CharField(label=_("Name in French"), max_length=100)
    place = forms.IntegerField(
        label=_("Place in the order"),
        help_text=_("Of two rules that name a line, the one with the lower number decides."),
        min_value=1,
        max_value=999,
        required=False,
    )
    any_words = forms.CharField(
        label=_("One of these words or phrases"),
        help_text=_("One a line, in both languages. Capitals and accents do not matter."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    all_words = forms.CharField(
        label=_("All of these words or phrases"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    topics = forms.MultipleChoiceField(
        label=_("One of these topics"),
        choices=Topic.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    channels = forms.MultipleChoiceField(
        label=_("Came by one of these ways"),
        choices=Channel.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    lines = forms.MultipleChoiceField(
        label=_("On one of these lines"),
        help_text=_("By which it came in; of a later text, where the enquiry is by then."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": NOT_OPEN},
    )
    languages = forms.ChoiceField(
        label=_("Answered in"), choices=ANY + Language.choices, required=False
    )
    lines_of_business = forms.ChoiceField(
        label=_("Line of business"), choices=ANY + LineOfBusiness.choices, required=False
    )
    askers = forms.ChoiceField(label=_("Who asks"), choices=ANY + AskerKind.choices, required=False)
    has_identifiers = forms.ChoiceField(
        label=_("Names an application or client number"),
        choices=ANY + YES_OR_NO,
        required=False,
    )
    line = forms.ChoiceField(
        label=_("Then: goes to the line"),
        required=False,
        error_messages={"invalid_choice": NOT_OPEN},
    )
    priority = forms.TypedChoiceField(
        label=_("Then: priority at least"),
        choices=[*NONE, *Priority.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    skills = forms.CharField(
        label=_("Then: the agent must know"),
        help_text=_("Codes, with commas between, such as adoption, refugee."),
        required=False,
        max_length=300,
    )
    refer = forms.ChoiceField(
        label=_("Then: a referral is proposed"), choices=NONE + ReferralKind.choices, required=False
    )

    def __init__(self, *arguments: Any, lines: Sequence[Line], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._offer("lines", [], lines)
        self._offer("line", NONE, lines)

    def _offer(self, name: str, before: list[tuple[str, Any]], lines: Sequence[Line]) -> None:
        """The open lines to choose from. A closed one that the rule still names stands there too: left
        out, it would be dropped in silence, and the rule would hold for every line.
        """
        value = self[name].value()
        named = value if isinstance(value, list) else [value]
        choices = [
            (line.code, line.name if line.closed_at is None else CLOSED % {"line": line.name})
            for line in lines
            if line.closed_at is None or line.code in named
        ]
        self.fields[name].choices = before + choices  # type: ignore[attr-defined]  # a choice of codes

    def clean_skills(self) -> list[str]:
        return codes_in(self.cleaned_data["skills"])

    def rule(self) -> dict[str, Any]:
        """The rule as a version keeps it; what is left blank is left out."""
        data = self.cleaned_data
        when = {
            "any_words": _lines_of(data["any_words"]),
            "all_words": _lines_of(data["all_words"]),
            "topics": data["topics"],
            "channels": data["channels"],
            "lines": data["lines"],
            **{
                name: [data[name]] if data[name] else []
                for name in ("languages", "lines_of_business", "askers")
            },
            "has_identifiers": data["has_identifiers"] == YES if data["has_identifiers"] else [],
        }
        then = {
            "line": data["line"],
            "skills": data["skills"],
            "refer": [data["refer"]] if data["refer"] else [],
        }
        if data["priority"] is not None:
            then["priority"] = data["priority"]
        return {
            "code": data["code"] or slugify(data["name_en"])[:30] or "rule",
            "name_en": data["name_en"],
            "name_fr": data["name_fr"],
            "when": {name: value for name, value in when.items() if value != []},
            "then": {name: value for name, value in then.items() if value not in ("", [])},
        }


RuleForms = rows_of(RuleForm, most=MOST_RULES, name=_("Rule"), add=_("Add a rule"))


def written(rows: RowsFormSet) -> list[dict[str, Any]]:
    """The rules in the order that their numbers say; one without a number is last."""
    found = [row for row in rows.forms if isinstance(row, RuleForm)]
    found.sort(key=lambda row: row.cleaned_data["place"] or LAST)
    return [row.rule() for row in found]


def initial_rules(rules: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Kept rules as the form shows them."""
    return [_initial_rule(rule) | {"place": 10 * n} for n, rule in enumerate(rules, start=1)]


def _initial_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    when, then = rule["when"], rule["then"]
    return {
        "code": rule["code"],
        "name_en": rule["name_en"],
        "name_fr": rule["name_fr"],
        "any_words": "\n".join(when.get("any_words", ())),
        "all_words": "\n".join(when.get("all_words", ())),
        "topics": when.get("topics", []),
        "channels": when.get("channels", []),
        "lines": when.get("lines", []),
        **{
            name: next(iter(when.get(name, ())), "")
            for name in ("languages", "lines_of_business", "askers")
        },
        "has_identifiers": {True: YES, False: NO}.get(when.get("has_identifiers"), ""),
        "line": then.get("line", ""),
        "priority": then.get("priority", ""),
        "skills": ", ".join(then.get("skills", ())),
        "refer": next(iter(then.get("refer", ())), ""),
    }


def refuse(rows: RowsFormSet, faults: Iterable[Fault]) -> None:
    """Say beside its field what is wrong with each rule."""
    by_code = {row.rule()["code"]: row for row in rows.forms if isinstance(row, RuleForm)}
    for fault in faults:
        name, sentence = FAULTS[fault.kind]
        by_code[fault.rule].add_error(name, sentence)


class TryForm(forms.Form):
    """A text as it might come, to see which rules would fire. It is kept nowhere."""

    text = forms.CharField(
        label=_("Text"),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Paste or type a text.")},
    )
    topic = forms.ChoiceField(label=_("Topic"), choices=Topic.choices)
    channel = forms.ChoiceField(label=_("How it came"), choices=Channel.choices)
    asker = forms.ChoiceField(label=_("Who asks"), choices=AskerKind.choices)
    line = forms.ChoiceField(label=_("Line it came by"), choices=lambda: open_lines())
    language = forms.ChoiceField(
        label=_("Answered in"), choices=NOT_SAID + Language.choices, required=False
    )
    line_of_business = forms.ChoiceField(
        label=_("Line of business"), choices=NOT_SAID + LineOfBusiness.choices, required=False
    )
    has_identifiers = forms.BooleanField(
        label=_("Names an application or client number"), required=False
    )


class OverruleForm(forms.Form):
    """Where a person puts an enquiry, and why."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    line = forms.ModelChoiceField(
        label=_("Line"),
        queryset=Line.objects.filter(closed_at=None).order_by("pk"),
        to_field_name="code",
        empty_label=None,
        error_messages={"invalid_choice": NOT_OPEN},
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=Priority.choices, coerce=lambda code: Priority(int(code))
    )
    skills = forms.CharField(
        label=_("What the agent must know"),
        help_text=_("Codes, with commas between, such as adoption, refugee."),
        required=False,
        max_length=300,
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("It stays on record. Write nothing about the case."),
        max_length=300,
        error_messages={"required": _("Say why.")},
    )

    def clean_skills(self) -> list[str]:
        return codes_in(self.cleaned_data["skills"])


def open_lines() -> list[tuple[str, str]]:
    """The open lines by their codes; a drill's is reached by its keyword only."""
    lines = Line.objects.counted().filter(closed_at=None).order_by("pk")
    return [(line.code, line.name) for line in lines]


def codes_in(text: str) -> list[str]:
    """The codes that somebody typed with commas between; raises ValidationError."""
    found = sorted({word.strip().lower() for word in text.split(",")} - {""})
    if not all(SKILL.fullmatch(word) for word in found):
        raise forms.ValidationError(
            _("Each code has letters without accents, digits and hyphens, 30 at most.")
        )
    return found


def _lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
