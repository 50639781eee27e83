"""Nothing is left of a server: not after its block, not after a test run that was killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from comptoir.site.postgres import processes
from tests.database import ROOT
from tests.servers import post_office, scanner
from tests.servers.throwaway import PLACE, ServerError, ThrowawayServer
from tests.site.houses import comes_true, heard

A_RUN = """
import sys
from tests.servers import post_office, scanner
with post_office.opened("questions@centre.example") as office, scanner.running() as scans:
    for server in (office.server, scans.server):
        print(server.folder, *server.members(), flush=True)
    sys.stdin.read()
"""


def living(pids: set[int]) -> set[int]:
    """Those that run; one that ended and waits to be noticed has no title."""
    return {pid for pid, title in processes.titles() if title and pid in pids}


def test_nothing_is_left_after_the_block() -> None:
    with post_office.opened("questions@centre.example") as office, scanner.running() as scans:
        office.mailbox("questions@centre.example")
        ran = {*office.server.members(), *scans.server.members()}
        folders = [office.server.folder, scans.server.folder]
        assert {office.server.pid, scans.server.pid} < ran
        assert living(ran) == ran

    assert living(ran) == set()
    assert not any(folder.exists() for folder in folders)


def test_nothing_is_left_after_a_test_that_fails() -> None:
    ran: set[int] = set()

    def fail() -> None:
        with scanner.running() as scans:
            ran.update(scans.server.members())
            raise LookupError

    with pytest.raises(LookupError):
        fail()

    assert ran
    assert living(ran) == set()


def test_servers_end_with_a_run_that_is_killed_and_the_next_removes_its_folders() -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", A_RUN],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    lines = [heard(run).split(" ") for _ in range(2)]
    folders = [Path(line[0]) for line in lines]
    ran = {int(word) for line in lines for word in line[1:]}
    assert len(ran) > len(lines)
    assert living(ran) == ran

    run.send_signal(signal.SIGKILL)
    run.communicate()

    assert comes_true(lambda: not living(ran))
    with scanner.running():
        assert not any(folder.exists() for folder in folders)


def test_the_folders_of_a_run_that_lives_stay() -> None:
    with scanner.running() as ours, scanner.running():
        assert ours.server.folder.exists()
        assert ours.is_up()


def test_a_server_that_ignores_the_request_to_end_is_ended() -> None:
    server = ThrowawayServer(lambda: "deaf" in server.last_words())
    server.start(_shell(), "-c", "trap '' TERM; echo deaf; while :; do /bin/sleep 60; done")
    ran = set(server.members())
    assert len(ran) == 2

    server.stop(patience=0.1)

    assert living(ran) == set()
    server.close()


def test_a_server_that_does_not_start_says_why() -> None:
    server = ThrowawayServer(lambda: False)

    with pytest.raises(ServerError, match="no such sentence"):
        server.start(_shell(), "-c", "echo no such sentence >&2; exit 3")

    server.close()
    assert not server.folder.exists()


def test_servers_run_as_an_ordinary_account() -> None:
    with scanner.running() as scans:
        owner = Path("/proc", str(scans.server.pid)).stat().st_uid

    assert owner != 0
    assert owner == (scans.server.account.uid if os.geteuid() == 0 else os.geteuid())
    assert PLACE in scans.server.folder.parents


def _shell() -> str:
    return shutil.which("sh") or "sh"
