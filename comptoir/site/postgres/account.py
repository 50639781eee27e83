"""Which account of the machine runs PostgreSQL: the server refuses to run as root."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

SERVICE_ACCOUNTS = ("postgres", "_postgres", "nobody")
"""Tried in this order when we are root. No account is created: that is the administrator's."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the machine, and whether we must change into it."""

    name: str
    uid: int
    gid: int
    is_ours: bool

    def may_enter(self, folder: Path) -> bool:
        """Whether this account may pass through an existing folder (access lists are not read)."""
        found = folder.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & stat.S_IXUSR)
        if found.st_gid == self.gid:
            return bool(found.st_mode & stat.S_IXGRP)
        return bool(found.st_mode & stat.S_IXOTH)

    def give(self, folder: Path) -> None:
        """Make a folder of ours this account's."""
        if not self.is_ours:
            os.chown(folder, self.uid, self.gid)


def service_account() -> Account:
    """Ourselves; for root, the first service account the machine has.

    A bare number would not do: initdb looks its account up by name. Raises `LookupError` when root
    finds no account.
    """
    uid = os.geteuid()
    if uid != 0:
        return Account(_name_of(uid), uid, os.getegid(), is_ours=True)
    for name in SERVICE_ACCOUNTS:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, found.pw_uid, found.pw_gid, is_ours=False)
    raise LookupError(f"no account to run PostgreSQL as: none of {', '.join(SERVICE_ACCOUNTS)}")


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
