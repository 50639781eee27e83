"""`comptoir run`, with everything it starts: opens, survives, closes, leaves nothing."""

from __future__ import annotations

import http.client
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.site.houses import House, comes_true, heard, kill

GRANIAN = "comptoir.site.wsgi:application"
WORKER = "comptoir.site.command\0worker"


class OpenHouse:
    """A house that runs, and its parts."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.port = free_port()
        self.process = house.comptoir("run", "--port", str(self.port))
        self.greeting = heard(self.process)

    def web(self) -> list[int]:
        """The web server's processes, the first one first."""
        return sorted(self.house.running(GRANIAN, f"\0{self.port}\0"))

    def workers(self) -> list[int]:
        """The job worker's processes."""
        return self.house.running(WORKER)

    def answers(self) -> bool:
        """Whether a page comes back; which one is not the matter here."""
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", "/en/", headers={"Host": "localhost"})
            status = connection.getresponse().status
            connection.close()
            return status < 500
        return False

    def is_gone(self) -> bool:
        """Whether none of its processes lives."""
        return not self.web() and not self.workers() and self.house.is_deserted()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def open_house(prepared_house: House) -> Iterator[OpenHouse]:
    running = OpenHouse(prepared_house)
    yield running
    if running.process.poll() is None:
        running.process.terminate()
        running.process.communicate(timeout=60)
    prepared_house.close()
    assert comes_true(running.is_gone), "something was left behind"


def test_it_says_where_it_is_open_and_answers_there(open_house: OpenHouse) -> None:
    assert f"http://localhost:{open_house.port}" in open_house.greeting
    assert open_house.answers()


def test_a_polite_signal_closes_it_cleanly(open_house: OpenHouse) -> None:
    open_house.process.send_signal(signal.SIGTERM)

    _, said = open_house.process.communicate(timeout=60)

    assert open_house.process.returncode == 0, said
    assert open_house.is_gone()
    assert "database system is shut down" in open_house.house.log()


def test_killed_outright_it_leaves_nothing(open_house: OpenHouse) -> None:
    open_house.process.kill()

    assert comes_true(open_house.is_gone)


def test_killed_with_its_web_server_it_leaves_nothing(open_house: OpenHouse) -> None:
    kill(open_house.process.pid, open_house.web()[0])

    assert comes_true(open_house.is_gone)


def test_each_part_that_is_killed_comes_back(open_house: OpenHouse) -> None:
    web, workers, keepers = open_house.web(), open_house.workers(), open_house.house.keepers()

    kill(web[0], *workers, *keepers)

    assert comes_true(lambda: bool(open_house.web()) and not set(open_house.web()) & set(web))
    assert comes_true(lambda: bool(set(open_house.workers()) - set(workers)))
    assert comes_true(lambda: bool(set(open_house.house.keepers()) - set(keepers)))
    assert comes_true(open_house.answers)


def test_a_second_house_on_the_port_is_told_so(open_house: OpenHouse) -> None:
    code, _, said = open_house.house.told_by("run", "--port", str(open_house.port))

    assert code == 2
    assert f"port {open_house.port}" in said
    assert "--port" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "variables"),
    [
        (["run", "--port", "99999"], {}),
        (["run", "--port", "0"], {}),
        (["run"], {"COMPTOIR_PORT": "99999"}),
        (["check"], {"COMPTOIR_PORT": "99999"}),
        (["check"], {"COMPTOIR_SMTP_PORT": "--5"}),
    ],
)
def test_a_number_that_is_no_port_is_refused_in_one_line(
    new_house: House, words: list[str], variables: dict[str, str]
) -> None:
    code, output, said = new_house.told_by(*words, **variables)

    assert code == 2
    assert "_PORT=" in said
    assert "is not a whole number of 1 to 65535" in said
    assert said.count("\n") == 1
    assert output == ""


def test_stopping_while_it_prepares_leaves_nothing(new_house: House) -> None:
    running = new_house.comptoir("run", "--port", str(free_port()))
    assert comes_true(lambda: new_house.running("comptoir.site.command\0prepare"))

    running.terminate()
    running.communicate(timeout=60)

    assert running.returncode == 0
    # The process that prepared ends on its own, a moment after the one that was asked to stop.
    assert comes_true(new_house.is_deserted)


def test_a_house_that_cannot_be_prepared_does_not_open(
    prepared_house: House,
) -> None:
    nowhere = f"postgresql://me@127.0.0.1:{free_port()}/house"

    code, output, said = prepared_house.told_by(
        "run", "--port", str(free_port()), DATABASE_URL=nowhere
    )

    assert code == 2
    assert "refused" in said, "libpq's own words"
    assert "Traceback" not in said
    assert output == ""


def test_two_preparations_at_once_take_turns(prepared_house: House) -> None:
    assert prepared_house.preparations == [(0, "")] * 2
