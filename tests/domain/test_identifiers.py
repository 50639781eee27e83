"""Identifiers: whatever a person pastes becomes one form, or is explained."""

import re
import string
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain import identifiers
from comptoir.domain.identifiers import BadIdentifier, Fault

SEPARATOR = st.text(" -.\t\N{NO-BREAK SPACE}\N{EN DASH}\N{NON-BREAKING HYPHEN}", max_size=2)
UCIS = st.from_regex(r"[0-9]{8}([0-9]{2})?", fullmatch=True)
APPLICATION_NUMBERS = st.from_regex(r"[A-Z][0-9]{9}", fullmatch=True)


def scattered(draw: st.DrawFn, text: str) -> str:
    """The text with separators strewn between its characters, as people write it."""
    return draw(SEPARATOR) + "".join(character + draw(SEPARATOR) for character in text)


@pytest.mark.parametrize(
    ("written", "digits", "shown"),
    [
        ("12345678", "12345678", "1234-5678"),
        ("1234-5678", "12345678", "1234-5678"),
        ("1112345678", "1112345678", "11-1234-5678"),
        ("11-1234-5678", "1112345678", "11-1234-5678"),
        ("  11 1234 5678\n", "1112345678", "11-1234-5678"),
        ("11\N{EN DASH}1234\N{NON-BREAKING HYPHEN}5678", "1112345678", "11-1234-5678"),
        ("0000-0001", "00000001", "0000-0001"),
    ],
)
def test_a_uci_is_read_however_it_is_written_and_shown_one_way(
    written: str, digits: str, shown: str
) -> None:
    assert identifiers.parse_uci(written) == digits
    assert identifiers.format_uci(digits) == shown


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("", Fault.UCI_CHARACTERS),
        (" - ", Fault.UCI_CHARACTERS),
        ("UCI 12345678", Fault.UCI_CHARACTERS),
        ("1234567O", Fault.UCI_CHARACTERS),
        ("١٢٣٤٥٦٧٨", Fault.UCI_CHARACTERS),
        ("1234567", Fault.UCI_LENGTH),
        ("123456789", Fault.UCI_LENGTH),
        ("12345678901", Fault.UCI_LENGTH),
    ],
)
def test_a_wrong_uci_says_what_is_wrong(written: str, fault: Fault) -> None:
    with pytest.raises(BadIdentifier) as caught:
        identifiers.parse_uci(written)

    assert caught.value.fault is fault


@pytest.mark.parametrize("written", ["E123456789", "e123456789", " e 123 456 789 ", "E-123456789"])
def test_an_application_number_is_a_capital_letter_and_nine_digits(written: str) -> None:
    assert identifiers.parse_application_number(written) == "E123456789"


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("", Fault.APPLICATION_LETTER),
        ("123456789", Fault.APPLICATION_LETTER),
        ("É123456789", Fault.APPLICATION_LETTER),
        ("ſ123456789", Fault.APPLICATION_LETTER),
        ("ı123456789", Fault.APPLICATION_LETTER),
        ("E12345678", Fault.APPLICATION_DIGITS),
        ("E1234567890", Fault.APPLICATION_DIGITS),
        ("EP00012345", Fault.APPLICATION_DIGITS),
        ("E12345678²", Fault.APPLICATION_DIGITS),
    ],
)
def test_a_wrong_application_number_says_what_is_wrong(written: str, fault: Fault) -> None:
    """The long s and the dotless i become S and I when capitalised; neither was typed on purpose."""
    with pytest.raises(BadIdentifier) as caught:
        identifiers.parse_application_number(written)

    assert caught.value.fault is fault


@given(st.data(), UCIS)
def test_separators_anywhere_change_nothing_in_a_uci(data: st.DataObject, digits: str) -> None:
    written = data.draw(st.composite(scattered)(digits))

    assert identifiers.parse_uci(written) == digits


@given(UCIS)
def test_what_is_shown_is_read_back_the_same(digits: str) -> None:
    assert identifiers.parse_uci(identifiers.format_uci(digits)) == digits


@given(st.data(), APPLICATION_NUMBERS)
def test_separators_and_case_change_nothing_in_an_application_number(
    data: st.DataObject, number: str
) -> None:
    written = data.draw(
        st.composite(scattered)(data.draw(st.sampled_from([number, number.lower()])))
    )

    assert identifiers.parse_application_number(written) == number


def read(parse: Callable[[str], str], text: str) -> str | Fault:
    """What the parser makes of the text: the identifier, or the fault it names."""
    try:
        return parse(text)
    except BadIdentifier as bad:
        return bad.fault


@given(st.text(max_size=14) | st.text(string.digits + " -", max_size=14))
def test_any_text_is_either_a_uci_or_explained(text: str) -> None:
    found = read(identifiers.parse_uci, text)

    assert found in (Fault.UCI_CHARACTERS, Fault.UCI_LENGTH) or re.fullmatch(
        "[0-9]{8}([0-9]{2})?", found
    )


@given(st.text(max_size=14) | st.from_regex(r"\w[0-9]{9}", fullmatch=True))
def test_any_text_is_either_an_application_number_or_explained(text: str) -> None:
    found = read(identifiers.parse_application_number, text)

    assert found in (Fault.APPLICATION_LETTER, Fault.APPLICATION_DIGITS) or re.fullmatch(
        "[A-Z][0-9]{9}", found
    )
