"""Variables of the environment, read by type; what cannot be understood is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from comptoir.site import environment

NAME = "COMPTOIR_THING"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("perhaps", lambda: environment.boolean(NAME, default=False)),
        ("many", lambda: environment.integer(NAME, 1)),
        ("-3", lambda: environment.integer(NAME, 1)),
        ("--3", lambda: environment.integer(NAME, 1)),
        ("3²", lambda: environment.integer(NAME, 1)),
        ("0", lambda: environment.integer(NAME, 1, least=1)),
        ("101", lambda: environment.integer(NAME, 1, most=100)),
        ("0", lambda: environment.port(NAME, 80)),
        ("65536", lambda: environment.port(NAME, 80)),
        ("blue", lambda: environment.choice(NAME, "red", ("red", "green"))),
        ("scanner", lambda: environment.endpoint(NAME)),
        (":3310", lambda: environment.endpoint(NAME)),
        ("scanner:0", lambda: environment.endpoint(NAME)),
        ("scanner:65536", lambda: environment.endpoint(NAME)),
        ("scanner:3²", lambda: environment.endpoint(NAME)),
    ],
)
def test_what_cannot_be_understood_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, value: str, read: Callable[[], object]
) -> None:
    monkeypatch.setenv(NAME, value)

    with pytest.raises(environment.BadEnvironment, match=NAME):
        read()


@pytest.mark.parametrize(
    ("value", "meaning"), [("Yes", True), ("1", True), ("off", False), ("", True)]
)
def test_yes_and_no_have_several_spellings(
    monkeypatch: pytest.MonkeyPatch, value: str, meaning: bool
) -> None:
    monkeypatch.setenv(NAME, value)

    assert environment.boolean(NAME, default=True) is meaning


def test_a_value_that_is_not_set_is_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)

    assert environment.integer(NAME, 8) == 8
    assert environment.text(NAME, "x") == "x"
    assert environment.words(NAME, "a, b,") == ["a", "b"]


@pytest.mark.parametrize(
    ("value", "number"), [("100", 100), (" 7 ", 7), ("-3", -3), ("-5", -5), ("", 8)]
)
def test_a_whole_number_may_lie_on_its_bounds(
    monkeypatch: pytest.MonkeyPatch, value: str, number: int
) -> None:
    monkeypatch.setenv(NAME, value)

    assert environment.integer(NAME, 8, least=-5, most=100) == number


@pytest.mark.parametrize("value", [1, 65_535])
def test_the_first_and_the_last_port_are_ports(monkeypatch: pytest.MonkeyPatch, value: int) -> None:
    monkeypatch.setenv(NAME, str(value))

    assert environment.port(NAME, 80) == value


def test_what_is_wrong_with_a_number_is_said_with_its_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(NAME, "65536")

    with pytest.raises(environment.BadEnvironment, match="of 1 to 65535"):
        environment.port(NAME, 80)


def test_a_value_without_a_default_must_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)

    with pytest.raises(environment.BadEnvironment, match=f"{NAME} is not set"):
        environment.secret(NAME)


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush\n")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))

    assert environment.secret(NAME) == "hush"


def test_a_missing_secret_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "nothing"))

    with pytest.raises(environment.BadEnvironment, match="nothing"):
        environment.secret(NAME)


@pytest.mark.parametrize(
    ("value", "server"),
    [
        ("", None),
        ("scanner:3310", ("scanner", 3310)),
        ("[::1]:3310", ("::1", 3310)),
        ("/run/clamav/clamd.ctl", Path("/run/clamav/clamd.ctl")),
    ],
)
def test_a_server_is_a_port_of_a_host_or_a_socket(
    monkeypatch: pytest.MonkeyPatch, value: str, server: object
) -> None:
    monkeypatch.setenv(NAME, value)

    assert environment.endpoint(NAME) == server
