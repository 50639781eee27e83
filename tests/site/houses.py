"""Houses of their own for the tests: a folder, processes that use its server, and their ends."""

from __future__ import annotations

import os
import secrets
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psycopg

from comptoir.site.postgres import folders, processes
from tests.database import ROOT

PATIENCE = 60.0
"""Seconds after which a condition that should have come true is a failure."""

USE_THE_SERVER = """
import sys
from comptoir.site import postgres
try:
    postgres.acquire(options=sys.argv[1:])
except postgres.ServerError as error:
    sys.exit(str(error))
print("ready", flush=True)
sys.stdin.readline()
postgres.release()
print("left", flush=True)
"""


class House:
    """One state folder, and what runs on it."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.place = folders.Layout(state / "postgres")
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("COMPTOIR_", "DATABASE_"))},
            "COMPTOIR_STATE": str(state),
        }
        self.preparations: list[tuple[int, str]] = []
        """How the preparations that were made ended: exit code, errors."""
        self._started: list[subprocess.Popen[str]] = []

    def python(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """Start Python in this house; it is ended with the test."""
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**self.environment, **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._started.append(process)
        return process

    def user(self, *options: str) -> subprocess.Popen[str]:
        """Start a process that uses the server until it reads a line; it says `ready` and `left`.

        The power will not fail during a test, and waiting for the disk is most of a first start.
        """
        return self.python("-c", USE_THE_SERVER, "fsync=off", *options)

    def ready_user(self, *options: str) -> subprocess.Popen[str]:
        """A user whose server takes connections."""
        user = self.user(*options)
        assert heard(user) == "ready"
        return user

    def comptoir(self, *words: str, **variables: str) -> subprocess.Popen[str]:
        """Start the `comptoir` command."""
        return self.python("-m", "comptoir.site.command", *words, **variables)

    def told_by(self, *words: str, **variables: str) -> tuple[int, str, str]:
        """Run the `comptoir` command to its end: exit code, output, errors."""
        process = self.comptoir(*words, **variables)
        output, errors = process.communicate(timeout=PATIENCE)
        return process.returncode, output, errors

    def connect(self) -> psycopg.Connection[psycopg.rows.TupleRow]:
        """A session with the server."""
        return psycopg.connect(
            host=str(self.place.socket),
            port=folders.PORT,
            user=folders.ROLE,
            dbname=folders.DATABASE,
            autocommit=True,
        )

    def remember(self) -> str:
        """Commit something, and how to ask for it."""
        name = f"fact_{secrets.token_hex(6)}"
        with self.connect() as session:
            session.execute(f"CREATE TABLE {name} AS SELECT 'é' AS letter")
        return name

    def recalls(self, name: str) -> bool:
        """Whether what was committed is there."""
        with self.connect() as session:
            return session.execute(f"SELECT upper(letter) FROM {name}").fetchone() == ("É",)

    def servers(self) -> list[int]:
        """The server's living processes."""
        return processes.of_cluster(self.place.cluster)

    def first_server(self) -> int:
        """The process of the server from which the others come."""
        return int((self.place.data / "postmaster.pid").read_text().split()[0])

    def keepers(self) -> list[int]:
        """The living keepers of the server: one or none."""
        return self.running("comptoir.site.postgres.keeper", str(self.place.home))

    def running(self, *words: str) -> list[int]:
        """This house's living processes whose command lines hold all these words."""
        return [
            pid
            for pid, title in processes.titles()
            if all(word in title for word in words) and self._is_of_this_house(pid, title)
        ]

    def _is_of_this_house(self, pid: int, title: str) -> bool:
        """Others of the same kind may run on this machine: tell ours by the folder they were given."""
        if pid == os.getpid():
            return False
        try:
            variables = Path("/proc", str(pid), "environ").read_bytes().split(b"\0")
        except OSError:
            variables = []
        return str(self.place.home) in title or f"COMPTOIR_STATE={self.state}".encode() in variables

    def is_deserted(self) -> bool:
        """Whether neither server nor keeper lives."""
        return not self.servers() and not self.keepers()

    def log(self) -> str:
        """What the server wrote."""
        return self.place.log.read_text()

    def close(self) -> None:
        """End what the test started."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
            process.communicate(timeout=PATIENCE)
        self._started.clear()

    def clear(self) -> bool:
        """Close, and whether that left nothing; what was left is killed, for the next test's sake."""
        self.close()
        deserted = comes_true(self.is_deserted)
        if not deserted:
            kill(*self.keepers(), *self.servers())
        return deserted


def say_goodbye(user: subprocess.Popen[str]) -> None:
    """Let a user leave."""
    assert user.stdin is not None
    user.stdin.write("\n")
    user.stdin.flush()


def heard(process: subprocess.Popen[str]) -> str:
    """The next line a process says, or nothing when it ends."""
    assert process.stdout is not None
    assert select.select([process.stdout], [], [], PATIENCE)[0], "it says nothing"
    return process.stdout.readline().strip()


def comes_true(condition: object) -> bool:
    """Wait for a condition to hold, as long as patience lasts."""
    assert callable(condition)
    return processes.until(condition, seconds=PATIENCE)


def kill(*pids: int) -> None:
    """Kill outright, all at once: stopped first, so that none sees the others die.

    One that has ended since it was listed, as a session's process does soon after its session, is
    passed over: those already stopped must not stay so.
    """
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
