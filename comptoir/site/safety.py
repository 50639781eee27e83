"""What a house may not open with, by its mode. Each refusal is one line that says what to set.

In production codes would go to files, cookies over open lines, error pages to strangers. A
demonstration shows every message on its outbox page, sign-in codes too: nobody else may reach it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from comptoir.site.environment import BadEnvironment

REACHABLE = (
    "in a demonstration anybody who reaches it can read every sign-in code. "
    "Use localhost, or set COMPTOIR_MODE=production."
)


def check_production(*, debug: bool, address: str, hosts: Iterable[str], smtp_host: str) -> None:
    """Refuse what only a demonstration may have. Raises BadEnvironment."""
    if debug:
        raise BadEnvironment(
            "COMPTOIR_DEBUG is on: in production it would show strangers the inside. Turn it off."
        )
    if not address.startswith("https://") or is_of_this_machine(_host_of(address)):
        raise BadEnvironment(
            f"COMPTOIR_ADDRESS={address!r}: production needs the https:// address people use."
        )
    named = [host for host in hosts if not is_of_this_machine(host)]
    if not named or "*" in named:
        raise BadEnvironment(
            "COMPTOIR_HOSTS: production needs the host names that are answered, and no *. Set it."
        )
    if not smtp_host:
        raise BadEnvironment(
            "COMPTOIR_SMTP_HOST is not set: in production sign-in codes would go to files. Set it."
        )


def check_demonstration(*, address: str, hosts: Iterable[str], listen: str) -> None:
    """Refuse what lets others than this machine in. Raises BadEnvironment."""
    if not is_of_this_machine(_host_of(address)):
        raise BadEnvironment(f"COMPTOIR_ADDRESS={address!r}: {REACHABLE}")
    for host in hosts:
        if not is_of_this_machine(host):
            raise BadEnvironment(f"COMPTOIR_HOSTS names {host!r}: {REACHABLE}")
    check_listening(listen)


def check_listening(host: str) -> None:
    """Refuse to have a demonstration listen to the network. Raises BadEnvironment."""
    if not is_of_this_machine(host):
        raise BadEnvironment(f"COMPTOIR_LISTEN or --host is {host!r}: {REACHABLE}")


def is_of_this_machine(host: str) -> bool:
    """Whether only this machine can be meant: localhost, 127.0.0.1, [::1]; not "" nor 0.0.0.0."""
    name = host.strip("[]").removeprefix(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
