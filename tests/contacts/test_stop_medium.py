"""A borrower says on the telephone what they want no more of: one medium, or every contact."""

import pytest

from audit.models import AuditEntry
from borrowers.models import OptOut
from borrowers.reach_services import lift_opt_out, opt_out
from contacts.effect_models import AttemptEffect
from contacts.services import take_back_attempt
from holds.models import Hold
from staff.roles import Role
from tests.contacts.build import a_case, ask, caller, day, log, moment, person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("medium", ["sms", "email"])
def test_one_medium_is_stopped_alone_and_nothing_is_held(medium: str) -> None:
    case = a_case()
    attempt = log(case, "STOP", channel=medium)
    row = OptOut.objects.get()
    assert (row.borrower, row.medium, row.at, row.lifted_at) == (case.borrower, medium, attempt.at, None)
    assert row.how == f"STOP · {caller().get_username()}"
    assert not Hold.objects.exists()
    assert ask(case, "02-09 15:00").allowed
    assert AuditEntry.objects.get(action="borrowers.opt_out").details == {"medium": medium}


@pytest.mark.parametrize("channel", ["all", "call"])
def test_who_wants_no_calls_or_no_contact_at_all_is_held_as_before(channel: str) -> None:
    case = a_case()
    log(case, "STOP", channel=channel)
    assert [hold.kind for hold in Hold.objects.all()] == ["no_contact"]
    assert not OptOut.objects.exists()
    assert not ask(case, "02-10 10:00").allowed


def test_whoever_stopped_a_medium_is_left_alone_until_tomorrow_and_a_hold_waits_for_no_hour() -> None:
    assert log(a_case(), "STOP", channel="sms").next_at == moment("02-10 10:00")
    assert log(a_case(loan_no="L2"), "STOP", channel="all").next_at is None


def test_the_same_word_with_another_outcome_stops_nothing() -> None:
    log(a_case(), "WILL", channel="sms")
    assert not (OptOut.objects.exists() or Hold.objects.exists())


def test_taking_the_log_back_lets_messages_go_again() -> None:
    attempt = log(a_case(), "STOP", channel="sms")
    take_back_attempt(attempt=attempt, by=caller(), at=moment("02-09 10:00:10"))
    row = OptOut.objects.get()
    assert (row.lifted_at, row.lifted_by_name) == (moment("02-09 10:00:10"), caller().get_username())
    assert AuditEntry.objects.filter(action="borrowers.take_back_opt_out").count() == 1


def test_what_they_had_stopped_before_stays_stopped_when_the_log_is_taken_back() -> None:
    case = a_case()
    before = opt_out(borrower=case.borrower, medium="sms", how="退订", by=None, at=moment("02-01 10:00"))
    attempt = log(case, "STOP", channel="sms")
    assert not AttemptEffect.objects.filter(attempt=attempt, kind="opt_out").exists()
    take_back_attempt(attempt=attempt, by=caller(), at=moment("02-09 10:00:10"))
    row = OptOut.objects.get()
    assert (row.pk, row.at, row.lifted_at) == (before.pk, moment("02-01 10:00"), None)


def test_what_a_supervisor_has_lifted_meanwhile_keeps_their_name_and_reason() -> None:
    attempt = log(a_case(), "STOP", channel="sms")
    boss = person(Role.SUPERVISOR)
    lift_opt_out(opt_out=OptOut.objects.get(), reason="a slip", by=boss, at=moment("02-09 10:00:05"))
    take_back_attempt(attempt=attempt, by=caller(), at=moment("02-09 10:00:10"))
    row = OptOut.objects.get()
    assert (row.lifted_at, row.lifted_by_name) == (moment("02-09 10:00:05"), boss.get_username())
    assert row.lift_reason == "a slip"


def test_a_hold_is_taken_back_as_before() -> None:
    attempt = log(a_case(), "STOP", channel="all")
    take_back_attempt(attempt=attempt, by=caller(), at=moment("02-09 10:00:10"))
    assert not Hold.objects.get().is_active(day("02-09"))
