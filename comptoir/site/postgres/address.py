"""Django's settings for the database: the server `DATABASE_URL` names, else our own."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from comptoir.site.environment import BadEnvironment, secret
from comptoir.site.postgres import folders

ENGINE = "django.db.backends.postgresql"
SCHEMES = ("postgres", "postgresql")
UNREADABLE = "DATABASE_URL cannot be read; write @ : / # in a password as %40 %3A %2F %23."


def database_settings() -> dict[str, Any]:
    """One entry of `DATABASES`. Starts nothing. Raises `BadEnvironment` for an unreadable address."""
    if not is_embedded():
        return parsed(secret("DATABASE_URL"))
    own = folders.location()
    return {
        "ENGINE": ENGINE,
        "NAME": own.database,
        "USER": own.user,
        "HOST": own.host,
        "PORT": str(own.port),
        "OPTIONS": {},
    }


def is_embedded() -> bool:
    """Whether this house uses its own server: no `DATABASE_URL`, given directly or in a file."""
    return not (os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"))


def parsed(url: str) -> dict[str, Any]:
    """The parts of `postgresql://user:password@host:port/name?option=value`.

    Each part is percent-decoded by itself, so a password may contain anything. `?host=/folder`
    reaches a socket; every other option goes to libpq (`sslmode`, `target_session_attrs`, ...).
    The address is never repeated in an error: it holds a password.
    """
    try:
        address = urlsplit(url)
        port = address.port
    except ValueError as error:
        raise BadEnvironment(UNREADABLE) from error
    if address.fragment:  # a bare # in the password ends everything before it
        raise BadEnvironment(UNREADABLE)
    if address.scheme not in SCHEMES:
        raise BadEnvironment("DATABASE_URL must begin with postgresql://; no other server is used.")
    name = unquote(address.path.removeprefix("/"))
    if not name:
        raise BadEnvironment("DATABASE_URL names no database: .../name is missing at its end.")
    options = dict(parse_qsl(address.query))
    return {
        "ENGINE": ENGINE,
        "NAME": name,
        "USER": unquote(address.username or ""),
        "PASSWORD": unquote(address.password or ""),
        "HOST": options.pop("host", _host(address)),
        "PORT": options.pop("port", "" if port is None else str(port)),
        "OPTIONS": options,
    }


def _host(address: SplitResult) -> str:
    """The host as written: `hostname` would fold the case of a socket's folder given there."""
    place = address.netloc.rpartition("@")[2]
    if not place.endswith("]"):
        head, colon, _ = place.rpartition(":")
        place = head if colon else place
    return unquote(place.strip("[]"))
