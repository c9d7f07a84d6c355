"""A referral opens by itself, goes through the courts step by step, follows its case, and takes mistakes back."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from cases.lifecycle import Stage
from cases.models import Case
from cases.selectors import found_of
from legal.models import Referral, ReferralStep
from legal.selectors import limitations_of
from legal.services import StepRefused, correct_step, open_referral, open_referrals
from staff.roles import Role
from tests.cases.build import pay, undo
from tests.legal.build import AT, a_case, a_referral, bring_to_legal, day, move_to, officer, person, step

pytestmark = pytest.mark.django_db


def now(referral: Referral) -> Referral:
    return Referral.objects.get(pk=referral.pk)


def code_of(refused: pytest.ExceptionInfo[StepRefused]) -> str:
    return refused.value.code


def test_a_referral_opens_once_for_each_coming_to_legal_and_ends_when_the_case_goes_back() -> None:
    assert open_referrals(on=day("02-09"), at=AT) == 0
    case = bring_to_legal(a_case())
    assert [open_referrals(on=day("02-09"), at=AT) for _ in range(2)] == [1, 0]
    first = Referral.objects.get()
    move_to(case, Stage.FIELD, "back_to_field", "02-12")
    open_referrals(on=day("02-12"), at=AT)
    assert (now(first).ended_as, now(first).state_on) == ("withdrawn", day("02-12"))
    bring_to_legal(case, "02-20")
    open_referrals(on=day("02-20"), at=AT)
    assert [(its.state, its.opened_on) for its in Referral.objects.order_by("pk")] == [
        ("ended", day("02-09")),
        ("prepared", day("02-20")),
    ]


def test_who_opens_one_for_a_case_that_has_left_is_told_so() -> None:
    referral = a_referral()
    move_to(referral.case, Stage.FIELD, "back_to_field", "02-12")
    with pytest.raises(StepRefused, match="not in legal"):
        open_referral(case=referral.case, by=officer(), on=day("02-12"), at=AT)
    assert now(referral).ended_as == "withdrawn"


def test_a_case_that_left_and_came_back_between_two_looks_has_another_referral() -> None:
    first = a_referral()
    case = move_to(first.case, Stage.FIELD, "back_to_field", "02-12")
    bring_to_legal(case, "02-12")
    open_referrals(on=day("02-12"), at=AT)
    assert [its.state for its in Referral.objects.order_by("pk")] == ["ended", "prepared"]


def test_who_ends_a_referral_by_hand_is_not_given_another_one() -> None:
    referral = a_referral()
    step(referral, "end", "02-10", ended_as="dismissed", document="")
    assert open_referrals(on=day("02-11"), at=AT) == 0
    with pytest.raises(StepRefused, match="not in legal, or"):
        open_referral(case=referral.case, by=officer(), on=day("02-11"), at=AT)


def test_a_payment_order_goes_its_way_to_enforcement() -> None:
    referral = a_referral()
    for name, on in (
        ("begin_mediation", "02-10"),
        ("apply_for_order", "02-20"),
        ("accept_order", "02-25"),
        ("issue_order", "03-10"),
        ("serve_order", "03-14"),
    ):
        step(referral, name, on)
    with pytest.raises(StepRefused) as early:
        step(referral, "become_enforceable", "03-29")
    assert (code_of(early), now(referral).state) == ("too_early", "order_served")
    step(referral, "become_enforceable", "03-30")
    step(referral, "apply_for_enforcement", "04-10")
    step(referral, "end", "05-02", ended_as="paid")
    assert (now(referral).state, now(referral).ended_as) == ("ended", "paid")


def test_an_objection_leads_to_a_suit() -> None:
    referral = a_referral()
    for name in ("apply_for_order", "accept_order", "issue_order", "note_objection", "file_suit", "note_judgment"):
        step(referral, name, "02-20")
    assert now(referral).state == "judgment"


def test_a_step_that_is_not_next_in_the_future_before_the_last_or_without_its_document_is_refused() -> None:
    referral = a_referral()
    with pytest.raises(StepRefused, match="not a step that comes next"):
        step(referral, "note_judgment", "02-10")
    with pytest.raises(StepRefused, match="future"):
        step(referral, "file_suit", "02-11", today="02-10")
    with pytest.raises(StepRefused, match="before the step before"):
        step(referral, "file_suit", "02-08")
    with pytest.raises(StepRefused, match="number of its document"):
        step(referral, "file_suit", "02-10", document=" ")
    with pytest.raises(StepRefused, match="how it ended"):
        step(referral, "end", "02-10")
    assert (now(referral).state, ReferralStep.objects.count()) == ("prepared", 1)


def test_of_two_people_at_once_the_second_is_told() -> None:
    referral = a_referral()
    seen = referral.steps.get().pk
    step(referral, "begin_mediation", "02-10", seen_step_id=seen)
    with pytest.raises(StepRefused) as late:
        step(referral, "file_suit", "02-10", seen_step_id=seen)
    assert code_of(late) == "changed_meanwhile"


def test_only_a_legal_officer_takes_steps_and_only_while_the_case_is_in_legal() -> None:
    referral = a_referral()
    with pytest.raises(PermissionDenied):
        step(referral, "begin_mediation", "02-10", by=person(Role.SUPERVISOR))
    Case.objects.update(stage=Stage.FIELD)
    with pytest.raises(StepRefused) as left:
        step(referral, "begin_mediation", "02-10")
    assert code_of(left) == "left"


def test_a_wrong_step_is_taken_back_by_a_row_of_its_own_and_the_one_before_it_after_that() -> None:
    referral = a_referral()
    step(referral, "begin_mediation", "02-10")
    step(referral, "file_suit", "02-20")
    for state, on in (("mediation", "02-10"), ("prepared", "02-09")):
        correct_step(referral=referral, reason="wrong case", by=officer(), on=day("02-21"), at=AT)
        assert (now(referral).state, now(referral).state_on) == (state, day(on))
    with pytest.raises(StepRefused, match="no step to take back"):
        correct_step(referral=referral, reason="wrong case", by=officer(), on=day("02-21"), at=AT)
    assert ReferralStep.objects.count() == 5
    with pytest.raises(IntegrityError), transaction.atomic():
        ReferralStep.objects.update(note="")


def test_an_ending_is_taken_back_only_while_the_case_is_in_legal() -> None:
    referral = a_referral()
    step(referral, "end", "02-10", ended_as="settled")
    correct_step(referral=referral, reason="not yet", by=officer(), on=day("02-11"), at=AT)
    assert (now(referral).state, now(referral).ended_as) == ("prepared", "")
    step(referral, "end", "02-10", ended_as="settled")
    Case.objects.update(stage=Stage.FIELD)
    with pytest.raises(StepRefused) as left:
        correct_step(referral=referral, reason="not yet", by=officer(), on=day("02-11"), at=AT)
    assert code_of(left) == "left"


def test_a_referral_ends_as_paid_with_the_money_and_goes_on_where_it_was_when_the_money_is_taken_back() -> None:
    referral = a_referral()
    step(referral, "file_suit", "02-10", today="02-10")
    payment = pay(referral.case.lead_loan, "9000.00", "02-11", on="02-11")
    open_referrals(on=day("02-11"), at=AT)
    assert (now(referral).state, now(referral).ended_as) == ("ended", "paid")
    undo(payment, on="02-13")
    open_referrals(on=day("02-13"), at=AT)
    assert (now(referral).state, now(referral).ended_as) == ("filed", "")
    assert (now(referral).state_on, Referral.objects.count()) == (day("02-10"), 1)


def test_what_is_asked_of_a_court_begins_the_limitation_period_anew_unless_it_was_dismissed() -> None:
    referral = a_referral()
    step(referral, "file_suit", "03-01")

    def expires() -> str:
        return limitations_of(referral.case, found_of(referral.case, day("06-01")))[0].limitation.expires_on.isoformat()

    assert expires() == "2028-03-01"
    step(referral, "end", "05-01", ended_as="terminated")
    assert expires() == "2028-05-01"
    correct_step(referral=referral, reason="wrong ending", by=officer(), on=day("05-02"), at=AT)
    step(referral, "end", "05-01", ended_as="dismissed")
    assert expires() == "2028-01-10"
