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
from tests.site.houses import PATIENCE, House, comes_true, heard, kill, say_goodbye

COME_AND_GO = """
import psycopg
from comptoir.site import postgres
for _ in range(12):
    place = postgres.acquire(options=["fsync=off"])
    with psycopg.connect(host=place.host, user=place.user, dbname=place.database) as session:
        session.execute("SELECT 1")
    postgres.release()
"""

AS_ROOT = os.geteuid() == 0


def test_what_was_committed_is_there_at_the_next_start(house: House) -> None:
    first = house.ready_user()
    fact = house.remember()
    say_goodbye(first)
    assert heard(first) == "left"

    house.ready_user()

    assert house.recalls(fact)


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


def test_eight_first_starts_at_once_make_one_server(new_house: House) -> None:
    users = [new_house.user() for _ in range(8)]

    assert [heard(user) for user in users] == ["ready"] * 8

    assert new_house.log().count("starting PostgreSQL") == 1
    assert len(new_house.keepers()) == 1


def test_users_who_come_and_go_at_once_always_find_a_server(house: House) -> None:
    """Every order of starts, joins and stops there is, found by trying."""
    visitors = [house.python("-c", COME_AND_GO) for _ in range(4)]

    ends = [visitor.communicate(timeout=PATIENCE) for visitor in visitors]

    assert [visitor.returncode for visitor in visitors] == [0] * 4, ends
    assert house.is_deserted()


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
    fact = house.remember()
    before = house.first_server()

    kill(*house.keepers())
    house.ready_user()

    assert house.recalls(fact)
    assert house.first_server() != before
    assert user.poll() is None


def test_a_server_killed_outright_is_started_again_for_the_next_user(house: House) -> None:
    house.ready_user()
    fact = house.remember()

    kill(house.first_server())
    house.ready_user()

    assert house.recalls(fact)


def test_a_house_killed_all_at_once_recovers(house: House) -> None:
    user = house.ready_user()
    fact = house.remember()

    kill(user.pid, *house.keepers(), *house.servers())
    house.ready_user()

    assert house.recalls(fact)
    assert "was not properly shut down" in house.log()


def test_a_keeper_killed_while_it_starts_the_server_is_replaced(new_house: House) -> None:
    starter = new_house.user()
    assert comes_true(new_house.keepers)
    kill(starter.pid, *new_house.keepers())

    new_house.ready_user()

    with new_house.connect() as session:
        assert session.execute("SELECT 1").fetchone() == (1,)


def test_a_half_made_data_folder_is_not_used(new_house: House) -> None:
    new_house.place.home.mkdir(parents=True)
    half = new_house.place.home / "data.new-killed"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")

    new_house.ready_user()

    assert not half.exists()


def test_a_lock_file_naming_a_zombie_does_not_stop_a_start(house: House) -> None:
    zombie = os.posix_spawn(sys.executable, [sys.executable, "-c", ""], os.environ)
    os.waitid(os.P_PID, zombie, os.WEXITED | os.WNOWAIT)
    (house.place.data / "postmaster.pid").write_text(f"{zombie}\n")
    (house.place.socket / ".s.PGSQL.5432.lock").write_text(f"{zombie}\n")

    house.ready_user()

    os.waitpid(zombie, 0)


def test_a_lock_file_naming_somebody_elses_process_harms_neither(house: House) -> None:
    owner = house.place.data.stat()
    other = subprocess.Popen(
        [shutil.which("cat") or "cat"],
        stdin=subprocess.PIPE,
        user=owner.st_uid if AS_ROOT else None,
    )
    (house.place.data / "postmaster.pid").write_text(f"{other.pid}\n")

    house.ready_user()

    assert other.poll() is None
    other.communicate(timeout=PATIENCE)


def test_an_orphaned_server_is_replaced(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a system where the kernel does not end the server with its keeper."""
    monkeypatch.setattr(lifeline, "tie_to_parent", lambda _: None)
    orphan = server.start(house.place)

    house.ready_user()

    assert orphan.wait(PATIENCE) == 0
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


def test_no_folder_of_others_changes_its_mode(new_house: House) -> None:
    closed = new_house.state.parent
    closed.chmod(0o711)
    watched = [ROOT, *ROOT.parents, Path(sys.prefix), Path(psycopg.__file__).parent.parent]
    watched += [Path.home(), closed, *closed.parents]
    before = [(path.stat().st_mode, path.stat().st_uid) for path in watched]

    new_house.ready_user()

    assert [(path.stat().st_mode, path.stat().st_uid) for path in watched] == before
    assert new_house.place.data.stat().st_mode & 0o777 == 0o700
    assert new_house.place.socket.stat().st_mode & 0o777 == 0o700
    assert new_house.place.log.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(not AS_ROOT, reason="only root runs the server as another account")
def test_root_is_told_which_folder_is_closed_to_the_servers_account(new_house: House) -> None:
    new_house.state.mkdir(mode=0o700)

    user = new_house.user()
    _, errors = user.communicate(timeout=30)

    assert f"may not enter {new_house.state}" in errors
    assert "COMPTOIR_STATE" in errors
    assert new_house.state.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not AS_ROOT, reason="only root changes accounts")
def test_the_server_never_runs_as_root(house: House) -> None:
    house.ready_user()

    owner = Path("/proc", str(house.first_server())).stat().st_uid

    assert owner == house.place.data.stat().st_uid != 0


def test_data_of_another_version_is_refused_in_words(house: House) -> None:
    (house.place.data / "PG_VERSION").write_text("17\n")

    user = house.user()
    _, errors = user.communicate(timeout=30)
    (house.place.data / "PG_VERSION").write_text("18\n")

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


def test_processes_are_killed_though_one_of_them_has_just_ended(house: House) -> None:
    """One that is left stopped would hold the house for ever, and the next test with it."""
    user = house.ready_user()
    ended = house.python("-c", "")
    ended.communicate(timeout=PATIENCE)

    kill(user.pid, ended.pid, *house.keepers(), *house.servers())

    assert comes_true(house.is_deserted)
