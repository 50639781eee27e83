"""What mail servers mean by the codes with which they refuse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptoir.domain.delivery_codes import Said, Trouble, code_in, understood


@pytest.mark.parametrize(
    ("code", "trouble", "is_permanent"),
    [
        ("5.1.1", Trouble.UNKNOWN, True),
        ("5.1.10", Trouble.UNKNOWN, True),
        ("5.2.1", Trouble.UNKNOWN, True),
        ("5.2.2", Trouble.FULL, True),
        ("4.2.2", Trouble.FULL, False),
        ("5.2.3", Trouble.REFUSED, True),
        ("4.4.7", Trouble.UNREACHABLE, False),
        ("5.7.1", Trouble.REFUSED, True),
        ("4.7.0", Trouble.REFUSED, False),
        ("5.0.0", Trouble.OTHER, True),
        ("550", Trouble.UNKNOWN, True),
        ("552", Trouble.FULL, True),
        ("554", Trouble.REFUSED, True),
        ("450", Trouble.OTHER, False),
        ("421", Trouble.UNREACHABLE, False),
        ("", Trouble.OTHER, False),
        ("nonsense", Trouble.OTHER, False),
        ("2.1.5", Trouble.OTHER, False),
    ],
)
def test_a_code_is_a_kind_of_trouble_that_may_pass_or_not(
    code: str, trouble: Trouble, is_permanent: bool
) -> None:
    assert understood(code) == Said(trouble, is_permanent)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("550 5.1.1 No such user", "5.1.1"),
        ("550 No such user", "550"),
        ("450 4.2.1 Mailbox busy", "4.2.1"),
        ("The worker died each time it was sent.", ""),
        ("from 10.5.1.1 refused", ""),
        ("", ""),
    ],
)
def test_the_code_in_what_a_server_said(text: str, code: str) -> None:
    assert code_in(text) == code


@given(st.text(max_size=300))
def test_whatever_a_server_says_it_is_some_trouble(text: str) -> None:
    assert len(code_in(text)) <= 11
    assert understood(text).trouble in Trouble
