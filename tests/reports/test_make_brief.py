"""The morning brief: it adds up to the cent, from day to day, and names one reason for each case."""

import io
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from cases.models import Case
from cases.night_services import finish_day, plan_day
from collections_portal.schedule import SCHEDULE
from intake.booking_services import receive_payment
from loans.closing_services import close_loans
from loans.models import ClosedAs, Loan
from reports.models import Brief, BriefLine
from reports.selectors import earlier_brief, recovered
from reports.services import BriefRefused, make_brief, make_briefs
from reports.tasks import make_briefs as nightly
from staff.roles import Role
from tests.cases.build import RUNNING, a_case, a_loan, close, day, pay, person, undo
from tests.reports.build import adds_up, at_one, brief, figures, kinds, morning, summary

pytestmark = pytest.mark.django_db


def three_days() -> list[Brief]:
    """Seven borrowers to whom everything happens that a brief knows, between 8 and 10 February."""
    a_loan(loan_no="GROWS")
    part, wrong = (a_loan(loan_no=name) for name in ("PART", "WRONG"))
    whole = a_loan(*RUNNING, loan_no="WHOLE")
    # Paid ahead, so that nothing is left to fall due once its last due date has passed.
    ends = a_loan(("01-05", "100.00", "0.00"), ("02-09", "100.00", "0.00"), loan_no="ENDS")
    back = a_loan(("01-10", "100.00", "0.00"), ("02-09", "200.00", "0.00"), loan_no="BACK")
    a_loan(("02-08", "300.00", "0.00"), loan_no="STARTS")
    close("01-11")
    pay(ends, "201.00", "01-11", on="01-11", reference="R-ENDS")
    pay(back, "101.00", "01-11", on="01-11", reference="R-BACK")
    mistake = pay(wrong, "1000.00", "02-01", on="02-01", reference="R-WRONG")
    first = morning("02-08")
    pay(part, "500.00", "02-08", on="02-08", reference="R-PART")
    second = morning("02-09")
    pay(whole, "9000.00", "02-09", on="02-09", reference="R-WHOLE")
    undo(mistake, on="02-09")
    return [first, second, morning("02-10")]


def test_three_days_add_up_to_the_cent_and_each_begins_where_the_one_before_ended() -> None:
    days = three_days()
    assert [adds_up(its) for its in days] == [True, True, True]
    totals = [(summary(its).before.amount, summary(its).after.amount) for its in days]
    assert totals[0][0] == 0
    assert [before for before, _after in totals[1:]] == [after for _before, after in totals[:-1]]
    assert all(after > 0 for _before, after in totals)


def test_every_case_has_one_reason() -> None:
    first, second, third = three_days()
    old = ["GROWS", "PART", "WHOLE", "WRONG"]
    assert kinds(first) == dict.fromkeys(old, "new") | {"ENDS": "same", "BACK": "same"}
    assert kinds(second) == {
        "GROWS": "grown",
        "PART": "paid",
        "WHOLE": "grown",
        "WRONG": "grown",
        "ENDS": "same",
        "BACK": "same",
        "STARTS": "new",
    }
    assert kinds(third) == {
        "GROWS": "grown",
        "PART": "grown",
        "WHOLE": "cured",
        "WRONG": "reversed",
        "ENDS": "closed",
        "BACK": "new",
        "STARTS": "grown",
    }


def test_the_figures_of_a_day_are_those_of_the_loans() -> None:
    a_case(on="02-08")
    assert figures(brief("02-08")) == {"new": (1, "8154.67"), "after": (1, "8154.67")}
    assert figures(morning("02-09")) == {
        "before": (1, "8154.67"),
        "grown": (1, "5.33"),
        "after": (1, "8160.00"),
    }


def test_a_case_late_again_is_new_and_marked_as_back_and_a_first_one_is_not() -> None:
    *_, third = three_days()
    news = BriefLine.objects.filter(brief__on__gt=day("02-08"), kind="new")
    marked = dict(news.values_list("case__lead_loan__loan_no", "is_back"))
    assert marked == {"STARTS": False, "BACK": True}
    # Of the 200.00 what was left of the payment is gone; a night's penalty is on the rest.
    assert third.lines.get(is_back=True).after == Decimal("199.20")


