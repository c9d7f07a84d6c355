"""The team board: who is on what, calls nobody logged, promises due, what waits for a decision or an answer."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases import desk_services
from cases.models import Case
from cases.team_selectors import Board, PersonToday, board_of
from contacts.models import Attempt, Clearance, FollowUp, Promise, Reservation
from loans.models import Portfolio
from staff.models import User
from staff.roles import Role
from tests.cases.build import a_case, close, day, person
from tests.loans.build import team
from tests.loans.test_loan_page import signed_in

pytestmark = pytest.mark.django_db

NOW = dt.datetime.fromisoformat("2025-02-09T10:00:00+08:00")
TODAY = day("02-09")
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def ten_in_the_morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def log(case: Case, outcome: str = "RNR", *, at: dt.datetime = NOW, by: User | None = None, **said: Any) -> Attempt:
    point, by = case.borrower.phones.get(), by or person(Role.COLLECTOR)
    return desk_services.log(case=case, point=point, outcome=outcome, said=said, by=by, at=at)


def promise(case: Case, amount: str, due: str, **more: Any) -> Promise:
    return log(case, "PTP", amount=Decimal(amount), date=day(due), **more).promises.get()


def call(case: Case, at: dt.datetime = NOW, by: User | None = None) -> Clearance:
    return desk_services.call(case=case, point=case.borrower.phones.get(), by=by or person(Role.COLLECTOR), at=at)


def board(viewer: User | None = None, at: dt.datetime = NOW) -> Board:
    return board_of(viewer or person(Role.SUPERVISOR), on=at.date(), at=at)


def row(who: User, at: dt.datetime = NOW) -> PersonToday:
    return next(each for each in board(at=at).people if each.person == who)


def page(role: Role = Role.SUPERVISOR, of: str | None = "North") -> str:
    response = signed_in(role, of).get(reverse("desk:team"))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a_supervisor_sees_their_team_the_auditor_everybody_and_a_collector_nothing() -> None:
    north, south = person(Role.COLLECTOR), person(Role.COLLECTOR, of="South")
    person(Role.FIELD_AGENT)
    supervisor, auditor = person(Role.SUPERVISOR), person(Role.AUDITOR, of=None)
    assert [each.person for each in board(supervisor).people] == [north, supervisor]
    assert [each.person for each in board(auditor).people] == [north, supervisor, south]
    assert "North" in page(Role.AUDITOR, None)
    assert signed_in(Role.COLLECTOR).get(reverse("desk:team")).status_code == 403


def test_a_supervisor_without_a_team_sees_nobody_also_not_those_who_are_in_none() -> None:
    person(Role.COLLECTOR, of=None)
    assert board(person(Role.SUPERVISOR, of=None)).people == []
    assert "Nobody calls in this team" in page(Role.SUPERVISOR, None)


def test_somebody_is_on_a_case_until_their_time_for_it_is_over() -> None:
    case, who = a_case(), person(Role.COLLECTOR)
    desk_services.take_case(case=case, by=who, at=NOW)
    assert row(who).on_case == case
    assert reverse("cases:case", args=[case.pk]) in page()
    assert row(who, NOW + desk_services.LEASE).on_case is None


def test_the_case_they_are_on_now_is_shown_and_not_one_they_were_on_before() -> None:
    who, first, second = person(Role.COLLECTOR), a_case(), a_case(loan_no="L2")
    desk_services.take_case(case=second, by=who, at=NOW - desk_services.LEASE)
    desk_services.take_case(case=first, by=who, at=NOW)
    assert row(who).on_case == first


def test_open_cases_count_for_their_owner_and_closed_ones_do_not() -> None:
    who, first, second = person(Role.COLLECTOR), a_case(), a_case(loan_no="L2")
    Case.objects.filter(pk=first.pk).update(owner=who)
    Case.objects.filter(pk=second.pk).update(owner=who, stage="closed", closed_on=TODAY, closed_as="cured")
    assert row(who).open_cases == 1


def test_calls_of_today_count_by_who_was_reached_and_those_of_yesterday_and_taken_back_ones_do_not() -> None:
    who = person(Role.COLLECTOR)
    cases = [a_case(loan_no=f"L{n}") for n in range(5)]
    log(cases[0], at=NOW - dt.timedelta(days=1))
    log(cases[1])
    log(cases[2], "WRONG")
    promise(cases[3], "8160.00", "02-12")
    desk_services.take_back(attempt=log(cases[4], "WILL"), by=who, at=NOW)
    mine = row(who)
    assert (mine.attempts, mine.reached, mine.right_party) == (3, 2, 1)


def test_a_borrower_who_calls_us_is_no_attempt_of_ours_but_their_promise_counts() -> None:
    case, who = a_case(), person(Role.COLLECTOR)
    desk_services.log(
        case=case,
        point=case.borrower.phones.get(),
        outcome="PTP",
        said={"amount": Decimal("8160.00"), "date": day("02-12")},
        by=who,
        at=NOW,
        is_inbound=True,
    )
    mine = row(who)
    assert (mine.attempts, mine.reached, mine.promises) == (0, 0, 1)


def test_promises_of_two_currencies_are_never_added() -> None:
    promise(a_case(), "8160.00", "02-12")
    dollars = a_case(loan_no="L2", portfolio="cards")
    Portfolio.objects.filter(code="cards").update(currency="USD")
    promise(dollars, "5000.00", "02-12")
    mine = row(person(Role.COLLECTOR))
    assert [(each.currency, each.count, each.amount) for each in mine.promised] == [
        ("CNY", 1, Decimal("8160.00")),
        ("USD", 1, Decimal("5000.00")),
    ]
    shown = page()
    assert "8,160.00 CNY" in shown
    assert "5,000.00 USD" in shown
    assert "13,160.00" not in shown


def test_a_refusal_of_the_gate_stands_beside_the_money() -> None:
    case, who = a_case(), person(Role.COLLECTOR)
    assert row(who).refusals == 0
    assert not call(case, at=NOW - dt.timedelta(hours=3)).allowed
    assert row(who).refusals == 1


def test_the_kept_rate_has_the_promises_due_this_month_that_are_no_longer_open() -> None:
    who = person(Role.COLLECTOR)
    assert row(who).kept.rate is None
    promise(a_case(), "8160.00", "02-10")
    assert row(who).kept.promises == 0
    close("02-12")
    later = NOW + dt.timedelta(days=3)
    assert (row(who, later).kept.promises, row(who, later).kept.rate) == (1, Decimal(0))


def test_a_call_shows_as_not_logged_after_five_minutes_and_no_longer_once_it_is_logged() -> None:
    case = a_case()
    call(case)
    assert board(at=NOW + 4 * MINUTE).unlogged == []
    assert [slot.by for slot in board(at=NOW + 5 * MINUTE).unlogged] == [person(Role.COLLECTOR)]
    log(case, at=NOW + 6 * MINUTE)
    assert board(at=NOW + 7 * MINUTE).unlogged == []


def test_a_call_whose_slot_is_over_is_marked_until_it_is_logged_after_all() -> None:
    case = a_case()
    call(case, at=NOW - 20 * MINUTE)
    assert "counts no longer" not in page()
    Reservation.objects.update(expires_at=NOW)
    assert "counts no longer" in page()
    log(case)
    assert board().unlogged == []


def test_calls_of_last_week_do_not_hide_those_of_today_and_another_teams_are_not_shown() -> None:
    south = a_case(loan_no="L2", portfolio="cards", seen_by="South")
    call(a_case(), at=NOW - dt.timedelta(days=8))
    call(south, at=NOW - 10 * MINUTE, by=person(Role.COLLECTOR, of="South"))
    assert board().unlogged == []
    assert len(board(person(Role.AUDITOR, of=None)).unlogged) == 1


def test_promises_show_that_are_due_by_tomorrow_and_those_found_broken_today() -> None:
    for n, due in enumerate(("02-09", "02-10", "02-11")):
        promise(a_case(loan_no=f"L{n}"), "8160.00", due)
    assert [each.due_on for each in board().due] == [day("02-09"), day("02-10")]
    assert board().broken == []
    close("02-11")
    later = NOW + dt.timedelta(days=2)
    assert [each.due_on for each in board(at=later).broken] == [day("02-09")]


def test_what_waits_says_which_limit_it_passes_and_what_agreeing_changes_but_the_auditor_cannot_decide() -> None:
    its = promise(a_case(), "1632.00", "02-20")
    assert its.state == "asked"
    link = reverse("desk:decide_promise", args=[its.pk])
    shown = page()
    assert "11 days ahead; 7 at most." in shown
    assert "8,160.00 is overdue; once agreed, the borrower is not called about it before 2025-02-20." in shown
    assert link in shown
    audited = page(Role.AUDITOR, None)
    assert "11 days ahead; 7 at most." in audited
    assert link not in audited


def test_ones_own_promise_has_no_button() -> None:
    its = promise(a_case(), "1632.00", "02-20")
    link = reverse("desk:decide_promise", args=[its.pk])
    assert link in page()
    Promise.objects.update(made_by_id_then=person(Role.SUPERVISOR).pk)
    shown = page()
    assert link not in shown
    assert "another person has to decide" in shown


def test_complaints_show_with_the_days_left_the_late_ones_first_and_the_auditor_closes_none() -> None:
    first, second = a_case(), a_case(loan_no="L2")
    log(first, "COMPL", text="too many calls")
    log(second, "COMPL", text="rude", at=NOW + MINUTE)
    late = FollowUp.objects.get(borrower=second.borrower)
    FollowUp.objects.filter(pk=late.pk).update(due_at=NOW - MINUTE)
    assert next(task.pk for task in board().to_answer) == late.pk
    shown = page().replace("\xa0", " ")
    assert "due 2025-02-24 10:00:00, 2 weeks, 1 day left" in shown
    assert "was due 2025-02-09 09:59:00" in shown
    done = reverse("desk:finish", args=[second.pk, late.pk])
    assert done in shown
    assert done not in page(Role.AUDITOR, None)


def test_help_in_hardship_and_a_payment_to_verify_show_only_once_they_are_late() -> None:
    case, other = a_case(), a_case(loan_no="L2")
    log(case, "CANT", reason="job_loss")
    log(other, "PAID", date=day("02-08"), method="transfer")
    due = NOW + dt.timedelta(hours=24)
    assert board(at=due).late == []
    assert {task.kind for task in board(at=due + MINUTE).late} == {"hardship", "verify"}


def test_another_teams_promises_and_complaints_are_not_shown() -> None:
    south = person(Role.COLLECTOR, of="South")
    cases = [a_case(loan_no=f"L{n}", portfolio="cards", seen_by="South") for n in range(3)]
    promise(cases[0], "8160.00", "02-10", by=south)
    promise(cases[1], "1632.00", "02-20", by=south)
    log(cases[2], "COMPL", text="too many calls", by=south)
    mine, theirs = board(), board(person(Role.SUPERVISOR, of="South"))
    assert (mine.due, mine.asked, mine.to_answer) == ([], [], [])
    assert (len(theirs.due), len(theirs.asked), len(theirs.to_answer)) == (1, 1, 1)


def a_desk_at_work(number: int) -> None:
    """One person with a call, a promise that waits, one that is due, a complaint, an open slot and a refusal."""
    who = User.objects.create_user(f"caller-{number}", role=Role.COLLECTOR, team=team())
    cases = [a_case(loan_no=f"L{number}-{n}") for n in range(5)]
    promise(cases[0], "1632.00", "02-20", by=who)
    promise(cases[1], "8160.00", "02-10", by=who)
    log(cases[2], "COMPL", text="rude", by=who)
    call(cases[3], at=NOW - 10 * MINUTE, by=who)
    call(cases[4], at=NOW - dt.timedelta(hours=3), by=who)


def test_the_board_costs_the_same_queries_for_two_people_and_for_twenty() -> None:
    client, url, costs = signed_in(Role.SUPERVISOR), reverse("desk:team"), []
    client.get(url)
    for numbers in (range(2), range(2, 20)):
        for number in numbers:
            a_desk_at_work(number)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]
    assert costs[0] <= 40
