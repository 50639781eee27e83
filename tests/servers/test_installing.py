"""What `make services` says of a machine, and that an installation starts nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from scripts import servers
from scripts.servers import Part

HERE = Part("sh", "a-shell")
NOT_HERE = Part("no-such-server", "no-such-package")


def test_this_machine_has_what_tests_need() -> None:
    assert servers.complaint() is None


def test_what_is_missing_is_named_by_its_package() -> None:
    half = Part("sh", "half-a-package", needs=("/no/such/part", "/nor/such/a/part"))

    assert servers.missing([HERE, NOT_HERE, half]) == ["no-such-package", "half-a-package"]
    assert "no-such-package, half-a-package" in str(servers.complaint([HERE, NOT_HERE, half]))


def test_a_part_may_lie_in_one_of_several_places(tmp_path: Path) -> None:
    assert servers.missing([Part("sh", "a-shell", needs=("/no/such/part", str(tmp_path)))]) == []


def test_a_server_of_another_version_is_refused_in_words() -> None:
    told = str(servers.complaint([Part("python3", "python3", version="Python 2.")]))

    assert "“Python 2.…”" in told
    assert "“Python 3." in told


def asked(policy: Path) -> int:
    """What Debian hears when it asks whether it may start a server."""
    return subprocess.run([policy, "dovecot", "start"], check=False).returncode


def test_an_installation_may_start_nothing_while_it_lasts(tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"

    with servers.no_server_starts(policy):
        assert asked(policy) == servers.FORBIDDEN

    assert list(tmp_path.iterdir()) == []


def test_the_machines_own_policy_comes_back_also_after_a_failure(tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 7\n")
    policy.chmod(0o755)

    def fail() -> None:
        with servers.no_server_starts(policy):
            assert asked(policy) == servers.FORBIDDEN
            raise LookupError

    with pytest.raises(LookupError):
        fail()

    assert asked(policy) == 7
    assert list(tmp_path.iterdir()) == [policy]


@pytest.mark.parametrize("theirs", [None, "#!/bin/sh\nexit 7\n"])
def test_what_a_killed_installation_left_is_put_right_by_the_next(
    tmp_path: Path, theirs: str | None
) -> None:
    policy = tmp_path / "policy-rc.d"
    policy.write_text(servers.NO_STARTS)
    if theirs:
        policy.with_name("policy-rc.d.before-comptoir").write_text(theirs)

    with servers.no_server_starts(policy):
        assert asked(policy) == servers.FORBIDDEN

    assert [path.read_text() for path in tmp_path.iterdir()] == ([theirs] if theirs else [])