def test_a_case_that_ended_counts_for_nothing_and_is_reported_once() -> None:
    case = a_case(on="02-08")
    brief("02-08")
    Case.objects.filter(pk=case.pk).update(stage="closed", closed_as="written_off", closed_on=day("02-08"))
    second, third = brief("02-09"), brief("02-10")
    assert figures(second) == {"before": (1, "8154.67"), "ended": (1, "-8154.67")}
    assert figures(third) == {}
    assert adds_up(second)


def test_all_loans_of_a_case_count_and_a_new_case_beside_a_closed_one_counts_once() -> None:
    case = a_case(on="02-08")
    a_loan(("02-07", "100.00", "0.00"), loan_no="L2", borrower_no=case.borrower.borrower_no)
    assert figures(brief("02-08"))["after"] == (1, "8254.74")
    Case.objects.filter(pk=case.pk).update(stage="closed", closed_as="withdrawn", closed_on=day("02-08"))
    second = morning("02-09")
    assert figures(second)["ended"] == (1, "-8254.74")
    assert figures(second)["new"] == figures(second)["after"] == (1, "8260.13")


def test_a_loan_of_an_open_case_that_is_closed_has_ended_and_what_comes_in_on_it_is_recovery() -> None:
    case = a_case(on="02-08")
    a_loan(("02-07", "100.00", "0.00"), loan_no="L2", borrower_no=case.borrower.borrower_no)
    first = brief("02-08")
    its: dict[str, Any] = {
        "reason": "hopeless",
        "by": person(Role.SUPERVISOR),
        "on": day("02-09"),
        "at": at_one("02-09"),
    }
    close_loans(loans=[case.lead_loan], how=ClosedAs.WRITTEN_OFF, **its)
    second = morning("02-09")
    assert figures(second)["ended"] == (1, "-8154.61")
    loan = Loan.objects.get(pk=case.lead_loan_id)
    money: dict[str, Any] = {"by": person(), "on": day("02-09"), "at": at_one("02-10")}
    receive_payment(loan=loan, amount=Decimal("500.00"), received_on=day("02-09"), reference="R1", **money)
    third = morning("02-10")
    assert "paid" not in figures(third)
    assert [(recovered(each).cases, str(recovered(each).amount)) for each in (first, second, third)] == [
        (0, "0.00"),
        (0, "0.00"),
        (1, "500.00"),
    ]
    assert all(adds_up(each) for each in (first, second, third))


def test_the_same_day_again_replaces_the_brief_and_changes_nothing() -> None:
    *_, third = three_days()
    lines = list(third.lines.order_by("case").values_list("case", "kind", "before", "after", "is_back"))
    again = brief("02-10")
    assert again.pk == third.pk
    assert list(again.lines.order_by("case").values_list("case", "kind", "before", "after", "is_back")) == lines
    assert Brief.objects.count() == 3


def test_what_was_booked_meanwhile_comes_into_todays_brief_only() -> None:
    first, second, _third = three_days()
    then = figures(first), figures(second)
    pay(Case.objects.get(lead_loan__loan_no="GROWS").lead_loan, "1000.00", "02-10", on="02-10", reference="LATE")
    again = brief("02-10")
    assert kinds(again)["GROWS"] == "paid"
    assert adds_up(again)
    assert (figures(first), figures(second)) == then


def test_a_day_that_was_left_out_is_bridged() -> None:
    a_case(on="02-06")
    brief("02-06")
    bridging = morning("02-09")
    assert bridging.before_on == day("02-06")
    assert figures(bridging)["grown"] == (1, "16.00")


def test_a_reversal_that_the_brief_before_has_told_is_not_told_again() -> None:
    *_, third = three_days()
    assert kinds(third)["WRONG"] == "reversed"
    assert kinds(morning("02-11"))["WRONG"] == "grown"


def test_an_earlier_day_and_a_day_to_come_are_refused_and_nothing_is_changed() -> None:
    a_case(on="02-08")
    later = brief("02-09")
    with pytest.raises(BriefRefused, match="has a brief of 2025-02-09 already") as refused:
        brief("02-08")
    assert refused.value.code == "later"
    with pytest.raises(BriefRefused, match="2025-02-11 has not come yet") as refused:
        make_brief(portfolio=later.portfolio, on=day("02-11"), at=at_one("02-10"))
    assert refused.value.code == "future"
    assert list(Brief.objects.all()) == [later]
    assert earlier_brief(later.portfolio, later.on) is None


