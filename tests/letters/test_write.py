"""Writing a letter: the amounts of the ledger on the day, the borrower's language, and nobody's markup."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from borrowers.models import Borrower, Status
from borrowers.services import set_status
from cases.models import Case
from contacts.letter_services import LetterRefused
from evidence.selectors import content_of
from letters.lifecycle import State
from letters.models import Letter
from letters.services import void, write
from reminders.models import Voice
from staff.roles import Role
from tests.cases.build import pay
from tests.letters.build import LATER, a_late_case, a_letter, legal, text_of
from tests.loans.build import AT, charge, day, person

pytestmark = pytest.mark.django_db
THREE = (("01-10", "1000.00", "30.00"), ("02-10", "1000.00", "20.00"), ("03-10", "1000.00", "10.00"))


@pytest.fixture
def case() -> Case:
    return a_late_case()


def refused(case: Case, kind: str = "demand", **more: str) -> str:
    with pytest.raises(LetterRefused) as refusal:
        a_letter(case, kind, **more)
    return refusal.value.code


def test_a_demand_is_a_pdf_that_names_what_the_ledger_says_of_the_day(case: Case) -> None:
    charge(case.lead_loan, "50.00", "02-01", reference="COST")
    letter = a_letter(case, pay_by="2025-02-24")
    content = content_of(letter.file)
    assert content.startswith(b"%PDF-")
    assert b"/Type/Pages/Count 1/" in content
    # 160.00 of penalty is what the loan of the issue owes by 9 February; the costs come on top.
    (loan,) = letter.amounts
    assert (loan["rows"][0]["principal"], loan["rows"][0]["penalty"], loan["cost"]) == ("8000.00", "160.00", "50.00")
    assert letter.facts["total"] == loan["total"] == "8210.00"
    text = text_of(letter)
    for said in ("李顺华", letter.reference, "8,210.00元", "2025年2月24日", "示例金融"):
        assert said in text


def test_its_row_says_nothing_of_who_the_borrower_is(case: Case) -> None:
    letter = a_letter(case)
    for secret in ("李", "顺华", "海淀", "15800000001"):
        assert secret not in str(letter.facts) + letter.file.name


def test_whoever_is_written_to_in_english_gets_an_english_letter(case: Case) -> None:
    Borrower.objects.update(language="en")
    text = text_of(a_letter(case, pay_by="2025-02-24"))
    assert "Demand for payment" in text
    assert "CNY 8,160.00" in text.replace("\xa0", " ")
    assert "24 February 2025" in text.replace("\xa0", " ")


@pytest.mark.parametrize("name", ["#panic()", '#read("/etc/passwd")', "*a* $x$ \\ ` [", "= #{1}"])
def test_a_name_is_text_whatever_it_looks_like(case: Case, name: str) -> None:
    borrower = case.borrower
    borrower.name = name
    borrower.save()
    assert name in text_of(a_letter(Case.objects.get(pk=case.pk)))


def test_an_acceleration_names_all_that_falls_due_on_its_day() -> None:
    case = a_late_case(*THREE)
    letter = a_letter(case, "acceleration", accelerates_on="2025-02-20")
    (loan,) = letter.amounts
    assert [row["principal"] for row in loan["rows"]] == ["1000.00"] * 3
    # Of the period that is running, 10 of its 28 days; what would have come later falls away.
    assert [row["interest"] for row in loan["rows"]] == ["30.00", "20.00", "3.57"]
    assert not case.lead_loan.events.exists()


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        ("report_notice", {"report_on": "2025-02-28"}, "第十五条"),
        (
            "dispute_answer",
            {"result": "corrected", "answer": "#panic() 已更正", "filed_on": "2025-02-01"},
            "#panic() 已更正",
        ),
        ("dispute_answer", {"result": "upheld", "answer": "属实"}, "若您仍有不同意见"),
    ],
)
def test_every_notice_says_what_it_is_for(case: Case, kind: str, more: dict[str, str], said: str) -> None:
    assert said in text_of(a_letter(case, kind, **more), more.get("answer", ""))


@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        ("demand", {"pay_by": "2025-02-09"}, "pay_by"),
        ("demand", {"pay_by": "soon"}, "pay_by"),
        ("acceleration", {"accelerates_on": "2025-02-01"}, "accelerates_on"),
        ("acceleration", {"loan_no": "L9"}, "loan_no"),
        ("report_notice", {"report_on": "2025-02-08"}, "report_on"),
        ("dispute_answer", {"answer": "x"}, "result"),
        ("dispute_answer", {"result": "upheld", "answer": " "}, "answer"),
        ("dispute_answer", {"result": "upheld", "answer": "x", "filed_on": "2025-02-10"}, "filed_on"),
        ("closing", {}, "open"),
    ],
)
def test_what_makes_no_sense_is_not_written(case: Case, kind: str, more: dict[str, str], code: str) -> None:
    assert refused(case, kind, **more) == code
    assert not Letter.objects.exists()


def test_nobody_is_asked_for_nothing(case: Case) -> None:
    pay(case.lead_loan, "8160.00", "02-09")
    assert refused(case) == "nothing_owed"


def test_the_same_kind_is_written_once_a_day_unless_it_was_called_off(case: Case) -> None:
    letter = a_letter(case)
    assert refused(case) == "twice"
    void(letter=letter, reason="wrong day", by=legal(), at=LATER)
    again = a_letter(case)
    assert (Letter.objects.get(pk=letter.pk).state, again.number) == (State.VOID, 2)


def test_without_an_address_a_voice_or_the_permission_nothing_is_written(case: Case) -> None:
    with pytest.raises(PermissionDenied):
        write(case=case, kind="demand", by=person(Role.COLLECTOR), on=day("02-09"), at=AT)
    voice = Voice.objects.get()
    voice.delete()
    assert refused(case) == "no_lender"
    set_status(point=case.borrower.addresses.get(), status=Status.INVALID, by=None, at=AT + dt.timedelta(hours=1))
    assert refused(case) == "address"
