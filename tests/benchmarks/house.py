"""A house for measuring: an embedded server in a temporary folder, web servers, memory, connections.

Nothing of the product is imported before the environment says where the house is.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROCESSES, THREADS = 2, 4
"""Web processes and threads of each: one process per core of a small machine, a pool of 8 in all."""

HOST = "127.0.0.1"
PATIENCE = 30.0
SERVER = "comptoir-bench"
"""How the web servers name their connections."""


@contextmanager
def opened() -> Iterator[Path]:
    """The server runs, Django is set up on it and the tables are made; afterwards all is gone. Once a process:
    settings are read once.
    """
    state = Path(tempfile.mkdtemp(prefix="comptoir-bench-", dir="/var/tmp"))
    state.chmod(0o755)  # PostgreSQL runs as an account of its own when we are root
    for name in [*os.environ]:
        if name.startswith(("COMPTOIR_", "DATABASE_URL")):
            del os.environ[name]
    os.environ["COMPTOIR_STATE"] = str(state)
    os.environ["COMPTOIR_DATABASE_POOL"] = str(THREADS)
    os.environ["COMPTOIR_LOG_LEVEL"] = "error"  # a refusal is one of the figures, not a warning
    os.environ["DJANGO_SETTINGS_MODULE"] = "comptoir.site.settings"
    from comptoir.site import postgres

    postgres.acquire()
    try:
        _prepare()
        yield state
    finally:
        from django.db import connections

        connections.close_all()
        postgres.release()
        shutil.rmtree(state, ignore_errors=True)


def _prepare() -> None:
    import django

    django.setup()
    from comptoir.site import preparation

    preparation.prepare([])


@contextmanager
def serving(application: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A web server on a free port, as `comptoir run` starts it: the port and the process."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "granian", application, "--interface", "wsgi", "--no-ws"]
    command += ["--host", HOST, "--port", str(port), "--log-level", "warning"]
    command += ["--workers", str(PROCESSES), "--blocking-threads", str(THREADS)]
    server = subprocess.Popen(command, env={**os.environ, "PGAPPNAME": SERVER})
    try:
        _wait_for(port, server)
        yield port, server
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if server.poll() is not None:
            raise SystemExit("the web server ended before it answered")
        try:
            socket.create_connection((HOST, port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the web server does not answer")


def megabytes(pid: int) -> list[tuple[str, float]]:
    """Resident memory of a process and of its children, each with the end of its command line."""
    found = []
    for one in [pid, *_children(pid)]:
        status = Path(f"/proc/{one}/status").read_text(encoding="ascii", errors="replace")
        resident = next((line for line in status.splitlines() if line.startswith("VmRSS")), None)
        if resident is not None:
            title = Path(f"/proc/{one}/comm").read_text(encoding="utf-8").strip()
            found.append((title, int(resident.split()[1]) / 1024))
    return found


def processor_seconds(pid: int) -> float:
    """What a process and its children have used of the processors: steadier than the clock."""
    ticks = 0
    for one in [pid, *_children(pid)]:
        fields = Path(f"/proc/{one}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    direct = [int(word) for task in tasks for word in task.read_text(encoding="ascii").split()]
    return [one for child in direct for one in (child, *_children(child))]
