"""Visiting the roster's pages: what they say, where a post leads, why a form was refused."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse


def url(name: str, *args: object) -> str:
    return reverse(f"roster:{name}", args=args)


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def after(client: Client, address: str, **data: object) -> str:
    """The page one lands on after a post that was accepted."""
    response = client.post(address, data, follow=True)
    assert response.redirect_chain, "it was not accepted: the form came back"
    assert response.status_code == 200
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def refused(client: Client, address: str, **data: object) -> dict[str, list[str]]:
    """The errors of the form after a post that was not."""
    response = client.post(address, data)
    assert response.status_code == 422
    return {name: list(errors) for name, errors in response.context["form"].errors.items()}
