"""Writing the rows of loans: what a month's end asks for, what has to be corrected, and that an overdue has ended."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.db import connection

from audit.services import record
from bureau.fact_selectors import Derived, Rules, derive, notices_to, rules_of
from bureau.models import HeldBack, LoanRecord, Reason, RecordRow, ReportRun, RowKind
from loans.models import Loan, Portfolio
from loans.selectors import LoanBook, books_of
from rulebook.credit_record import (
    Code,
    Held,
    Notice,
    Reported,
    changed,
    expires_on,
    held_back,
    is_adverse,
    is_final,
    overdue_since,
    overdue_until,
)

# A lock of the database for each portfolio, shared by writers: whoever exports holds it alone. Any fixed number does.
EXPORTS = 7_209
Key = tuple[str, dt.date]


@dataclass(frozen=True, slots=True)
class Occasion:
    """When rows are written and for whom: the business date, the moment, the run (None: at once), and who asked."""

    on: dt.date
    at: dt.datetime
    run: ReportRun | None = None
    by_name: str = ""


@dataclass(slots=True)
class Counts:
    """How many rows were written, and how many wait."""

    reported: int = 0
    corrected: int = 0
    cleared: int = 0
    held_back: int = 0


@dataclass(slots=True)
class _Pass:
    """One loan while its rows are written; `rows` has the version that counts of each."""

    occasion: Occasion
    book: LoanBook
    record: LoanRecord
    rules: Rules
    notices: Sequence[Notice]
    rows: dict[Key, RecordRow]
    # What was ever held back, by month.
    kept: dict[dt.date, HeldBack]
    new: list[RecordRow] = field(default_factory=list)
    held: list[HeldBack] = field(default_factory=list)

    @property
    def waiting(self) -> dict[dt.date, HeldBack]:
        """What is held back and was not reported, by month; what was let go is among it, as money can be taken back."""
        return {month_end: row for month_end, row in self.kept.items() if row.reported_as_id is None}

    def correct(self) -> None:
        """Read again every day that was reported, where something was booked since."""
        if any(event.sequence > self.record.seen_event_id for event in self.book.events):
            for kind, as_of in sorted(self.rows, key=lambda key: key[1]):
                self.settle(kind, as_of)

    def report(self, month_end: dt.date) -> None:
        """What waited, and the month itself, unless nothing is reported of the loan any more."""
        for earlier in sorted(on for on in self.waiting if on < month_end):
            self.settle(RowKind.MONTHLY, earlier)
        # What said that it was paid off, and waits to be corrected, is not the end.
        open_again = {row.month_end for row in self.held if row.let_go_on is None}
        ended = any(
            is_final(row.code) and row.as_of_on < month_end and row.as_of_on not in open_again
            for row in self.rows.values()
        )
        if not ended and self.book.loan.disbursed_on <= month_end:
            self.settle(RowKind.MONTHLY, month_end)

    def clear(self) -> None:
        """The end of an overdue that was reported is reported the day it is known."""
        if stands(self.rows.values()).is_adverse:
            said = derive(self.book, self.occasion.on).reported
            if said.ended_on is not None and not is_adverse(said.code):
                self.settle(RowKind.CLEARED, self.occasion.on)

    def settle(self, kind: str, as_of: dt.date) -> None:
        """Let a row say what the books say: nothing to do, a new version, or it waits for a notice."""
        derived, before = derive(self.book, as_of), self.rows.get((kind, as_of))
        differs = changed(said_by(before), derived.reported) if before else ()
        if before and not differs:
            return
        newly_adverse = is_adverse(derived.reported.code) and not (before and before.is_adverse)
        # That an overdue has not ended after all is said at once: its months were reported before.
        held = self.why_held(derived) if newly_adverse and kind == RowKind.MONTHLY else None
        if held:
            self.hold(derived.reported, as_of, held)
        else:
            self.write(kind, derived.reported, as_of, before, differs)

    def why_held(self, derived: Derived) -> Held | None:
        since, as_of = overdue_since(derived.facts), derived.facts.as_of
        if any(row.is_adverse and (since or as_of) < row.as_of_on < as_of for row in self.rows.values()):
            return None
        now = derive(self.book, self.occasion.on)
        until = overdue_until(now.facts, since)
        held = held_back(self.notices, since, self.occasion.on, self.rules.terms.notice_days, until)
        is_over = now.reported.ended_on is not None and not is_adverse(now.reported.code)
        return replace(held, for_good=True) if held and is_over and held.code != "too_soon" else held

    def hold(self, said: Reported, month_end: dt.date, held: Held) -> None:
        loan = self.book.loan
        row = self.kept.get(month_end) or HeldBack(
            loan=loan, borrower_id=loan.borrower_id, portfolio_id=loan.portfolio_id, month_end=month_end
        )
        # Reported once and corrected since, it may have to wait again.
        row.reported_as = None
        row.run, row.code, row.overdue_amount = self.occasion.run or row.run, said.code.value, said.overdue_amount
        row.days_past_due, row.why, row.earliest_on = said.days_past_due, held.code, held.earliest_on
        # What ended before anybody was told, or by the day that the notice named, is not reported any more.
        row.let_go_on = (row.let_go_on or self.occasion.on) if held.for_good else None
        if row not in self.held:
            self.held.append(row)
        self.kept[month_end] = row

    def write(
        self, kind: str, said: Reported, as_of: dt.date, before: RecordRow | None, differs: Sequence[str]
    ) -> None:
        loan, occasion = self.book.loan, self.occasion
        newest = max((e.sequence for e in self.book.events if e.value_on <= as_of), default=None)
        row = RecordRow(
            loan=loan,
            borrower_id=loan.borrower_id,
            portfolio_id=loan.portfolio_id,
            kind=kind,
            as_of_on=as_of,
            version=before.version + 1 if before else 1,
            code=said.code.value,
            overdue_amount=said.overdue_amount,
            days_past_due=said.days_past_due,
            ended_on=said.ended_on,
            expires_on=self.kept_until(kind, said),
            source_hash=said.source,
            corrects=before,
            changed=list(differs),
            reason=self.reason(kind, as_of, before),
            cause_id=newest if before else None,
            run=occasion.run,
            policy_version_id=self.rules.version_id,
            reported_on=occasion.on,
            reported_at=occasion.at,
            by_name=occasion.by_name,
        )
        self.rows[kind, as_of] = row
        self.new.append(row)

    def kept_until(self, kind: str, said: Reported) -> dt.date | None:
        if kind != RowKind.CLEARED or said.ended_on is None:
            return None
        return expires_on(said.ended_on, self.rules.terms.keep_years)

    def reason(self, kind: str, as_of: dt.date, before: RecordRow | None) -> Reason:
        if before:
            return Reason.HISTORY
        if kind == RowKind.CLEARED:
            return Reason.CURED
        return Reason.NOTICE if as_of in self.waiting else Reason.RUN


@dataclass(frozen=True, slots=True)
class Stands:
    """Where a loan stands with the bureau, from the rows that count."""

    is_adverse: bool = False
    was_adverse: bool = False
    cleared_on: dt.date | None = None
    ended_on: dt.date | None = None
    expires_on: dt.date | None = None
    is_final: bool = False


def stands(rows: Iterable[RecordRow]) -> Stands:
    """Where a loan stands with the bureau; an adverse row opens what only a cleared one after it closes."""
    found = Stands()
    for row in _in_order(rows):
        final = is_final(row.code)
        if row.is_adverse:
            found = Stands(is_adverse=True, was_adverse=True)
        elif row.kind == RowKind.CLEARED and found.is_adverse:
            found = Stands(False, True, row.as_of_on, row.ended_on, row.expires_on, final)
        else:
            found = Stands(
                found.is_adverse, found.was_adverse, found.cleared_on, found.ended_on, found.expires_on, final
            )
    return found


def _in_order(rows: Iterable[RecordRow]) -> list[RecordRow]:
    return sorted(rows, key=lambda row: (row.as_of_on, row.kind == RowKind.CLEARED))


def said_by(row: RecordRow) -> Reported:
    """What a row says, to be compared with what the books say."""
    return Reported(Code(row.code), row.overdue_amount, row.days_past_due, row.ended_on, row.source_hash)


def work_on(loan_ids: Collection[int], portfolio: Portfolio, occasion: Occasion) -> Counts:
    """Bring the rows of some loans of a portfolio to what their books say; the caller holds the transaction.

    Whoever books on one of the loans waits, or we wait for them, so that nothing is read by halves.
    """
    share_exports(portfolio)
    loans = list(
        Loan.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=loan_ids, portfolio=portfolio)
        .select_related("portfolio")
        .order_by("pk")
    )
    passes = _passes(loans, portfolio, occasion)
    for each in passes:
        each.correct()
        if occasion.run:
            each.report(occasion.run.month_end)
        each.clear()
    _write(passes)
    _tell_audit(passes, occasion)
    return _count(passes)


def share_exports(portfolio: Portfolio) -> None:
    """Say that rows of a portfolio are being written, so that an export does not leave out one with a lower number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [EXPORTS, portfolio.pk])


