"""Whatever arrives late or in the wrong order: the ledger is what it would have been had everybody known at once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from rulebook.accounts import Instalment
from rulebook.replay import Contract, Entry, EntryKind, Event, EventKind, due_as_a_whole_on, live, replay
from rulebook.standing import standing
from rulebook.terms import Component, DatedTerms, Terms, TermsHistory
from tests.rulebook.build import stands
from tests.rulebook.histories import (
    FIRST_DAY,
    accelerations,
    closings,
    contracts,
    costs,
    dates,
    days,
    examples,
    pauses,
    payments,
    reversals,
    terms,
    waivers,
)

looks = dates(0, 130)

ON_INSTALMENTS = (Component.PRINCIPAL, Component.INTEREST, Component.PENALTY)
Balances = dict[tuple[int | None, Component], Decimal]


class LoanOverTime(RuleBasedStateMachine):
    """A loan to which events and policy versions come one by one, of any day; `on` is where we look after each."""

    @initialize(contract=contracts(), first=terms)
    def a_loan_is_opened(self, contract: Contract, first: Terms) -> None:
        self.contract = contract
        self.events: list[Event] = []
        self.versions = [DatedTerms(1, None, first)]
        self.on = FIRST_DAY
        self.arrived()

    def arrived(self, *events: Event) -> None:
        self.events += events
        self.history = TermsHistory(self.versions)
        self.entries = replay(self.contract, self.events, self.history)

    @property
    def next_sequence(self) -> int:
        return len(self.events) + 1

    @rule(data=st.data(), on=looks)
    def a_payment_arrives(self, data: st.DataObject, on: dt.date) -> None:
        self.on = on
        self.arrived(data.draw(payments(self.next_sequence)))

    @rule(data=st.data(), on=looks)
    def a_payment_arrives_for_a_day_that_has_one(self, data: st.DataObject, on: dt.date) -> None:
        self.on = on
        taken = [e.value_on for e in self.events if e.kind is EventKind.PAYMENT] or [
            i.due_on for i in self.contract.schedule
        ]
        payment = data.draw(payments(self.next_sequence))
        self.arrived(replace(payment, value_on=data.draw(st.sampled_from(taken))))

    @rule(data=st.data(), on=looks)
    def a_cost_arrives(self, data: st.DataObject, on: dt.date) -> None:
        self.on = on
        self.arrived(data.draw(costs(self.next_sequence)))

    @rule(data=st.data(), on=looks)
    def a_pause_arrives(self, data: st.DataObject, on: dt.date) -> None:
        self.on = on
        self.arrived(data.draw(pauses(self.next_sequence)))

    @precondition(lambda self: len(self.events) > 4 and not any(e.kind is EventKind.CLOSING for e in self.events))
    @rule(data=st.data(), on=looks)
    def a_closing_arrives(self, data: st.DataObject, on: dt.date) -> None:
        self.on = on
        self.arrived(data.draw(closings(self.next_sequence)))

    @precondition(lambda self: len(self.events) > 2)
    @rule(data=st.data(), on=looks)
    def it_is_made_due_as_a_whole(self, data: st.DataObject, on: dt.date) -> None:
        self.on = on
        self.arrived(data.draw(accelerations(self.next_sequence)))

    @precondition(lambda self: len(self.events) > 4)
    @rule(data=st.data(), on=looks)
    def everything_is_given_up(self, data: st.DataObject, on: dt.date) -> None:
        self.on = on
        self.arrived(data.draw(waivers(self.next_sequence)))

    @precondition(lambda self: bool(live(self.events)))
    @rule(data=st.data(), on=looks)
    def a_reversal_arrives(self, data: st.DataObject, on: dt.date) -> None:
        self.on = on
        undone = data.draw(st.sampled_from(live(self.events))).sequence
        self.arrived(data.draw(reversals(self.next_sequence, undone)))

    @precondition(lambda self: len(self.versions) < 3)
    @rule(effective_on=days, new=terms, on=looks)
    def a_version_arrives(self, effective_on: dt.date, new: Terms, on: dt.date) -> None:
        self.on = on
        self.versions.append(DatedTerms(len(self.versions) + 1, effective_on, new))
        self.arrived()

    @invariant()
    def the_ledger_is_that_of_the_same_events_in_the_order_of_their_value_dates(self) -> None:
        in_order = sorted(self.events, key=lambda e: (e.value_on, e.sequence))
        renumbered = {e.sequence: n for n, e in enumerate(in_order, start=1)}
        same = [replace(e, sequence=renumbered[e.sequence], reverses=renumbered.get(e.reverses or 0)) for e in in_order]
        expected = [replace(e, sequence=renumbered.get(e.sequence or 0)) for e in self.entries]
        assert replay(self.contract, same, self.history) == expected
        assert replay(self.contract, reversed(self.events), self.history) == self.entries

    @invariant()
    def every_payment_is_paid_out_or_waits_as_credit(self) -> None:
        for on in (self.on, dt.date.max):
            received = sum(
                (e.amount for e in live(self.events) if e.kind is EventKind.PAYMENT and e.value_on <= on), Decimal(0)
            )
            moves = (EntryKind.PAID, EntryKind.CREDIT)
            moved = (e for e in self.entries if e.value_on <= on and e.kind in moves)
            assert received == sum((e.amount for e in moved), Decimal(0))

    @invariant()
    def charged_less_paid_and_waived_is_what_is_outstanding_and_never_less_than_nothing(self) -> None:
        found = stands(self.contract, self.events, self.history, self.on)
        left = balances(found.schedule, [e for e in self.entries if e.value_on <= self.on], self.on)
        for accrual in found.accruals:
            if accrual.posted_on is None:
                left[accrual.seq, Component.PENALTY] += accrual.amount
        shown: Balances = {(None, Component.COST): found.cost}
        for i in found.instalments:
            shown |= {(i.seq, c): getattr(i, c) for c in ON_INSTALMENTS}
        assert {what: amount for what, amount in left.items() if amount} == {
            what: amount for what, amount in shown.items() if amount
        }
        assert found.unapplied >= 0

    @invariant()
    def a_reversed_event_leaves_no_trace(self) -> None:
        undone = {e.reverses for e in self.events}
        never = [e for e in self.events if e.kind is not EventKind.REVERSAL and e.sequence not in undone]
        assert replay(self.contract, never, self.history) == self.entries
        assert stands(self.contract, never, self.history, self.on) == stands(
            self.contract, self.events, self.history, self.on
        )

    @invariant()
    def a_date_knows_nothing_of_what_came_after_it(self) -> None:
        known = [e for e in live(self.events) if e.value_on <= self.on]
        then = TermsHistory([v for v in self.versions if v.effective_on is None or v.effective_on <= self.on])
        rows = self.contract.schedule
        due = rows if due_as_a_whole_on(known) else [i for i in rows if i.due_on <= self.on]
        before = stands(replace(self.contract, schedule=due), known, then, self.on)
        found = standing(self.contract, self.events, self.entries, self.history, self.on)
        assert replace(found, schedule=before.schedule) == before


def balances(schedule: Sequence[Instalment], entries: list[Entry], on: dt.date) -> Balances:
    """What fell due or was charged less what was paid and given up; it falls below nothing at no moment."""
    left: Balances = defaultdict(Decimal)
    due_on = {i.seq: i.due_on for i in schedule}
    for i in schedule:
        if i.due_on <= on:
            left[i.seq, Component.PRINCIPAL] += i.principal_due
            left[i.seq, Component.INTEREST] += i.interest_due
    credit = Decimal(0)
    for e in entries:
        if e.component is None:
            credit += e.amount
            assert credit >= 0
        else:
            assert e.seq is None or due_on[e.seq] <= e.value_on
            left[e.seq, e.component] += e.amount if e.kind is EntryKind.CHARGED else -e.amount
            assert left[e.seq, e.component] >= 0
    return left


def test_the_order_of_arrival_never_changes_what_is_owed() -> None:
    run_state_machine_as_test(LoanOverTime, settings=examples(70, steps=12))
