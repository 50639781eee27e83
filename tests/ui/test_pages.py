"""The frame of every page: both languages, what the browser may load, errors, the reader's zone."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django.test import Client, RequestFactory

from comptoir.ui import middleware, navigation
from comptoir.ui.templatetags.ui import breakable

pytestmark = [pytest.mark.urls("tests.ui.urls"), pytest.mark.django_db]


def text_of(content: bytes) -> str:
    """What the page says, without its markup."""
    body = re.sub(r"(?s)<head>.*?</head>|<noscript>.*?</noscript>", " ", content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_the_toggle_leads_to_the_same_page_with_its_query(client: Client) -> None:
    english = client.get("/en/style/?week=2026-12-14&office=42").content.decode()
    french = client.get("/fr/style/?week=2026-12-14&office=42").content.decode()

    assert 'href="/fr/style/?week=2026-12-14&amp;office=42" hreflang="fr" lang="fr"' in english
    assert 'href="/en/style/?week=2026-12-14&amp;office=42" hreflang="en" lang="en"' in french


def test_each_language_says_so_to_browsers_and_screen_readers(client: Client) -> None:
    page = client.get("/fr/style/")

    assert page.headers["Content-Language"] == "fr"
    assert '<html lang="fr"' in page.content.decode()
    assert "Passer au contenu principal" in text_of(page.content)


def test_the_title_repeats_the_heading_once_written(client: Client) -> None:
    assert "<title>Style guide – Comptoir</title>" in client.get("/en/style/").content.decode()


def test_the_title_begins_with_an_error_if_there_is_one(client: Client) -> None:
    page = client.post("/en/style/", {"cases-TOTAL_FORMS": "1", "cases-INITIAL_FORMS": "0"})

    assert page.status_code == 422
    assert "<title>Error: Style guide – Comptoir</title>" in page.content.decode()


def test_a_page_loads_from_its_own_host_only_and_its_style_carries_the_nonce(
    client: Client,
) -> None:
    page = client.get("/en/style/")
    policy = page.headers["Content-Security-Policy"]
    nonce = re.search(r'<meta name="csp-nonce" content="([^"]+)">', page.content.decode())

    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy + ";"
    assert nonce is not None
    assert f"'nonce-{nonce[1]}'" in policy
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", page.content.decode())
    assert " style=" not in page.content.decode()


@pytest.mark.parametrize(
    ("address", "status", "english", "french"),
    [
        ("fails/suspicious/", 400, "could not read that request", "pas pu lire cette requête"),
        ("fails/forbidden/", 403, "This office has left.", "This office has left."),
        ("fails/missing/", 404, "could not find that page", "pas trouvé cette page"),
        ("no-such-page/", 404, "could not find that page", "pas trouvé cette page"),
        ("only-post/", 405, "does not answer that kind", "ne répond pas à ce type"),
        ("fails/locked/", 423, "Your session is locked", "Votre session est verrouillée"),
        ("fails/broken/", 500, "Something failed on our side", "Un problème est survenu"),
    ],
)
def test_every_error_is_explained_in_the_language_of_the_address(
    address: str, status: int, english: str, french: str
) -> None:
    client = Client(raise_request_exception=False)

    for language, expected in (("en", english), ("fr", french)):
        page = client.get(f"/{language}/{address}")

        assert page.status_code == status
        assert expected in text_of(page.content)
        other = "fr" if language == "en" else "en"
        assert f'href="/{other}/{address}"' in page.content.decode()


def test_a_form_from_a_page_too_old_is_explained() -> None:
    page = Client(enforce_csrf_checks=True).post("/en/only-post/")

    assert page.status_code == 403
    assert "That page was open for too long" in text_of(page.content)


def test_a_refused_method_still_says_which_it_takes(client: Client) -> None:
    assert client.get("/en/only-post/").headers["Allow"] == "POST"


def test_addresses_without_a_language_answer_machines(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"
    assert client.get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"
    assert client.get("/favicon.ico").headers["Location"].endswith("ui/favicon.ico")


def test_one_instant_serves_a_whole_request(client: Client) -> None:
    page = client.get("/en/lines/")

    assert page.context["now"] == page.context["request"].now
    assert page.context["now"].utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("user", "zone"),
    [
        (SimpleNamespace(time_zone="America/Vancouver"), "America/Vancouver"),
        (SimpleNamespace(time_zone="Mars/Olympus"), "America/Toronto"),
        (SimpleNamespace(time_zone=""), "America/Toronto"),
        (SimpleNamespace(), "America/Toronto"),
        (None, "America/Toronto"),
    ],
)
def test_the_readers_zone_is_their_own_else_the_centres(user: Any, zone: str) -> None:
    request = RequestFactory().get("/")
    request.user = user

    assert middleware.reader_zone(request) == ZoneInfo(zone)


def test_the_governments_identity_appears_only_where_it_is_chosen(
    client: Client, settings: LazySettings
) -> None:
    neutral = client.get("/en/style/").content.decode()
    settings.COMPTOIR_BRAND = "gc"
    official = client.get("/en/style/").content.decode()

    assert "gcds-signature" not in neutral
    assert official.count("<gcds-signature") == 2


def test_a_menu_entry_is_current_for_the_pages_under_it() -> None:
    request = RequestFactory().get("/en/lines/42/")

    assert navigation.menu(request) == {"navigation": []}


def test_an_address_breaks_after_its_at_and_its_dots_and_is_escaped() -> None:
    assert breakable("a.b@x.example") == "a.<wbr>b@<wbr>x.<wbr>example"
    assert breakable("<b>@x") == "&lt;b&gt;@<wbr>x"
