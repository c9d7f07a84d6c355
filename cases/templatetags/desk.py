"""`{% load desk %}`: rules, promises and what was said, in the reader's language."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from cases.desk_queues import Morning
from cases.log_wording import names, spoken
from cases.message_wording import step_name
from cases.models import Case
from cases.team_selectors import Board
from cases.wording import move_label
from contacts.models import Clearance, FollowUp, Promise
from rulebook.contact_rules import Rule, preset
from rulebook.one_breath import Said

register = template.Library()
register.filter("spoken", spoken)
register.filter("field_names", names)
register.filter("step_name", step_name)


@register.filter
def rule_of(clearance: Clearance) -> Rule | None:
    """The rule that refused a contact, as the preset has it now; None where it has it no more."""
    return preset(clearance.preset).rules.get(clearance.rule_id)


@register.filter
def rule_sentence(rule: Rule) -> str:
    """What a rule says, in the reader's language."""
    return rule.said(get_language() or "en")


@register.filter
def clock(at: dt.datetime | None, case: Case) -> str:
    """A moment by the clock where the case's borrower is, as 11-25 14:20; nothing for none."""
    return at.astimezone(ZoneInfo(case.portfolio.timezone)).strftime("%m-%d %H:%M") if at else ""


@register.filter
def move_name(name: str, labels: Mapping[str, str]) -> str:
    """What a move is called."""
    return move_label(name, dict(labels))


@register.simple_tag
def pointed(line: str, said: Said) -> SafeString:
    """The line with each word that was not understood marked, and its nearest known word beside it."""
    parts: list[tuple[Any, ...]] = []
    last = 0
    for word in said.unknown:
        hint = gettext("meant %(word)s?") % {"word": word.hint} if word.hint else gettext("not understood")
        parts.append((line[last : word.start], word.text, hint))
        last = word.end
    marked = format_html_join("", "{}<mark>{}</mark><small> {} </small>", parts)
    return format_html("{}{}", marked, line[last:])


@register.filter
def case_of(page: Board | Morning, row: Promise | FollowUp | Clearance) -> int | None:
    """The open case behind a row of the team board or of somebody's morning."""
    return page.cases.get((row.borrower_id, row.portfolio_id))
