"""The `comptoir` command as it is typed: what it explains, refuses, and starts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from comptoir.site import command
from tests.site.houses import House


@pytest.fixture
def bare_house(tmp_path: Path) -> Iterator[House]:
    """A house in which no server may be started: root's could not even reach it."""
    house = House(tmp_path / "state")
    yield house
    house.close()


@pytest.mark.parametrize("words", [[], ["help"], ["--help"]])
def test_help_names_every_word_and_the_folder(
    words: list[str], capsys: pytest.CaptureFixture[str], bare_house: House
) -> None:
    code = command.obey(words)

    said = capsys.readouterr().out
    assert code == 0
    assert re.findall(r"^  comptoir (\w+)", said, re.MULTILINE) == list(command.WORDS)
    assert "demonstration" in said


def test_help_explains_one_word(capsys: pytest.CaptureFixture[str]) -> None:
    command.obey(["help", "doctor"])

    said = capsys.readouterr().out
    assert "comptoir doctor" in said
    assert "comptoir run" not in said


def test_help_knows_the_commands_of_django(bare_house: House) -> None:
    code, said, _ = bare_house.told_by("help", "migrate")

    assert code == 0
    assert "--plan" in said
    assert not bare_house.place.home.exists(), "no server is needed to explain"


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.obey(["--version"]) == 0
    assert capsys.readouterr().out.strip()


def test_a_bad_variable_costs_one_line_and_a_two(bare_house: House) -> None:
    code, output, said = bare_house.told_by("migrate", COMPTOIR_MODE="prodution")

    assert (code, output) == (2, "")
    assert said.startswith("comptoir: COMPTOIR_MODE='prodution'")
    assert said.count("\n") == 1


def test_production_does_not_start_on_the_defaults_of_a_demonstration(bare_house: House) -> None:
    code, _, said = bare_house.told_by("check", COMPTOIR_MODE="production")

    assert code == 2
    assert "COMPTOIR_SECRET_KEY" in said
    assert said.count("\n") == 1


def test_a_bad_port_costs_one_line_and_a_two(bare_house: House) -> None:
    code, _, said = bare_house.told_by("run", COMPTOIR_PORT="many")

    assert code == 2
    assert said.count("\n") == 1
    assert "COMPTOIR_PORT" in said


@pytest.mark.parametrize("plural", ["offices", "roster"])
def test_an_import_without_its_words_shows_how_it_is_used(
    plural: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.obey([plural, "bring"]) == 2
    assert f"comptoir {plural} import FILE" in capsys.readouterr().err


@pytest.mark.parametrize("plural", ["offices", "roster"])
def test_an_import_becomes_the_rooms_command(plural: str, monkeypatch: pytest.MonkeyPatch) -> None:
    obeyed: list[list[str]] = []
    monkeypatch.setattr(command, "_execute", obeyed.append)
    monkeypatch.setattr(command, "_load_django", lambda: None)

    command.obey([plural, "import", "people.csv"])

    assert obeyed == [[f"import_{plural}", "people.csv"]]


def test_an_unreachable_database_is_explained_in_libpqs_words(bare_house: House) -> None:
    code, _, said = bare_house.told_by(
        "migrate", DATABASE_URL="postgresql://me:se%2Fcret@127.0.0.1:1/house"
    )

    assert code == 2
    assert "refused" in said
    assert "cret" not in said
    assert said.count("\n") == 1


def test_a_failure_with_the_database_there_keeps_its_traceback(prepared_house: House) -> None:
    code, _, said = prepared_house.told_by(
        "shell", "-c", "from django.db import connection as c; c.cursor().execute('SELEC')"
    )

    assert code == 1
    assert 'syntax error at or near "SELEC"' in said


@pytest.mark.parametrize("words", [["administrator", "a@centre.example", "A"], ["dispose"]])
def test_tables_that_are_behind_are_explained_with_what_to_run(
    words: list[str], house: House
) -> None:
    code, _, said = house.told_by(*words)

    assert code == 2
    assert "run `comptoir prepare`" in said
    assert said.count("\n") == 1


def test_a_command_of_django_starts_the_server_and_leaves_none(prepared_house: House) -> None:
    code, said, _ = prepared_house.told_by("showmigrations", "people")

    assert code == 0
    assert "[X] 0001_initial" in said
    assert prepared_house.is_deserted()


def test_tables_that_another_version_made_are_left_as_they_are(prepared_house: House) -> None:
    prepared_house.ready_user()
    with prepared_house.connect() as session:
        session.execute(
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('enquiries', '0099_of_another_version', now())"
        )
        try:
            code, _, said = prepared_house.told_by("prepare")
        finally:
            session.execute("DELETE FROM django_migrations WHERE name LIKE '0099%'")

    assert code == 2
    assert "another version of Comptoir made these tables" in said
    assert "enquiries.0099_of_another_version" in said
    assert said.count("\n") == 1


def test_migrations_wait_for_each_other(prepared_house: House) -> None:
    """Two at once would break each other; whoever comes second finds nothing to do."""
    prepared_house.ready_user()
    both = [prepared_house.comptoir("migrate") for _ in range(2)]

    ends = [process.communicate(timeout=60) for process in both]

    assert [process.returncode for process in both] == [0, 0], ends
    assert all("No migrations to apply" in output for output, _ in ends)
