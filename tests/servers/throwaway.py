"""One server of a test: its folder, its ports, its process, and the ends of all three.

The process runs as an ordinary account, is ended by its own id, and ends by itself if the test run
is killed outright; the folder of a killed run is removed by the next one.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from comptoir.site import lifeline
from comptoir.site.postgres import processes
from comptoir.site.postgres.account import Account, service_account

HOST = "127.0.0.1"
PLACE = Path("/var/tmp")
"""Open to every account, which pytest's own temporary folders are not."""

NAME = re.compile(r"comptoir-server-(\d+)-\w+")
READY_SECONDS = 60.0
STOP_SECONDS = 10.0


class ServerError(Exception):
    """A server cannot be started; the message says why, in the server's words."""


class Port:
    """A free port that stays ours: bound and never listened on, so that none but our server gets it.

    A server that is down refuses at once, and finds its port again when it comes back.
    """

    def __init__(self) -> None:
        self._held = socket.socket()
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held.bind((HOST, 0))
        self.number: int = self._held.getsockname()[1]

    def answers(self, greeting: bytes, *, question: bytes = b"") -> bool:
        """Whether who listens here says what it should."""
        try:
            with socket.create_connection((HOST, self.number), timeout=READY_SECONDS) as line:
                line.sendall(question)
                return line.recv(1024).startswith(greeting)
        except OSError:
            return False

    def close(self) -> None:
        self._held.close()


class ThrowawayServer:
    """A server's process in a folder of its own; it may be stopped and started again."""

    def __init__(self, is_ready: Callable[[], bool]) -> None:
        _sweep()
        self.account: Account = service_account()
        self.folder = Path(tempfile.mkdtemp(prefix=f"comptoir-server-{os.getpid()}-", dir=PLACE))
        self.account.give(self.folder)
        self._is_ready = is_ready
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The id of the process from which all others of this server come."""
        assert self._process is not None, "it was not started"
        return self._process.pid

    def write(self, name: str, text: str) -> Path:
        """A file that the server may read."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        self.account.give(path)
        return path

    def make_folder(self, name: str) -> Path:
        """A folder that is the server's."""
        path = self.folder / name
        path.mkdir()
        self.account.give(path)
        return path

    def start(self, *command: str) -> None:
        """Start the program, unless it runs, and return once it is ready. Raises `ServerError`."""
        if self._process is not None and self._process.poll() is None:
            return
        account = self.account
        with (self.folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                command,
                user=None if account.is_ours else account.uid,
                group=None if account.is_ours else account.gid,
                extra_groups=None if account.is_ours else [],
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=lifeline.tie_to_parent(signal.SIGTERM),
            )
        process = self._process
        processes.until(
            lambda: process.poll() is not None or self._is_ready(), seconds=READY_SECONDS
        )
        if process.poll() is not None or not self._is_ready():
            self.stop()
            raise ServerError(f"{command[0]} did not start:\n{self.last_words()}")

    def stop(self, patience: float = STOP_SECONDS) -> None:
        """End the process and those it made; stopping twice is stopping once."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(patience)
        for pid in self.members():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        assert processes.until(lambda: not self.members(), seconds=STOP_SECONDS), "it does not end"

    def members(self) -> list[int]:
        """The living processes of this server: those of the session that its first one leads."""
        return [pid for pid, _ in processes.titles() if _session_of(pid) == self.pid]

    def last_words(self, lines: int = 12) -> str:
        """The end of what the server wrote."""
        text = (self.folder / "output").read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def close(self) -> None:
        """End the process and remove the folder."""
        self.stop()
        shutil.rmtree(self.folder)


def _session_of(pid: int) -> int | None:
    """None for a process that ended, one whose parent has not taken notice of it among them."""
    try:
        state, session = (
            Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[at]
            for at in (0, 3)
        )
    except OSError:
        return None
    return None if state == "Z" else int(session)


def _sweep() -> None:
    """Remove the folders of runs that were killed: they are named after them."""
    for folder in PLACE.iterdir():
        found = NAME.fullmatch(folder.name)
        if found and not _lives(int(found[1])):
            shutil.rmtree(folder, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
