"""`{% load visits %}`: what speaks against a visit, what is missing, and what was done, in the reader's language."""

from django import template

from visits.change_selectors import move_name, why
from visits.wording import MISSING, against

register = template.Library()
register.filter("against", against)
register.filter("move_name", move_name)
register.filter("why", why)


@register.filter
def missing(code: str) -> str:
    """A link that is missing in the evidence, in a sentence."""
    return str(MISSING[code])
