"""See to it that the servers which tests talk to are here: Dovecot (IMAP, LMTP) and ClamAV's daemon.

As root they are installed from the distribution, by themselves and upgrading nothing; elsewhere the
packages are named. They are installed and not merely unpacked into a folder of ours, because Dovecot
looks for its parts where it was built to be. An installation would also start them for the machine,
now and at every boot: a policy that forbids it stands while it lasts, and what was enabled is
disabled. Tests start servers of their own, as an ordinary account (`tests/servers`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PLACES = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin"))
"""Servers are not on the path of an ordinary account."""

POLICY = Path("/usr/sbin/policy-rc.d")
"""What Debian asks before it starts a server (see `man invoke-rc.d`)."""

FORBIDDEN = 101
"""Its answer for "no"."""

NO_STARTS = f"#!/bin/sh\n# Here while Comptoir installs servers for its tests.\nexit {FORBIDDEN}\n"
STARTED_AT_BOOT = ("dovecot", "clamav-daemon", "clamav-freshclam")
SCRIPTS = Path("/etc/init.d")


@dataclass(frozen=True, slots=True)
class Part:
    """A program that tests need, and where it comes from."""

    program: str
    package: str
    needs: tuple[str, ...] = ()
    """Files beside it, of which one must be there."""

    version: str = ""
    """What `program --version` must begin with: another's configuration is another."""


PARTS = (
    Part(
        "dovecot", "dovecot-imapd", ("/usr/lib/dovecot/imap", "/usr/libexec/dovecot/imap"), "2.3."
    ),
    Part(
        "dovecot", "dovecot-lmtpd", ("/usr/lib/dovecot/lmtp", "/usr/libexec/dovecot/lmtp"), "2.3."
    ),
    Part("clamd", "clamav-daemon", version="ClamAV 1."),
)


def find(program: str) -> str | None:
    """Where a server's program is."""
    return shutil.which(program, path=PLACES)


def missing(parts: Sequence[Part] = PARTS) -> list[str]:
    """The packages whose part is not here."""
    return [part.package for part in parts if not _is_here(part)]


def complaint(parts: Sequence[Part] = PARTS) -> str | None:
    """What is wrong and what to do, in words; nothing if all is well."""
    packages = missing(parts)
    if packages:
        return (
            f"Servers that tests talk to are missing. Install the packages {', '.join(packages)} (on "
            "Debian: as root, `make services` does it); nobody needs them to run Comptoir."
        )
    for part in parts:
        found = _version(part)
        if not found.startswith(part.version):
            return f"Tests need “{part.version}…”, and {find(part.program)} is “{found}”."
    return None


def install(packages: Sequence[str]) -> None:
    """Debian's packages, where we may install them, without what they recommend."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    new = [name for name in STARTED_AT_BOOT if not (SCRIPTS / name).exists()]
    with no_server_starts():
        chosen = ["install", "--yes", "--no-upgrade", "--no-install-recommends", *packages]
        for arguments in (["update"], chosen):
            _run("apt-get", "--quiet", *arguments)
    for name in new:  # what the machine had stays as it is
        _run("update-rc.d", name, "disable")
        if shutil.which("systemctl"):
            _run("systemctl", "disable", f"{name}.socket")


@contextmanager
def no_server_starts(policy: Path = POLICY) -> Iterator[None]:
    """Debian starts nothing that it installs in this block. What the machine had to say comes back."""
    kept = policy.with_name(f"{policy.name}.before-comptoir")
    theirs = policy.exists() and policy.read_bytes() != NO_STARTS.encode()
    if theirs and not kept.exists():  # neither is left of an installation that was killed
        policy.replace(kept)
    policy.write_text(NO_STARTS, encoding="ascii")
    policy.chmod(0o755)
    try:
        yield
    finally:
        if kept.exists():
            kept.replace(policy)
        else:
            policy.unlink()


def _is_here(part: Part) -> bool:
    beside = [Path(name) for name in part.needs]
    return find(part.program) is not None and (not beside or any(map(Path.exists, beside)))


def _version(part: Part) -> str:
    told = subprocess.run(
        [find(part.program) or part.program, "--version"],
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip()


def _run(*command: str) -> None:
    surroundings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, check=False, stdout=sys.stderr, env=surroundings)


def main() -> None:
    """Find, or fetch, or say what to do."""
    packages = missing()
    if packages:
        install(packages)
    sys.exit(complaint())


if __name__ == "__main__":
    main()
