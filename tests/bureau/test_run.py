"""The monthly report: what it writes, what it holds back, and that it never writes anything twice."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from audit.models import AuditEntry
from bureau import run_services, services, tasks
from bureau.models import HeldBack, LoanRecord, RecordRow, ReportRun, RunChunk
from bureau.notice_services import write_notices
from bureau.run_services import begun_and_left, finish_run, look_at_run, start_run, work_chunk
from bureau.services import RecordRefused
from collections_portal.schedule import SCHEDULE
from letters.models import Letter
from loans.models import Portfolio
from loans.services import reverse
from staff.roles import Role
from tests.bureau.build import TODAY, a_told_case, report, rows
from tests.cases.build import AT, a_case, a_loan, day, person
from tests.contacts.build_places import arrived, letter
from tests.letters.build import noted, posted
from tests.loans.build import pay, undo
from tests.reminders.build import a_voice

pytestmark = pytest.mark.django_db


def portfolio() -> Portfolio:
    return Portfolio.objects.get(code="consumer")


def started(month_end: str = "01-31") -> ReportRun:
    return start_run(portfolio=portfolio(), month_end=day(month_end), by=person(), on=TODAY, at=AT)


def test_every_loan_is_reported_once_as_of_the_months_end() -> None:
    a_told_case()
    a_loan(("02-20", "500.00", "0.00"), loan_no="L2")
    pay(a_loan(loan_no="L3"), "8100.00", "01-12", "R3")
    a_loan(("03-20", "500.00", "0.00"), loan_no="L4", disbursed_on=day("02-02"))
    run = report()
    assert rows() == ["L1 monthly 01-31 1 v1", "L2 monthly 01-31 N v1", "L3 monthly 01-31 C v1"]
    late = RecordRow.objects.get(code="1")
    assert (late.days_past_due, late.overdue_amount > 8000, late.reason, late.run) == (21, True, "run", run)
    assert (run.reported, run.held_back, run.is_done) == (3, 0, True)
    assert report().reported == 0
    assert len(rows()) == 3
    done = AuditEntry.objects.filter(action="bureau.finish_run").order_by("pk")[0]
    assert done.details["reported"] == 3


def test_a_loan_that_was_paid_off_is_reported_no_more() -> None:
    pay(a_loan(), "8100.00", "01-12")
    report()
    report("02-28", on=day("03-02"))
    assert rows() == ["L1 monthly 01-31 C v1"]


def test_the_database_refuses_a_row_twice_and_any_change() -> None:
    a_told_case()
    report()
    row = RecordRow.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError, match="bureau_row_once"), transaction.atomic():
        row.save(force_insert=True)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        RecordRow.objects.update(code="N")


def test_nobody_is_reported_as_overdue_without_notice_and_the_run_after_makes_it_good() -> None:
    case = a_case(on="01-15")
    run = report()
    assert (rows(), run.held_back) == ([], 1)
    assert (HeldBack.objects.get().why, LoanRecord.objects.exists()) == ("no_notice", False)
    sent = letter(case, "report_notice", "02-05 10:00")
    report()
    assert (HeldBack.objects.get().why, HeldBack.objects.get().earliest_on) == ("too_soon", day("02-12"))
    arrived(sent, "02-07", kind="returned")
    report()
    assert (HeldBack.objects.get().why, rows()) == ("came_back", [])
    letter(case, "report_notice", "02-09 10:00")
    report("02-28", on=day("03-03"))
    assert rows() == ["L1 monthly 01-31 1 v1", "L1 monthly 02-28 2 v1"]
    assert HeldBack.objects.get().reported_as == RecordRow.objects.get(reason="notice")


def test_what_was_paid_meanwhile_is_no_longer_held_back_as_late() -> None:
    case = a_case(on="01-15")
    report()
    pay(case.lead_loan, "8200.00", "01-31")
    report()
    assert rows() == ["L1 monthly 01-31 C v1"]
    assert not HeldBack.objects.filter(reported_as=None).exists()


def test_an_overdue_that_ended_before_anybody_was_told_is_never_reported() -> None:
    case = a_case(("01-10", "1000.00", "0.00"), ("03-10", "1000.00", "0.00"), on="01-15")
    report()
    event = pay(case.lead_loan, "1100.00", "02-05")
    assert report().held_back == 0
    assert (rows(), HeldBack.objects.get().let_go_on) == ([], TODAY)
    undo(event)
    assert report().held_back == 1
    assert HeldBack.objects.get().let_go_on is None


def test_a_notice_of_a_later_overdue_does_not_report_one_that_was_let_go() -> None:
    case = a_case(("01-10", "1000.00", "0.00"), ("03-10", "1000.00", "0.00"), on="01-15")
    report()
    pay(case.lead_loan, "1100.00", "02-05")
    report()
    letter(case, "report_notice", "03-12 10:00")
    report("03-31", on=day("04-02"))
    assert rows() == ["L1 monthly 03-31 1 v1"]
    assert HeldBack.objects.get().let_go_on == TODAY


def test_who_pays_by_the_day_that_their_notice_names_is_not_reported() -> None:
    case = a_case(("01-10", "1000.00", "0.00"), ("05-10", "1000.00", "0.00"), on="01-15")
    a_voice(case.portfolio)
    report()
    write_notices(portfolio=portfolio(), by=person(), on=TODAY, at=AT)
    posted(Letter.objects.get())
    # Old enough, but the letter says: by the end of February.
    report(on=day("02-20"))
    assert (HeldBack.objects.get().why, HeldBack.objects.get().earliest_on, rows()) == ("too_soon", day("03-01"), [])
    event = pay(case.lead_loan, "1100.00", "02-20", on=day("02-20"))
    report("02-28", on=day("03-03"))
    assert (rows(), HeldBack.objects.get().let_go_on) == (["L1 monthly 02-28 N v1"], day("03-03"))
    undo(event)
    report("02-28", on=day("03-04"))
    assert rows()[1:] == ["L1 monthly 02-28 2 v2", "L1 monthly 01-31 1 v1"]


def test_what_was_reported_corrected_and_is_late_again_waits_again_where_its_notice_came_back() -> None:
    case = a_case(("01-10", "1000.00", "0.00"), ("05-10", "1000.00", "0.00"), on="01-15")
    report()
    sent = letter(case, "report_notice", "01-20 10:00")
    report()
    event = pay(case.lead_loan, "1100.00", "01-20")
    report()
    arrived(sent, "02-09", kind="returned")
    undo(event)
    report()
    assert rows() == ["L1 monthly 01-31 1 v1", "L1 monthly 01-31 M v2"]
    assert (HeldBack.objects.get().why, HeldBack.objects.get().reported_as) == ("came_back", None)


def test_one_that_was_booked_past_us_is_held_back_once_when_its_month_is_made_again() -> None:
    loan = a_case(("01-10", "1000.00", "0.00"), on="01-15").lead_loan
    event = pay(loan, "1100.00", "01-20")
    report()
    reverse(event=event, reason="bounced", by=person(), at=AT)
    assert report().held_back == 1
    assert (rows(), HeldBack.objects.count()) == (["L1 monthly 01-31 C v1"], 1)
    # What said that it was paid off is not the end: the month after waits as well.
    assert report("02-28", on=day("03-03")).held_back == 2


def test_notices_are_written_once_to_each_borrower_who_waits_for_one() -> None:
    a_voice(a_case(on="01-15").portfolio)
    report()
    assert write_notices(portfolio=portfolio(), by=person(), on=TODAY, at=AT) == 1
    notice = Letter.objects.get()
    assert (notice.kind, notice.facts["report_on"]) == ("report_notice", "2025-02-28")
    assert write_notices(portfolio=portfolio(), by=person(), on=TODAY, at=AT) == 0
    posted(notice)
    report()
    noted(notice, delivered=False)
    # Nobody has made a report since it came back.
    assert HeldBack.objects.get().why == "too_soon"
    address = Letter.objects.get().address
    address.status = "ok"
    address.save()
    assert write_notices(portfolio=portfolio(), by=person(), on=day("02-13"), at=AT) == 1
    with pytest.raises(PermissionDenied):
        write_notices(portfolio=portfolio(), by=person(Role.SUPERVISOR), on=TODAY, at=AT)


def test_a_notice_that_cannot_be_written_says_why() -> None:
    a_case(on="01-15")
    report()
    assert write_notices(portfolio=portfolio(), by=person(), on=TODAY, at=AT) == 0
    assert HeldBack.objects.get().refusal == "no_lender"


@pytest.fixture
def one_loan_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "CHUNK", 1)


@pytest.mark.usefixtures("one_loan_a_part")
def test_what_a_killed_worker_left_is_done_by_the_next_one_and_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    for loan_no in ("L1", "L2", "L3"):
        a_loan(("02-20", "500.00", "0.00"), loan_no=loan_no)
    run = started()
    assert RunChunk.objects.filter(run=run).count() == 3
    assert work_chunk(run=run, on=TODAY, at=AT)

    class Killed(BaseException):
        pass

    def killed(*_args: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(run_services, "setattr", killed, raising=False)
        work_chunk(run=run, on=TODAY, at=AT)
    assert rows() == ["L1 monthly 01-31 N v1"]
    assert not finish_run(run=run, at=AT)
    assert begun_and_left() == [run.pk]
    tasks.carry_on()
    assert rows() == [f"{loan_no} monthly 01-31 N v1" for loan_no in ("L1", "L2", "L3")]
    run.refresh_from_db()
    assert (run.reported, run.is_done, begun_and_left(), RunChunk.objects.count()) == (3, True, [], 0)
    assert not finish_run(run=run, at=AT)


def test_the_portal_carries_on_by_itself() -> None:
    assert {tasks.carry_on.name, tasks.compare_changed.name} <= {entry["task"] for entry in SCHEDULE.values()}


@pytest.mark.parametrize(
    ("month_end", "on", "code"),
    [("01-30", TODAY, "month_end"), ("01-31", day("01-31"), "not_over"), ("2024-12-31", TODAY, "later")],
)
def test_a_report_is_made_of_a_month_that_is_over_and_in_turn(month_end: str, on: dt.date, code: str) -> None:
    a_loan()
    if code == "later":
        report()
    with pytest.raises(RecordRefused) as refused:
        start_run(portfolio=portfolio(), month_end=day(month_end), by=person(), on=on, at=AT)
    assert refused.value.code == code


def test_one_report_of_a_portfolio_at_a_time_and_only_by_who_may() -> None:
    a_loan()
    with pytest.raises(PermissionDenied):
        start_run(portfolio=portfolio(), month_end=day("01-31"), by=person(Role.SUPERVISOR), on=TODAY, at=AT)
    started()
    with pytest.raises(RecordRefused) as refused:
        started()
    assert refused.value.code == "under_way"


def test_the_preview_says_what_a_report_would_look_at() -> None:
    a_told_case()
    a_case(on="02-09", loan_no="L2")
    a_loan(("02-20", "500.00", "0.00"), loan_no="L3")
    look = look_at_run(portfolio=portfolio(), month_end=day("01-31"), on=TODAY)
    assert (look.loans, look.late, look.without_notice, look.reported, look.waiting) == (3, 2, 1, 0, 0)
