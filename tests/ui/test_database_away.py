"""What a page says when the database goes away under it."""

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from ui.middleware import DatabaseFirst


def broken(error: Exception) -> HttpResponse | None:
    request = RequestFactory().get("/cases/")

    def page(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("a page")

    return DatabaseFirst(page).process_exception(request, error)


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("the connection is closed")])
def test_a_page_whose_database_went_away_says_so_and_when_to_ask_again(error: Exception) -> None:
    answer = broken(error)
    assert answer is not None
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "30", "no-store")
    assert "look before you send it again" in answer.content.decode()


def test_any_other_error_is_left_to_the_page_for_what_broke() -> None:
    assert broken(DatabaseError("a mistake of ours")) is None
