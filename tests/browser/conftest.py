"""A browser in front of the whole house: served, with real mail, at nine on a Monday morning."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from scripts import chromium
from tests import rivals
from tests.browser.post import Post, ServerPost
from tests.browser.serving import served
from tests.browser.visiting import Visitor
from tests.browser.watching import Watch
from tests.liaison.factories import NOW
from tests.notices.mail_server import MailServer

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # What a page asks of another host is reported and goes nowhere.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
]
NO_BROWSER = (
    "There is no Chromium for the browser tests. Install one (`apt-get install chromium`, or "
    "`python -m playwright install --with-deps chromium`), or name one in COMPTOIR_CHROMIUM."
)
DESKTOP: ViewportSize = {"width": 1280, "height": 900}

PATIENCE = 15_000
"""Milliseconds in which a page must have come: more than any takes, on a machine that is busy."""

NewVisitor = Callable[..., Visitor]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--pictures", type=Path, help="folder for a picture of every page at both widths"
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of this folder go first, together: one browser serves them all, and they take longest."""
    items.sort(key=lambda item: Path(__file__).parent not in item.path.parents)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The browser of this worker. It ends with this package: its loop would disturb other tests."""
    path = chromium.installed()
    if not path or not Path(path).is_file():
        pytest.fail(NO_BROWSER, pytrace=False)
    with sync_playwright() as playwright, environment(DJANGO_ALLOW_ASYNC_UNSAFE="yes"):
        expect.set_options(timeout=PATIENCE)
        yield playwright.chromium.launch(executable_path=path, args=ARGUMENTS, timeout=60_000)


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """These variables, for a while."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            patch.setitem(os.environ, name, value)
        yield


@pytest.fixture(scope="package")
def mail_server() -> Iterator[MailServer]:
    """A mail server on loopback."""
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="package")
def address(browser: Browser, mail_server: MailServer, django_db_setup: None) -> Iterator[str]:
    """Where the house is served."""
    with served(mail_server) as address:
        yield address


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """It is nine on a Monday morning in Montréal, and time goes on."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def post(mail_server: MailServer) -> Post:
    """The mailboxes of everybody, empty."""
    mail_server.accepted.clear()
    return ServerPost(mail_server)


@contextmanager
def visiting(
    browser: Browser, address: str, post: Post, language: str, **options: Any
) -> Iterator[Visitor]:
    """A person with a browser of their own; in the end nothing must have gone wrong in it."""
    context = browser.new_context(
        base_url=address,
        locale=f"{language}-CA",
        timezone_id="America/Toronto",
        reduced_motion="reduce",
        **{"viewport": DESKTOP, **options},
    )
    context.set_default_timeout(PATIENCE)
    watch = Watch(context, address)
    yield Visitor(context, watch, post, language)
    context.close()
    assert not watch.problems(), "\n".join(watch.problems())


@pytest.fixture
def new_visitor(
    browser: Browser, address: str, post: Post, transactional_db: None
) -> Iterator[NewVisitor]:
    """Make visitors; the database is emptied after they have gone."""
    with ExitStack() as stack:

        def make(language: str = "en", **options: Any) -> Visitor:
            return stack.enter_context(visiting(browser, address, post, language, **options))

        yield make
    # A page that was closed may have asked something: emptying would wait for it, and it for emptying.
    assert rivals.all_have_done()


@pytest.fixture(scope="session")
def pictures(request: pytest.FixtureRequest) -> Path | None:
    """Where pictures of the pages go, if they are wanted."""
    folder: Path | None = request.config.getoption("--pictures")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(params=["en", "fr"])
def language(request: pytest.FixtureRequest) -> str:
    """The official language of a journey."""
    return str(request.param)
