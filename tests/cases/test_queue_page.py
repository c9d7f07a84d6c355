"""The queue's page: the order with its reasons, the law beside each row, filters in the address, a constant cost."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.desk_services import log
from cases.models import Case
from cases.queue_wording import LINES, REASONS
from rulebook import priority
from staff.roles import Role
from tests.cases.build import a_case, a_loan, close, day, person
from tests.loans.test_loan_page import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ten_in_the_morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2025-02-10T10:00:00+08:00", tick=False) as clock:
        yield clock


def logged(case: Case, outcome: str, **said: Any) -> None:
    by, phone = person(Role.COLLECTOR), case.borrower.phones.get()
    log(case=case, point=phone, outcome=outcome, said=said, by=by, at=timezone.now())


def queue(client: Client, **asked: str) -> str:
    response = client.get(reverse("desk:queue"), asked)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_each_row_says_why_it_is_here_and_when_it_may_be_called() -> None:
    untouched, promised = a_case(loan_no="L1", on="02-07"), a_case(loan_no="L2", on="02-07")
    close("02-10")
    logged(promised, "PTP", amount=Decimal(3000), date=day("02-10"))
    shown = queue(signed_in(Role.COLLECTOR))
    assert shown.index(str(promised)) < shown.index(str(untouched))
    assert "<strong>Promise due</strong> promise due on 2025-02-10" in shown
    assert "open since 2025-02-07 and never called" in shown
    assert "overdue 5,000.00 or more +10" in shown
    assert ">now</td>" in shown


def test_at_night_the_row_says_the_rule_and_the_next_lawful_moment(
    ten_in_the_morning: time_machine.Traveller,
) -> None:
    a_case(on="02-10")
    ten_in_the_morning.move_to("2025-02-10T22:30:00+08:00")
    shown = queue(signed_in(Role.COLLECTOR))
    assert "02-11 08:00" in shown
    assert "CN-TIME-01" in shown


def test_a_case_without_a_usable_number_says_so() -> None:
    case = a_case(on="02-10")
    case.borrower.phones.update(status="invalid")
    assert "No usable number" in queue(signed_in(Role.COLLECTOR))


def test_what_waits_is_shown_only_when_it_is_asked_for() -> None:
    case = a_case(on="02-10")
    logged(case, "RNR")
    client = signed_in(Role.COLLECTOR)
    assert "Nothing to do now" in queue(client)
    assert str(case) in queue(client, line="waiting")
    assert "tried just now; again from 02-10 14:00" in queue(client, line="waiting")


def test_the_filter_in_the_address_tells_mine_from_the_pool() -> None:
    mine, pool = a_case(loan_no="L1", on="02-10"), a_case(loan_no="L2", on="02-10")
    Case.objects.filter(pk=mine.pk).update(owner=person(Role.COLLECTOR))
    client = signed_in(Role.COLLECTOR)
    assert (str(mine) in queue(client, whose="mine"), str(pool) in queue(client, whose="mine")) == (True, False)
    assert (str(mine) in queue(client, whose="pool"), str(pool) in queue(client, whose="pool")) == (False, True)
    assert "Nothing matches the filter" in queue(client, stage="legal")


def test_another_teams_case_is_not_in_the_queue() -> None:
    theirs = a_case(on="02-10", seen_by="South")
    assert str(theirs) not in queue(signed_in(Role.COLLECTOR), whose="team")


def test_the_page_costs_the_same_queries_for_few_cases_and_for_many(django_assert_max_num_queries: Any) -> None:
    client = signed_in(Role.COLLECTOR)
    for number in range(2):
        a_loan(loan_no=f"L{number}")
    close("02-10")
    with django_assert_max_num_queries(40) as few:
        queue(client)
    for number in range(2, 25):
        a_loan(loan_no=f"L{number}")
    close("02-10")
    with django_assert_max_num_queries(40) as many:
        queue(client)
    assert len(many) == len(few)


def test_my_day_counts_the_lines_and_names_what_is_due() -> None:
    promised, called = a_case(loan_no="L1", on="02-10"), a_case(loan_no="L2", on="02-10")
    logged(promised, "PTP", amount=Decimal(3000), date=day("02-10"))
    logged(called, "CB", at=timezone.now() + dt.timedelta(minutes=30))
    shown = " ".join(signed_in(Role.COLLECTOR).get(reverse("desk:my_day")).content.decode().split())
    assert "Promise due <strong>1</strong>" in shown
    assert "Waiting <strong>1</strong>" in shown
    assert "3,000.00" in shown
    assert "10:30:00" in shown
    assert "None was due yet." in shown


def test_every_line_and_reason_of_the_rulebook_has_its_words() -> None:
    assert set(LINES) == set(priority.Line)
    rungs = {"callback", "callback_later", "promise_broken", "promise_due", "promise_open", "unanswered", "courtesy"}
    rungs |= {"relapsed"}
    rests = {"hold", "lawful", "verify", "next_action"}
    points = {"overdue", "days_past_due", "bucket", "willing_and_able", "since_contact", "never_reached", "relapse"}
    assert set(REASONS) == rungs | rests | points | {"untouched", "score", "nothing_urgent"}
