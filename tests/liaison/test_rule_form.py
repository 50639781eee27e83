"""The form of the sharing rule refuses what no row can hold."""

from __future__ import annotations

import pytest

from comptoir.liaison.forms.rule import RuleForm


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
