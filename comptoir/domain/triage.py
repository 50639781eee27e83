"""Triage: versioned rules that say where an item goes, and which of them said so.

    apply(item, rules) -> Finding       line, priority, skills, referrals, and every rule that fired
    crisis_rule(line, words, priority)  the rule of a crisis line's keyword, to be put before the others
    faults(rules, known) -> list        what is wrong with a rule set, before it comes into force

Every rule whose conditions all hold fires. The line is that of the first that names one, and the
line the item came by when none does; the priority is the greatest, skills and referrals add up. An
item for which nothing fires goes to UNMATCHED, the queue that is watched. A finding is where work
goes, never a decision on a case, and a person can overrule it.

Words are compared by whole words, without regard to case, accents, ligatures and punctuation, so
that "l’Ukraine" holds *ukraine* and "réfugiés" is *refugies*; several words are a phrase. There are
no patterns to write. Of a longer text only the first `READ` characters are looked at.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

UNMATCHED = "unmatched"
READ = 50_000
"""Characters of a text that are looked at: ours, some ten pages of a letter with what it quotes."""

_WORD = re.compile(r"[^\W_]+")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l"})
_UNSEEN = {"Mn", "Me", "Cf"}
"""Unicode categories of accents and of characters that do not show, such as a soft hyphen."""


@dataclass(frozen=True, slots=True)
class Item:
    """What is known of a message when it comes in. Codes are those of the caller's own lists."""

    channel: str
    line: str
    language: str
    text: str
    topic: str = ""
    line_of_business: str = ""
    asker: str = ""
    has_identifiers: bool = False


class Condition(StrEnum):
    """What a rule can look at."""

    ANY_WORDS = "any_words"
    ALL_WORDS = "all_words"
    CHANNEL = "channel"
    LINE = "line"
    LANGUAGE = "language"
    TOPIC = "topic"
    LINE_OF_BUSINESS = "line_of_business"
    ASKER = "asker"
    HAS_IDENTIFIERS = "has_identifiers"


@dataclass(frozen=True, slots=True)
class When:
    """Every condition that is given must hold; of a list of codes one is enough. None given: never."""

    any_words: tuple[str, ...] = ()
    all_words: tuple[str, ...] = ()
    channels: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    lines_of_business: frozenset[str] = frozenset()
    askers: frozenset[str] = frozenset()
    has_identifiers: bool | None = None

    @property
    def codes(self) -> dict[Condition, frozenset[str]]:
        """The accepted codes of every condition that is given, words apart."""
        found = {
            Condition.CHANNEL: self.channels,
            Condition.LINE: self.lines,
            Condition.LANGUAGE: self.languages,
            Condition.TOPIC: self.topics,
            Condition.LINE_OF_BUSINESS: self.lines_of_business,
            Condition.ASKER: self.askers,
            Condition.HAS_IDENTIFIERS: _yes_or_no(self.has_identifiers),
        }
        return {condition: codes for condition, codes in found.items() if codes}

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing at all."""
        return not (self.any_words or self.all_words or self.codes)


@dataclass(frozen=True, slots=True)
class Then:
    """What follows when a rule fires."""

    line: str | None = None
    priority: int | None = None
    skills: frozenset[str] = frozenset()
    refer: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a rule set: its code is what a finding names."""

    code: str
    when: When
    then: Then


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A version of the rules, in order."""

    version: int
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A condition and the rule's own word or code that met it: nothing of the asker's text."""

    condition: Condition
    value: str


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fired, and what met each of its conditions."""

    rule: str
    matched: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Where the item goes, by which version of the rules and by which rules. Priority 0 is the usual."""

    version: int
    line: str
    priority: int
    skills: frozenset[str]
    refer: frozenset[str]
    fired: tuple[Fired, ...]

    @property
    def is_unmatched(self) -> bool:
        """Whether no rule fired."""
        return not self.fired


def apply(item: Item, rules: RuleSet) -> Finding:
    """What the rules make of the item."""
    text = f" {fold(_readable(item.text))} "
    tried = [(rule, _matched(rule.when, item, text)) for rule in rules.rules]
    fired = [(rule, matched) for rule, matched in tried if matched]
    effects = [rule.then for rule, _matched_by in fired]
    named = [then.line for then in effects if then.line] or ([item.line] if fired else [])
    return Finding(
        version=rules.version,
        line=next(filter(None, named), UNMATCHED),
        priority=max((then.priority or 0 for then in effects), default=0),
        skills=frozenset().union(*(then.skills for then in effects)),
        refer=frozenset().union(*(then.refer for then in effects)),
        fired=tuple(Fired(rule.code, matched) for rule, matched in fired),
    )


def crisis_rule(line: str, words: tuple[str, ...], priority: int) -> Rule:
    """The rule that brings to a crisis line what holds one of its keywords."""
    return Rule(f"crisis:{line}", When(any_words=words), Then(line=line, priority=priority))


def fold(text: str) -> str:
    """Its words in one form, a space between them."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = unicodedata.normalize("NFKD", plain).translate(_LETTERS)
    seen = "".join(sign for sign in plain if unicodedata.category(sign) not in _UNSEEN)
    return " ".join(_WORD.findall(seen))


# --- What is wrong with a rule set ---


class FaultKind(StrEnum):
    """Why a rule cannot be meant as it stands."""

    UNKNOWN_LINE = "unknown_line"
    UNKNOWN_LINE_WHEN = "unknown_line_when"
    UNKNOWN_SKILL = "unknown_skill"
    UNKNOWN_REFERRAL = "unknown_referral"
    EMPTY_CONDITION = "empty_condition"
    EMPTY_WORD = "empty_word"
    NO_EFFECT = "no_effect"
    DUPLICATE_CODE = "duplicate_code"
    DUPLICATE_CONDITION = "duplicate_condition"
    SHADOWED = "shadowed"


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule, what is wrong with it, and the word, code or earlier rule that makes it wrong."""

    rule: str
    kind: FaultKind
    about: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """The codes that rules may name."""

    lines: AbstractSet[str]
    skills: AbstractSet[str]
    referrals: AbstractSet[str]


