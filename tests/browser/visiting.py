"""Somebody in front of a browser: what they read, type and press, in the language of their pages."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from datetime import date
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import BrowserContext, Locator, Page, Response, expect

from comptoir.people.models import Person
from tests.browser import keyboard
from tests.browser.keyboard import Keys
from tests.browser.post import Post
from tests.browser.watching import Watch
from tests.people.signing_in import sign_in

APP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""What a test's authenticator app holds."""

HYDRATED = """() => [...document.querySelectorAll(':not(:defined)')].length === 0
  && [...document.querySelectorAll('*')].every(
    (e) => !e.localName.startsWith('gcds-') || e.classList.contains('hydrated'))"""


class Visitor:
    """One person, one browser context, one tab, one language."""

    def __init__(self, context: BrowserContext, watch: Watch, post: Post, language: str) -> None:
        self.context = context
        self.watch = watch
        self.post = post
        self.language = language
        self.page: Page = context.new_page()

    # What pages say

    def says(self, text: str, **values: Any) -> str:
        """How the pages of this language say it; `text` is the English of the source."""
        with translation.override(self.language):
            return translation.gettext(text) % values if values else translation.gettext(text)

    def address(self, name: str, *arguments: object, **query: Any) -> str:
        """The path of a named page in this language."""
        with translation.override(self.language):
            return reverse(name, args=arguments)

    # Going about

    def go(self, name: str, *arguments: object) -> Response | None:
        """Open a page by its name."""
        return self.open(self.address(name, *arguments))

    def open(self, address: str) -> Response | None:
        """Open an address and wait until its components are drawn."""
        response = self.page.goto(address)
        self.ready()
        return response

    def ready(self) -> None:
        """Wait until the components of the page are drawn."""
        self.page.wait_for_function(HYDRATED)

    def press(self, label: str, within: Locator | None = None) -> None:
        """Press the button with these words (of the source)."""
        self._one("button", label, within).click()

    def follow(self, label: str, within: Locator | None = None) -> None:
        """Follow the link with these words (of the source)."""
        self._one("link", label, within).click()

    def _one(self, role: Any, label: str, within: Locator | None) -> Locator:
        place = within if within is not None else self.page.locator("body")
        return place.get_by_role(role, name=self.says(label), exact=True).first

    def unfold(self, inside: Locator) -> None:
        """Open the part of the page that this lies in, if it is folded."""
        folded = self.page.locator("details:not([open])").filter(has=inside)
        if folded.count():
            folded.locator("> summary").first.click()

    # Typing

    def field(self, label: str, within: Locator | None = None) -> Locator:
        """The field with these words (of the source) in its label."""
        place = within if within is not None else self.page.locator("body")
        return place.get_by_label(self.says(label)).first

    def type(self, label: str, text: str, within: Locator | None = None) -> None:
        """Type into a field."""
        self.field(label, within).fill(text)

    def choose(self, label: str, value: str, within: Locator | None = None) -> None:
        """Choose in a list by value."""
        self.field(label, within).select_option(value)

    def tick(self, label: str, within: Locator | None = None) -> None:
        """Choose a radio button or a box, once its page is drawn: what is pressed before may be drawn anew."""
        self.ready()
        # The design system draws its own mark over the control.
        self.field(label, within).check(force=True)

    def date(self, label: str, day: date, within: Locator | None = None) -> None:
        """Fill in a date."""
        place = within if within is not None else self.page.locator("body")
        group = place.get_by_role("group", name=self.says(label))
        group.locator("input[name=day]").fill(str(day.day))
        group.locator("select").select_option(f"{day.month:02}")
        group.locator("input[name=year]").fill(str(day.year))

    def walks_to(self, label: str) -> Keys:
        """Reach what has these words by the keyboard alone."""
        return keyboard.walk(self.page, self.says(label))

    # Looking

    def sees(self, text: str, **values: Any) -> None:
        """The words (of the source) are on the page."""
        expect(self.page.get_by_text(self.says(text, **values)).first).to_be_visible()

    def is_at(self, name: str, *arguments: object) -> None:
        """The page is this one, in this language."""
        expect(self.page).to_have_url(settings.ADDRESS + self.address(name, *arguments))
        expect(self.page.locator("html")).to_have_attribute("lang", self.language)

    def heading(self, text: str, **values: Any) -> None:
        """The page is headed so."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.says(text, **values))

    # Signing in

    def signs_in(self, person: Person) -> None:
        """Through the pages: address, code from the mail, the authenticator app's code if asked."""
        self.go("account_login")
        self.type("E-mail address", person.email)
        self.press("Send me a code")
        self.heading("Enter the code")
        self.type("Code", self.post.code(person.email))
        self.press("Sign in")
        if Authenticator.objects.filter(user=person).exists():
            self.heading("Second factor")
            self.type("Code", app_code())
            self.press("Sign in")
        expect(self.page.locator(".account")).to_be_visible()

    def unlocks(self, person: Person) -> None:
        """Come back to a session that locked meanwhile, with a code from the mail."""
        self.heading("Your session is locked")
        self.page.get_by_role("button", name=person.email).click()
        self.type("Code", self.post.code(person.email))
        self.press("Unlock")

    def comes_signed_in(self, person: Person) -> None:
        """The short way, for tests that are about something else."""
        client = sign_in(Client(), person)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": settings.ADDRESS}]
        )


def give_app(person: Person) -> None:
    """Set up an authenticator app for the person."""
    secret = get_adapter().encrypt(APP_SECRET)
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": secret})


def app_code(secret: str = APP_SECRET) -> str:
    """What an authenticator app shows now (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 1_000_000:06}"
