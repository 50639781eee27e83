"""An organization's sign-in (OpenID Connect) on loopback: it vouches for whom a test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.test import Client

SIGN_IN = "/sign-in/organization/"
RETURN = "/sign-in/organization/return/"
ADDRESS = "known@people.example"


class Organization:
    """What the organization says of the person who has just signed in there."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.claims: dict[str, Any] = {}
        self.id_token = ""
        self.asked: list[str] = []

    def answer(self, path: str) -> dict[str, Any] | None:
        """Discovery, a token, and what is said of the person."""
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "userinfo_endpoint": f"{self.address}/userinfo",
                "jwks_uri": f"{self.address}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        token = {"access_token": "token", "token_type": "Bearer", "expires_in": 60}
        if self.id_token:
            token |= {"id_token": self.id_token}
        return {"/token": token, "/userinfo": self.claims}.get(path)


@contextmanager
def organization() -> Iterator[Organization]:
    """Listen until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/authorize?"):
                self._let_in()
            else:
                self._answer()

        def _let_in(self) -> None:
            """Whoever comes with a browser has shown who they are, and goes back."""
            known.asked.append("/authorize")
            asked = parse_qs(urlsplit(self.path).query)
            answer = urlencode({"code": "a code", "state": asked["state"][0]})
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri'][0]}?{answer}")
            self.end_headers()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer()

        def _answer(self) -> None:
            answer = known.answer(self.path.partition("?")[0])
            self.send_response(404 if answer is None else 200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known = Organization(f"http://localhost:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield known
    server.shutdown()
    server.server_close()
    thread.join()


@contextmanager
def trusted(settings: Any) -> Iterator[Organization]:
    """An organization that the service is configured to trust, until the block ends."""
    with organization() as found:
        app = {
            "provider_id": "organization",
            "name": "Department sign-in",
            "client_id": "comptoir",
            "secret": "a secret",
            "settings": {"server_url": found.address},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
        }
        found.claims = {"sub": "1", "email": ADDRESS, "email_verified": True, "name": "Known"}
        yield found


def sign_in_there(client: Client, **lies: str) -> Any:
    """There and back again."""
    return back_from(client, client.post(SIGN_IN), **lies)


def back_from(client: Client, away: Any, **lies: str) -> Any:
    """Back from where a redirect has sent somebody, who showed there who they are."""
    state = parse_qs(urlsplit(away["Location"]).query)["state"][0]
    return client.get(RETURN, {"code": "a code", "state": state} | lies)
