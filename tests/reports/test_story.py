"""The whole story of a case: its order and chapters, what each role is told, and where the money went."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case
from loans.models import ClosedAs
from reports.story_selectors import Chapter, balances, story
from staff.roles import Role
from tests.bureau.build import a_told_case, report
from tests.cases.build import RUNNING
from tests.contacts.build import a_case, day, log, pay
from tests.loans.build import a_loan, charge, person
from tests.loans.test_accelerate import MONTHS, make_due
from tests.loans.test_close_loans import TWICE, shut
from tests.loans.test_loan_page import signed_in
from tests.visits.build import a_field_case, approved, arrived, done, scheduled

pytestmark = pytest.mark.django_db


def told(case: Case, role: Role = Role.AUDITOR) -> list[Chapter]:
    return story(case, person(role, of=None if role == Role.AUDITOR else "North"))


def kinds(chapters: list[Chapter]) -> set[str]:
    return {one.kind for chapter in chapters for one in chapter.told}


def test_it_is_told_in_order_in_chapters_by_stage_and_each_line_has_its_version() -> None:
    case = a_case(*RUNNING)
    log(case, "RNR", "02-10 10:00")
    pay(case, "9000.00", "02-11 10:00")
    chapters = told(case)
    assert [(chapter.stage, chapter.began_on, [one.kind for one in chapter.told]) for chapter in chapters] == [
        ("Reminder", day("02-09"), ["move", "call", "money"]),
        ("Watch", day("02-11"), ["move"]),
    ]
    assert {one.version for chapter in chapters for one in chapter.told} == {"default v1"}
    assert [one.who for one in chapters[0].told] == ["", "collector-north", "operations-north"]


def test_what_came_before_the_case_opened_has_a_chapter_of_its_own() -> None:
    case = a_case()
    log(case, "RNR", "02-09 10:00")
    assert [(chapter.stage, len(chapter.told)) for chapter in told(case)] == [("", 1), ("Reminder", 1)]


def test_a_collector_is_not_told_of_the_record_and_an_auditor_is() -> None:
    case = a_told_case()
    report()
    assert "record" not in kinds(told(case, Role.COLLECTOR))
    assert kinds(told(case, Role.COLLECTOR)) | {"record"} == kinds(told(case))


def test_of_a_visit_it_says_what_was_planned_in_words() -> None:
    case = a_field_case()
    done(arrived(scheduled(approved(case))))
    its = [one for chapter in told(case) for one in chapter.told if one.kind == "visit" and not one.entry]
    said = ["a visit is asked for", "approved", "planned", "arrived", "photo added", "logged"]
    assert [one.texts[0] for one in its] == said
    assert [one.who for one in its[:2]] == ["collector-north", "supervisor-north"]


def test_it_adds_up_to_the_cent_with_acceleration_waiver_and_costs_and_a_closed_loan() -> None:
    case = a_case(*MONTHS)
    charge(case.lead_loan, "50.00", "02-09")
    make_due(case.lead_loan, "02-09")
    settled = a_loan(*TWICE, loan_no="L2", borrower_no=case.borrower.borrower_no)
    shut(settled, ClosedAs.SETTLED, "02-09")
    for on in ("01-09", "02-08", "02-09", "12-31"):
        assert all(row.is_balanced for row in balances(case, day(on))), on
    found = {row.component.value: row for row in balances(case, day("02-09"))}
    assert (str(found["principal"].waived), str(found["interest"].waived)) == ("2000.00", "60.00")
    assert (str(found["cost"].charged), str(found["cost"].owed)) == ("50.00", "50.00")


def test_the_page_opens_from_the_case_and_is_not_there_for_another_team() -> None:
    case = a_case()
    url = reverse("reports:story", args=[case.pk])
    client = signed_in(Role.COLLECTOR)
    assert url in text(client, reverse("cases:case", args=[case.pk]))
    assert "to the cent" in text(client, url)
    assert signed_in(Role.COLLECTOR, of="South").get(url).status_code == 404


def text(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()
