"""A version of the sharing rule in words."""

from django import template

from comptoir.liaison.models import Policy
from comptoir.liaison.queries import words
from comptoir.liaison.queries.kept import Term

register = template.Library()


@register.filter
def terms(policy: Policy) -> list[Term]:
    """Every number of it, in the language of the page."""
    return words.terms(policy)