def _passes(loans: Sequence[Loan], portfolio: Portfolio, occasion: Occasion) -> list[_Pass]:
    rows: dict[int, dict[Key, RecordRow]] = defaultdict(dict)
    for row in RecordRow.objects.filter(loan__in=loans, corrected_by=None):
        rows[row.loan_id][row.kind, row.as_of_on] = row
    kept: dict[int, dict[dt.date, HeldBack]] = defaultdict(dict)
    for held in HeldBack.objects.filter(loan__in=loans):
        kept[held.loan_id][held.month_end] = held
    records = {its.loan_id: its for its in LoanRecord.objects.filter(loan__in=loans)}
    notices, rules = notices_to(portfolio, {loan.borrower_id for loan in loans}), rules_of(portfolio, occasion.on)
    return [
        _Pass(
            occasion,
            book,
            records.get(book.loan.pk) or _new_record(book.loan),
            rules,
            notices.get(book.loan.borrower_id, []),
            rows[book.loan.pk],
            kept[book.loan.pk],
        )
        for book in books_of(loans)
    ]


def _new_record(loan: Loan) -> LoanRecord:
    return LoanRecord(loan=loan, borrower_id=loan.borrower_id, portfolio_id=loan.portfolio_id)


def _write(passes: Sequence[_Pass]) -> None:
    RecordRow.objects.bulk_create([row for each in passes for row in each.new])
    records = []
    for each in passes:
        _release(each)
        if each.rows:
            records.append(_refreshed(each))
    names = [*Stands.__dataclass_fields__, "latest", "seen_event_id"]
    LoanRecord.objects.bulk_create([its for its in records if its.pk is None])
    LoanRecord.objects.bulk_update([its for its in records if its.pk is not None], names)


