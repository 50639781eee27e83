"""Where everything of the embedded server lies: computed from the environment, created on demand.

No folder is ever opened wider than it was: the modes set here are those of folders made
here, and a parent that the service's account cannot enter is refused by name.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from comptoir.site.postgres.account import Account
from comptoir.site.state import make_folder, state_folder

PORT = 5432
DATABASE = "comptoir"
ROLE = "comptoir"

SOCKET_PATH_LIMIT = 103 if sys.platform == "darwin" else 107
"""Bytes the kernel allows in the path of a socket."""


class FolderError(Exception):
    """A folder the server needs cannot be made or entered; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Location:
    """How to reach the server: a folder holding its socket, and names; there is no password."""

    host: str
    port: int
    user: str
    database: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of one embedded server, all under `<state>/postgres`."""

    home: Path

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "log"

    def open_log(self) -> BinaryIO:
        """The log, to add to it; private, since the server quotes statements that fail."""
        return open(os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")

    @property
    def start_lock(self) -> Path:
        return self.home / "start.lock"

    @property
    def use_lock(self) -> Path:
        return self.home / "use.lock"

    @property
    def keeper_lock(self) -> Path:
        return self.home / "keeper.lock"

    @property
    def cluster(self) -> str:
        """The name every process of this server carries in its title; short, unique to the folder."""
        return "comptoir-" + hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]

    @property
    def socket(self) -> Path:
        """The folder of the socket: beside the data, or a short one when that path is too long.

        The short one depends on nothing but the folder and the user, so that a process with
        another environment computes the same.
        """
        beside = self.home / "socket"
        longest = beside / f".s.PGSQL.{PORT}"
        if len(os.fsencode(longest)) <= SOCKET_PATH_LIMIT:
            return beside
        return Path("/tmp") / f"{self.cluster}-{os.geteuid()}"


def layout() -> Layout:
    """The files of this house's server."""
    return Layout(state_folder() / "postgres")


def location() -> Location:
    """Where this house's server listens once it runs. Starts and creates nothing."""
    return Location(host=str(layout().socket), port=PORT, user=ROLE, database=DATABASE)


def prepare(place: Layout) -> None:
    """Make the home of the server, for the locks and the log. Existing folders are left as they are.

    Raises `FolderError` when that is not possible.
    """
    try:
        make_folder(place.home)
    except OSError as error:
        raise FolderError(
            f"cannot create {error.filename}: {error.strerror}; set COMPTOIR_STATE to a folder you "
            "may write to, or DATABASE_URL to a PostgreSQL server"
        ) from error
    if not os.access(place.home, os.W_OK | os.X_OK):
        raise FolderError(
            f"{place.home} belongs to another account; set COMPTOIR_STATE to a folder of your own"
        )


def prepare_for(account: Account, place: Layout) -> None:
    """Make the folder of the socket for the account that runs the server, who alone may enter it.

    Raises `FolderError` when a parent is closed to that account: its mode is not ours to change.
    """
    for folder in (place.home, *place.home.parents):
        if not account.may_enter(folder):
            raise FolderError(
                f"the account {account.name}, which runs PostgreSQL, may not enter {folder}; set "
                "COMPTOIR_STATE to a folder it can reach"
            )
    with suppress(FileExistsError):
        place.socket.mkdir(mode=0o700)
    found = place.socket.lstat()
    if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid():
        account.give(place.socket)
        found = place.socket.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o077:
        raise FolderError(f"{place.socket} is not a private folder of {account.name}; remove it")
