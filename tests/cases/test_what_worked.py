"""What worked the last time: the promise, the conversation or the message before the money, on the page of the case."""

from collections.abc import Iterator

import pytest
import time_machine
from django.urls import reverse

from cases import desk_services
from cases.approach_selectors import Approach, last_working_approach
from cases.models import Case
from contacts.message_services import add_receipt
from rulebook.priority import Line
from staff.roles import Role
from tests.cases.build import RUNNING, a_case, close
from tests.contacts.build import caller, day, log, moment, pay, phone_of, promise, undo
from tests.contacts.test_messages import sent
from tests.loans.test_loan_page import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return a_case(*RUNNING, on="01-20")


@pytest.fixture
def in_march() -> Iterator[None]:
    with time_machine.travel(moment("03-20 10:00"), tick=False):
        yield


def what_worked(case: Case) -> Approach | None:
    return last_working_approach(Case.objects.get(pk=case.pk))


def shown(case: Case, role: Role = Role.COLLECTOR) -> str:
    return " ".join(signed_in(role).get(reverse("cases:case", args=[case.pk])).content.decode().split())


def test_nothing_is_said_before_the_first_cure_or_when_the_money_came_by_itself(case: Case) -> None:
    log(case, "RNR", "02-03 10:20")
    assert what_worked(case) is None
    pay(case, "9000.00", "02-09 11:00")
    assert what_worked(case) is None


def test_a_promise_that_was_kept_says_more_than_a_later_talk(case: Case) -> None:
    kept = promise(case, "8400.00", "02-07", "02-03 10:20")
    log(case, "WILL", "02-05 09:00", is_inbound=True)
    pay(case, "9000.00", "02-06 11:00")
    found = what_worked(case)
    assert found
    assert (found.promise, found.at, found.paid_on, found.way) == (kept, moment("02-03 10:20"), day("02-06"), "Call")
    assert "Call · collector-north · 02-03 10:20: 8,400.00 promised for 2025-02-07 and kept, paid on 2025-02-06." in (
        shown(case)
    )


def test_else_it_is_the_last_time_the_borrower_was_reached_before_the_money(case: Case) -> None:
    log(case, "WILL", "02-03 10:20", text="after the harvest")
    sent(case, "02-04 09:00")
    log(case, "RNR", "02-05 09:00")
    pay(case, "9000.00", "02-08 11:00", value="02-06")
    log(case, "WILL", "02-08 11:30", is_inbound=True)
    found = what_worked(case)
    assert found
    assert (found.attempt and found.attempt.outcome_id, found.at, found.paid_on) == (
        "WILL",
        moment("02-03 10:20"),
        day("02-06"),
    )
    assert "02-03 10:20: Willing, without a day; paid on 2025-02-06." in shown(case)
    assert '<q class="their-words">after the harvest</q>' in shown(case)


def test_else_it_is_the_last_message_that_arrived_before_the_money(case: Case) -> None:
    first, second = sent(case, "02-03 09:00"), sent(case, "02-04 09:00")
    add_receipt(message=first, kind="delivered", at=moment("02-03 09:01"), reason="")
    add_receipt(message=second, kind="failed", at=moment("02-04 09:01"), reason="")
    pay(case, "9000.00", "02-06 11:00")
    found = what_worked(case)
    assert found
    assert (found.message, found.way) == (first, "SMS")
    assert "SMS · 02-03 09:00: 1 day past due; paid on 2025-02-06." in shown(case)


def test_money_that_was_taken_back_has_not_worked(case: Case) -> None:
    log(case, "WILL", "02-03 10:20")
    paid = pay(case, "9000.00", "02-04 11:00")
    undo(paid, "02-05 11:00")
    log(case, "WILL", "02-06 10:20")
    pay(case, "9000.00", "02-07 11:00", reference="R2")
    found = what_worked(case)
    assert found
    assert found.at == moment("02-06 10:20")


def test_a_case_that_is_late_again_shows_it_and_goes_before_the_scored_ones_until_somebody_has_called(
    in_march: None,
) -> None:
    case = a_case(RUNNING[0], ("03-10", "2000.00", "0.00"), RUNNING[1], on="01-20")
    log(case, "WILL", "02-03 10:20")
    pay(case, "8200.00", "02-04 11:00")
    close("03-11")
    now = Case.objects.get(pk=case.pk)
    assert (now.stage, now.line, now.why[0]) == ("reminder", Line.NEW, ["relapsed", "2025-03-11", 0])
    assert ["relapse", "", 15] in now.why
    assert "What worked the last time" in shown(case)
    ten = moment("03-11 10:00")
    desk_services.log(case=case, point=phone_of(case), outcome="RNR", said={}, by=caller(), at=ten)
    desk_services.wake(at=moment("03-11 14:30"))
    assert Case.objects.get(pk=case.pk).line == Line.SCORE


def test_a_page_asks_the_rooms_above_only_for_what_can_matter(case: Case) -> None:
    def asked(role: Role) -> set[str]:
        page = signed_in(role).get(reverse("cases:case", args=[case.pk]))
        return {room for room, _address in page.context["panels"]}

    assert asked(Role.COLLECTOR) == set()
    assert asked(Role.SUPERVISOR) == {"approvals", "letters", "bureau"}
    Case.objects.filter(pk=case.pk).update(stage="phone", chased_at="phone")
    assert asked(Role.COLLECTOR) == {"approvals", "visits"}
    # What takes others stands in one place: in the panel for who may ask, on the page for who may only look.
    for role, stands_here in ((Role.COLLECTOR, False), (Role.SUPERVISOR, False), (Role.AUDITOR, True)):
        page = signed_in(role, None if stands_here else "North").get(reverse("cases:case", args=[case.pk]))
        assert ("write_off" in {offer.move for offer, _reasons in page.context["offers"]}) is stands_here
    # A watched case that had been visited keeps what was done then on its page.
    Case.objects.filter(pk=case.pk).update(stage="watch", chased_at="field")
    assert asked(Role.COLLECTOR) == {"approvals", "visits"}
    assert asked(Role.SUPERVISOR) == {"approvals", "visits", "letters", "legal", "bureau"}