def _release(each: _Pass) -> None:
    """What waited and was reported is kept with its row; what is no longer to be reported is taken off the list."""
    for row in each.held:
        row.save()
    still = {row.month_end for row in each.held}
    if each.occasion.run:
        for month_end, row in each.waiting.items():
            reported = each.rows.get((RowKind.MONTHLY, month_end))
            if month_end not in still and month_end <= each.occasion.run.month_end and reported:
                row.reported_as = reported
                row.save(update_fields=["reported_as"])


def _refreshed(each: _Pass) -> LoanRecord:
    now, its = stands(each.rows.values()), each.record
    for name in Stands.__dataclass_fields__:
        setattr(its, name, getattr(now, name))
    its.latest = _in_order(each.rows.values())[-1]
    its.seen_event_id = max((event.sequence for event in each.book.events), default=0)
    return its


def _tell_audit(passes: Sequence[_Pass], occasion: Occasion) -> None:
    """A run tells of its rows in one entry; what is corrected or cleared has one of its own."""
    for each in passes:
        for row in each.new:
            if row.version > 1 or row.kind == RowKind.CLEARED:
                action = "bureau.correct" if row.version > 1 else "bureau.clear"
                details = {"row": row.pk, "as_of": row.as_of_on.isoformat(), "code": row.code, "changed": row.changed}
                subject = f"loan {each.book.loan.loan_no}"
                record(actor=None, action=action, subject=subject, details=details, at=occasion.at)


def _count(passes: Sequence[_Pass]) -> Counts:
    new = [row for each in passes for row in each.new]
    return Counts(
        reported=sum(row.version == 1 and row.kind == RowKind.MONTHLY for row in new),
        corrected=sum(row.version > 1 and row.changed != ["source"] for row in new),
        cleared=sum(row.version == 1 and row.kind == RowKind.CLEARED for row in new),
        held_back=sum(row.let_go_on is None for each in passes for row in each.held),
    )
