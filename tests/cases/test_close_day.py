"""Close of day: cases open when somebody is late, and move by themselves until nothing is left to do."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from audit.models import AuditEntry
from cases.models import Case, CaseMove, ClosedDay
from cases.night_services import DayRefused
from loans.services import adopt_terms
from policies.models import PolicyVersion
from rulebook.terms import EscalationTerms
from tests.cases.build import AT, RUNNING, a_case, a_loan, close, day, history, pay

pytestmark = pytest.mark.django_db


def policy(on: str = "01-01", **escalation: object) -> None:
    terms = PolicyVersion.objects.get(number=1).dated().terms
    changed = terms.model_copy(update={"escalation": EscalationTerms.model_validate(escalation)})
    adopt_terms(line="default", terms=changed, effective_on=day(on), by=None, at=AT)


def test_a_case_opens_on_the_first_day_late_and_not_on_the_due_date() -> None:
    a_loan()
    assert close("01-10").changes == 0
    assert (close("01-11").opened, Case.objects.get().stage) == (1, "reminder")


def test_a_second_run_finds_nothing_and_an_earlier_day_is_refused() -> None:
    a_loan()
    assert close("01-20").changes == 1
    assert close("01-20").changes == 0
    with pytest.raises(DayRefused, match="2025-01-20 is closed already"):
        close("01-19")
    day_ = ClosedDay.objects.get()
    assert (day_.opened, day_.moved) == (1, 0)


def test_all_loans_of_a_borrower_in_a_portfolio_are_one_case_led_by_the_latest() -> None:
    first = a_loan(("01-10", "100.00", "0.00"))
    a_loan(("01-05", "50.00", "0.00"), loan_no="L2", borrower_no=first.borrower.borrower_no)
    a_loan(("01-01", "70.00", "0.00"), loan_no="L3", borrower_no=first.borrower.borrower_no, portfolio="cards")
    assert close("01-20").opened == 2
    case = Case.objects.get(portfolio__code="consumer")
    assert case.lead_loan.loan_no == "L2"
    facts = case.moves.get().facts
    assert (facts["dpd"], facts["arrears"], facts["loans"]) == (15, "150.00", ["L1", "L2"])


def test_a_sum_below_the_threshold_of_the_policy_opens_no_case_until_it_grows() -> None:
    policy(opening_threshold=Decimal(50))
    a_loan(("01-10", "49.00", "0.00"), ("02-10", "49.00", "0.00"))
    assert close("02-09").opened == 0
    assert close("02-11").opened == 1
    assert CaseMove.objects.get().policy_version.number == 2


def test_a_day_long_past_is_closed_as_it_was_then() -> None:
    loan = a_loan(*RUNNING)
    pay(loan, "9000.00", "02-01")
    assert close("01-31").opened == 1
    assert close("02-02").moved == 1
    assert Case.objects.get().stage == "watch"


def test_a_watch_that_was_kept_closes_the_case_and_a_new_delay_opens_another() -> None:
    later = (("02-10", "100.00", "0.00"), ("03-10", "100.00", "0.00"), ("04-10", "100.00", "0.00"))
    case = a_case(RUNNING[0], *later, RUNNING[1], on="01-20")
    pay(case.lead_loan, "9000.00", "01-25", on="01-25")  # 880 wait for the due dates to come
    assert close("04-24").changes == 0
    assert close("04-25").changes == 1  # 90 days after, the third due date behind it
    case = Case.objects.get(pk=case.pk)
    assert (case.stage, case.closed_as, case.closed_on) == ("closed", "cured", day("04-25"))
    a_loan(("05-01", "100.00", "0.00"), loan_no="L2", borrower_no=case.borrower.borrower_no)
    assert close("05-02").opened == 1


def test_a_watch_waits_for_its_third_due_date_and_ends_with_the_last_there_is() -> None:
    case = a_case(RUNNING[0], ("03-10", "100.00", "0.00"), ("06-10", "100.00", "0.00"), on="01-20")
    pay(case.lead_loan, "9000.00", "01-25", on="01-25")
    assert close("04-25").changes == 0
    assert close("06-10").changes == 0
    assert close("06-11").changes == 1
    assert history(case)[-1] == (day("06-11"), "close_finished", "closed")
    assert Case.objects.get().closed_as == "settled"


def test_a_watched_case_that_is_late_again_goes_on_where_it_was() -> None:
    case = a_case(("01-10", "100.00", "0.00"), ("02-10", "100.00", "0.00"), on="01-20")
    pay(case.lead_loan, "101.00", "01-25", on="01-25")
    case = Case.objects.get(pk=case.pk)
    assert (case.stage, case.review_on) == ("watch", day("02-11"))
    close("02-11")
    case = Case.objects.get(pk=case.pk)
    assert case.stage == "reminder"
    assert history(case)[1:] == [(day("01-25"), "cure", "watch"), (day("02-11"), "relapse", "reminder")]


def test_only_cases_that_the_calendar_may_have_changed_are_looked_at(django_assert_max_num_queries) -> None:
    for n in range(40):
        a_loan(loan_no=f"L{n}")
    close("01-20")
    with django_assert_max_num_queries(30):
        assert close("01-21").changes == 0


def test_the_command_says_what_changed_and_what_is_refused() -> None:
    a_loan()
    out = io.StringIO()
    call_command("close_day", "--on", "2025-01-20", stdout=out)
    assert out.getvalue().startswith("2025-01-20: 1 cases opened, 0 moves, 1 changes")
    assert AuditEntry.objects.get(action="cases.close_day").details == {"opened": 1, "moved": 0}
    with pytest.raises(CommandError, match="an earlier day cannot follow"):
        call_command("close_day", "--on", "2025-01-19")


@pytest.mark.parametrize("statement", ["UPDATE cases_casemove SET reason = 'x'", "DELETE FROM cases_casemove"])
def test_the_database_refuses_to_change_a_move(statement: str) -> None:
    a_case()
    connection.check_constraints()
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        cursor.execute(statement)


def test_the_database_refuses_two_open_cases_of_one_borrower_in_one_portfolio() -> None:
    case = a_case()
    with pytest.raises(IntegrityError, match="cases_case_one_open"), transaction.atomic():
        Case.objects.create(
            borrower=case.borrower,
            portfolio=case.portfolio,
            lead_loan=case.lead_loan,
            opened_on=dt.date(2025, 2, 9),
            stage_since=dt.date(2025, 2, 9),
        )
