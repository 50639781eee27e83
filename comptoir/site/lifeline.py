"""A child process that does not outlive its parent, even one that is killed outright.

Only Linux can do that; elsewhere these do nothing. What counts is the parent's thread that started
the child, so parents start children from their main thread.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def tie_to_parent(at_its_death: signal.Signals) -> Callable[[], None] | None:
    """What a child runs first (`preexec_fn`) so that the kernel signals it when its parent dies.

    It must come after a change of account, which would undo it: `subprocess` keeps that order.
    """
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def tie() -> None:
        library.prctl(PR_SET_PDEATHSIG, int(at_its_death))
        if os.getppid() != parent:  # it died between the fork and the line above
            os._exit(1)

    return tie


def follow_parent(at_its_death: signal.Signals) -> None:
    """The same, asked for by a child that somebody else started."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(at_its_death))
