"""`{% load portal %}`: amounts, days, navigation and empty states for templates."""

from typing import Any

from django import template
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.urls import NoReverseMatch, reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

from ui import formats

register = template.Library()
register.filter("money", formats.money)
register.filter("day", formats.day)
register.filter("moment", formats.moment)
register.filter("percent", formats.percent)
register.filter("share", formats.share)


@register.inclusion_tag("ui/empty_state.html")
def empty_state(title: str, text: str = "", url: str = "", label: str = "") -> dict[str, str]:
    """What stands where rows would stand: what it means that there are none, and what to do next."""
    return {"title": title, "text": text, "url": url, "label": label}


@register.inclusion_tag("ui/nav_link.html", takes_context=True)
def nav_link(context: template.Context, name: str, label: str, permission: str = "") -> dict[str, Any]:
    """A link of the navigation, for those who may open the page; nothing while the page does not exist."""
    request = context["request"]
    if permission and not request.user.has_perm(permission):
        return {"url": ""}
    try:
        url = reverse(name)
    except NoReverseMatch:
        return {"url": ""}
    here = request.path == url or (url != "/" and request.path.startswith(url))
    return {"url": url, "label": label, "here": here}


@register.simple_tag(takes_context=True)
def block_text(context: template.Context, name: str) -> SafeString:
    """The text of a block once more, so that a page names itself once for its heading and for its tab."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block(name) if blocks else None
    # The block was escaped when it was rendered.
    return mark_safe(strip_tags(block.render(context)).strip()) if block else SafeString("")  # noqa: S308
