"""A visit at the gate and its log: allowed and refused side by side; whoever else opens the door is told nothing."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from borrowers.services import set_status
from cases.models import Case
from cases.selectors import found_of
from contacts.clearance import decide
from contacts.models import Attempt, Clearance, FollowUp, Outcome, Promise, Reservation
from contacts.place_clearance import decide_places
from contacts.services import ContactRefused, GateRefused, take_back_attempt
from contacts.visit_services import log_visit
from holds.models import Hold
from holds.services import place as place_hold
from loans.models import Loan
from staff.roles import Role
from tests.contacts.build import a_case, a_loan, close, day, log, moment, pay, person, promise, target
from tests.contacts.build_places import address_of, agent, at_the_door, place, visit

pytestmark = pytest.mark.django_db

# What each outcome takes, and whom it takes it from.
NEEDS: dict[str, dict[str, Any]] = {
    "PTP": {"met": "debtor", "amount": Decimal("2000.00"), "date": day("02-12")},
    "PAID": {"met": "debtor", "date": day("02-09"), "method": "wechat"},
    "WONT": {"met": "debtor", "reason": "unwilling"},
    "WILL": {"met": "debtor"},
    "CANT": {"met": "debtor", "reason": "job_loss"},
    "DISP": {"met": "debtor", "type": "amount", "text": "the sum is wrong"},
    "HARD": {"met": "debtor", "reason": "illness"},
    "REP": {"met": "debtor", "lawyer": "Wang & Partners"},
    "STOP": {"met": "debtor", "channel": "all"},
    "DEAD": {"met": "family", "source": "his wife"},
    "ILL": {"met": "family", "source": "his wife"},
    "COMPL": {"met": "family", "text": "too many visits"},
    "VPAID": {"met": "debtor", "amount": Decimal("500.00"), "receipt": "R-2025/17"},
    "NOTHOME": {"met": "family"},
    "MOVED": {"met": "neighbour"},
    "NOADDR": {"met": "not_found"},
    "NOACCESS": {"met": "nobody"},
    "HOSTILE": {"met": "family"},
    "ASSET": {"met": "nobody", "text": "a new car in front of the house"},
    "SERVED": {"met": "debtor", "letter": "L000017"},
    "NOTICE": {"met": "family"},
}
# Flags as for a call, the address, a hold, and what follows.
FLAGS = {"debtor": "1111", "family": "1101", "neighbour": "1101", "nobody": "1001", "not_found": "1001"}
ADDRESS = {"MOVED": "invalid", "NOADDR": "invalid"}
HOLD = {
    "DISP": "dispute",
    "HARD": "hardship",
    "REP": "represented",
    "STOP": "no_contact",
    "DEAD": "deceased",
    "ILL": "hardship",
}
FOLLOWS = {"PAID": "verify", "VPAID": "verify", "CANT": "hardship", "HARD": "hardship", "COMPL": "complaint"}


def test_every_outcome_of_a_visit_does_all_that_follows_from_it() -> None:
    assert set(Outcome.objects.filter(on_visits=True).values_list("code", flat=True)) == NEEDS.keys()
    loans = {code: a_loan(loan_no=code) for code in NEEDS}
    close("02-09")
    for code, needs in NEEDS.items():
        case = Case.objects.get(borrower=loans[code].borrower)
        attempt = visit(case, code, "02-09 10:00", **needs)
        flags = (attempt.worked, attempt.contacted, attempt.right_party, attempt.counts_as_attempt)
        expected = "1100" if code == "HOSTILE" else FLAGS[needs["met"]]
        assert (code, "".join(str(int(flag)) for flag in flags)) == (code, expected)
        assert (attempt.channel, attempt.met, attempt.address) == ("visit", needs["met"], address_of(case))
        assert address_of(case).status == ADDRESS.get(code, "ok")
        holds = [hold.kind for hold in Hold.objects.filter(borrower=case.borrower)]
        assert holds == list(filter(None, [HOLD.get(code)]))
        tasks = [task.kind for task in FollowUp.objects.filter(borrower=case.borrower)]
        assert tasks == list(filter(None, [FOLLOWS.get(code)]))
        assert Promise.objects.filter(borrower=case.borrower).exists() == (code == "PTP")
    assert not Reservation.objects.exists()


def test_money_paid_at_the_door_books_nothing_and_is_looked_for_by_its_receipt() -> None:
    case = a_case()
    attempt = visit(case, "VPAID", **NEEDS["VPAID"], text="said 13800001111 is his brother's")
    task = FollowUp.objects.get()
    assert (task.kind, task.note) == ("verify", "500.00 · R-2025/17 · said 138****1111 is his brother's")
    assert attempt.said == {"amount": "500.00", "receipt": "R-2025/17"}
    assert not Loan.objects.get(borrower=case.borrower).events.exists()
    for wrong in ({"amount": Decimal(0)}, {"receipt": "with a name: 张三"}):
        with pytest.raises(ContactRefused) as refused:
            visit(a_case(loan_no=f"L{len(wrong)}{next(iter(wrong))}"), "VPAID", **{**NEEDS["VPAID"], **wrong})
        assert refused.value.code == "receipt"


@pytest.mark.parametrize("met", ["family", "neighbour", "nobody", "not_found"])
def test_only_the_borrower_gives_the_borrowers_answers(met: str) -> None:
    case = a_case()
    of_others = {code for code, needs in NEEDS.items() if needs["met"] != "debtor"}
    for code in NEEDS.keys() - of_others:
        with pytest.raises(ContactRefused) as refused:
            visit(case, code, **{**NEEDS[code], "met": met})
        assert refused.value.code == "met"
    for answer in ({"willingness": 1}, {"ability": 0}, {"explained": True}, {"reason": "job_loss"}):
        with pytest.raises(ContactRefused):
            visit(case, "NOTICE", met=met, **answer)
    assert not Attempt.objects.exists()


def test_who_was_met_goes_with_what_came_of_it() -> None:
    case = a_case()
    for outcome, met in (("NOTHOME", "debtor"), ("MOVED", "debtor"), ("NOTHOME", "not_found"), ("NOTHOME", "a dog")):
        with pytest.raises(ContactRefused) as refused:
            visit(case, outcome, met=met)
        assert refused.value.code == "met"
    # An outcome of calls alone, and one of visits alone.
    with pytest.raises(ContactRefused):
        visit(case, "RNR")
    with pytest.raises(ContactRefused):
        log(case, "NOTHOME")


def test_willingness_and_ability_are_kept_from_the_door_too() -> None:
    case = a_case()
    visit(case, "WILL", met="debtor", willingness=2, ability=1, explained=True)
    work = found_of(case, day("02-09")).work
    assert work.said and (work.said.willingness, work.said.ability, work.said.explained) == (2, 1, True)
    assert work.last_reached == work.said and work.last is None


def speaks_against(case: Case, at: str = "02-09 10:00", **more: Any) -> str:
    """The rule that refuses a visit, "" where none does; asked for many and asked at the door it is the same."""
    decision = decide_places([place(case, **more)], moment(at))[0]
    clearance = at_the_door(case, at, **more)
    assert (clearance.rule_id, clearance.channel) == (decision.refusal.rule.id if decision.refusal else "", "visit")
    assert clearance.next_allowed_at == (decision.next_allowed_at if decision.refusal else None)
    return clearance.rule_id


def test_the_gate_asks_about_a_visit_what_it_asks_about_a_call() -> None:
    case = a_case()
    assert speaks_against(case) == ""
    assert speaks_against(case, "02-09 22:00") == "CN-TIME-01"
    assert speaks_against(case, visitors=1) == "CN-VISIT-02"
    set_status(point=address_of(case), status="invalid", by=None, at=moment("02-09 09:00"))
    assert speaks_against(case) == "HOUSE-NUMBER-01"
    set_status(point=address_of(case), status="stopped", by=None, at=moment("02-09 09:00"))
    assert speaks_against(case) == "CN-WHO-05"


def test_a_promise_a_hold_and_a_payment_stop_the_collecting_visit() -> None:
    case = a_case()
    promise(case, "2000.00", "02-12")
    assert speaks_against(case) == "HOUSE-PROMISE-01"
    assert speaks_against(case, "02-12 10:00") == ""
    hold: dict[str, Any] = {
        "from_on": day("02-09"),
        "until_on": None,
        "stops_penalty": False,
        "stops_clock": False,
        "evidence": "",
    }
    held: dict[str, Any] = {
        "borrower": case.borrower,
        "portfolio": case.portfolio,
        "kind": "hardship",
        "reason": "ill",
        **hold,
    }
    place_hold(**held, by=person(), at=moment("02-09 10:00"))
    assert speaks_against(case, "02-12 10:00") == "HOUSE-HOLD-01"
    pay(case, "9000.00", "02-12 11:00")
    assert speaks_against(case, "02-12 12:00") == "HOUSE-CURED-01"


def test_visits_and_calls_do_not_use_up_each_other() -> None:
    case = a_case()
    for minute in range(4):
        visit(case, "WILL", f"02-09 10:0{minute}", met="debtor")
    decision = decide([target(case)], moment("02-09 11:00"))[0]
    assert (decision.refusal, decision.facts.calls) == (None, ())
    for minute in range(3):
        log(case, "WILL", f"02-09 11:0{minute}")
    assert speaks_against(case, "02-09 12:00") == ""
    work = found_of(case, day("02-09")).work
    assert (len(work.call_days), len(work.visit_days), work.times_reached) == (3, 4, 3)


def test_going_inside_takes_consent_and_the_refusal_stays_on_file() -> None:
    case = a_case()
    clearance = at_the_door(case)
    told: dict[str, Any] = {
        "target": place(case),
        "clearance": clearance,
        "outcome": "WILL",
        "met": "debtor",
        "by": agent(),
    }
    with pytest.raises(GateRefused):
        log_visit(**told, said={"entered": True}, at=moment("02-09 10:05"))
    assert list(Clearance.objects.filter(allowed=False).values_list("rule_id", flat=True)) == ["CN-VISIT-01"]
    attempt = log_visit(**told, said={"entered": True, "consent": True}, at=moment("02-09 10:06"))
    assert attempt.said == {"entered": "True", "consent": "True"}


def test_only_a_visit_that_was_allowed_lately_is_logged_and_once() -> None:
    case, other = a_case(), a_case(loan_no="L2")
    told: dict[str, Any] = {"outcome": "NOTHOME", "met": "nobody", "said": {}, "by": agent()}
    with pytest.raises(GateRefused):
        log_visit(target=place(case), clearance=at_the_door(case, visitors=1), at=moment("02-09 10:00"), **told)
    allowed = at_the_door(case)
    for its, at, code in ((other, "02-09 10:05", "clearance"), (case, "02-09 22:00", "late")):
        with pytest.raises(ContactRefused) as refused:
            log_visit(target=place(its), clearance=allowed, at=moment(at), **told)
        assert refused.value.code == code
    attempt = log_visit(target=place(case), clearance=allowed, at=moment("02-09 10:05"), **told)
    with pytest.raises(ContactRefused) as refused:
        log_visit(target=place(case), clearance=allowed, at=moment("02-09 10:05"), **told)
    assert refused.value.code == "logged"
    with pytest.raises(ContactRefused) as refused:
        take_back_attempt(attempt=attempt, by=agent(), at=moment("02-09 10:05"))
    assert refused.value.code == "visit"


def test_nobody_else_makes_a_visit() -> None:
    case = a_case()
    allowed = at_the_door(case)
    collector = person(Role.COLLECTOR)
    with pytest.raises(PermissionDenied):
        at_the_door(case, by=collector)
    with pytest.raises(PermissionDenied):
        log_visit(
            target=place(case),
            clearance=allowed,
            outcome="NOTHOME",
            met="nobody",
            said={},
            by=collector,
            at=moment("02-09 10:05"),
        )
