"""The list of texts."""

from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reminders.models import TemplateVersion
from reminders.template_selectors import Place, Row
from ui.formats import day
from ui.tables import PortalTable


def address_of(name: str, place: Place) -> str:
    """The address of a page about one text."""
    return reverse(f"texts:{name}", args=[place.step, place.medium, place.language])


class TextTable(PortalTable):
    """Every text with the version in use and what somebody works on."""

    step = tables.Column(_("Step"), accessor="place__when", orderable=False)
    medium = tables.Column(_("Medium"), accessor="place__by", orderable=False)
    language = tables.Column(_("Language"), accessor="place__speaks", orderable=False)
    in_use = tables.Column(_("In use"), empty_values=(), orderable=False)
    in_work = tables.Column(_("Being worked on"), empty_values=(), orderable=False)

    class Meta(PortalTable.Meta):
        fields: ClassVar[list[str]] = ["step", "medium", "language", "in_use", "in_work"]

    def __init__(self, *args: Any, may_edit: bool, **kwargs: Any) -> None:
        self.may_edit = may_edit
        super().__init__(*args, **kwargs)

    def render_step(self, record: Row) -> str:
        """When it comes, and the code of the step."""
        place = record.place
        code = place.step if place.days is not None else gettext("no policy has this step")
        return format_html('<a href="{}">{}</a> <small>{}</small>', address_of("text", place), place.when, code)

    def render_in_use(self, record: Row) -> str:
        """The version that is sent and since when; a text that is missing is offered to be written."""
        its = record.in_use
        if its is not None:
            since = gettext("comes with the portal") if its.is_shipped else day(its.decided_at)
            return format_html("v{} <small>{}</small>", its.number, since)
        if record.in_work is None and self.may_edit:
            return format_html('<a href="{}">{}</a>', address_of("write", record.place), gettext("Write one"))
        return format_html('<span class="overdue">{}</span>', gettext("none: nothing is sent"))

    def render_in_work(self, record: Row) -> str:
        """The version somebody writes, or that waits for a second person."""
        its: TemplateVersion | None = record.in_work
        if its is None:
            return "—"
        return format_html("v{} {} <small>{}</small>", its.number, its.get_state_display(), its.author_name)
