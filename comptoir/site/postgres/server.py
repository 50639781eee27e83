"""The server itself: made once, started, told to stop. Only the keeper calls this."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from comptoir.site import lifeline
from comptoir.site.postgres import folders, processes, program
from comptoir.site.postgres.account import Account, service_account
from comptoir.site.postgres.folders import Layout

READY_SECONDS = 120.0
"""How long a start may take: after a crash the server first replays its journal."""

STOP_SECONDS = 30.0
LOG_LIMIT = 10_000_000
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


class ServerError(Exception):
    """The embedded server could not be started; the message says why, in the server's words."""


def start(place: Layout, options: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    """Start the server as a child of this process and return once it takes connections.

    The caller holds `keeper.lock`. `options` are settings of PostgreSQL (`fsync=off`). The server
    stops by itself if this process, and on Linux the thread that calls, ends. Raises `ServerError`.
    """
    try:
        account = service_account()
        folders.prepare_for(account, place)
        binaries = program.binaries(place)
        _clear_the_way(place)
        if not place.data.exists():
            _initialise(place, account, binaries, fast="fsync=off" in options)
        _check_version(place)
    except (folders.FolderError, program.ProgramError, LookupError) as error:
        raise ServerError(str(error)) from error
    except OSError as error:  # a full disk, a root without its powers
        raise ServerError(
            f"PostgreSQL cannot be started here: {error}. Another account may be able to, or "
            "DATABASE_URL may name a server."
        ) from error
    if place.log.exists() and place.log.stat().st_size > LOG_LIMIT:
        place.log.replace(place.log.with_suffix(".old"))
    with place.open_log() as log:
        server = _spawn(_command(place, binaries, options), account, signal.SIGINT, log.fileno())
    _await_ready(place, server)
    return server


def stop(server: subprocess.Popen[bytes]) -> None:
    """Ask for the fast stop: sessions are ended, what was committed is on disk."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)


def is_ready(place: Layout) -> bool:
    """Whether the server says that it takes connections."""
    return _status(place)[1:] == ["ready"]


def last_words(place: Layout, lines: int = 6) -> str:
    """The end of the server's log."""
    try:
        text = place.log.read_text(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def _command(place: Layout, binaries: Path, options: Sequence[str]) -> list[str]:
    settings = [
        f"cluster_name={place.cluster}",
        "listen_addresses=",
        f"port={folders.PORT}",
        "unix_socket_permissions=0700",
        "max_connections=40",
        *options,
    ]
    command = [str(binaries / "postgres"), "-D", str(place.data), "-k", str(place.socket)]
    return command + [word for setting in settings for word in ("-c", setting)]


def _spawn(
    command: list[str], account: Account, at_our_death: signal.Signals, output: int
) -> subprocess.Popen[bytes]:
    """Run a program of the server as its account, tied to our life, with nothing of ours open."""
    return subprocess.Popen(
        command,
        user=None if account.is_ours else account.uid,
        group=None if account.is_ours else account.gid,
        extra_groups=None if account.is_ours else [],
        cwd="/",
        env=ENVIRONMENT,
        stdin=subprocess.PIPE if "--single" in command else subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        preexec_fn=lifeline.tie_to_parent(at_our_death),
    )


def _initialise(place: Layout, account: Account, binaries: Path, *, fast: bool) -> None:
    """Make the data folder under another name, then rename it: a killed start leaves no half."""
    for leftover in place.home.glob("data.new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    draft = Path(tempfile.mkdtemp(prefix="data.new-", dir=place.home))
    account.give(draft)
    initdb = [str(binaries / "initdb"), "-D", str(draft), f"--username={folders.ROLE}"]
    initdb += ["--auth=trust", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
    initdb += ["--builtin-locale=C.UTF-8", "--set=timezone=UTC", "--no-instructions"]
    initdb += ["--no-sync"] if fast else []
    single = [str(binaries / "postgres"), "--single", "-D", str(draft), "postgres"]
    with place.open_log() as log:
        made = _spawn(initdb, account, signal.SIGKILL, log.fileno()).wait()
        if made == 0:
            session = _spawn(single, account, signal.SIGKILL, log.fileno())
            session.communicate(f"CREATE DATABASE {folders.DATABASE};\n".encode())
            made = session.returncode
    if made != 0:
        raise ServerError(f"the data folder could not be made:\n{last_words(place)}")
    draft.rename(place.data)


def _check_version(place: Layout) -> None:
    found = (place.data / "PG_VERSION").read_text().strip()
    if found != program.MAJOR:
        raise ServerError(
            f"{place.data} was made by PostgreSQL {found} and this is PostgreSQL {program.MAJOR}: "
            "restore a dump of it into a new folder"
        )


def _clear_the_way(place: Layout) -> None:
    """Stop what is left of an earlier server of this folder, then remove its traces.

    An orphan is told to stop: it has lost its keeper. The files it leaves when killed name a
    process that the machine may keep as a zombie, for ever in a container without an init, or may
    have given away again; both would make the server refuse to start. With no living process of
    ours in sight they mean nothing.
    """
    for way in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        for pid in _family_to_signal(place, way):
            _signal(pid, way)
        if processes.until(lambda: not processes.of_cluster(place.cluster), seconds=STOP_SECONDS):
            break
    else:
        raise ServerError(f"an earlier server of {place.data} does not stop")
    for trace in (place.data / "postmaster.pid", *place.socket.glob(".s.PGSQL.*")):
        trace.unlink(missing_ok=True)


def _family_to_signal(place: Layout, way: signal.Signals) -> list[int]:
    """The first process alone may pass a stop on to its children; if it is dead, all of them."""
    family = processes.of_cluster(place.cluster)
    first = _status(place)[:1]
    if way is signal.SIGINT and first and int(first[0]) in family:
        return [int(first[0])]
    return family


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _await_ready(place: Layout, server: subprocess.Popen[bytes]) -> None:
    def decided() -> bool:
        return server.poll() is not None or _status(place) == [str(server.pid), "ready"]

    if not processes.until(decided, seconds=READY_SECONDS):
        stop(server)
        raise ServerError(f"PostgreSQL is not ready after {READY_SECONDS:.0f} seconds")
    if server.returncode is not None:
        raise ServerError(f"PostgreSQL stopped at once:\n{last_words(place)}")


def _status(place: Layout) -> list[str]:
    """The process id and the state the server writes in its lock file; less while it is written."""
    try:
        lines = (place.data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []
    return [lines[0].strip(), *(line.strip() for line in lines[7:8])] if lines else []
