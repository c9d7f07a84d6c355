"""What stands in the bar at the top: the pages a person may open, those of one kind under one word."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the bar: its word, its address by name, and permissions of which any one opens it; without, all may."""

    label: Promise
    name: str
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Menu:
    """Pages of one kind; who may open only one of them gets that one as a link."""

    label: Promise
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A page as the bar shows it to one person; `is_here` on that page and those below it."""

    label: Promise
    url: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Item:
    """What has a place in the bar: one link, or a word that opens several."""

    label: Promise
    links: tuple[Link, ...]

    @property
    def is_here(self) -> bool:
        """Whether the page that is open is one of these."""
        return any(link.is_here for link in self.links)


# The bar has to fit a window of 1366 pixels for every role and in both languages.
BAR: tuple[Entry | Menu, ...] = (
    Entry(_("My day"), "staff:home"),
    Entry(_("Queue"), "desk:queue", ("contacts.log",)),
    Entry(_("Cases"), "cases:list", ("cases.view",)),
    Entry(_("Today's visits"), "visits:today", ("visits.make",)),
    Menu(
        _("Escalation"),
        (
            Entry(_("Approvals"), "approvals:list", ("approvals.view",)),
            Entry(_("Visits"), "visits:board", ("visits.view",)),
            Entry(_("Letters"), "letters:list", ("letters.view",)),
            Entry(_("Legal"), "legal:list", ("legal.view",)),
            Entry(_("Overdue record"), "bureau:runs", ("bureau.view",)),
        ),
    ),
    Menu(
        _("Team"),
        (
            Entry(_("Team board"), "desk:team", ("team.view",)),
            Entry(_("Assignment"), "assignment:list", ("cases.assign",)),
        ),
    ),
    Menu(
        _("Reports"),
        (
            Entry(_("Brief"), "reports:brief", ("reports.view",)),
            Entry(_("Nights"), "nights:list", ("nights.view",)),
            Entry(_("Follow-up"), "reports:follow_up", ("reports.view",)),
        ),
    ),
    Menu(
        _("Messages"),
        (
            Entry(_("The board of messages"), "outbox:board", ("reminders.view",)),
            Entry(_("Replies"), "outbox:answers", ("contacts.log", "reminders.view")),
            Entry(_("Texts"), "texts:list", ("templates.view",)),
        ),
    ),
    Entry(_("Borrowers"), "loans:borrowers", ("borrowers.view",)),
    Entry(_("Loans"), "loans:loans", ("loans.view",)),
    Entry(_("Imports"), "intake:list", ("intake.view",)),
    Menu(
        _("House"),
        (
            Entry(_("Audit"), "audit:list", ("audit.view",)),
            Entry(_("People"), "staff:people", ("staff.view",)),
            Entry(_("Teams"), "staff:teams", ("staff.view",)),
        ),
    ),
)


def bar_for(request: HttpRequest) -> list[Item]:
    """The bar for whoever asks, without what they may not open; the page that is open, or the one above it, marked."""
    parts = [(part, [entry for entry in _entries(part) if _may_open(request, entry)]) for part in BAR]
    urls = {entry.name: reverse(entry.name) for _part, entries in parts for entry in entries}
    # A page below two others, such as /messages/answers/, belongs to the nearer one.
    here = max((url for url in urls.values() if _is_below(request.path, url)), key=len, default="")
    return [
        Item(
            part.label if len(entries) > 1 else entries[0].label,
            tuple(Link(entry.label, urls[entry.name], urls[entry.name] == here) for entry in entries),
        )
        for part, entries in parts
        if entries
    ]


def _entries(part: Entry | Menu) -> tuple[Entry, ...]:
    return part.entries if isinstance(part, Menu) else (part,)


def _may_open(request: HttpRequest, entry: Entry) -> bool:
    return not entry.permissions or any(request.user.has_perm(permission) for permission in entry.permissions)


def _is_below(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))
