"""The mailboxes that are read by IMAP, from the environment: one server, several mailboxes as words."""

from __future__ import annotations

from dataclasses import dataclass

from comptoir.site import environment

SECURITY = ("tls", "starttls", "none")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox, and how it opens."""

    address: str
    user: str
    password: str


def read() -> tuple[Mailbox, ...]:
    """Those that are named; none without a server. Raises BadEnvironment if the lists do not fit."""
    addresses = environment.words("COMPTOIR_IMAP_MAILBOXES", "")
    users = environment.words("COMPTOIR_IMAP_USERS", "") or addresses
    passwords = environment.secret("COMPTOIR_IMAP_PASSWORDS", "").split()
    if not host() and not addresses:
        return ()
    if not host() or not addresses:
        raise environment.BadEnvironment(
            "COMPTOIR_IMAP_HOST and COMPTOIR_IMAP_MAILBOXES go together: set both or none."
        )
    if not len(addresses) == len(users) == len(passwords):
        raise environment.BadEnvironment(
            f"COMPTOIR_IMAP_MAILBOXES names {len(addresses)}, COMPTOIR_IMAP_USERS {len(users)},"
            f" COMPTOIR_IMAP_PASSWORDS {len(passwords)}: there must be as many of each."
        )
    return tuple(Mailbox(*each) for each in zip(addresses, users, passwords, strict=True))


def host() -> str:
    """The IMAP server; empty if no mail is read."""
    return environment.text("COMPTOIR_IMAP_HOST", "")
