"""Which rules of triage are in force, what they make of an enquiry, and what is wrong with a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from comptoir.domain import triage
from comptoir.enquiries.models import (
    Agent,
    CrisisLine,
    Enquiry,
    Line,
    Priority,
    Promise,
    ReferralKind,
    ServiceTarget,
    TriageFinding,
    TriageVersion,
)
from comptoir.enquiries.queries import rule_words
from comptoir.ui import clock, languages

MOST_TO_APPROVE = 5
"""Versions that wait for approval, as far as a page names them above all others."""

CRISIS = "crisis:"
"""How the code of a crisis line's own rule begins."""


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fired, with its name in the language of the page, and what met it."""

    code: str
    name: str
    matched: tuple[str, ...]


def in_force(at: datetime) -> TriageVersion | None:
    """The version that holds at an instant."""
    return TriageVersion.objects.begun_by(at).last()


def to_approve() -> list[TriageVersion]:
    """The versions that wait for a second person, the last first."""
    found = TriageVersion.objects.filter(approved_at=None).select_related("created_by")
    return list(found.order_by("-number")[:MOST_TO_APPROVE])


def as_rules(rules: Sequence[Mapping[str, Any]]) -> tuple[triage.Rule, ...]:
    """Written rules as the domain knows them."""
    return tuple(_as_rule(rule) for rule in rules)


def _as_rule(rule: Mapping[str, Any]) -> triage.Rule:
    when, then = rule["when"], rule["then"]

    def codes(name: str) -> frozenset[str]:
        return frozenset(when.get(name, ()))

    return triage.Rule(
        rule["code"],
        triage.When(
            any_words=tuple(when.get("any_words", ())),
            all_words=tuple(when.get("all_words", ())),
            channels=codes("channels"),
            lines=codes("lines"),
            languages=codes("languages"),
            topics=codes("topics"),
            lines_of_business=codes("lines_of_business"),
            askers=codes("askers"),
            has_identifiers=when.get("has_identifiers"),
        ),
        triage.Then(
            line=then.get("line") or None,
            priority=then.get("priority"),
            skills=frozenset(then.get("skills", ())),
            refer=frozenset(then.get("refer", ())),
        ),
    )


def rule_set(version: TriageVersion | None, at: datetime) -> triage.RuleSet:
    """The version's rules, and before them a rule for the keyword of each crisis line open then."""
    crises = tuple(
        triage.crisis_rule(code, (keyword,), Priority.HIGH) for code, keyword in _keywords(at)
    )
    if version is None:
        return triage.RuleSet(0, crises)
    return triage.RuleSet(version.number, crises + as_rules(version.rules))


def _keywords(at: datetime) -> list[tuple[str, str]]:
    opened = CrisisLine.objects.open().filter(line__opened_at__lte=at).order_by("pk")
    return list(opened.values_list("line__code", "keyword"))


def item_of(enquiry: Enquiry, text: str) -> triage.Item:
    """What the rules may know of an enquiry whose text this is."""
    return triage.Item(
        channel=enquiry.channel,
        line=enquiry.line.code,
        language=enquiry.language,
        text=f"{enquiry.subject}\n{text}",
        topic=enquiry.topic,
        line_of_business=enquiry.line_of_business,
        asker=enquiry.asker_kind,
        has_identifiers=bool(enquiry.uci or enquiry.application_number),
    )


def place_for(code: str, at: datetime) -> Line | None:
    """The line of this code if it takes enquiries and promises something; None otherwise.

    A rule that names a line which was closed since leaves an enquiry where it came in.
    """
    on = clock.service_date(at)
    promised = ServiceTarget.objects.filter(promise=Promise.FINAL, valid_from__lte=on)
    found = Line.objects.open_at(at).filter(code=code, pk__in=promised.values("line"))
    return found.first()


def known() -> triage.Known:
    """The codes that rules may name: a skill that no agent has would let enquiries wait for ever, and a
    drill's line is reached by its keyword only.
    """
    lines = Line.objects.counted().filter(closed_at=None)
    skills = Agent.objects.filter(active=True).values_list("skills", flat=True)
    return triage.Known(
        frozenset(lines.values_list("code", flat=True)),
        frozenset(skill for held in skills for skill in held),
        frozenset(ReferralKind.values),
    )


def names_of(version: TriageVersion | None) -> dict[str, str]:
    """The names of a version's rules in the language of the page."""
    if version is None:
        return {}
    return {
        rule["code"]: languages.in_this(rule["name_en"], rule["name_fr"]) for rule in version.rules
    }


def crisis_name(line: str) -> str:
    """The name of the rule that brings a keyword to its crisis line."""
    return _("Keyword of the line %(line)s") % {"line": line}


def fired_of(finding: TriageFinding) -> list[Fired]:
    """What fired, as people read it. One query more if a rule looked at the line."""
    names = names_of(finding.version)
    looked_at = {condition for rule in finding.fired for condition, _met in rule["matched"]}
    lines = rule_words.line_names() if triage.Condition.LINE in looked_at else {}
    return [
        Fired(
            rule["rule"],
            names.get(rule["rule"]) or crisis_name(finding.line.name),
            tuple(rule_words.word_of(code, met, lines) for code, met in rule["matched"]),
        )
        for rule in finding.fired
    ]


def overruled(enquiry: Enquiry) -> bool:
    """Whether a person has decided, so that no later triage does."""
    return enquiry.findings.filter(by__isnull=False).exists()


def newest_of(enquiry: Enquiry) -> TriageFinding | None:
    """The finding that holds."""
    return enquiry.findings.select_related("version", "line", "by").order_by("-pk").first()
