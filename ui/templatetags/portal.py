"""`{% load portal %}`: amounts, days, navigation and empty states for templates."""

from typing import Any

from django import template
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

from ui import formats
from ui.navigation import bar_for

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


@register.inclusion_tag("ui/nav_bar.html", takes_context=True)
def nav_bar(context: template.Context) -> dict[str, Any]:
    """The bar at the top, with the pages that whoever asks may open."""
    return {"items": bar_for(context["request"])}


@register.simple_tag(takes_context=True)
def block_text(context: template.Context, name: str) -> SafeString:
    """The text of a block once more, so that a page names itself once for its heading and for its tab."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block(name) if blocks else None
    # The block was escaped when it was rendered.
    return mark_safe(strip_tags(block.render(context)).strip()) if block else SafeString("")  # noqa: S308
