"""The embedded server: shared, durable, and gone with its last user, however that one went."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from comptoir.site import lifeline
from comptoir.site.postgres import processes, server
from tests.database import ROOT
from tests.site.houses import House, comes_true, heard, kill

AS_ROOT = os.geteuid() == 0


def say_goodbye(user: subprocess.Popen[str]) -> None:
    assert user.stdin is not None
    user.stdin.write("\n")
    user.stdin.flush()


def test_what_was_committed_is_there_at_the_next_start(house: House) -> None:
    first = house.ready_user()
    with house.connect() as session:
        session.execute("CREATE TABLE kept AS SELECT 'é' AS letter")
    say_goodbye(first)
    assert heard(first) == "left"

    house.ready_user()

    with house.connect() as session:
        found = session.execute("SELECT upper(letter) FROM kept").fetchone()
    assert found == ("É",)


def test_who_leaves_last_finds_the_server_stopped_cleanly(house: House) -> None:
    user = house.ready_user()

    say_goodbye(user)

    assert heard(user) == "left"
    assert house.servers() == []
    assert "database system is shut down" in house.log()


def test_the_server_stays_while_somebody_else_uses_it(house: House) -> None:
    starter, joiner = house.ready_user(), house.ready_user()
    before = house.first_server()

    say_goodbye(starter)

    assert heard(starter) == "left"
    with house.connect() as session:
        assert session.execute("SELECT 1").fetchone() == (1,)
    assert house.first_server() == before
    say_goodbye(joiner)
    assert heard(joiner) == "left"
    assert house.servers() == []


def test_eight_first_starts_at_once_make_one_server(house: House) -> None:
    users = [house.user() for _ in range(8)]

    assert [heard(user) for user in users] == ["ready"] * 8

    assert house.log().count("starting PostgreSQL") == 1
    assert len(house.keepers()) == 1


def test_a_user_killed_outright_leaves_no_server(house: House) -> None:
    user = house.ready_user()

    user.kill()

    assert comes_true(house.is_deserted)
    assert "database system is shut down" in house.log()


def test_a_user_and_its_keeper_killed_outright_leave_no_server(house: House) -> None:
    user = house.ready_user()

    kill(user.pid, *house.keepers())

    assert comes_true(house.is_deserted)
    assert "database system is shut down" in house.log()


def test_a_server_whose_keeper_was_killed_is_started_again_for_the_next_user(house: House) -> None:
    user = house.ready_user()
    with house.connect() as session:
        session.execute("CREATE TABLE kept ()")
    before = house.first_server()

    kill(*house.keepers())
    house.ready_user()

    with house.connect() as session:
        session.execute("SELECT FROM kept")
    assert house.first_server() != before
    assert user.poll() is None


def test_a_server_killed_outright_is_started_again_for_the_next_user(house: House) -> None:
    house.ready_user()
    with house.connect() as session:
        session.execute("CREATE TABLE kept ()")

    kill(house.first_server())
    house.ready_user()

    with house.connect() as session:
        session.execute("SELECT FROM kept")


def test_a_house_killed_all_at_once_recovers(house: House) -> None:
    user = house.ready_user()
    with house.connect() as session:
        session.execute("CREATE TABLE kept ()")

    kill(user.pid, *house.keepers(), house.first_server(), *house.servers())
    house.ready_user()

    with house.connect() as session:
        session.execute("SELECT FROM kept")
    assert "was not properly shut down" in house.log()


def test_a_keeper_killed_while_it_starts_the_server_is_replaced(house: House) -> None:
    starter = house.user()
    assert comes_true(house.keepers)
    kill(starter.pid, *house.keepers())

    house.ready_user()

    with house.connect() as session:
        assert session.execute("SELECT 1").fetchone() == (1,)


def test_a_half_made_data_folder_is_not_used(house: House) -> None:
    house.place.home.mkdir(parents=True)
    half = house.place.home / "data.new-killed"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")

    house.ready_user()

    assert not half.exists()


def test_a_lock_file_naming_a_zombie_does_not_stop_a_start(house: House) -> None:
    say_goodbye(house.ready_user())
    assert comes_true(house.is_deserted)
    zombie = os.posix_spawn(sys.executable, [sys.executable, "-c", ""], os.environ)
    os.waitid(os.P_PID, zombie, os.WEXITED | os.WNOWAIT)
    (house.place.data / "postmaster.pid").write_text(f"{zombie}\n")
    (house.place.socket / ".s.PGSQL.5432.lock").write_text(f"{zombie}\n")

    house.ready_user()

    os.waitpid(zombie, 0)


def test_a_lock_file_naming_somebody_elses_process_harms_neither(house: House) -> None:
    say_goodbye(house.ready_user())
    assert comes_true(house.is_deserted)
    owner = house.place.data.stat()
    other = subprocess.Popen(
        [shutil.which("cat") or "cat"],
        stdin=subprocess.PIPE,
        user=owner.st_uid if AS_ROOT else None,
    )
    (house.place.data / "postmaster.pid").write_text(f"{other.pid}\n")

    house.ready_user()

    assert other.poll() is None
    other.communicate()


def test_an_orphaned_server_is_replaced(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a system where the kernel does not end the server with its keeper."""
    say_goodbye(house.ready_user())
    assert comes_true(house.is_deserted)
    monkeypatch.setattr(lifeline, "tie_to_parent", lambda _: None)
    orphan = server.start(house.place)

    house.ready_user()

    assert orphan.wait() == 0
    assert house.first_server() != orphan.pid