def test_each_portfolio_has_its_own_brief_and_a_supervisor_makes_those_of_the_team_only() -> None:
    a_loan()
    a_case(loan_no="L2", portfolio="cards", seen_by="South", on="02-08")
    at = at_one("02-08")
    assert make_briefs(on=day("02-08"), at=at, by=person(Role.SUPERVISOR)) == 1
    assert Brief.objects.get().portfolio.code == "consumer"
    assert make_briefs(on=day("02-08"), at=at) == 2
    assert figures(Brief.objects.get(portfolio__code="cards"))["after"] == (1, "8154.67")


def test_who_may_not_make_briefs_is_refused_and_who_made_one_is_written_down() -> None:
    portfolio = a_case(on="02-08").portfolio
    with pytest.raises(PermissionDenied):
        make_brief(portfolio=portfolio, on=day("02-08"), at=at_one("02-08"), by=person(Role.AUDITOR))
    assert Brief.objects.count() == 0
    make_brief(portfolio=portfolio, on=day("02-08"), at=at_one("02-08"), by=person(Role.SUPERVISOR))
    entry = AuditEntry.objects.get(action="reports.make_brief")
    assert (entry.actor_name, entry.subject) == ("supervisor-north", "brief of consumer on 2025-02-08")
    assert entry.details == {"cases": 1}


def test_many_cases_cost_the_same_queries_as_few(django_assert_max_num_queries) -> None:
    def cost(on: str) -> int:
        with django_assert_max_num_queries(45) as counted:
            brief(on)
        return len(counted)

    for n in range(3):
        a_loan(loan_no=f"L{n}")
    close("02-08")
    brief("02-08")
    few = cost("02-09")
    for n in range(3, 40):
        a_loan(loan_no=f"L{n}")
    close("02-10")
    many = cost("02-10")
    assert BriefLine.objects.filter(brief__on=day("02-10")).count() == 40
    assert many == few


def test_a_chunk_after_the_other_misses_no_case(monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(5):
        a_loan(loan_no=f"L{n}")
    close("02-08")
    monkeypatch.setattr("reports.selectors.CHUNK", 2)
    assert figures(brief("02-08"))["new"] == (5, "40773.35")


def swept(hour: str) -> int:
    """What the task does at an hour of 9 February."""
    with time_machine.travel(f"2025-02-09T{hour}:00+08:00"):
        return int(nightly())


def test_the_task_makes_the_brief_of_the_local_date_once_from_one_o_clock_on() -> None:
    a_case(on="02-09")
    assert swept("00:59") == 0
    assert swept("01:00") == 1
    made = Brief.objects.get()
    assert (made.on, swept("01:05")) == (day("02-09"), 0)
    assert Brief.objects.get().made_at == made.made_at
    assert nightly.name in {entry["task"] for entry in SCHEDULE.values()}


def test_it_waits_for_the_close_of_day_and_comes_late_rather_than_without_cases() -> None:
    a_case(on="02-08")
    night = plan_day(on=day("02-09"), at=at_one("02-09"))
    assert swept("01:00") == 0
    finish_day(day=night, at=at_one("02-09"))
    assert swept("09:40") == 1


def test_it_makes_what_is_missing_and_leaves_what_somebody_made() -> None:
    a_case(on="02-08"), a_loan(loan_no="L2", portfolio="cards")
    by_hand = morning("02-09")
    assert swept("01:00") == 1
    assert Brief.objects.get(portfolio__code="cards").on == day("02-09")
    assert Brief.objects.get(portfolio__code="consumer").made_at == by_hand.made_at
    Brief.objects.filter(portfolio__code="consumer").update(on=day("02-10"))
    assert swept("01:05") == 0


def test_the_command_says_how_many_and_what_is_refused() -> None:
    a_case(on="02-08")
    out = io.StringIO()
    call_command("morning_brief", "--on", "2025-02-09", stdout=out)
    assert out.getvalue() == "2025-02-09: 1 briefs\n"
    with pytest.raises(CommandError, match="an earlier one cannot follow"):
        call_command("morning_brief", "--on", "2025-02-08")
