"""The folder of everything the house keeps on disk, and the secret it makes for itself there."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from pathlib import Path

from comptoir.site.environment import BadEnvironment


def state_folder() -> Path:
    """`COMPTOIR_STATE`, else `/var/lib/comptoir` for root, else the user's data folder.

    It may not exist yet.
    """
    chosen = os.environ.get("COMPTOIR_STATE")
    if chosen:
        return Path(os.path.realpath(Path(chosen).expanduser()))
    if os.geteuid() == 0:
        return Path("/var/lib/comptoir")
    if sys.platform == "darwin":
        return Path("~/Library/Application Support/comptoir").expanduser()
    return Path("~/.local/share/comptoir").expanduser()


def make_folder(folder: Path) -> None:
    """Create a folder and its missing parents; those that exist keep the modes they have.

    Root's may be passed through by the service accounts of the machine, a user's by nobody else.
    """
    mode = 0o755 if os.geteuid() == 0 else 0o700
    for step in (*reversed(folder.parents), folder):
        try:
            step.mkdir()
        except FileExistsError:
            continue
        step.chmod(mode)  # mkdir's own mode would go through the umask


def kept_secret(state: Path) -> str:
    """The secret key of a house that was given none: made once, readable by its owner alone.

    Two processes that start together agree: the first complete file wins. Raises `BadEnvironment`
    when it can be neither read nor kept, since processes with different keys would sign people out.
    """
    path = state / "secret-key"
    try:
        if not path.exists():
            make_folder(state)
            _write_unless_there(path, secrets.token_urlsafe(50))
        return path.read_text(encoding="ascii")
    except OSError as error:
        raise BadEnvironment(
            f"cannot keep a secret key in {error.filename}: {error.strerror}. Set "
            "COMPTOIR_SECRET_KEY, or COMPTOIR_STATE to a folder you may write to."
        ) from error


def _write_unless_there(path: Path, content: str) -> None:
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}-")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