def test_a_path_too_long_for_a_socket_gets_a_short_private_folder(house: House) -> None:
    far = House(house.state / ("long" * 25))
    try:
        far.ready_user()
        with far.connect() as session:
            assert session.execute("SELECT 1").fetchone() == (1,)
        assert far.place.socket.parent == Path("/tmp")
        assert far.place.socket.stat().st_mode & 0o777 == 0o700
    finally:
        far.close()
        assert comes_true(far.is_deserted)
    assert comes_true(lambda: not far.place.socket.exists())


def test_no_folder_of_others_changes_its_mode(house: House) -> None:
    private = house.state.parent / "installed"
    private.mkdir(mode=0o711)
    house.state = private
    watched = [ROOT, *ROOT.parents, Path(sys.prefix), Path(psycopg.__file__).parent.parent]
    watched += [Path.home(), private, *private.parents]
    before = [(path.stat().st_mode, path.stat().st_uid) for path in watched]
    house.environment["COMPTOIR_STATE"] = str(private / "state")
    house.place = type(house.place)(private / "state" / "postgres")

    house.ready_user()

    assert [(path.stat().st_mode, path.stat().st_uid) for path in watched] == before
    assert house.place.data.stat().st_mode & 0o777 == 0o700
    assert house.place.socket.stat().st_mode & 0o777 == 0o700
    assert house.place.log.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(not AS_ROOT, reason="only root runs the server as another account")
def test_root_is_told_which_folder_is_closed_to_the_servers_account(house: House) -> None:
    house.state.mkdir(mode=0o700)

    user = house.user()
    _, errors = user.communicate(timeout=30)

    assert f"may not enter {house.state}" in errors
    assert "COMPTOIR_STATE" in errors
    assert house.state.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not AS_ROOT, reason="only root changes accounts")
def test_the_server_never_runs_as_root(house: House) -> None:
    house.ready_user()

    owner = Path("/proc", str(house.first_server())).stat().st_uid

    assert owner == house.place.data.stat().st_uid != 0


def test_data_of_another_version_is_refused_in_words(house: House) -> None:
    say_goodbye(house.ready_user())
    assert comes_true(house.is_deserted)
    (house.place.data / "PG_VERSION").write_text("17\n")

    user = house.user()
    _, errors = user.communicate(timeout=30)

    assert "made by PostgreSQL 17" in errors
    assert "Traceback" not in errors


def test_a_polite_signal_to_everybody_lets_a_session_finish(house: House) -> None:
    """A machine that goes down tells all at once; the users decide when the database may go."""
    house.ready_user()
    with house.connect() as session:
        for pid in house.keepers():
            os.kill(pid, signal.SIGTERM)

        assert session.execute("SELECT 1").fetchone() == (1,)
        assert len(house.keepers()) == 1


def test_waiting_for_a_condition_ends_without_it() -> None:
    assert processes.until(lambda: False, seconds=0.05) is False
