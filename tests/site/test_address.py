"""`DATABASE_URL`, read part by part; an unreadable one is refused without being shown."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from comptoir.site import environment, postgres
from comptoir.site.postgres import address

SECRET = "p%40ss%2Fword%3A"


def test_each_part_may_hold_any_character() -> None:
    found = address.parsed(f"postgresql://o%40ttawa:{SECRET}@db.example.org:5433/the%20house")

    assert found["USER"] == "o@ttawa"
    assert found["PASSWORD"] == "p@ss/word:"
    assert (found["HOST"], found["PORT"]) == ("db.example.org", "5433")
    assert found["NAME"] == "the house"


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("postgresql://db/house", "db", ""),
        ("postgres://db:1/house", "db", "1"),
        ("postgresql:///house?host=/run/Postgres", "/run/Postgres", ""),
        ("postgresql://%2Frun%2FPostgres/house", "/run/Postgres", ""),
        ("postgresql://me@[::1]:99/house", "::1", "99"),
        ("postgresql://me@[::1]/house?port=5", "::1", "5"),
    ],
)
def test_the_server_is_a_host_or_a_folder(url: str, host: str, port: str) -> None:
    found = address.parsed(url)

    assert (found["HOST"], found["PORT"], found["NAME"]) == (host, port, "house")


def test_other_options_go_to_the_client_library() -> None:
    found = address.parsed("postgresql://db/house?sslmode=verify-full&application_name=x")

    assert found["OPTIONS"] == {"sslmode": "verify-full", "application_name": "x"}


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("postgresql://me:se/cret@db/house", "%2F"),
        ("postgresql://me:se#cret@db/house", "%23"),
        ("postgresql://me:se[cret@db/house", "DATABASE_URL"),
        ("postgresql://db:port/house", "DATABASE_URL"),
        ("mysql://me:cret@db/house", "postgresql://"),
        ("sqlite:///house", "postgresql://"),
        ("postgresql://me:cret@db", "no database"),
    ],
)
def test_what_cannot_be_read_is_refused_and_not_repeated(url: str, word: str) -> None:
    with pytest.raises(environment.BadEnvironment) as refused:
        address.parsed(url)

    assert word in str(refused.value)
    assert "cret" not in str(refused.value)


def test_without_an_address_the_house_uses_its_own_server(monkeypatch: pytest.MonkeyPatch) -> None:
    # Short: a folder of pytest's own may be too long for a socket, which then lies elsewhere.
    with tempfile.TemporaryDirectory(prefix="c-") as short:
        state = Path(short) / "state"
        monkeypatch.delenv("DATABASE_URL", raising=False)
        monkeypatch.setenv("COMPTOIR_STATE", str(state))

        found = postgres.database_settings()

        assert postgres.is_embedded()
        assert found["HOST"] == str(state / "postgres" / "socket")
        assert not state.exists(), "reading settings starts and makes nothing"


def test_an_address_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("postgresql://db/house\n")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DATABASE_URL_FILE", str(file))

    assert not postgres.is_embedded()
    assert postgres.database_settings()["NAME"] == "house"


def test_with_an_address_no_server_is_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/house")
    monkeypatch.setenv("COMPTOIR_STATE", str(tmp_path / "state"))

    postgres.acquire()

    assert postgres.is_up()
    assert not (tmp_path / "state").exists()
