"""Being a user of the embedded server: joining it, keeping it up, leaving it.

Three locks, all let go by the kernel whatever way a process dies. `start.lock`: one start or stop
at a time. `use.lock`: shared by every user for life, exclusive for the keeper that stops the
server. `keeper.lock`: held by the keeper alone; free means that there is no server.
"""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from comptoir.site.postgres import address, folders, locks, processes, server
from comptoir.site.postgres.folders import Layout, Location

SETTLE_SECONDS = server.READY_SECONDS
REPORT_SECONDS = server.READY_SECONDS + 4 * server.STOP_SECONDS


class _Keeper(subprocess.Popen[bytes]):
    """A child that outlives us on purpose: forgetting it deserves no warning."""

    def __del__(self) -> None:
        return


_guard = threading.Lock()
_held: dict[Path, int] = {}
_keepers: list[_Keeper] = []
# A forked child shares our lock by itself; letting it go from there would let go of ours.
os.register_at_fork(after_in_child=_held.clear)


def acquire(*, options: Sequence[str] = ()) -> Location:
    """Start the server or join it, and use it until `release()` or the end of this process.

    Calling again makes sure that it still runs. `options` are settings of PostgreSQL for the case
    that it is started here. Does nothing when `DATABASE_URL` names a server. Raises `ServerError`.
    """
    if address.is_embedded():
        place = folders.layout()
        with _guard:
            _join(place, options)
    return folders.location()


def is_up() -> bool:
    """Whether a keeper holds the server up at this moment; another server is none of our business."""
    place = folders.layout()
    return not address.is_embedded() or not locks.is_free(place.keeper_lock)


def release() -> None:
    """Stop using the server; if nobody else does, return once it has stopped.

    A process that is number one of a container takes all others down with it when it ends: it must
    wait here for the clean stop.
    """
    with _guard:
        for home, use in list(_held.items()):
            place = Layout(home)
            with locks.holding(place.start_lock):
                # We alone, or the keeper has been granted it in between and is stopping.
                last = locks.try_take(use) or not locks.try_take(use, shared=True)
                os.close(use)
                if last:
                    processes.until(
                        lambda: locks.is_free(place.keeper_lock),  # noqa: B023 - called at once
                        seconds=SETTLE_SECONDS,
                    )
            del _held[home]
        _reap()


def _join(place: Layout, options: Sequence[str]) -> None:
    try:
        folders.prepare(place)
    except folders.FolderError as error:
        raise server.ServerError(str(error)) from error
    with locks.holding(place.start_lock):
        use = _held.get(place.home)
        if use is None:
            use = locks.open_lock(place.use_lock)
            locks.take(use, shared=True)
        try:
            _make_sure(place, options)
        except BaseException:
            os.close(use)
            _held.pop(place.home, None)
            raise
        _held[place.home] = use


def _make_sure(place: Layout, options: Sequence[str]) -> None:
    """See that a keeper lives and its server answers, starting one if there is none.

    A keeper that lives while the server does not answer is one whose starter died before it was
    ready, or one about to end: either way it decides itself shortly.
    """
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        keeper_lock = locks.open_lock(place.keeper_lock)
        try:
            if locks.try_take(keeper_lock):
                _start_keeper(place, keeper_lock, options)
                return
        finally:
            os.close(keeper_lock)
        if _answers(place):
            return
        if time.monotonic() > deadline:
            raise server.ServerError(
                f"the server of {place.home} does not answer:\n{server.last_words(place)}"
            )
        time.sleep(processes.PAUSE)


def _answers(place: Layout) -> bool:
    if not server.is_ready(place):
        return False
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(place.socket / f".s.PGSQL.{folders.PORT}"))
        except OSError:
            return False
    return True


def _start_keeper(place: Layout, keeper_lock: int, options: Sequence[str]) -> None:
    """Start a keeper that inherits the lock, and wait for its word. Raises `ServerError`."""
    _reap()
    report, told = os.pipe()
    command = [sys.executable, "-P", "-m", "comptoir.site.postgres.keeper"]
    # A small environment: the keeper lives long and has no business with the house's secrets.
    known = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path)),
    }
    try:
        with place.open_log() as log:
            keeper = _Keeper(
                [*command, str(place.home), str(keeper_lock), str(told), *options],
                pass_fds=(keeper_lock, told),
                start_new_session=True,
                cwd="/",
                env=known,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        os.close(told)
        _keepers.append(keeper)
        message = _heard(report)
    finally:
        os.close(report)
    if message != "ready":
        raise server.ServerError(message or f"the keeper died:\n{server.last_words(place)}")


def _heard(report: int) -> str:
    """What the keeper says before it closes its end, or nothing if it dies or takes too long."""
    deadline = time.monotonic() + REPORT_SECONDS
    message = b""
    while select.select([report], [], [], max(0.0, deadline - time.monotonic()))[0]:
        part = os.read(report, 65536)
        if not part:
            break
        message += part
    return message.decode(errors="replace")


def _reap() -> None:
    """Let ended keepers go, so that none stays a zombie of ours."""
    _keepers[:] = [keeper for keeper in _keepers if keeper.poll() is None]
