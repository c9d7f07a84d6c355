"""Booking and reversing by form: the difference is shown before anything is written."""

from collections.abc import Mapping
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from loans.models import ClosedAs, LoanEvent
from staff.roles import Role
from tests.loans.build import a_loan, pay, person, stands, undo
from tests.loans.test_close_loans import shut
from tests.loans.test_loan_page import signed_in

pytestmark = pytest.mark.django_db

FILLED = {"amount": "2000", "received_on": "2025-01-25", "reference": "BANK-1", "channel": "transfer"}


def page_of(client: Client, url: str, data: Mapping[str, object] | None = None) -> str:
    response = client.post(url, data) if data is not None else client.get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def booking_url(on: str = "2025-02-09") -> str:
    return reverse("bookings:payment", args=["L1"]) + f"?on={on}"


def test_the_preview_shows_old_and_new_and_writes_nothing() -> None:
    a_loan()
    page = page_of(signed_in(Role.OPERATIONS), booking_url(), FILLED)
    row = page[page.index('id="change-penalty"') :]
    assert row.index("160.00") < row.index("60.80") < row.index("</tr>")
    assert "1,920.00" in page
    assert not LoanEvent.objects.exists()


def test_the_preview_says_recovery_for_money_that_came_after_the_closing_and_not_for_earlier_money() -> None:
    shut(a_loan(), ClosedAs.WRITTEN_OFF, "01-25")
    operations = signed_in(Role.OPERATIONS)
    assert "Recovery: the loan was closed (written off on 2025-01-25)" in page_of(operations, booking_url(), FILLED)
    earlier = {**FILLED, "received_on": "2025-01-24"}
    assert "Recovery" not in page_of(operations, booking_url(), earlier)


def test_confirming_books_what_was_shown() -> None:
    loan = a_loan()
    response = signed_in(Role.OPERATIONS).post(
        booking_url(), {**FILLED, "confirm": "1", "on": "2025-02-09", "seen": "0"}
    )
    assert response.status_code == 302
    assert response["Location"].endswith("/loans/L1/?on=2025-02-09")
    assert stands(loan, "02-09").penalty == Decimal("60.80")


def test_confirming_without_having_looked_is_refused() -> None:
    a_loan()
    page = page_of(signed_in(Role.OPERATIONS), booking_url(), {**FILLED, "confirm": "1"})
    assert "Look at the new figures first" in page
    assert not LoanEvent.objects.exists()


def test_confirming_after_somebody_else_booked_is_refused() -> None:
    loan = a_loan()
    pay(loan, "10", "01-20", reference="OTHER")
    data = {**FILLED, "confirm": "1", "on": "2025-02-09", "seen": "0"}
    assert "Something was booked on this loan meanwhile" in page_of(signed_in(Role.OPERATIONS), booking_url(), data)
    assert LoanEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("amount", "0", "The amount must be more than zero"),
        ("amount", "1.005", "2 decimal places"),
        ("received_on", "2999-01-01", "The value date lies in the future"),
        ("received_on", "2024-12-09", "before the loan was paid out"),
        ("received_on", "2025-02-30", "Enter a valid date"),
        ("reference", "", "This field is required"),
    ],
)
def test_a_payment_that_cannot_be_is_refused_with_the_reason(field: str, value: str, sentence: str) -> None:
    a_loan()
    assert sentence in page_of(signed_in(Role.OPERATIONS), booking_url(), {**FILLED, field: value})
    assert not LoanEvent.objects.exists()


def test_a_reference_booked_before_is_refused_at_the_preview() -> None:
    loan = a_loan()
    pay(loan, "10", "01-20", reference="BANK-1")
    assert "booked already" in page_of(signed_in(Role.OPERATIONS), booking_url(), FILLED)


def test_only_operations_of_the_team_may_open_the_form() -> None:
    a_loan()
    assert signed_in(Role.OPERATIONS).get(booking_url()).status_code == 200
    assert signed_in(Role.OPERATIONS, "South").get(booking_url()).status_code == 404
    assert signed_in(Role.COLLECTOR).get(booking_url()).status_code == 403
    assert signed_in(Role.AUDITOR).get(booking_url()).status_code == 403


def test_a_reversal_shows_the_way_back_and_needs_a_reason() -> None:
    loan = a_loan()
    event = pay(loan, "2000", "01-25")
    url = reverse("bookings:reverse", args=["L1", event.pk]) + "?on=2025-02-09"
    client = signed_in(Role.OPERATIONS)
    row = page_of(client, url).split('id="change-penalty"')[1]
    assert row.index("60.80") < row.index("160.00") < row.index("</tr>")
    data = {"on": "2025-02-09", "seen": event.pk}
    assert "This field is required" in page_of(client, url, {**data, "reason": ""})
    assert client.post(url, {**data, "reason": "wrong loan"}).status_code == 302
    assert stands(loan, "02-09").penalty == Decimal("160.00")


def test_what_is_reversed_already_says_so_and_offers_no_button() -> None:
    loan = a_loan()
    event = pay(loan, "2000", "01-25")
    undo(event)
    page = page_of(signed_in(Role.OPERATIONS), reverse("bookings:reverse", args=["L1", event.pk]))
    assert "This was reversed already." in page
    assert "Reverse it" not in page


def test_an_event_of_another_loan_is_not_found() -> None:
    a_loan()
    other = pay(a_loan(loan_no="L2"), "10", "01-20", by=person())
    assert signed_in(Role.OPERATIONS).get(reverse("bookings:reverse", args=["L1", other.pk])).status_code == 404
