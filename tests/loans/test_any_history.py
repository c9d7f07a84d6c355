"""Whatever is booked in whatever order: the ledger is the one a replay from zero makes, and no money is lost."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from loans.closing_services import accelerate, close_loans
from loans.ledger import kept_now, projections
from loans.models import ClosedAs, EventKind, LedgerEntry, Loan, LoanEvent
from loans.selectors import book_of
from loans.services import BookingRefused, adopt_terms, book_payments, pause, post_cost, post_payment, reverse
from rulebook.money import ZERO
from rulebook.replay import EntryKind
from rulebook.terms import AllocationTerms, Component, FixedAnnual, PenaltyTerms, PerDay, Terms
from staff.roles import Role
from tests.loans.build import AT, a_loan, agrees, day, payment_row, person
from tests.rulebook.histories import examples
from tests.rulebook.oracle import owes

TODAY = day("12-31")
DAYS = st.integers(0, 380).map(lambda n: day("2024-12-15") + dt.timedelta(days=n)).filter(lambda d: d <= TODAY)
AMOUNTS = st.integers(1, 500_000).map(lambda cents: Decimal(cents).scaleb(-2))
ORDERS = st.permutations(list(Component)).map(tuple)
TERMS = st.builds(
    Terms,
    penalty=st.builds(
        PenaltyTerms,
        base=st.sampled_from(["principal", "principal_and_interest"]),
        rate=st.sampled_from(
            [
                FixedAnnual(annual_rate=Decimal("0.36")),
                FixedAnnual(annual_rate=Decimal(0)),
                PerDay(amount=Decimal("1.30")),
            ]
        ),
        day_count=st.sampled_from([360, 365]),
        grace_days=st.sampled_from([0, 3, 10]),
        grace_mode=st.sampled_from(["cliff", "discount"]),
        annual_cap=st.sampled_from([None, Decimal("0.24")]),
    ),
    allocation=st.builds(AllocationTerms, order=ORDERS, style=st.sampled_from(["component_first", "instalment_first"])),
)


class Booking(RuleBasedStateMachine):
    """One loan of six instalments; every rule books something through the services and PostgreSQL."""

    def __init__(self) -> None:
        super().__init__()
        self.undo_all = transaction.atomic()
        self.undo_all.__enter__()
        months = ["01-10", "02-10", "03-10", "04-10", "05-10", "06-10"]
        self.loan = a_loan(*[(month, "1000.00", "15.00") for month in months])
        self.by, self.officer = person(), person(Role.LEGAL_OFFICER)
        self.references = (f"R{n}" for n in range(1000))
        self.events: list[LoanEvent] = []

    @rule(amount=AMOUNTS, on=DAYS)
    def a_payment_arrives(self, amount: Decimal, on: dt.date) -> None:
        reference = next(self.references)
        event = post_payment(
            loan=self.loan, amount=amount, received_on=on, reference=reference, by=self.by, on=TODAY, at=AT
        )
        self.events.append(event)

    @rule(money=st.lists(st.tuples(AMOUNTS, DAYS), min_size=2, max_size=4))
    def a_tape_arrives(self, money: list[tuple[Decimal, dt.date]]) -> None:
        rows = [payment_row(self.loan, next(self.references), on.isoformat(), str(amount)) for amount, on in money]
        book_payments(payments=rows, by=self.by, at=AT)
        self.events.extend(LoanEvent.objects.filter(reference__in=[row.payment_ref for row in rows]))

    @rule(amount=AMOUNTS, on=DAYS)
    def a_cost_arises(self, amount: Decimal, on: dt.date) -> None:
        try:
            event = post_cost(
                loan=self.loan, amount=amount, incurred_on=on, reference=None, reason="fee", by=self.by, on=TODAY, at=AT
            )
            self.events.append(event)
        except BookingRefused as refusal:
            assert (refusal.code, self.loan_now().closed_as) == ("settled", ClosedAs.SETTLED)

    @rule(
        on=DAYS,
        days=st.none() | st.integers(1, 60),
        stops=st.sampled_from([(True, True), (True, False), (False, True)]),
    )
    def it_is_paused(self, on: dt.date, days: int | None, stops: tuple[bool, bool]) -> None:
        until_on = None if days is None else on + dt.timedelta(days=days)
        event = pause(
            loan=self.loan,
            from_on=on,
            until_on=until_on,
            stops_penalty=stops[0],
            stops_clock=stops[1],
            reason="flood",
            by=self.by,
            at=AT,
        )
        self.events.append(event)

    @precondition(lambda self: self.loan_now().closed_on is None)
    @rule(on=DAYS)
    def it_is_made_due_as_a_whole(self, on: dt.date) -> None:
        try:
            event = accelerate(loan=self.loan, value_on=on, reason="late", by=self.officer, on=TODAY, at=AT)
            self.events.append(event)
        except BookingRefused as refusal:
            assert refusal.code in {"due_already", "nothing_to_come"}

    @precondition(lambda self: len(self.events) > 2 and self.loan_now().closed_on is None)
    @rule(how=st.sampled_from(ClosedAs), on=DAYS)
    def it_is_closed(self, how: ClosedAs, on: dt.date) -> None:
        self.events += close_loans(loans=[self.loan], how=how, reason="agreed", by=self.officer, on=on, at=AT)

    def loan_now(self) -> Loan:
        return Loan.objects.get(pk=self.loan.pk)

    @precondition(lambda self: self.events)
    @rule(data=st.data())
    def something_is_reversed(self, data: st.DataObject) -> None:
        event = self.events.pop(data.draw(st.integers(0, len(self.events) - 1)))
        reverse(event=event, reason="mistake", by=self.by, at=AT)

    @rule(terms=TERMS, on=DAYS)
    def a_version_takes_effect(self, terms: Terms, on: dt.date) -> None:
        adopt_terms(line="default", terms=terms, effective_on=on, by=self.by, at=AT)

    @invariant()
    def the_ledger_is_that_of_a_replay_from_zero(self) -> None:
        assert agrees(self.loan)

    @invariant()
    def no_money_is_lost(self) -> None:
        entries = book_of(self.loan).entries
        received = sum((e.amount for e in self.events if e.kind == EventKind.PAYMENT), ZERO)
        moves = (EntryKind.PAID, EntryKind.CREDIT)
        assert received == sum((e.amount for e in entries if e.kind in moves), ZERO)

    @invariant()
    def all_lines_together_are_the_lines_that_count(self) -> None:
        every_line = LedgerEntry.objects.filter(loan=self.loan)
        counting = every_line.filter(cancels=None, cancelled_by=None)
        by_day = [
            {
                (row["value_on"], row["kind"]): row["sum"]
                for row in rows.values("value_on", "kind").annotate(sum=Sum("amount")).filter(sum__gt=0).order_by()
            }
            for rows in (every_line, counting)
        ]
        assert by_day[0] == by_day[1]

    @invariant()
    def what_is_kept_beside_the_ledger_is_right(self) -> None:
        book = book_of(self.loan)
        now = self.loan_now()
        assert kept_now(now) == projections(book, book.entries)
        closing = next((e for e in self.events if e.kind == EventKind.CLOSING), None)
        assert (now.closed_on, now.closed_as) == ((closing.value_on, closing.closed_as) if closing else (None, ""))
        stored = now.oldest_unpaid_due_on
        # After the last due date nothing waits any more, so the standing knows the same day.
        assert stored == book.standing(day("2030-01-01")).oldest_unpaid_due_on

    def teardown(self) -> None:
        """In the end the oracle has its say, who lives through every day."""
        try:
            self.agrees_with_the_oracle()
        finally:
            transaction.set_rollback(True)
            self.undo_all.__exit__(None, None, None)

    def agrees_with_the_oracle(self) -> None:
        book = book_of(self.loan)
        dates = [day("03-10"), day("06-11"), TODAY]
        seen = owes(book.contract, book.events, book.history.versions, dates)
        for on in dates:
            found, wanted = book.standing(on), seen[on]
            assert found.days_past_due == wanted.dpd
            for name in ("overdue_principal", "overdue_interest", "penalty", "cost", "unapplied"):
                assert getattr(found, name) == getattr(wanted, name)


@pytest.mark.django_db
def test_any_history_of_bookings_ends_in_the_ledger_of_a_replay_from_zero():
    run_state_machine_as_test(Booking, settings=examples(15))
