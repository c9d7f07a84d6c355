"""Every page stands in one layout that obeys the strict content policy."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.template.loader import render_to_string

from staff.models import User
from tests.cast import SignedIn

TEMPLATES = sorted(Path(settings.BASE_DIR / "templates").rglob("*.html"))
PUT_IN_LINE = re.compile(r"""<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=["']|hx-on|href=["']javascript:""")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
def test_no_template_puts_script_or_style_in_line(path: Path) -> None:
    assert not PUT_IN_LINE.search(path.read_text())


def test_the_content_policy_allows_nothing_in_line(client: object, db: None) -> None:
    policy = client.get("/login/").headers["Content-Security-Policy"]  # type: ignore[attr-defined]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_page_names_itself_once_for_heading_and_tab(auditor: User, signed_in: SignedIn) -> None:
    page = " ".join(signed_in(auditor).get("/staff/").content.decode().split())

    assert "<title>People · Loan collections</title>" in page
    assert "<h1> People </h1>" in page


def test_the_layout_can_be_used_by_keyboard_and_is_said_in_a_language(auditor: User, signed_in: SignedIn) -> None:
    page = signed_in(auditor).get("/staff/").content.decode()

    assert '<html lang="en">' in page
    assert '<a class="skip-link" href="#content">' in page
    assert re.search(r'aria-current="page">People<', page)


def test_a_list_that_the_filter_emptied_offers_to_clear_it(auditor: User, signed_in: SignedIn) -> None:
    page = signed_in(auditor).get("/staff/?q=nobody-of-that-name").content.decode()

    assert "Nothing matches the filter" in page


def test_an_empty_state_says_what_to_do_next() -> None:
    tag = '{% load portal %}{% empty_state "No tapes" "Upload one." "/imports/new/" "Upload" %}'
    page = Template(tag).render(Context())

    assert "No tapes" in page
    assert '<a class="btn btn-primary btn-sm" href="/imports/new/">Upload</a>' in page


def test_the_500_page_needs_nothing_that_could_be_broken() -> None:
    assert "safe to try again" in render_to_string("500.html")
