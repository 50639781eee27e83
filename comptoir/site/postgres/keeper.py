"""The keeper: the process that holds the server up, and takes it down when nobody uses it.

Run as `python -m comptoir.site.postgres.keeper HOME LOCK REPORT [SETTING...]` by `presence`, with
two inherited descriptors: `keeper.lock`, already held, and a pipe on which it says `ready` or what
went wrong. It outlives whoever started it. It ends when the server ends; the server is told to end
when the exclusive lock on `use.lock` is granted, which is when the last user is gone, however it
went. It ignores polite signals: a house that stops them all at once still needs its database to
finish what it is doing.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from comptoir.site.postgres import locks, server
from comptoir.site.postgres.folders import Layout


def main(arguments: list[str]) -> int:
    """Hold the server up until nobody uses it."""
    home, keeper_lock, report, *options = arguments
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.umask(0o077)
    place = Layout(Path(home))
    use = locks.open_lock(place.use_lock)
    # In the main thread: the kernel ties the server to the thread that starts it.
    try:
        running = server.start(place, options)
    except server.ServerError as error:
        _tell(int(report), str(error))
        return 1
    _tell(int(report), "ready")
    threading.Thread(target=_stop_when_unused, args=(use, running), daemon=True).start()
    running.wait()
    if place.socket.parent != place.home:
        shutil.rmtree(place.socket, ignore_errors=True)
    # In this order: who is granted `use.lock` next must find `keeper.lock` free.
    os.close(int(keeper_lock))
    os.close(use)
    return 0


def _stop_when_unused(use: int, running: subprocess.Popen[bytes]) -> None:
    locks.take(use)
    server.stop(running)
    with suppress(subprocess.TimeoutExpired):
        running.wait(server.STOP_SECONDS)
        return
    running.send_signal(signal.SIGQUIT)


def _tell(report: int, message: str) -> None:
    """Say how the start went; whoever asked may be gone."""
    with suppress(BrokenPipeError):
        os.write(report, message.encode())
    os.close(report)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
