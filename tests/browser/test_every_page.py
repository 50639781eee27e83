"""Every page of every role in both languages, on a desktop and on a telephone: sound and accessible."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import RequestFactory, override_settings
from django.urls import URLResolver, get_resolver
from playwright.sync_api import Browser, Page, ViewportSize
from pytest_django import DjangoDbBlocker

from comptoir.notices.outbox import FOLDER_BACKEND
from comptoir.people.models import Grant, Person, Role
from comptoir.people.permissions import Standing
from tests import database
from tests.browser import axe, world
from tests.browser.conftest import DESKTOP, visiting
from tests.browser.pages import NOT_PAGES, POSTED, VISITS
from tests.browser.post import FolderPost
from tests.browser.visit import Visit
from tests.browser.visiting import Visitor
from tests.browser.world import STRANGER, World
from tests.liaison.factories import DAY, at

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOW = at(DAY, 10)
"""A Wednesday at ten: some of the day is over, most is to come."""

TELEPHONE: ViewportSize = {"width": 390, "height": 844}
SMALLEST: ViewportSize = {"width": 320, "height": 256}
"""The smallest telephone, and what 1280 by 1024 leaves at a zoom of 400 %."""

RULED_AT = {"en": "desktop", "fr": "telephone"}
"""Where the rules of accessibility are asked: each language at one width, both widths for each page.

The markup is the same in both languages, so asking at all four takes twice the time for nothing more.
"""


@pytest.fixture(scope="module")
def shared_world(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """The world, made once for all pages; its mail lies in a folder, as in the demonstration."""
    folder = tmp_path_factory.mktemp("mail")
    with (
        time_machine.travel(NOW, tick=True),
        django_db_blocker.unblock(),
        override_settings(EMAIL_BACKEND=FOLDER_BACKEND, EMAIL_FILE_PATH=str(folder)),
    ):
        yield world.make(NOW)
        # Sequences go on: a row that migrations wrote, and that comes back, has its number already.
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
        database.restore()


@pytest.fixture(scope="module")
def visitors(browser: Browser, address: str, shared_world: World) -> Iterator[dict[str, Visitor]]:
    """One visitor for each role, made when first asked for."""
    with ExitStack() as stack:

        class Known(dict[str, Visitor]):
            def __missing__(self, who: str) -> Visitor:
                visitor = stack.enter_context(visiting(browser, address, FolderPost(), "en"))
                if who != STRANGER:
                    visitor.comes_signed_in(shared_world.people[who])
                return self.setdefault(who, visitor)

        yield Known()


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """For every page it is ten again."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


def addresses(
    patterns: Iterable[Any], prefix: str = ""
) -> Iterator[tuple[str, Callable[..., Any]]]:
    """The name and the view of every address in the table."""
    for one in patterns:
        if isinstance(one, URLResolver):
            inner = f"{prefix}{one.namespace}:" if one.namespace else prefix
            yield from addresses(one.url_patterns, inner)
        else:
            yield f"{prefix}{one.name}", one.callback


def test_every_name_in_the_address_table_is_swept_or_it_is_said_why_not() -> None:
    known = [{visit.name for visit in VISITS}, POSTED, set(NOT_PAGES)]

    assert {name for name, _ in addresses(get_resolver().url_patterns)} == set().union(*known)
    assert sum(map(len, known)) == len(set().union(*known))


def test_the_addresses_of_buttons_take_no_get(rf: RequestFactory) -> None:
    somebody = Person()
    request: Any = rf.get("/")
    request.user, request.now = somebody, NOW
    request.standing = Standing(somebody, tuple(Grant(role=role) for role in Role))
    found = dict(addresses(get_resolver().url_patterns))

    assert {name: found[name](request).status_code for name in POSTED} == dict.fromkeys(POSTED, 405)


@pytest.mark.parametrize("visit", VISITS, ids=str)
def test_a_page_is_sound_in_both_languages_and_at_every_width(
    visit: Visit,
    visitors: dict[str, Visitor],
    shared_world: World,
    pictures: Path | None,
) -> None:
    visitor = visitors[visit.who]
    visitor.language = "en"
    if visit.who == STRANGER:
        visitor.context.clear_cookies()
    faults = []
    titles = {}
    if visit.status != 200:
        visitor.watch.expect(visit.status, times=2)
    if visit.arrive is not None:
        visit.arrive(visitor, shared_world)
    else:
        visitor.open(visit.path(visitor, shared_world))
    for language in ("en", "fr"):
        if language == "fr":
            faults += toggled(visitor)
        titles[language] = visitor.page.title()
        faults += [f"{language}: {fault}" for fault in looked_at(visitor, visit, pictures)]
    if titles["en"] == titles["fr"] and not visit.same_title:
        faults.append(f"the French title is the English one: {titles['fr']}")
    if visit.leave is not None:
        visit.leave(shared_world)
    faults += visitor.watch.problems()
    visitor.watch.forget()
    assert not faults, "\n".join(faults)


def toggled(visitor: Visitor) -> list[str]:
    """Change the language with the page's own link: it must be the same page."""
    before = visitor.page.url
    visitor.page.locator(".language-toggle").click()
    visitor.page.wait_for_url("**/fr/**")
    visitor.language = "fr"
    visitor.ready()
    wanted = before.replace("/en/", "/fr/", 1)
    return [] if visitor.page.url == wanted else [f"the toggle led to {visitor.page.url}"]


def looked_at(visitor: Visitor, visit: Visit, pictures: Path | None) -> list[str]:
    """What is wrong with the page as it stands."""
    page = visitor.page
    faults = structure(page, visitor.language)
    for name, size in (("desktop", DESKTOP), ("telephone", TELEPHONE)):
        page.set_viewport_size(size)
        if name == RULED_AT[visitor.language]:
            faults += [f"{name}: {complaint}" for complaint in axe.complaints(page)]
        if pictures is not None:
            page.screenshot(
                path=pictures / f"{visit}-{visitor.language}-{name}.png", full_page=True
            )
    for size in (SMALLEST, DESKTOP):
        page.set_viewport_size(size)
        faults += too_wide(page)
    return faults


def structure(page: Page, language: str) -> list[str]:
    """One first heading, a title with words of its own, and the language said in the markup."""
    found = page.evaluate(
        """() => ({
          headings: [...document.querySelectorAll('h1')].map(h => h.textContent.trim()),
          language: document.documentElement.lang, title: document.title})"""
    )
    faults = []
    if len(found["headings"]) != 1 or not found["headings"][0]:
        faults.append(f"first headings: {found['headings']}")
    if found["language"] != language:
        faults.append(f"the page says it is in {found['language']!r}")
    if not found["title"].removesuffix("– Comptoir").strip():
        faults.append("no title")
    return faults


def too_wide(page: Page) -> list[str]:
    """What sticks out of a page that should not scroll sideways."""
    culprits: list[str] = page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          const out = [...document.querySelectorAll('body *')]
            .filter(e => e.getBoundingClientRect().right > width + 1)
            .map(e => e.localName + (e.id ? '#' + e.id : '') + '.' + [...e.classList].join('.'));
          return out.length ? out : ['something'];
        }"""
    )
    width = (page.viewport_size or DESKTOP)["width"]
    return [f"too wide at {width} px: {', '.join(culprits[:8])}"] if culprits else []
