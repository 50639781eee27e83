"""Locks between processes: `flock` on small files, which the kernel lets go on any death."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def open_lock(path: Path) -> int:
    """A descriptor of the lock's file, not passed to programs started later; holds nothing yet."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def take(descriptor: int, *, shared: bool = False) -> None:
    """Wait for the lock and hold it until the descriptor is closed everywhere."""
    fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)


def try_take(descriptor: int, *, shared: bool = False) -> bool:
    """Take the lock if that needs no waiting; whether it was taken.

    Asking for the other kind of lock on a descriptor that holds one lets the first go, even when
    the answer is no.
    """
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def holding(path: Path) -> Iterator[None]:
    """Hold the lock alone during the block."""
    descriptor = open_lock(path)
    try:
        take(descriptor)
        yield
    finally:
        os.close(descriptor)


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock at this moment."""
    descriptor = open_lock(path)
    try:
        return try_take(descriptor)
    finally:
        os.close(descriptor)
