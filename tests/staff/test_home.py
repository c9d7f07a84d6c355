"""My day shows each role where its own work starts, and the navigation only what the role may open."""

import pytest
from django.test import Client

from staff import services
from staff.models import User
from tests.cast import AT, SignedIn

LINKS = ("/borrowers/", "/loans/", "/imports/", "/audit/", "/staff/", "/teams/")


def links_of(client: Client) -> set[str]:
    page = client.get("/").content.decode()
    return {link for link in LINKS if f'href="{link}"' in page}


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("collector", {"/borrowers/", "/loans/"}),
        ("operations", {"/borrowers/", "/loans/", "/imports/"}),
        ("auditor", set(LINKS)),
        ("system_admin", {"/staff/", "/teams/"}),
        ("policy_admin", set()),
    ],
)
def test_the_navigation_shows_what_the_role_may_open(
    who: str, seen: set[str], signed_in: SignedIn, request: pytest.FixtureRequest
) -> None:
    assert links_of(signed_in(request.getfixturevalue(who))) == seen


def test_the_search_box_is_there_for_who_may_search_and_sends_nothing_in_the_address(
    operations: User, system_admin: User, signed_in: SignedIn
) -> None:
    assert '<form method="post" action="/borrowers/" role="search">' in signed_in(operations).get("/").content.decode()
    assert 'role="search"' not in signed_in(system_admin).get("/").content.decode()


def test_my_day_lists_what_i_did_last_and_not_what_others_did(
    operations: User, system_admin: User, signed_in: SignedIn
) -> None:
    services.add_team(name="Northwest", by=system_admin, at=AT)

    assert "team Northwest" in signed_in(system_admin).get("/").content.decode()
    assert "team Northwest" not in signed_in(operations).get("/").content.decode()


def test_the_403_page_says_what_to_do(collector: User, signed_in: SignedIn) -> None:
    response = signed_in(collector).get("/audit/")

    page = response.content.decode()
    assert response.status_code == 403
    assert "not open to your role (Collector)" in page
    assert "Go to My day" in page
