"""Typed readers of the environment. A value that cannot be read stops the program and says why.

Every variable the product reads is named in `.env.example`; a repository test compares the two.
"""

from __future__ import annotations

import os
from datetime import time
from pathlib import Path
from urllib.parse import urlsplit


class BadEnvironment(Exception):
    """A variable is missing or cannot be understood; the message says which and what to do."""


def text(name: str, default: str | None = None) -> str:
    """The variable as it stands."""
    value = os.environ.get(name, default)
    if value is None:
        raise BadEnvironment(f"{name} is not set, and there is no safe default. Set it.")
    return value


def secret(name: str, default: str | None = None) -> str:
    """A secret: from NAME, or from the file that NAME_FILE names (how containers hand them over)."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadEnvironment(f"{name}_FILE: cannot read {path}: {error.strerror}.") from error
    return text(name, default)


def boolean(name: str, default: bool) -> bool:
    """yes/no, true/false, on/off, 1/0."""
    value = os.environ.get(name, "").strip().lower()
    if value == "":
        return default
    if value in {"1", "yes", "true", "on"}:
        return True
    if value in {"0", "no", "false", "off"}:
        return False
    raise BadEnvironment(f"{name}={value!r} is neither yes nor no.")


def integer(name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    """A whole number, at least `least` and, if that is given, at most `most`."""
    value = os.environ.get(name, "").strip()
    if value == "":
        return default
    try:
        number = int(value)
    except ValueError:
        number = None
    if number is None or number < least or (most is not None and number > most):
        bounds = f"at least {least}" if most is None else f"{least} to {most}"
        raise BadEnvironment(f"{name}={value!r} is not a whole number of {bounds}.")
    return number


def port(name: str, default: int) -> int:
    """A TCP port."""
    return integer(name, default, least=1, most=65_535)


def time_of_day(name: str, default: str) -> time:
    """A time on the wall clock, on a quarter hour: 06:00."""
    value = text(name, default)
    try:
        found = time.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found.tzinfo or found.minute % 15 or found.second or found.microsecond:
        raise BadEnvironment(f"{name}={value!r} is not a time on a quarter hour such as 06:00.")
    return found


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """One of the allowed words."""
    value = os.environ.get(name, default)
    if value not in allowed:
        raise BadEnvironment(f"{name}={value!r} is none of {', '.join(allowed)}.")
    return value


def words(name: str, default: str = "") -> list[str]:
    """Words separated by commas."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def endpoint(name: str) -> tuple[str, int] | Path | None:
    """A server: host:port, [address]:port, or the path of a socket; None for none."""
    value = os.environ.get(name, "").strip()
    if not value:
        return None
    if value.startswith("/"):
        return Path(value)
    host, _, number = value.rpartition(":")
    if host and number.isascii() and number.isdigit() and 1 <= int(number) <= 65_535:
        return host.strip("[]"), int(number)
    raise BadEnvironment(f"{name}={value!r} is neither host:port nor the path of a socket.")


def origins(address: str) -> list[str]:
    """The scheme and host of an address, for a content policy; nothing for no address."""
    parts = urlsplit(address)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []
