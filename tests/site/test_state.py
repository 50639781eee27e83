"""What the house keeps on disk, and the secret it makes for itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from comptoir.site import environment, state


def test_the_folder_is_the_one_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COMPTOIR_STATE", str(tmp_path / "here"))

    assert state.state_folder() == tmp_path / "here"


def test_a_link_and_its_target_are_one_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    monkeypatch.setenv("COMPTOIR_STATE", str(tmp_path / "link"))

    assert state.state_folder() == tmp_path / "target"


@pytest.mark.parametrize(
    ("uid", "platform", "ending"),
    [
        (0, "linux", "/var/lib/comptoir"),
        (1000, "linux", "/.local/share/comptoir"),
        (1000, "darwin", "/Library/Application Support/comptoir"),
    ],
)
def test_without_a_name_it_is_where_the_system_keeps_such_things(
    monkeypatch: pytest.MonkeyPatch, uid: int, platform: str, ending: str
) -> None:
    monkeypatch.delenv("COMPTOIR_STATE", raising=False)
    monkeypatch.setattr("os.geteuid", lambda: uid)
    monkeypatch.setattr("sys.platform", platform)

    assert str(state.state_folder()).endswith(ending)


def test_the_secret_is_made_once_and_is_private(tmp_path: Path) -> None:
    first = state.kept_secret(tmp_path / "state")

    assert state.kept_secret(tmp_path / "state") == first
    assert len(first) >= 50
    [file] = (tmp_path / "state").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_processes_that_start_together_agree_on_the_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as threads:
        secrets = set(threads.map(state.kept_secret, [tmp_path] * 16))

    assert len(secrets) == 1


def test_a_secret_that_cannot_be_kept_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(environment.BadEnvironment, match="COMPTOIR_SECRET_KEY"):
        state.kept_secret(tmp_path / "file" / "state")


def test_folders_that_exist_keep_their_modes(tmp_path: Path) -> None:
    (tmp_path / "odd").mkdir(mode=0o711)

    state.make_folder(tmp_path / "odd" / "new" / "newer")

    assert (tmp_path / "odd").stat().st_mode & 0o777 == 0o711
    assert (tmp_path / "odd" / "new").stat().st_mode & 0o077 in (0, 0o055)
