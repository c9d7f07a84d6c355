"""Claiming: what was just changed is seen, what nobody wants any more is called off, nobody waits behind an error."""

import threading
import time
from typing import Any

import pytest
from django.db import connection, transaction

from borrowers.models import Phone
from cases.models import Case
from contacts.promise_services import lock_borrowers
from loans.models import Loan, Portfolio
from reminders.claim_services import claim
from reminders.models import OutboxChange, OutboxMessage
from tests.contacts.build import pay
from tests.reminders.build import a_late_loan, a_loan, a_voice, case_of, moment, night, only, planned, send


def wait_for_a_lock() -> None:
    with connection.cursor() as cursor:
        for _attempt in range(500):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits")


def test_a_number_that_somebody_is_just_marking_as_wrong_is_not_written_to(committed: None) -> None:
    loan = a_late_loan()
    night("01-11")
    letters: list[Any] = []

    def work() -> None:
        letters.extend(claim(medium="sms", at=moment("01-11 09:05")).letters)
        connection.close()

    claiming = threading.Thread(target=work)
    with transaction.atomic():
        # As whoever logs that it was the wrong number.
        lock_borrowers(loan.borrower_id)
        claiming.start()
        wait_for_a_lock()
        Phone.objects.update(status="wrong")
    claiming.join(timeout=20)
    assert (letters, only().state, only().detail) == ([], "refused", "HOUSE-NUMBER-01")


@pytest.mark.django_db
def test_a_firm_step_is_not_sent_about_milder_arrears() -> None:
    loan = a_late_loan(("01-10", "4000.00", "0.00"), ("02-10", "4000.00", "0.00"))
    night("01-11")
    night("02-11")
    assert planned()[-1] == ("overdue_30", "sms", "planned")
    pay(case_of(loan), "4110.00", "02-11 08:00")
    assert Loan.objects.get().oldest_unpaid_due_on == moment("02-10 00:00").date()
    send("02-11 09:05")
    last = OutboxMessage.objects.order_by("-pk")[0]
    assert (last.state, last.why) == ("cancelled", "settled")


@pytest.mark.django_db
def test_nothing_is_sent_about_a_case_that_nobody_works_on_any_more() -> None:
    loan = a_late_loan()
    night("01-11")
    Case.objects.filter(pk=case_of(loan).pk).update(stage="closed", closed_as="withdrawn", closed_on="2025-01-11")
    assert send("01-11 09:05") == 0
    assert (only().state, only().why) == ("cancelled", "closed")


@pytest.mark.django_db
def test_a_message_for_which_it_fails_is_refused_and_the_others_go_out() -> None:
    a_late_loan()
    bad = a_loan(loan_no="BAD", portfolio="cards")
    a_voice(bad.portfolio)
    Phone.objects.filter(borrower=bad.borrower).update(source="contract")
    a_late_loan(loan_no="L3", phone="15800000003")
    night("01-11")
    Portfolio.objects.filter(code="cards").update(rule_preset="nowhere")
    assert send("01-11 09:05") == 2
    refused = OutboxMessage.objects.get(loan=bad)
    assert (refused.state, refused.why, refused.detail) == ("refused", "error", "UnknownPreset")
    assert set(OutboxMessage.objects.exclude(loan=bad).values_list("state", flat=True)) == {"delivered"}
    assert OutboxChange.objects.get(outbox=refused, target="refused").detail == "UnknownPreset"
