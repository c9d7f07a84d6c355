"""Logging a contact: every outcome with all that follows from it, and what is refused while nothing is written."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from borrowers.models import Phone, ThirdParty
from borrowers.services import set_status
from contacts.clearance import decide
from contacts.effect_models import AttemptEffect
from contacts.models import Attempt, Clearance, FollowUp, Outcome, Promise, PromiseChange, Reservation
from contacts.promise_services import PromiseRefused
from contacts.services import ContactRefused, GateRefused, take_back_attempt
from holds.models import Hold
from staff.roles import Role
from tests.contacts.build import (
    a_case,
    ask,
    caller,
    colleague,
    day,
    log,
    moment,
    person,
    phone_of,
    promise,
    target,
    third_party,
)

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Expected:
    """What an outcome needs said, its flags (worked, contacted, right party, counts), and what follows from it."""

    flags: str
    needs: dict[str, Any]
    next_hours: int | None = None
    number: str = "ok"
    hold: str = ""
    follow_up: tuple[str, int] | None = None
    promise: str = ""


RELATION = {"relation": "spouse"}
PROMISE = {"amount": Decimal("2000.00"), "date": day("02-12"), "method": "wechat"}
PAID = {"date": day("02-09"), "method": "wechat"}
CALL_BACK = {"at": moment("02-10 15:00")}
JOB = {"reason": "job_loss"}
EVERY_OUTCOME = {
    "RNR": Expected("1001", {}, next_hours=4),
    "BUSY": Expected("1001", {}, next_hours=1),
    "OFF": Expected("1001", {}, next_hours=24),
    "OOS": Expected("1001", {}, number="invalid"),
    "REJ": Expected("1001", {}, next_hours=24),
    "VM": Expected("1001", {}, next_hours=24),
    "WRONG": Expected("1101", {}, number="wrong"),
    "TPMSG": Expected("1101", RELATION, next_hours=24),
    "TPSTOP": Expected("1101", RELATION, number="stopped"),
    "PTP": Expected("1111", PROMISE, promise="2000.00 2025-02-12 open"),
    "PAID": Expected("1111", PAID, follow_up=("verify", 24)),
    "CB": Expected("1111", CALL_BACK, follow_up=("callback", 29)),
    "WILL": Expected("1111", {}, next_hours=24),
    "CANT": Expected("1111", JOB, follow_up=("hardship", 24)),
    "WONT": Expected("1111", JOB, next_hours=24),
    "DISP": Expected("1111", {"type": "amount", "text": "the sum is wrong"}, hold="dispute"),
    "HARD": Expected("1111", JOB, hold="hardship", follow_up=("hardship", 24)),
    "SETTLE": Expected("1111", {"offer": "4000 at once"}, next_hours=24, follow_up=("settlement", 24)),
    "DEAD": Expected("1101", {"source": "death certificate"}, hold="deceased"),
    "ILL": Expected("1101", {"source": "the hospital"}, hold="hardship"),
    "REP": Expected("1111", {"lawyer": "Wang & Partners"}, hold="represented"),
    "COMPL": Expected("1101", {"text": "too many calls"}, next_hours=24, follow_up=("complaint", 360)),
    "ABUSE": Expected("1101", {}, next_hours=24),
    "STOP": Expected("1111", {"channel": "call"}, hold="no_contact"),
}
HOUR = dt.timedelta(hours=1)


def test_every_outcome_is_tried_here() -> None:
    assert set(Outcome.objects.filter(on_calls=True).values_list("code", flat=True)) == EVERY_OUTCOME.keys()


@pytest.mark.parametrize("code", EVERY_OUTCOME)
def test_an_outcome_does_all_that_follows_from_it(code: str) -> None:
    case, expected = a_case(), EVERY_OUTCOME[code]
    attempt = log(case, code, "02-09 10:00", **expected.needs)
    flags = (attempt.worked, attempt.contacted, attempt.right_party, attempt.counts_as_attempt)
    assert "".join(str(int(flag)) for flag in flags) == expected.flags
    assert (attempt.on, attempt.is_inbound, attempt.purpose) == (day("02-09"), False, "collect")
    assert attempt.next_at == (attempt.at + expected.next_hours * HOUR if expected.next_hours else None)
    assert phone_of(case).status == expected.number
    assert [hold.kind for hold in Hold.objects.all() if hold.is_active(attempt.on)] == [expected.hold] * bool(
        expected.hold
    )
    follow_ups = [(task.kind, int((task.due_at - attempt.at) / HOUR)) for task in FollowUp.objects.filter(done_at=None)]
    assert follow_ups == [expected.follow_up] * bool(expected.follow_up)
    promises = [f"{each} {each.state}" for each in Promise.objects.all()]
    assert promises == [expected.promise] * bool(expected.promise)
    slot = Reservation.objects.get()
    assert (slot.clearance, slot.logged_at) == (attempt.clearance, attempt.at)


@pytest.mark.parametrize("code", [code for code, expected in EVERY_OUTCOME.items() if expected.needs])
def test_what_an_outcome_needs_and_nobody_said_is_asked_for_by_name(code: str) -> None:
    case = a_case()
    with pytest.raises(ContactRefused) as refused:
        log(case, code)
    assert refused.value.code == "missing"
    assert all(name in str(refused.value) for name in Outcome.objects.get(code=code).requires)
    assert not (Attempt.objects.exists() or Clearance.objects.exists())


def test_free_text_says_what_has_no_word_of_its_own_but_no_amount_and_no_day() -> None:
    case = a_case()
    assert log(case, "DEAD", text="his wife has the certificate").note == "his wife has the certificate"
    assert Hold.objects.get().evidence == "his wife has the certificate"
    with pytest.raises(ContactRefused):
        log(case, "PTP", is_inbound=True, text="2000 on Wednesday")


def test_an_outcome_that_is_not_there_is_refused() -> None:
    with pytest.raises(ContactRefused) as refused:
        log(a_case(), "HMM")
    assert refused.value.code == "outcome"


def test_a_call_back_is_agreed_for_later_and_a_payment_was_made_before() -> None:
    case = a_case()
    for code, said in (("CB", {"at": moment("02-09 10:00")}), ("PAID", {"date": day("02-10"), "method": "wechat"})):
        with pytest.raises(ContactRefused):
            log(case, code, "02-09 10:00", **said)
    assert not Attempt.objects.exists()


def test_the_clock_of_a_complaint_is_not_set_by_a_time_that_was_agreed() -> None:
    log(a_case(), "COMPL", "02-09 10:00", text="too many calls", at=moment("02-09 15:00"))
    assert FollowUp.objects.get().due_at == moment("02-24 10:00")


def test_whoever_has_a_slot_logs_with_it() -> None:
    case = a_case()
    clearance = ask(case, "02-09 10:00")
    assert log(case, "WILL", "02-09 10:10").clearance == clearance
    assert Reservation.objects.get().logged_at == moment("02-09 10:10")
    assert Clearance.objects.count() == 1


def test_a_call_that_was_allowed_is_logged_hours_later_and_not_the_next_day() -> None:
    case = a_case()
    clearance = ask(case, "02-09 21:50")
    assert log(case, "WILL", "02-09 22:25").clearance == clearance
    ask(case, "02-10 09:00")
    with pytest.raises(GateRefused):
        log(case, "WILL", "02-10 22:00")


def test_without_a_slot_the_gate_is_asked_and_its_refusal_stays_while_nothing_else_is_written() -> None:
    case = a_case()
    with pytest.raises(GateRefused) as refused:
        log(case, "OOS", "02-09 22:00")
    assert refused.value.clearance == Clearance.objects.get()
    assert (refused.value.clearance.rule_id, phone_of(case).status) == ("CN-TIME-01", "ok")
    assert not (Attempt.objects.exists() or AttemptEffect.objects.exists() or Reservation.objects.exists())


def test_whoever_calls_us_may_at_any_hour_and_it_counts_for_no_limit() -> None:
    case = a_case()
    for _call in range(4):
        attempt = log(case, "WILL", "02-09 23:00", is_inbound=True)
    assert (attempt.clearance, attempt.is_inbound, attempt.purpose) == (None, True, "service")
    assert not Clearance.objects.exists()
    assert ask(case, "02-10 08:00").facts["calls"] == []


def test_a_promise_that_is_refused_leaves_the_call_to_be_logged_and_nothing_else() -> None:
    case = a_case()
    with pytest.raises(PromiseRefused):
        promise(case, "2000.00", "04-01")
    assert not (Attempt.objects.exists() or Promise.objects.exists() or AttemptEffect.objects.exists())
    slot = Reservation.objects.get()
    assert slot.logged_at is None
    assert log(case, "WILL", "02-09 10:01").clearance == slot.clearance


def test_who_does_not_call_does_not_log() -> None:
    case = a_case()
    for is_inbound in (True, False):
        with pytest.raises(PermissionDenied):
            log(case, "WILL", by=person(Role.OPERATIONS), is_inbound=is_inbound)
    assert not (Attempt.objects.exists() or Clearance.objects.exists())


def test_somebody_else_who_wants_no_calls_is_left_alone_for_good() -> None:
    case = a_case()
    friend = third_party(case)
    set_status(point=phone_of(case), status="invalid", by=caller(), at=moment("02-09 09:00"))
    log(case, "TPSTOP", "02-09 10:00", point=friend, relation="colleague")
    assert ThirdParty.objects.get().status == "stopped"
    for at in ("02-09 10:01", "08-01 10:00"):
        assert ask(case, at, point=ThirdParty.objects.get()).rule_id == "CN-WHO-05"
    log(case, "WRONG", "02-10 10:00", point=friend, is_inbound=True)
    assert ThirdParty.objects.get().status == "stopped"


def test_what_only_the_borrower_can_say_is_not_logged_on_somebody_else() -> None:
    case = a_case()
    case.borrower.phones.update(status="invalid")
    friend = third_party(case)
    with pytest.raises(ContactRefused, match="Only the borrower can give this answer"):
        log(case, "WILL", point=friend)
    assert log(case, "TPMSG", point=friend, relation="colleague").outcome_id == "TPMSG"


def test_no_number_is_kept_in_what_was_said() -> None:
    case = a_case()
    attempt = log(case, "REP", lawyer="Wang, 13812345678", text="his lawyer is at 13812345678")
    kept = f"{attempt.note} {attempt.said} {Hold.objects.get().reason} {Hold.objects.get().evidence}"
    assert "13812345678" not in kept
    assert kept.count("138****5678") == 4


def test_a_call_back_is_done_by_the_next_call() -> None:
    case = a_case()
    log(case, "CB", "02-09 10:00", at=moment("02-09 15:00"))
    log(case, "RNR", "02-09 15:02", by=colleague())
    call_back = FollowUp.objects.get()
    assert (call_back.done_at, call_back.done_by_name) == (moment("02-09 15:02"), colleague().username)


TABLES = ("clearance", "attempt", "attemptundone", "attempteffect", "promisechange")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE contacts_{} SET id = id", "DELETE FROM contacts_{}"])
def test_the_database_refuses_to_change_what_happened(table: str, statement: str) -> None:
    case = a_case()
    attempt = promise(case, "2000.00", "02-12").attempt
    take_back_attempt(attempt=attempt, by=caller(), at=moment("02-09 10:00:05"))
    assert PromiseChange.objects.count() == 2
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_the_gate_says_no_and_yes_about_many_with_the_same_number_of_queries(
    django_assert_max_num_queries: Any,
) -> None:
    cases = [a_case(loan_no=f"L{n}") for n in range(20)]
    for case in cases[:2]:
        log(case, "WILL")
    Phone.objects.filter(borrower=cases[5].borrower).update(status="invalid")
    targets = [target(case) for case in cases]
    with django_assert_max_num_queries(8) as one:
        decide(targets[:1], moment("02-09 11:00"))
    with django_assert_max_num_queries(len(one)):
        decisions = decide(targets, moment("02-09 11:00"))
    assert [bool(decision.refusal) for decision in decisions] == [number == 5 for number in range(20)]
