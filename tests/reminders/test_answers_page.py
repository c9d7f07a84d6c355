"""What borrowers wrote and nobody has answered: who sees it, in which order, and what an answer does."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.desk_services import place_anew
from cases.models import Case
from contacts.message_models import InboundMessage
from contacts.message_services import LONGEST_TEXT, receive
from loans.models import Loan
from rulebook.priority import Line
from staff.roles import Role
from tests.cases.build import RUNNING, a_case, a_loan, close, pay
from tests.loans.test_loan_page import signed_in

pytestmark = pytest.mark.django_db

NOW = dt.datetime.fromisoformat("2025-02-10T10:00:00+08:00")
HOUR = dt.timedelta(hours=1)
URL = "/messages/answers/"


@pytest.fixture(autouse=True)
def ten_in_the_morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def wrote(loan: Loan, text: str = "已还款", ago: int = 0, *, is_stop: bool = False) -> InboundMessage:
    """A message of a borrower's, some hours ago, as the portal takes it."""
    at = timezone.now() - ago * HOUR
    its: dict[str, Any] = {"borrower": loan.borrower, "portfolio": loan.portfolio}
    inbound = receive(**its, medium="sms", text=text, at=at, answers=None, is_stop=is_stop)
    place_anew(borrower_id=loan.borrower_id, on=at.date(), at=at)
    return inbound


def not_due_yet(loan_no: str = "L9", **more: Any) -> Loan:
    """A loan whose borrower has no case: nothing is late."""
    return a_loan(("2025-03-10", "8000.00", "160.00"), loan_no=loan_no, **more)


def chased(**more: Any) -> Case:
    return a_case(on="02-10", **more)


def watched() -> Case:
    """A case that was paid up and is still looked after."""
    case = a_case(*RUNNING, on="02-10", loan_no="L7")
    assert case.lead_loan
    pay(case.lead_loan, "8400.00", "02-10", on="02-10")
    close("02-11")
    found = Case.objects.get(pk=case.pk)
    assert found.stage == "watch"
    return found


def loan_of(case: Case) -> Loan:
    return Loan.objects.get(borrower=case.borrower_id)


def shown(client: Client) -> str:
    response = client.get(URL)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def answer(client: Client, inbound: InboundMessage, note: str = "told them when it is due") -> tuple[int, str]:
    response = client.post(reverse("outbox:answer", args=[inbound.pk]), {"note": note}, follow=True)
    return response.status_code, " ".join(response.content.decode().split())


def open_ones() -> int:
    return InboundMessage.objects.filter(answered_at=None).count()


def test_who_has_no_case_is_shown_with_what_they_wrote_and_answered_from_here() -> None:
    loan, client = not_due_yet(), signed_in(Role.COLLECTOR)
    inbound = wrote(loan, "我13800001234的贷款什么时候到期？")
    rows = shown(client)
    assert "我138****1234的贷款什么时候到期？" in rows
    assert loan.borrower.masked_name in rows
    assert loan.borrower.name not in rows
    assert "Answer on the case" not in rows
    form = rows[rows.index(f'action="{reverse("outbox:answer", args=[inbound.pk])}"') :]
    assert "csrfmiddlewaretoken" in form[: form.index("</form>")]
    status, after = answer(client, inbound)
    assert (status, open_ones()) == (200, 0)
    assert "It is answered." in after
    assert "Nobody waits for an answer" in after
    assert InboundMessage.objects.get().answer == "told them when it is due"


def test_who_is_watched_is_answered_from_here_with_a_link_to_the_case() -> None:
    case, client = watched(), signed_in(Role.COLLECTOR)
    inbound = wrote(loan_of(case))
    rows = shown(client)
    assert f'href="{reverse("cases:case", args=[case.pk])}">{case}</a>' in rows
    assert reverse("outbox:answer", args=[inbound.pk]) in rows
    answer(client, inbound)
    assert open_ones() == 0


def test_a_case_that_is_over_is_linked_and_answered_from_here() -> None:
    case, client = chased(), signed_in(Role.COLLECTOR)
    Case.objects.filter(pk=case.pk).update(stage="closed", closed_as="withdrawn", closed_on=NOW.date())
    inbound = wrote(loan_of(case))
    rows = shown(client)
    assert str(case) in rows
    assert reverse("outbox:answer", args=[inbound.pk]) in rows


def test_a_chased_case_is_shown_too_and_answered_on_its_own_page() -> None:
    case, client = chased(), signed_in(Role.COLLECTOR)
    inbound = wrote(loan_of(case))
    rows = shown(client)
    assert f'<a href="{reverse("cases:case", args=[case.pk])}">Answer on the case' in rows
    assert reverse("outbox:answer", args=[inbound.pk]) not in rows
    assert Case.objects.get().line == Line.INBOUND


def test_who_was_chased_only_after_the_page_was_opened_is_answered_and_out_of_the_queue() -> None:
    case, client = chased(), signed_in(Role.COLLECTOR)
    inbound = wrote(loan_of(case))
    answer(client, inbound)
    assert (open_ones(), Case.objects.get().line == Line.INBOUND) == (0, False)


