"""`comptoir run`: the whole house in one tree of processes, database included.

This process only supervises. It prepares the database in a child, so that it never loads the
framework itself, then keeps the web server and the job worker up, and the embedded database too.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from collections.abc import Callable

from comptoir.site import environment, postgres, safety, supervisor
from comptoir.site.supervisor import Program, Signals, say

BAD_ENVIRONMENT = 2
"""Exit code when the surroundings are at fault: a variable, the database, a port, a command line."""

SELF = [sys.executable, "-P", "-m", "comptoir.site.command"]


def run(arguments: list[str]) -> int:
    """Prepare, open, and stay open until SIGTERM or Ctrl-C. Raises `BadEnvironment`, `ServerError`."""
    wanted = _parsed(arguments)
    # The other processes look at what they are told to listen on too, and refuse alike.
    os.environ["COMPTOIR_PORT"] = str(wanted.port)
    wanted.port = environment.port("COMPTOIR_PORT", 8000)
    os.environ["COMPTOIR_LISTEN"] = wanted.host
    if environment.text("COMPTOIR_MODE", "demonstration") != "production":
        safety.check_listening(wanted.host)
    _refuse_taken_port(wanted.host, wanted.port)
    with Signals() as signals:
        postgres.acquire()
        try:
            return _open_house(wanted, signals)
        finally:
            postgres.release()


def _open_house(wanted: argparse.Namespace, signals: Signals) -> int:
    say("preparing the database and the browser files")
    prepared = supervisor.run_to_end(
        [*SELF, "prepare", *(["--demo"] if wanted.demo else [])], signals
    )
    if signals.stops:
        return 0
    if prepared == BAD_ENVIRONMENT:
        return prepared  # it has said why, in one line
    if prepared != 0:
        say("the house could not be prepared; `comptoir doctor` says more")
        return 1
    programs = [
        Program("the web server", _web_server(wanted.host, wanted.port)),
        Program("the job worker", [*SELF, "worker"]),
    ]
    announce = _announcement(wanted.host, wanted.port)

    def tend() -> None:
        _keep_database_up()
        announce()

    supervisor.supervise(programs, signals, tend)
    say("closed")
    return 0


def _parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="comptoir run",
        description="Run the web server, the job worker and, if none is "
        "named by DATABASE_URL, the database. Ctrl-C stops everything.",
    )
    parser.add_argument(
        "--port",
        type=int,
        default=environment.port("COMPTOIR_PORT", 8000),
        help="port of the web server (COMPTOIR_PORT, 8000)",
    )
    parser.add_argument(
        "--host",
        default=environment.text("COMPTOIR_LISTEN", "127.0.0.1"),
        help="address to listen on (COMPTOIR_LISTEN, 127.0.0.1)",
    )
    parser.add_argument(
        "--demo", action="store_true", help="first load invented data if the database is empty"
    )
    return parser.parse_args(arguments)


def _refuse_taken_port(host: str, port: int) -> None:
    """Say so now rather than restart a web server for ever."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise environment.BadEnvironment(
                f"cannot listen on {host} port {port}: {error.strerror}. Choose another with "
                "--port or COMPTOIR_PORT."
            ) from error


def _web_server(host: str, port: int) -> list[str]:
    """Threads are as many as the pool has connections: one more would only wait for one."""
    threads = environment.integer("COMPTOIR_DATABASE_POOL", 8, least=1)
    workers = environment.integer("COMPTOIR_WEB_WORKERS", 1, least=1)
    command = [sys.executable, "-P", "-m", "granian", "comptoir.site.wsgi:application"]
    command += ["--interface", "wsgi", "--no-ws", "--host", host, "--port", str(port)]
    command += ["--workers", str(workers), "--blocking-threads", str(threads)]
    command += ["--workers-kill-timeout", "20", "--respawn-failed-workers"]
    return [*command, "--log-level", "error"]


def _keep_database_up() -> None:
    try:
        if not postgres.is_up():
            say("the database is down; starting it again")
            postgres.acquire()
    except postgres.ServerError as error:
        say(f"{error}; trying again")


def _announcement(host: str, port: int) -> Callable[[], None]:
    """Something to call until the web server answers, which then prints where to go, once."""
    told = False
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)

    def announce() -> None:
        nonlocal told
        if not told and _answers(reachable, port):
            told = True
            address = environment.text("COMPTOIR_ADDRESS", f"http://localhost:{port}")
            print(f"Comptoir is open at {address} (Ctrl-C closes it).", flush=True)

    return announce


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=0.5).close()
    except OSError:
        return False
    return True
