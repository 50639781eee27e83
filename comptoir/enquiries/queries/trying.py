"""What the rules would make of a text that somebody pastes to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from comptoir.domain import triage
from comptoir.enquiries.queries import rule_words
from comptoir.enquiries.queries import triage as rules


@dataclass(frozen=True, slots=True)
class Tried:
    """The rules that would fire, why, and what would follow."""

    fired: tuple[rules.Fired, ...]
    effects: tuple[rule_words.Said, ...]


def tried(item: triage.Item, at: datetime) -> Tried:
    """By the rules in force, with the keywords of open crisis lines before them."""
    version = rules.in_force(at)
    found = triage.apply(item, rules.rule_set(version, at))
    names, lines = rules.names_of(version), rule_words.line_names()
    return Tried(
        tuple(
            rules.Fired(
                each.rule,
                names.get(each.rule) or _crisis(each.rule, lines),
                tuple(rule_words.word_of(m.condition, m.value, lines) for m in each.matched),
            )
            for each in found.fired
        ),
        tuple(
            rule_words.effects(
                {
                    "line": "" if found.is_unmatched else found.line,
                    "priority": found.priority,
                    "skills": sorted(found.skills),
                    "refer": sorted(found.refer),
                },
                lines,
            )
        ),
    )


def _crisis(code: str, lines: dict[str, str]) -> str:
    line = code.removeprefix(rules.CRISIS)
    return rules.crisis_name(lines.get(line, line))
