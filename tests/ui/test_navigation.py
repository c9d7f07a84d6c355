"""The bar at the top: each role sees the pages it may open, those of one kind under one word."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from staff.models import User
from staff.roles import Role
from ui.navigation import BAR, Item, Menu, bar_for


def bar(role: Role, path: str = "/") -> list[Item]:
    request = RequestFactory().get(path)
    request.user = User(username="somebody", role=role)
    return bar_for(request)


def words(items: list[Item]) -> list[str]:
    """The words of the bar; behind a menu, in brackets, what it opens."""
    return [
        f"{item.label} ({', '.join(str(link.label) for link in item.links)})"
        if len(item.links) > 1
        else str(item.label)
        for item in items
    ]


def marked(role: Role, path: str) -> list[str]:
    return [str(link.url) for item in bar(role, path) for link in item.links if link.is_here]


def test_a_supervisor_finds_pages_of_one_kind_under_one_word() -> None:
    assert words(bar(Role.SUPERVISOR)) == [
        "My day",
        "Queue",
        "Cases",
        "Escalation (Approvals, Visits, Letters, Legal, Overdue record)",
        "Team (Team board, Assignment)",
        "Reports (Brief, Nights, Follow-up)",
        "Messages (The board of messages, Replies, Texts)",
        "Borrowers",
        "Loans",
    ]


def test_who_may_open_one_page_of_a_menu_gets_it_as_a_link_and_who_may_open_none_gets_nothing() -> None:
    assert words(bar(Role.COLLECTOR)) == [
        *("My day", "Queue", "Cases", "Escalation (Approvals, Visits)", "Replies", "Borrowers", "Loans")
    ]
    assert words(bar(Role.POLICY_ADMIN)) == ["My day", "Texts"]
    assert words(bar(Role.OPERATIONS))[3] == "Nights"
    assert words(bar(Role.FIELD_AGENT))[2:4] == ["Today's visits", "Visits"]


@pytest.mark.parametrize("role", Role.values)
def test_no_role_gets_more_words_than_a_window_has_room_for(role: Role) -> None:
    assert len(bar(role)) <= 10


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/", "/"),
        ("/messages/", "/messages/"),
        ("/messages/list/", "/messages/"),
        ("/messages/answers/", "/messages/answers/"),
        ("/nights/2025-02-09/", "/nights/"),
    ],
)
def test_the_page_that_is_open_or_the_one_above_it_is_marked_and_no_other(path: str, url: str) -> None:
    assert marked(Role.AUDITOR, path) == [url]
    assert [item.is_here for item in bar(Role.AUDITOR, path)].count(True) == 1


def test_a_page_outside_the_bar_marks_nothing() -> None:
    assert marked(Role.AUDITOR, "/password/") == []


def test_a_menu_says_by_its_word_that_one_of_its_pages_is_open() -> None:
    request = RequestFactory().get("/texts/")
    request.user = User(username="somebody", role=Role.SUPERVISOR)
    shown = " ".join(Template("{% load portal %}{% nav_bar %}").render(Context({"request": request})).split())
    assert '<button class="nav-link dropdown-toggle active" type="button"' in shown
    assert shown.count('aria-current="page"') == 1


def test_a_menu_holds_more_than_one_page() -> None:
    assert all(len(part.entries) > 1 for part in BAR if isinstance(part, Menu))
