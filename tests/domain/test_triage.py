"""Triage: which rule fires, what follows, what it says of itself, and which rule sets are refused."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comptoir.domain import triage
from comptoir.domain.triage import (
    UNMATCHED,
    Condition,
    Fault,
    FaultKind,
    Fired,
    Item,
    Known,
    Match,
    Rule,
    RuleSet,
    Then,
    When,
)

ITEM = Item(channel="web", line="general", language="en", text="Where is my application?")
KNOWN = Known({"general", "urgent", "ukraine"}, {"family"}, {"privacy"})


def text(words: str) -> Item:
    return replace(ITEM, text=words)


def rule(code: str, when: When, **then: object) -> Rule:
    return Rule(code, when, Then(**({"line": "urgent"} | then)))  # type: ignore[arg-type]  # some of its fields


def holding(*words: str) -> RuleSet:
    """One rule, for any of these words."""
    return RuleSet(1, (rule("words", When(any_words=words)),))


# --- Words ---


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("ukraine", "We fled UKRAINE last month"),
        ("Ukraine", "arrivée de l’Ukraine"),
        ("UKRAINE2022", "ukraine2022"),
        ("réfugié", "je suis REFUGIE"),
        ("refugie", "re\N{COMBINING ACUTE ACCENT}fugié"),
        ("œuvre", "une OEUVRE"),
        ("threat to life", "a Threat,\n to-life!"),
        ("deportation", "depor\N{SOFT HYPHEN}tation"),
        ("deportation", "depor\N{ZERO WIDTH SPACE}tation"),
        ("straße", "STRASSE"),
        ("fiancé", "my \N{LATIN SMALL LIGATURE FI}ancée or fiance"),
    ],
)
def test_a_word_is_found_however_it_is_written(word: str, written: str) -> None:
    finding = triage.apply(text(written), holding(word))

    assert finding.fired == (Fired("words", (Match(Condition.ANY_WORDS, word),)),)


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("port", "deported, passport, ports"),
        ("threat to life", "a threat to my life"),
        ("ukraine", "ukrain e"),
        ("c.*t", "cat"),
        (".", "any. text."),
        ("", "anything"),
        ("", ""),
    ],
)
def test_a_part_of_a_word_and_a_pattern_are_not_found(word: str, written: str) -> None:
    assert triage.apply(text(written), holding(word)).is_unmatched


def test_all_words_are_asked_for_wherever_they_stand() -> None:
    rules = RuleSet(1, (rule("both", When(all_words=("visa", "funeral"))),))

    assert triage.apply(text("the funeral, and no visa"), rules).line == "urgent"
    assert triage.apply(text("no visa"), rules).is_unmatched


def test_of_a_long_mail_only_the_beginning_is_read_and_no_half_word_counts() -> None:
    rules = holding("port")
    filling = "a " * (triage.READ // 2 - 2)

    assert triage.apply(text(filling + "port"), rules).line == "urgent"
    assert triage.apply(text(filling + "portable"), rules).is_unmatched
    assert triage.apply(text(filling + "port able"), rules).line == "urgent"
    assert triage.apply(text(filling + "a a port"), rules).is_unmatched
    assert triage.apply(text("x" * 1_000_000), rules).is_unmatched


@given(st.text())
def test_what_is_folded_stays_as_it_is(words: str) -> None:
    assert triage.fold(triage.fold(words)) == triage.fold(words)


# --- Effects ---


@pytest.mark.parametrize(
    ("when", "item"),
    [
        (When(channels=frozenset({"web", "mail"})), ITEM),
        (When(lines=frozenset({"general"})), ITEM),
        (When(languages=frozenset({"fr"})), replace(ITEM, language="fr")),
        (When(topics=frozenset({"status"})), replace(ITEM, topic="status")),
        (When(lines_of_business=frozenset({"study"})), replace(ITEM, line_of_business="study")),
        (When(askers=frozenset({"office"})), replace(ITEM, asker="office")),
        (When(has_identifiers=False), ITEM),
    ],
)
def test_each_condition_is_met_and_every_one_must_be(when: When, item: Item) -> None:
    alone = RuleSet(1, (rule("one", when),))
    with_more = RuleSet(1, (rule("two", replace(when, all_words=("absent",))),))
    other = replace(
        item,
        channel="letter",
        line="",
        language="xx",
        topic="",
        line_of_business="",
        asker="",
        has_identifiers=True,
    )

    assert triage.apply(item, alone).line == "urgent"
    assert triage.apply(item, with_more).is_unmatched
    assert triage.apply(other, alone).is_unmatched


def test_the_first_line_counts_the_greatest_priority_and_all_skills_and_referrals() -> None:
    rules = RuleSet(
        7,
        (
            Rule("skill", When(languages=frozenset({"en"})), Then(skills=frozenset({"family"}))),
            Rule("a", When(any_words=("application",)), Then("urgent", 2, refer=frozenset({"x"}))),
            Rule("no", When(any_words=("absent",)), Then("general", 9)),
            Rule("b", When(channels=frozenset({"web"})), Then("general", 5, frozenset({"study"}))),
        ),
    )

    finding = triage.apply(ITEM, rules)

    assert finding.line == "urgent"
    assert finding.priority == 5
    assert finding.skills == {"family", "study"}
    assert finding.refer == {"x"}
    assert [fired.rule for fired in finding.fired] == ["skill", "a", "b"]
    assert finding.version == 7


def test_an_item_keeps_its_line_when_no_rule_that_fires_names_one() -> None:
    rules = RuleSet(1, (Rule("p", When(channels=frozenset({"web"})), Then(priority=3)),))

    assert triage.apply(ITEM, rules).line == "general"
    assert triage.apply(replace(ITEM, line=""), rules).line == UNMATCHED


def test_what_matches_nothing_goes_to_the_watched_queue() -> None:
    finding = triage.apply(ITEM, RuleSet(1, ()))

    assert finding.line == UNMATCHED
    assert finding.is_unmatched
    assert finding.priority == 0


def test_a_rule_without_conditions_never_fires() -> None:
    assert triage.apply(ITEM, RuleSet(1, (rule("all", When()),))).is_unmatched


def test_a_crisis_keyword_goes_before_the_other_rules() -> None:
    crisis = triage.crisis_rule("ukraine", ("ukraine2022", "guerre en ukraine"), 8)
    others = holding("application")

    finding = triage.apply(
        text("application, guerre en Ukraine"), replace(others, rules=(crisis, *others.rules))
    )

    assert (finding.line, finding.priority) == ("ukraine", 8)
    assert [fired.rule for fired in finding.fired] == ["crisis:ukraine", "words"]


# --- Laws ---

WORDS = ("visa", "funeral", "visa refused", "refused", "Été", "urgent travel")
words = st.lists(st.sampled_from(WORDS), max_size=2, unique=True).map(tuple)
some_words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=2, unique=True).map(tuple)
LINES = ("general", "urgent", "ukraine")


def codes(*known: str) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(known), max_size=2)


whens = st.builds(
    When,
    any_words=words,
    all_words=words,
    channels=codes("web", "mail"),
    topics=codes("status", "other"),
    has_identifiers=st.none() | st.booleans(),
)
# Of few conditions, so that one often implies another.
sparse_whens = st.one_of(
    st.builds(When, any_words=some_words),
    st.builds(When, all_words=some_words),
    st.builds(When, any_words=words, channels=codes("web", "mail")),
    st.builds(When, all_words=words, has_identifiers=st.none() | st.booleans()),
)
thens = st.builds(
    Then,
    line=st.none() | st.sampled_from(LINES),
    priority=st.none() | st.integers(1, 9),
    skills=codes("family", "study"),
    refer=codes("privacy", "life"),
)
rule_lists = st.lists(st.tuples(whens | sparse_whens, thens), max_size=6).map(
    lambda pairs: tuple(Rule(f"r{n}", when, then) for n, (when, then) in enumerate(pairs))
)
items = st.builds(
    Item,
    channel=st.sampled_from(["web", "mail", "letter"]),
    line=st.sampled_from(LINES),
    language=st.just("en"),
    text=st.lists(st.sampled_from([*WORDS, "the"]), max_size=5).map(" ".join),
    topic=st.sampled_from(["", "status", "other"]),
    has_identifiers=st.booleans(),
)


@given(items, rule_lists, st.randoms(use_true_random=False))
def test_only_the_line_depends_on_the_order_of_the_rules(
    item: Item, rules: tuple[Rule, ...], shuffle: random.Random
) -> None:
    other = list(rules)
    shuffle.shuffle(other)

    first, second = triage.apply(item, RuleSet(1, rules)), triage.apply(item, RuleSet(1, (*other,)))

    assert replace(first, line="", fired=()) == replace(second, line="", fired=())
    assert set(first.fired) == set(second.fired)


@given(items, rule_lists)
def test_other_names_for_lines_and_rules_give_the_same_finding_under_other_names(
    item: Item, rules: tuple[Rule, ...]
) -> None:
    def renamed(name: str) -> str:
        return f"x-{name}"

    def renamed_rule(old: Rule) -> Rule:
        line = old.then.line and renamed(old.then.line)
        return Rule(renamed(old.code), old.when, replace(old.then, line=line))

    found = triage.apply(item, RuleSet(1, rules))
    other = triage.apply(
        replace(item, line=renamed(item.line)), RuleSet(1, tuple(map(renamed_rule, rules)))
    )

    assert other.line == (UNMATCHED if found.is_unmatched else renamed(found.line))
    assert [fired.rule for fired in other.fired] == [renamed(fired.rule) for fired in found.fired]


@given(items, rule_lists)
def test_a_finding_names_a_rule_and_its_reasons_or_is_unmatched(
    item: Item, rules: tuple[Rule, ...]
) -> None:
    finding = triage.apply(item, RuleSet(1, rules))

    assert finding.is_unmatched == (finding.line == UNMATCHED)
    assert all(fired.matched for fired in finding.fired)


@given(items, rule_lists)
def test_a_rule_that_is_reported_as_shadowed_never_sets_the_line(
    item: Item, rules: tuple[Rule, ...]
) -> None:
    found = triage.faults(RuleSet(1, rules), KNOWN)
    shadowed = {fault.rule for fault in found if fault.kind is FaultKind.SHADOWED}
    without = tuple(
        replace(r, then=replace(r.then, line=None)) if r.code in shadowed else r for r in rules
    )

    line = triage.apply(item, RuleSet(1, rules)).line
    assert triage.apply(item, RuleSet(1, without)).line == line


@settings(max_examples=400)
@given(items, sparse_whens, sparse_whens)
def test_what_meets_a_narrow_condition_meets_the_wide_one(
    item: Item, narrow: When, wide: When
) -> None:
    finding = triage.apply(item, RuleSet(1, (rule("narrow", narrow), rule("wide", wide))))
    fired = [fired.rule for fired in finding.fired]

    assert not triage.implies(narrow, wide) or fired != ["narrow"]


@pytest.mark.parametrize(
    ("narrow", "wide", "implied"),
    [
        (When(any_words=("visa refused",)), When(any_words=("visa", "permit")), True),
        (When(any_words=("visa", "funeral")), When(any_words=("visa", "permit")), False),
        (When(all_words=("visa", "funeral")), When(any_words=("visa", "permit")), True),
        (When(all_words=("visa",)), When(all_words=("visa", "funeral")), False),
        (When(topics=frozenset("a")), When(topics=frozenset("ab")), True),
        (When(topics=frozenset("ab")), When(topics=frozenset("bc")), False),
        (When(any_words=("visa",)), When(topics=frozenset("a")), False),
        (When(any_words=("visa",)), When(), False),
    ],
)
def test_one_condition_implies_another_when_it_asks_for_no_less(
    narrow: When, wide: When, implied: bool
) -> None:
    assert triage.implies(narrow, wide) is implied


# --- Rule sets that are refused ---


@pytest.mark.parametrize(
    ("wrong", "kind", "about"),
    [
        (rule("r", When(any_words=("a",)), line="nowhere"), FaultKind.UNKNOWN_LINE, "nowhere"),
        (rule("r", When(lines=frozenset({"gone"}))), FaultKind.UNKNOWN_LINE_WHEN, "gone"),
        (
            rule("r", When(any_words=("a",)), skills=frozenset({"magic"})),
            FaultKind.UNKNOWN_SKILL,
            "magic",
        ),
        (
            rule("r", When(any_words=("a",)), refer=frozenset({"oz"})),
            FaultKind.UNKNOWN_REFERRAL,
            "oz",
        ),
        (rule("r", When()), FaultKind.EMPTY_CONDITION, ""),
        (rule("r", When(any_words=("a", " ?! "))), FaultKind.EMPTY_WORD, " ?! "),
        (rule("r", When(any_words=("a",)), line=None), FaultKind.NO_EFFECT, ""),
    ],
)
def test_a_rule_that_cannot_be_meant_is_reported(wrong: Rule, kind: FaultKind, about: str) -> None:
    assert triage.faults(RuleSet(1, (wrong,)), KNOWN) == [Fault("r", kind, about)]


def test_a_rule_that_is_there_twice_is_reported() -> None:
    one = rule("one", When(any_words=("Visa", "permit")))
    again = rule("two", When(any_words=("permit", "visa")), line="general")
    same_code = rule("one", When(any_words=("funeral",)))

    assert triage.faults(RuleSet(1, (one, again, same_code)), KNOWN) == [
        Fault("one", FaultKind.DUPLICATE_CODE),
        Fault("two", FaultKind.DUPLICATE_CONDITION, "one"),
        Fault("one", FaultKind.DUPLICATE_CODE),
    ]


def test_a_rule_whose_line_is_always_named_before_is_reported() -> None:
    wide = rule("wide", When(any_words=("visa", "permit")))
    narrow = rule("narrow", When(any_words=("study permit",), channels=frozenset({"web"})))

    assert triage.faults(RuleSet(1, (wide, narrow)), KNOWN) == [
        Fault("narrow", FaultKind.SHADOWED, "wide")
    ]
    assert triage.faults(RuleSet(1, (narrow, wide)), KNOWN) == []


def test_a_rule_that_names_no_line_shadows_nothing() -> None:
    wide = rule("wide", When(any_words=("visa",)), line=None, priority=3)
    narrow = rule("narrow", When(any_words=("visa refused",)))

    assert triage.faults(RuleSet(1, (wide, narrow)), KNOWN) == []