def faults(rules: RuleSet, known: Known) -> list[Fault]:
    """What is wrong, rule by rule in order.

    A shadowed rule names a line that an earlier one always names first; its other effects would hold.
    """
    found: list[Fault] = []
    times = Counter(rule.code for rule in rules.rules)
    for place, rule in enumerate(rules.rules):
        found += _own_faults(rule, known)
        if times[rule.code] > 1:
            found.append(Fault(rule.code, FaultKind.DUPLICATE_CODE))
        found += _faults_beside(rule, rules.rules[:place])
    return found


def _own_faults(rule: Rule, known: Known) -> Iterator[Fault]:
    then, when = rule.then, rule.when
    line = frozenset[str]() if then.line is None else frozenset({then.line})
    for kind, named, codes in (
        (FaultKind.UNKNOWN_LINE, line, known.lines),
        (FaultKind.UNKNOWN_LINE_WHEN, when.lines, known.lines),
        (FaultKind.UNKNOWN_SKILL, then.skills, known.skills),
        (FaultKind.UNKNOWN_REFERRAL, then.refer, known.referrals),
    ):
        yield from (Fault(rule.code, kind, code) for code in sorted(named - codes))
    if when.is_empty:
        yield Fault(rule.code, FaultKind.EMPTY_CONDITION)
    for word in (*when.any_words, *when.all_words):
        if not fold(word):
            yield Fault(rule.code, FaultKind.EMPTY_WORD, word)
    if then == Then():
        yield Fault(rule.code, FaultKind.NO_EFFECT)


def _faults_beside(rule: Rule, earlier: Iterable[Rule]) -> Iterator[Fault]:
    for other in earlier:
        if implies(rule.when, other.when) and implies(other.when, rule.when):
            yield Fault(rule.code, FaultKind.DUPLICATE_CONDITION, other.code)
        elif rule.then.line and other.then.line and implies(rule.when, other.when):
            yield Fault(rule.code, FaultKind.SHADOWED, other.code)


def implies(narrow: When, wide: When) -> bool:
    """Whether whatever meets `narrow` surely meets `wide`. Not every such pair is recognised."""
    if wide.is_empty:
        return False
    codes = narrow.codes
    if any(not codes.get(c) or not codes[c] <= accepted for c, accepted in wide.codes.items()):
        return False
    return all(_surely_holds(narrow, (word,)) for word in wide.all_words) and (
        not wide.any_words or _surely_holds(narrow, wide.any_words)
    )


def _surely_holds(when: When, words: tuple[str, ...]) -> bool:
    """Whether a text that meets the condition holds one of these words."""
    by_all = any(_first_in(words, _phrase(word)) is not None for word in when.all_words)
    by_any = all(_first_in(words, _phrase(word)) is not None for word in when.any_words)
    return by_all or (bool(when.any_words) and by_any)


# --- Conditions ---


def _matched(when: When, item: Item, text: str) -> tuple[Match, ...]:
    """What met each condition; empty when one is not met, or when there is none."""
    met = [*_codes_met(when, item), *_words_met(when, text)]
    return () if None in met else tuple(match for match in met if match)


def _codes_met(when: When, item: Item) -> Iterator[Match | None]:
    has = {
        Condition.CHANNEL: frozenset({item.channel}),
        Condition.LINE: frozenset({item.line}),
        Condition.LANGUAGE: frozenset({item.language}),
        Condition.TOPIC: frozenset({item.topic}),
        Condition.LINE_OF_BUSINESS: frozenset({item.line_of_business}),
        Condition.ASKER: frozenset({item.asker}),
        Condition.HAS_IDENTIFIERS: _yes_or_no(item.has_identifiers),
    }
    for condition, accepted in when.codes.items():
        met = sorted(accepted & has[condition])
        yield Match(condition, met[0]) if met else None


def _words_met(when: When, text: str) -> Iterator[Match | None]:
    if when.any_words:
        word = _first_in(when.any_words, text)
        yield None if word is None else Match(Condition.ANY_WORDS, word)
    for word in when.all_words:
        met = _first_in((word,), text) is not None
        yield Match(Condition.ALL_WORDS, word) if met else None


def _first_in(words: Iterable[str], text: str) -> str | None:
    """The first of the words that the phrase `text` holds; a word of nothing is nowhere."""
    return next((w for w in words if _phrase(w).strip() and _phrase(w) in text), None)


@lru_cache(maxsize=4096)
def _phrase(word: str) -> str:
    """A rule's word, folded, with spaces around it; remembered, since the same ones are asked for always."""
    return f" {fold(word)} "


def _readable(text: str) -> str:
    """The part that is looked at; a word that its end cuts in two is left out."""
    part = text[:READ]
    if len(text) <= READ or text[READ - 1].isspace() or text[READ].isspace():
        return part
    *before, _cut = part.rsplit(maxsplit=1)
    return "".join(before)


def _yes_or_no(value: bool | None) -> frozenset[str]:
    return frozenset() if value is None else frozenset({"yes" if value else "no"})