def test_the_one_who_waits_longest_comes_first_and_what_is_answered_or_a_stop_is_not_there() -> None:
    client = signed_in(Role.SUPERVISOR)
    for loan_no, text, ago in (("L1", "乙", 2), ("L2", "甲", 5), ("L3", "丙", 1)):
        wrote(not_due_yet(loan_no), text, ago)
    wrote(not_due_yet("L4"), "TD", is_stop=True)
    answer(client, wrote(not_due_yet("L5"), "done with"))
    rows = shown(client)
    assert rows.index("甲") < rows.index("乙") < rows.index("丙")
    assert ("TD" in rows, "done with" in rows) == (False, False)


def test_an_answer_without_a_word_too_long_a_one_or_a_second_one_changes_nothing() -> None:
    client, inbound = signed_in(Role.COLLECTOR), wrote(not_due_yet())
    assert "Say what was done." in answer(client, inbound, " ")[1]
    assert "at most 200" in answer(client, inbound, "x" * 201)[1]
    assert open_ones() == 1
    answer(client, inbound)
    assert "This is answered already." in answer(client, inbound, "another")[1]
    assert InboundMessage.objects.get().answer == "told them when it is due"


@pytest.mark.parametrize("role", [Role.OPERATIONS, Role.AUDITOR])
def test_who_answers_for_what_the_portal_wrote_reads_it_without_a_form(role: Role) -> None:
    client, inbound = signed_in(role, None if role == Role.AUDITOR else "North"), wrote(not_due_yet())
    rows = shown(client)
    assert ("已还款" in rows, reverse("outbox:answer", args=[inbound.pk]) in rows) == (True, False)
    assert answer(client, inbound)[0] == 403
    assert open_ones() == 1


@pytest.mark.parametrize("role", [Role.FIELD_AGENT, Role.LEGAL_OFFICER, Role.SYSTEM_ADMIN, Role.POLICY_ADMIN])
def test_a_role_that_neither_answers_nor_looks_after_messages_is_refused(role: Role) -> None:
    inbound = wrote(not_due_yet())
    client = signed_in(role)
    assert client.get(URL).status_code == 403
    assert answer(client, inbound)[0] == 403


def test_what_is_about_another_teams_portfolio_is_neither_shown_nor_answered() -> None:
    inbound = wrote(not_due_yet(portfolio="cards", seen_by="South"), "from the south")
    client = signed_in(Role.COLLECTOR)
    assert "from the south" not in shown(client)
    assert answer(client, inbound)[0] == 404
    assert open_ones() == 1
    assert "from the south" in shown(signed_in(Role.COLLECTOR, of="South"))


def test_an_answer_to_nothing_is_not_found_and_a_link_answers_nothing() -> None:
    client, inbound = signed_in(Role.COLLECTOR), wrote(not_due_yet())
    assert client.post(reverse("outbox:answer", args=[0]), {"note": "x"}).status_code == 404
    assert client.get(reverse("outbox:answer", args=[inbound.pk])).status_code == 405


def test_what_somebody_wrote_is_text_and_never_part_of_the_page() -> None:
    wrote(not_due_yet(), "<script>alert(1)</script>")
    rows = shown(signed_in(Role.COLLECTOR))
    assert "<script>alert" not in rows
    assert "&lt;script&gt;alert(1)" in rows


def test_without_a_message_the_page_says_what_would_stand_here() -> None:
    rows = shown(signed_in(Role.COLLECTOR))
    assert "Nobody waits for an answer" in rows
    assert "also before a due date" in rows


def test_the_board_and_my_day_say_how_many_wait_and_lead_there() -> None:
    supervisor, collector = signed_in(Role.SUPERVISOR), signed_in(Role.COLLECTOR)
    for client, name in ((supervisor, "outbox:board"), (collector, "desk:my_day")):
        assert "for an answer." not in client.get(reverse(name)).content.decode()
    wrote(not_due_yet())
    wrote(loan_of(chased()))
    wrote(not_due_yet("L8", portfolio="cards", seen_by="South"))
    for client, name in ((supervisor, "outbox:board"), (collector, "desk:my_day")):
        page = client.get(reverse(name)).content.decode()
        assert "2 messages from borrowers wait for an answer." in page
        assert URL in page


def test_the_page_costs_the_same_queries_for_few_and_for_many(django_assert_max_num_queries: Any) -> None:
    client = signed_in(Role.COLLECTOR)
    wrote(not_due_yet("L1"), "好" * LONGEST_TEXT)
    wrote(loan_of(chased(loan_no="L2")))
    with django_assert_max_num_queries(20) as few:
        shown(client)
    for number in range(10, 25):
        wrote(not_due_yet(f"L{number}"))
    with django_assert_max_num_queries(20) as many:
        shown(client)
    assert len(many) == len(few)
