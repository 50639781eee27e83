"""Numbers and dates in addresses: what is none is refused, never converted."""

from __future__ import annotations

from datetime import date

import pytest

from comptoir.ui.values import ServiceDateConverter, number


def test_plain_digits_are_a_number() -> None:
    assert number("12") == 12


@pytest.mark.parametrize("text", ["", "²", "٣", "-1", "1.0", " 1", "1\n", "9" * 19, "9" * 5000])
def test_anything_else_is_none(text: str) -> None:
    assert number(text) is None


def test_a_date_is_read_and_written_alike() -> None:
    converter = ServiceDateConverter()

    assert converter.to_python("2026-11-25") == date(2026, 11, 25)
    assert converter.to_url(date(2026, 11, 25)) == "2026-11-25"


@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01", "2026-02-30", "1999-12-31"])
def test_a_day_of_another_age_does_not_exist(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        ServiceDateConverter().to_python(text)
