"""A house refuses to open on what is not safe in its mode, and says in one line what to set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from comptoir.site import safety
from comptoir.site.environment import BadEnvironment
from tests.site.houses import House

SAFE = {
    "COMPTOIR_MODE": "production",
    "COMPTOIR_SECRET_KEY": "k" * 60,
    "COMPTOIR_ADDRESS": "https://comptoir.example",
    "COMPTOIR_HOSTS": "comptoir.example",
    "COMPTOIR_SMTP_HOST": "mail.example",
}
PRODUCTION: dict[str, Any] = {
    "debug": False,
    "address": "https://comptoir.example",
    "hosts": ["comptoir.example", "localhost"],
    "smtp_host": "mail.example",
}
DEMONSTRATION: dict[str, Any] = {
    "address": "http://localhost:8000",
    "hosts": ["localhost", "127.0.0.1", "[::1]"],
    "listen": "127.0.0.1",
}


@pytest.fixture
def bare_house(tmp_path: Path) -> Iterator[House]:
    """A house where nothing runs yet."""
    house = House(tmp_path)
    yield house
    house.close()


def test_what_is_safe_is_accepted() -> None:
    safety.check_production(**PRODUCTION)
    safety.check_demonstration(**DEMONSTRATION)


@pytest.mark.parametrize(
    ("unsafe", "named"),
    [
        ({"debug": True}, "COMPTOIR_DEBUG"),
        ({"address": "http://comptoir.example"}, "COMPTOIR_ADDRESS"),
        ({"address": "https://localhost"}, "COMPTOIR_ADDRESS"),
        ({"hosts": ["localhost", "127.0.0.1", "[::1]"]}, "COMPTOIR_HOSTS"),
        ({"hosts": ["*"]}, "COMPTOIR_HOSTS"),
        ({"hosts": []}, "COMPTOIR_HOSTS"),
        ({"smtp_host": ""}, "COMPTOIR_SMTP_HOST"),
    ],
)
def test_production_refuses_what_is_not_safe(unsafe: dict[str, Any], named: str) -> None:
    with pytest.raises(BadEnvironment, match=named) as refusal:
        safety.check_production(**(PRODUCTION | unsafe))

    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("unsafe", "named"),
    [
        ({"listen": "0.0.0.0"}, "COMPTOIR_LISTEN"),
        ({"listen": "::"}, "COMPTOIR_LISTEN"),
        ({"listen": ""}, "COMPTOIR_LISTEN"),
        ({"listen": "192.168.1.7"}, "COMPTOIR_LISTEN"),
        ({"hosts": ["localhost", "comptoir.example"]}, "COMPTOIR_HOSTS"),
        ({"hosts": ["*"]}, "COMPTOIR_HOSTS"),
        ({"hosts": ["localhost.example"]}, "COMPTOIR_HOSTS"),
        ({"address": "http://comptoir.example"}, "COMPTOIR_ADDRESS"),
        ({"address": "http://localhost@comptoir.example"}, "COMPTOIR_ADDRESS"),
        ({"address": "http://[::"}, "COMPTOIR_ADDRESS"),
    ],
)
def test_a_demonstration_refuses_to_be_reached_by_others(
    unsafe: dict[str, Any], named: str
) -> None:
    with pytest.raises(BadEnvironment, match=named) as refusal:
        safety.check_demonstration(**(DEMONSTRATION | unsafe))

    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("COMPTOIR_SMTP_HOST", ""),
        ("COMPTOIR_ADDRESS", "http://comptoir.example"),
        ("COMPTOIR_DEBUG", "yes"),
        ("COMPTOIR_HOSTS", "localhost,127.0.0.1,[::1]"),
    ],
)
def test_production_does_not_start_on_an_unsafe_setting(
    bare_house: House, variable: str, value: str
) -> None:
    code, _, said = bare_house.told_by("check", **(SAFE | {variable: value}))

    assert code == 2
    assert said.startswith(f"comptoir: {variable}")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("COMPTOIR_LISTEN", "0.0.0.0"),
        ("COMPTOIR_HOSTS", "comptoir.example"),
        ("COMPTOIR_ADDRESS", "https://comptoir.example"),
    ],
)
def test_a_demonstration_does_not_start_where_others_reach_it(
    bare_house: House, variable: str, value: str
) -> None:
    code, _, said = bare_house.told_by("check", **{variable: value})

    assert code == 2
    assert said.startswith(f"comptoir: {variable}")
    assert said.count("\n") == 1


def test_a_demonstration_told_on_the_command_line_to_listen_to_all_does_not_start(
    bare_house: House,
) -> None:
    code, _, said = bare_house.told_by("run", "--host", "0.0.0.0")

    assert code == 2
    assert "COMPTOIR_LISTEN or --host is '0.0.0.0'" in said
    assert not bare_house.place.home.exists(), "nothing was started"
