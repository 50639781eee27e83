"""A rule of triage in plain words: if this, then that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comptoir.domain.triage import Condition
from comptoir.enquiries.models import (
    AskerKind,
    Channel,
    Line,
    Priority,
    ReferralKind,
    Topic,
    TriageVersion,
)
from comptoir.people.models import Language
from comptoir.roster.models import LineOfBusiness
from comptoir.ui import languages

LABELS: dict[Condition, dict[str, str | Promise]] = {
    Condition.TOPIC: dict(Topic.choices),
    Condition.CHANNEL: dict(Channel.choices),
    Condition.LANGUAGE: dict(Language.choices),
    Condition.LINE_OF_BUSINESS: dict(LineOfBusiness.choices),
    Condition.ASKER: dict(AskerKind.choices),
    Condition.HAS_IDENTIFIERS: {
        "yes": gettext_lazy("an application or client number"),
        "no": gettext_lazy("no application or client number"),
    },
}


@dataclass(frozen=True, slots=True)
class Said:
    """One condition or effect: what it is about, and the values of which one is enough."""

    label: str
    values: str


@dataclass(frozen=True, slots=True)
class InWords:
    """A rule as it is read: every condition must hold, every effect follows."""

    code: str
    name: str
    conditions: tuple[Said, ...]
    effects: tuple[Said, ...]


def version_in_words(version: TriageVersion) -> list[InWords]:
    """Its rules in order. One query, for the names of lines."""
    names = line_names()
    return [_rule(rule, names) for rule in version.rules]


def line_names() -> dict[str, str]:
    """The names of all lines by their codes, in the language of the page."""
    return {line.code: line.name for line in Line.objects.order_by("pk")}


def _rule(rule: Mapping[str, Any], names: Mapping[str, str]) -> InWords:
    return InWords(
        rule["code"],
        languages.in_this(rule["name_en"], rule["name_fr"]),
        tuple(_conditions(rule["when"], names)),
        tuple(effects(rule["then"], names)),
    )


def _conditions(when: Mapping[str, Any], names: Mapping[str, str]) -> list[Said]:
    known = (
        ("any_words", Condition.ANY_WORDS, _("The text says one of")),
        ("all_words", Condition.ALL_WORDS, _("The text says all of")),
        ("topics", Condition.TOPIC, _("The topic is")),
        ("channels", Condition.CHANNEL, _("It came by")),
        ("lines", Condition.LINE, _("It is on the line")),
        ("languages", Condition.LANGUAGE, _("It is answered in")),
        ("lines_of_business", Condition.LINE_OF_BUSINESS, _("It is about")),
        ("askers", Condition.ASKER, _("Who asks is")),
        ("has_identifiers", Condition.HAS_IDENTIFIERS, _("It names")),
    )
    return [
        Said(label, ", ".join(word_of(condition, code, names) for code in _codes(when[name])))
        for name, condition, label in known
        if when.get(name) not in (None, [])
    ]


def _codes(written: bool | Sequence[str]) -> Sequence[str]:
    """The codes that a condition accepts; of yes or no it is written which."""
    if isinstance(written, bool):
        return ["yes" if written else "no"]
    return written


def word_of(condition: str, value: str, lines: Mapping[str, str]) -> str:
    """What met a condition, in words: a code by its label, a line by its name in `lines`, a word of a
    text as the rule has it.
    """
    if condition == Condition.LINE:
        return lines.get(value, value)
    labels = LABELS.get(Condition(condition))
    return str(labels.get(value, value)) if labels else value


def effects(then: Mapping[str, Any], names: Mapping[str, str]) -> list[Said]:
    """What follows when a rule fires; `then` has the names of `domain.triage.Then`."""
    found = []
    if then.get("line"):
        found.append(Said(_("It goes to the line"), names.get(then["line"], then["line"])))
    if then.get("priority") is not None:
        found.append(Said(_("Its priority is at least"), str(Priority(then["priority"]).label)))
    if then.get("skills"):
        found.append(Said(_("The agent must know"), ", ".join(then["skills"])))
    if then.get("refer"):
        kinds = (str(ReferralKind(code).label) for code in then["refer"])
        found.append(Said(_("A referral is proposed"), ", ".join(kinds)))
    return found
