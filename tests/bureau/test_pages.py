"""The pages of the overdue record: a month reported, a dispute answered, and nothing of another team's."""

import pytest
import time_machine
from django.test import Client

from bureau.models import RecordDispute, ReportRun
from letters.models import Letter
from loans.models import Portfolio
from staff.roles import Role
from tests.bureau.build import a_told_case, answer, dispute, loan_of, report
from tests.cases.build import a_case, a_loan, day, pay
from tests.loans.test_loan_page import signed_in
from tests.reminders.build import a_voice

pytestmark = pytest.mark.django_db
TWO = (("01-10", "1000.00", "0.00"), ("03-10", "1000.00", "0.00"))


@pytest.fixture(autouse=True)
def the_ninth_of_february() -> object:
    with time_machine.travel("2025-02-09T10:00:00+08:00", tick=False):
        yield


def page(client: Client, url: str) -> str:
    return " ".join(client.get(url).content.decode().split())


def test_a_month_is_looked_at_and_then_reported_by_a_worker() -> None:
    a_told_case()
    a_case(on="02-09", loan_no="L2")
    client, asked = signed_in(Role.OPERATIONS), {"portfolio": Portfolio.objects.get().pk, "month_end": "2025-01-31"}
    shown = page(client, f"/bureau/start/?portfolio={asked['portfolio']}&month_end=2025-01-31")
    assert "Make the report</button>" in shown
    assert not ReportRun.objects.exists()
    made = client.post("/bureau/start/", asked)
    run = ReportRun.objects.get()
    assert made["Location"] == f"/bureau/runs/{run.pk}/"
    assert (run.reported, run.held_back, run.is_done) == (1, 1, True)
    shown = page(client, f"/bureau/runs/{run.pk}/")
    assert "1 rows reported" in shown
    assert "1 row was held back." in shown
    assert "A report is never deleted." in shown
    assert "Nothing matches the filter" in page(client, f"/bureau/runs/{run.pk}/?code=7")
    assert "no notice was posted" in page(client, "/bureau/held/")
    assert "1 first report waits" in page(client, "/bureau/")


def test_a_month_that_is_not_over_is_refused_on_the_page() -> None:
    a_loan()
    asked = {"portfolio": Portfolio.objects.get().pk, "month_end": "2025-02-28"}
    refused = signed_in(Role.OPERATIONS).post("/bureau/start/", asked)
    assert refused.status_code == 422
    assert "The month is not over yet." in refused.content.decode()
    far = signed_in(Role.OPERATIONS).get(f"/bureau/start/?portfolio={asked['portfolio']}&month_end=9999-12-31")
    assert far.status_code == 422


def test_a_run_that_is_under_way_says_how_far_it_is() -> None:
    a_loan()
    run = ReportRun.objects.create(
        portfolio=Portfolio.objects.get(), month_end=day("01-31"), started_at="2025-02-09T01:00:00Z"
    )
    client = signed_in(Role.OPERATIONS)
    assert "0 of 0 parts" in page(client, f"/bureau/runs/{run.pk}/")
    assert "0 of 0 parts" in page(client, f"/bureau/runs/{run.pk}/progress/")
    ReportRun.objects.update(finished_at="2025-02-09T01:01:00Z")
    assert client.get(f"/bureau/runs/{run.pk}/progress/")["HX-Refresh"] == "true"


def test_notices_and_a_file_are_made_by_a_button() -> None:
    a_voice(a_case(on="01-15").portfolio)
    a_loan(("02-20", "500.00", "0.00"), loan_no="L2")
    report()
    client, asked = signed_in(Role.OPERATIONS), {"portfolio": Portfolio.objects.get().pk}
    client.post("/bureau/held/notices/", asked)
    assert f"{Letter.objects.get()} · not posted yet" in page(client, "/bureau/held/")
    client.post("/bureau/exports/", asked)
    assert "1 rows, by" in page(client, "/bureau/")
    client.post("/bureau/exports/", asked)
    assert "Nothing was reported since the last file." in page(client, "/bureau/")


def test_a_record_is_a_line_of_months_and_a_story() -> None:
    case = a_told_case(*TWO)
    report()
    its = dispute(loan_of(case))
    answer(its, "upheld")
    pay(case.lead_loan, "1100.00", "02-09")
    shown = page(signed_in(Role.OPERATIONS), "/bureau/borrowers/BL1/")
    for said in (
        "25-01",
        "Notice before the record was posted.",
        "First reported as overdue: as of 2025-01-31 1",
        "Disputed by the borrower.",
        "Dispute answered",
        "Cleared: the overdue ended on 2025-02-09. The record stays, and drops out on 2030-02-09.",
        "The adverse record drops out",
    ):
        assert said in shown
    panel = page(signed_in(Role.OPERATIONS), f"/bureau/cases/{case.pk}/panel/")
    assert "cleared 2025-02-09, overdue ended 2025-02-09, drops out on 2030-02-09" in panel


def test_of_a_case_with_nothing_on_record_the_panel_says_nothing() -> None:
    assert page(signed_in(Role.OPERATIONS), f"/bureau/cases/{a_case().pk}/panel/") == ""
    assert "Nothing was reported of this borrower" in page(signed_in(Role.OPERATIONS), "/bureau/borrowers/BL1/")
    assert page(signed_in(Role.OPERATIONS), "/bureau/my-day/") == ""


def test_a_collector_takes_a_dispute_in_and_operations_answer_it() -> None:
    case = a_told_case(*TWO)
    a_voice(case.portfolio)
    report()
    collector, client = signed_in(Role.COLLECTOR), signed_in(Role.OPERATIONS)
    said = {"loan": case.lead_loan.pk, "opened_on": "2025-01-15", "text": "I paid."}
    assert collector.post("/bureau/borrowers/BL1/dispute/", said)["Location"] == "/borrowers/BL1/"
    its = RecordDispute.objects.get()
    for url in ("/bureau/my-day/", "/bureau/disputes/?state=late", "/bureau/"):
        assert "5 days too late" in page(client, url)
    assert collector.post("/bureau/borrowers/BL1/dispute/", said).status_code == 422
    wrong = client.post(f"/bureau/disputes/{its.pk}/answer/", {"decision": "corrected", "answer": "We looked."})
    assert "The books say what was reported." in wrong.content.decode()
    client.post(f"/bureau/disputes/{its.pk}/answer/", {"decision": "upheld", "answer": "It came in February."})
    shown = page(client, f"/bureau/disputes/{its.pk}/")
    assert "The letter is written and waits to be posted." in shown
    assert "It came in February." in shown
    assert "upheld · 2025-02-09" in page(client, "/bureau/disputes/?state=upheld")


def test_an_answer_without_a_voice_waits_for_its_letter() -> None:
    case = a_told_case(*TWO)
    report()
    its = answer(dispute(loan_of(case)), "upheld")
    client = signed_in(Role.OPERATIONS)
    client.post(f"/bureau/disputes/{its.pk}/letter/")
    assert "The letter could not be written." in page(client, f"/bureau/disputes/{its.pk}/")


def test_another_teams_record_is_not_there() -> None:
    case = a_told_case(*TWO)
    run, its = report(), dispute(loan_of(case))
    stranger = signed_in(Role.OPERATIONS, "South")
    for url in (
        *(f"/bureau/runs/{run.pk}/", f"/bureau/disputes/{its.pk}/", "/bureau/borrowers/BL1/"),
        *("/bureau/borrowers/BL1/dispute/", f"/bureau/cases/{case.pk}/panel/"),
    ):
        assert stranger.get(url).status_code == 404
