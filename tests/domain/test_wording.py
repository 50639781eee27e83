"""Texts with variables: both languages say the same, and nothing but the values given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain import wording
from comptoir.domain.wording import Fault, MissingValue

KNOWN = ("reference", "due_date")


class TestAPair:
    def test_with_the_same_known_variables_is_a_text(self) -> None:
        assert wording.faults("It is {reference}.", "C’est {reference}.", KNOWN) == []

    @pytest.mark.parametrize(
        ("english", "french", "fault"),
        [
            ("It is here.", " ", Fault.EMPTY),
            ("It is {reference}.", "C’est là.", Fault.NOT_THE_SAME),
            ("It is {name}.", "C’est {name}.", Fault.UNKNOWN),
            ("It is {reference.", "C’est {reference.", Fault.STRAY_BRACE),
            ("It is {reference!r}.", "C’est {reference!r}.", Fault.STRAY_BRACE),
            ("It is {a[0]}.", "C’est {a[0]}.", Fault.STRAY_BRACE),
        ],
    )
    def test_is_refused_for_its_fault(self, english: str, french: str, fault: Fault) -> None:
        assert fault in wording.faults(english, french, KNOWN)


class TestFillingIn:
    def test_puts_the_values_in(self) -> None:
        values = {"reference": "E1", "due_date": "Monday"}

        assert wording.filled("{reference}: {due_date}, {reference}", values) == "E1: Monday, E1"

    def test_reads_no_variable_inside_a_value(self) -> None:
        assert wording.filled("{reference}", {"reference": "{due_date}"}) == "{due_date}"

    @pytest.mark.parametrize("values", [{}, {"reference": ""}])
    def test_without_a_value_sends_nothing(self, values: dict[str, str]) -> None:
        with pytest.raises(MissingValue) as problem:
            wording.filled("It is {reference}.", values)
        assert problem.value.name == "reference"

    @given(st.text(alphabet="ab {}_.[]!:0", max_size=40))
    def test_a_body_without_faults_is_filled_in_completely(self, body: str) -> None:
        names = wording.variables(body)
        if wording.faults(body, body, names):
            return
        assert "{" not in wording.filled(body, dict.fromkeys(names, "x"))
