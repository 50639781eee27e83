"""Programs kept up, with real processes: what dies comes back, and nothing outlives the house."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from comptoir.site import supervisor
from tests.site.houses import PATIENCE, House, comes_true, heard

# Supervises one program; it writes the program's id when it starts, so that tests can find it.
SUPERVISE = """
import sys
from comptoir.site.supervisor import Program, Signals, supervise
with Signals() as signals:
    supervise([Program("it", [sys.executable, "-c", sys.argv[1], *sys.argv[2:]])], signals, lambda: None)
print("closed", flush=True)
"""

STAY = """
import os, signal, sys
print("started", os.getpid(), flush=True)
signal.pause()
"""

IGNORE_REQUESTS = """
import os, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("started", os.getpid(), flush=True)
while True:
    signal.pause()
"""

HAVE_A_CHILD = """
import os, signal, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
print("started", os.getpid(), child.pid, flush=True)
signal.pause()
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A place to start processes; no server is involved."""
    house = House(tmp_path)
    yield house
    house.close()


def started(watching: subprocess.Popen[str]) -> list[int]:
    """The ids a program tells when it starts."""
    word, *pids = heard(watching).split()
    assert word == "started"
    return [int(pid) for pid in pids]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not is_zombie(pid)


def is_zombie(pid: int) -> bool:
    try:
        return Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return False


def test_a_program_that_dies_is_started_again(house: House) -> None:
    watching = house.python("-c", SUPERVISE, STAY)
    [first] = started(watching)

    os.kill(first, signal.SIGKILL)

    [second] = started(watching)
    assert second != first
    assert is_alive(second)


def test_a_program_that_keeps_dying_is_started_less_and_less_often(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = supervisor.Program("it", [sys.executable, "-c", "raise SystemExit(3)"])
    now = 0.0

    for _ in range(4):
        program.look_after(now)
        assert program.process is not None
        program.process.wait(PATIENCE)
        program.look_after(now)
        assert program.process is None
        now = program.due_at

    said = capsys.readouterr().err
    assert [f"in {wait} s" in said for wait in ("0.5", "1", "2", "4")] == [True] * 4
    assert "it ended (exit code 3)" in said


def test_a_program_that_lived_long_is_started_again_soon() -> None:
    program = supervisor.Program("it", [sys.executable, "-c", ""])
    program.delay = supervisor.LONGEST_DELAY
    program.look_after(0.0)
    assert program.process is not None
    program.process.wait(PATIENCE)

    program.look_after(supervisor.SOUND_SECONDS)

    assert program.due_at == supervisor.SOUND_SECONDS + supervisor.FIRST_DELAY


@pytest.mark.parametrize("request_", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_polite_signal_stops_everything(house: House, request_: signal.Signals) -> None:
    watching = house.python("-c", SUPERVISE, STAY)
    [program] = started(watching)

    watching.send_signal(request_)

    assert heard(watching) == "closed"
    assert watching.wait(PATIENCE) == 0
    assert not is_alive(program)


def test_a_second_request_kills_what_does_not_listen(house: House) -> None:
    watching = house.python("-c", SUPERVISE, IGNORE_REQUESTS)
    [program] = started(watching)

    watching.send_signal(signal.SIGINT)
    watching.send_signal(signal.SIGTERM)  # another one: equal signals that wait count once

    assert heard(watching) == "closed"
    assert not is_alive(program)


def test_a_supervisor_killed_outright_leaves_no_program(house: House) -> None:
    watching = house.python("-c", SUPERVISE, STAY)
    [program] = started(watching)

    watching.kill()

    assert comes_true(lambda: not is_alive(program))


def test_the_children_of_a_program_that_died_are_swept(house: House) -> None:
    watching = house.python("-c", SUPERVISE, HAVE_A_CHILD)
    parent, child = started(watching)

    os.kill(parent, signal.SIGKILL)

    assert comes_true(lambda: not is_alive(child))
    started(watching)
    watching.terminate()
    assert heard(watching) == "closed"


def test_a_program_run_to_its_end_tells_how_it_ended() -> None:
    with supervisor.Signals() as signals:
        assert supervisor.run_to_end([sys.executable, "-c", "raise SystemExit(7)"], signals) == 7
        assert supervisor.run_to_end([sys.executable, "-c", ""], signals) == 0


def test_signals_are_given_back_as_they_were() -> None:
    before = [signal.getsignal(number) for number in supervisor.STOPPING]

    with supervisor.Signals():
        assert [signal.getsignal(number) for number in supervisor.STOPPING] != before

    assert [signal.getsignal(number) for number in supervisor.STOPPING] == before
