"""The form of the sharing rule refuses what no row can hold; the rule in words is made of its numbers."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from comptoir.liaison.forms.rule import RuleForm
from comptoir.liaison.models import Policy
from tests.liaison.factories import PolicyFactory
from tests.liaison.posted import said


@pytest.mark.parametrize(
    "name",
    [
        "minutes_per_day",
        "minutes_per_week",
        "horizon_business_days",
        "most_case_lines",
        "no_show_after_minutes",
        "start_early_minutes",
    ],
)
def test_a_number_too_large_for_its_row_is_refused_beside_its_field(name: str) -> None:
    form = RuleForm({name: "9999999999"})

    assert "less than or equal" in str(form.errors[name])


@pytest.mark.parametrize(
    ("written", "missing"), [("remark_en", "remark_fr"), ("remark_fr", "remark_en")]
)
def test_a_remark_is_written_in_both_languages_or_in_neither(written: str, missing: str) -> None:
    assert "Write the remark in both languages" in str(RuleForm({written: "Why."}).errors[missing])
    assert not {written, missing} & set(RuleForm({}).errors)
    assert not {written, missing} & set(RuleForm({written: "Why.", missing: "Pourquoi."}).errors)


def words(numbers: dict[str, object], language: str = "en") -> str:
    """The rule in words, as a page shows it."""
    policy: Policy = PolicyFactory.build(**numbers)
    with translation.override(language):
        text = render_to_string("liaison/parts/policy_words.html", {"policy": policy})
    return " ".join(said(text).split())


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        (
            {"minutes_per_day": 120, "minutes_per_week": 360},
            "Every office may book up to 2 hours a day and 6 hours a week, whoever books for it.",
        ),
        ({"horizon_business_days": 1}, "It may book up to 1 business day ahead."),
        ({"horizon_business_days": 7}, "It may book up to 7 business days ahead."),
        (
            {"least_notice_minutes": 45},
            "It books at the latest 45 minutes before an appointment begins.",
        ),
        (
            {"late_notice_minutes": 120, "late_counts": True},
            "Time given up with less than 2 hours of notice, and appointments nobody attended, "
            "still count.",
        ),
        (
            {"late_notice_minutes": 0, "late_counts": True},
            "Time given up does not count; appointments nobody attended do.",
        ),
        (
            {"late_notice_minutes": 120, "late_counts": False},
            "Time given up, however late, and appointments nobody attended do not count.",
        ),
    ],
)
def test_the_rule_in_words_says_what_its_numbers_are(
    numbers: dict[str, object], sentence: str
) -> None:
    assert sentence in words(numbers)


def test_the_rule_in_words_names_what_excuses_where_late_time_counts() -> None:
    numbers: dict[str, object] = {"excusing_reasons": ["chamber", "outage"], "late_counts": True}
    excused = "for one of these reasons: Business of the House or the Senate, System outage."

    assert excused in words(numbers)
    assert "reasons:" not in words({**numbers, "late_counts": False})
    assert "reasons:" not in words({**numbers, "late_notice_minutes": 0})
    assert "reasons:" not in words({**numbers, "excusing_reasons": []})


def test_without_a_least_notice_none_is_spoken_of() -> None:
    assert "at the latest" not in words({"least_notice_minutes": 0})


def test_the_rule_in_words_is_french_on_a_french_page() -> None:
    text = words({"minutes_per_day": 120, "minutes_per_week": 360}, "fr")

    assert "jusqu’à 2 heures par jour et 6 heures par semaine" in text
