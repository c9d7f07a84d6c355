"""What a loan's ledger says to the credit bureau as of a day, and what its borrower was told before."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from contacts.letter_models import LetterFate, LetterKind, LetterReceipt, LetterSent
from loans.models import Portfolio
from loans.selectors import LoanBook
from policies.selectors import terms_history, version_ids
from rulebook.credit_record import Notice, RecordFacts, Reported, facts_of, reported_of, source_hash
from rulebook.replay import Event, EventKind, live
from rulebook.standing import Standing
from rulebook.terms import RecordTerms


@dataclass(frozen=True, slots=True)
class Rules:
    """The terms of the record that rule on a day, and the row of their version."""

    terms: RecordTerms
    version_id: int


def rules_of(portfolio: Portfolio, on: dt.date) -> Rules:
    """The terms of the record in a portfolio on a day."""
    ruling = terms_history(portfolio.policy_line).on(on)
    return Rules(ruling.terms.record, version_ids(portfolio.policy_line)[ruling.version])


@dataclass(frozen=True, slots=True)
class Derived:
    """What the books say of a loan as of a day, and what a row would report of it."""

    facts: RecordFacts
    reported: Reported


def derive(book: LoanBook, as_of: dt.date) -> Derived:
    """Read a loan's ledger as of a day, by value date, whenever it was booked."""
    counting = [event for event in live(book.events) if event.value_on <= as_of]
    found = book.standing(as_of)
    facts = facts_of(book.events, found)
    said = reported_of(facts, "")
    lines = (*_lines(book, counting, found), (said.code, said.overdue_amount, said.days_past_due, said.ended_on))
    return Derived(facts, reported_of(facts, source_hash(lines)))


def _lines(book: LoanBook, counting: list[Event], found: Standing) -> Iterator[tuple[object, ...]]:
    """The facts behind a row. A pause counts up to the day: that it ended later changes nothing."""
    until = found.on + dt.timedelta(days=1)
    yield book.loan.loan_no, found.on
    for row in book.contract.schedule:
        yield row.seq, row.due_on, row.principal_due, row.interest_due
    for event in counting:
        if event.kind is EventKind.PAUSE:
            ends_on = min(event.until_on or until, until)
            yield event.kind, event.value_on, ends_on, event.stops_penalty, event.stops_clock
        else:
            yield event.kind, event.sequence, event.value_on, event.amount, event.closed_as
    for entry in found.entries:
        yield entry.kind, entry.value_on, entry.component, entry.seq, entry.amount


def notices_to(portfolio: Portfolio, borrower_ids: Collection[int]) -> dict[int, list[Notice]]:
    """The notices before the record that were posted to borrowers of a portfolio, oldest first.

    Each with the day that it names: who pays by then is not reported.
    """
    sent = LetterSent.objects.filter(kind=LetterKind.REPORT_NOTICE, portfolio=portfolio, borrower__in=borrower_ids)
    receipts = LetterReceipt.objects.filter(letter__in=sent).order_by("pk")
    fates = dict(receipts.values_list("letter_id", "kind"))
    notices: dict[int, list[Notice]] = defaultdict(list)
    columns = ("pk", "borrower_id", "on", "written_as__facts__report_on")
    for pk, borrower_id, on, report_on in sent.order_by("on", "pk").values_list(*columns):
        avoided_by = dt.date.fromisoformat(report_on) if report_on else None
        notices[borrower_id].append(Notice(on, fates.get(pk) == LetterFate.RETURNED, avoided_by))
    return notices
