"""Keeping programs up: started together, started again when they die, stopped together.

Knows nothing of what it runs. Standard library only, so that this process, which outlives every
other of the house, stays small.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType, TracebackType

from comptoir.site import lifeline

TICK_SECONDS = 1.0
FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
SOUND_SECONDS = 60.0
"""A program that lived this long was sound: its next death is a first one."""

STOP_SECONDS = 25.0
"""More than the longest answer the programs give themselves to finish what they are doing."""

STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Signals:
    """Signals as something to wait for: no code of ours runs in the middle of other code."""

    def __init__(self) -> None:
        self.stops = 0
        """How many times somebody asked us to stop."""

    def __enter__(self) -> Signals:
        self._reading, writing = os.pipe()
        os.set_blocking(writing, False)
        os.set_blocking(self._reading, False)
        self._writing = writing
        self._before = {
            number: signal.signal(number, _heard) for number in (*STOPPING, signal.SIGCHLD)
        }
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        signal.set_wakeup_fd(-1)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        os.close(self._reading)
        os.close(self._writing)

    def wait(self, seconds: float) -> None:
        """Return at the next signal, or after so long."""
        select.select([self._reading], [], [], max(0.0, seconds))
        with suppress(BlockingIOError):
            self.stops += sum(number in STOPPING for number in os.read(self._reading, 4096))


def _heard(number: int, frame: FrameType | None) -> None:
    """A signal needs a handler to be heard; its number arrives through the wake-up descriptor."""


@dataclass
class Program:
    """One program to keep up."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)
    due_at: float = field(default=0.0, init=False)
    delay: float = field(default=FIRST_DELAY, init=False)

    def look_after(self, now: float) -> None:
        """Start it if it is due; plan its return if it has died."""
        if self.process is not None and self.process.poll() is not None:
            self._bury(now)
        if self.process is None and now >= self.due_at:
            self.process = spawn(self.command)
            self.started_at = now

    def _bury(self, now: float) -> None:
        assert self.process is not None
        code = self.process.returncode
        _sweep(self.process)
        self.process = None
        if now - self.started_at >= SOUND_SECONDS:
            self.delay = FIRST_DELAY
        self.due_at = now + self.delay
        say(f"{self.name} ended ({_ending(code)}); starting it again in {self.delay:g} s")
        self.delay = min(2 * self.delay, LONGEST_DELAY)


def say(message: str) -> None:
    """One line for whoever watches the house run."""
    print(f"comptoir: {message}", file=sys.stderr, flush=True)


def spawn(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so that Ctrl-C reaches us alone, tied to our life."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lifeline.tie_to_parent(signal.SIGTERM),
    )


def supervise(programs: Sequence[Program], signals: Signals, tend: Callable[[], None]) -> None:
    """Keep the programs up until asked to stop, then stop them. `tend` is called at every look."""
    try:
        while not signals.stops:
            now = time.monotonic()
            for program in programs:
                program.look_after(now)
            tend()
            signals.wait(TICK_SECONDS)
    finally:
        stop([p.process for p in programs if p.process is not None], signals)


def run_to_end(command: Sequence[str], signals: Signals) -> int:
    """Run one program until it ends, or we are asked to stop; its exit code, negative if killed."""
    process = spawn(command)
    while process.poll() is None and not signals.stops:
        signals.wait(TICK_SECONDS)
    stop([process], signals)
    return process.returncode


def stop(processes: Sequence[subprocess.Popen[bytes]], signals: Signals) -> None:
    """Ask all to finish; kill what is left after a while, or when we are asked a second time."""
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        if process.poll() is None:
            process.terminate()
    while any(process.poll() is None for process in processes):
        if time.monotonic() > deadline or signals.stops > 1:
            break
        signals.wait(min(TICK_SECONDS, deadline - time.monotonic()))
    for process in processes:
        _sweep(process)


def _sweep(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a program's session: children of one that died without them."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _ending(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
