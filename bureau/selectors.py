"""Reading the overdue record: who may see which, what waits, and one borrower's record as a timeline."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from borrowers.models import Borrower
from bureau.models import HeldBack, LoanRecord, RecordDispute, RecordExport, RecordRow, ReportRun, RowKind
from cases.models import Case
from contacts.letter_models import LetterKind, LetterSent
from letters.lifecycle import State
from letters.models import Letter
from loans.models import Loan, Portfolio
from loans.selectors import loans_visible_to, portfolios_visible_to
from staff.models import User

# Months in the grid of a borrower's page.
MONTHS = 24


def runs_visible_to(user: User) -> QuerySet[ReportRun]:
    """The monthly reports of portfolios the user may see."""
    return ReportRun.objects.filter(portfolio__in=portfolios_visible_to(user)).select_related("portfolio")


def exports_visible_to(user: User) -> QuerySet[RecordExport]:
    """The files of portfolios the user may see."""
    return RecordExport.objects.filter(portfolio__in=portfolios_visible_to(user)).select_related("portfolio")


def disputes_visible_to(user: User) -> QuerySet[RecordDispute]:
    """The disputes about loans the user may see."""
    mine = RecordDispute.objects.filter(portfolio__in=portfolios_visible_to(user))
    return mine.select_related("borrower", "portfolio", "loan", "letter")


def held_visible_to(user: User) -> QuerySet[HeldBack]:
    """What waits for a notice in portfolios the user may see."""
    mine = waiting_rows().filter(portfolio__in=portfolios_visible_to(user))
    return mine.select_related("borrower", "portfolio", "loan", "run")


def waiting_rows() -> QuerySet[HeldBack]:
    """Every first adverse row that waits for a notice."""
    return HeldBack.objects.filter(reported_as=None, let_go_on=None)


def open_disputes(disputes: QuerySet[RecordDispute]) -> QuerySet[RecordDispute]:
    """Those without an answer, the most pressing first."""
    return disputes.filter(decision="").order_by("due_on", "pk")


def held_without_notice(portfolio: Portfolio) -> list[HeldBack]:
    """What waits in a portfolio and whose borrower has no notice that is on its way, or was not sent back."""
    rows = list(waiting_rows().filter(portfolio=portfolio).select_related("borrower").order_by("pk"))
    letters = latest_notices(rows)
    # One that was posted may have come back since a report looked at it.
    return [
        row
        for row in rows
        if ((letter := letters.get(row.pk)) is None and row.earliest_on is None)
        or (letter is not None and letter.state == State.RETURNED)
    ]


def latest_notices(rows: Iterable[HeldBack]) -> dict[int, Letter]:
    """The latest notice written for what waits, by row: of its borrower and portfolio, since its month began."""
    rows = list(rows)
    written = Letter.objects.filter(kind=LetterKind.REPORT_NOTICE, borrower__in={row.borrower_id for row in rows})
    by_pair: dict[tuple[int, int], Letter] = {}
    for letter in written.exclude(state=State.VOID).order_by("pk"):
        by_pair[letter.borrower_id, letter.portfolio_id] = letter
    found = {row.pk: by_pair.get((row.borrower_id, row.portfolio_id)) for row in rows}
    first = {row.pk: row.month_end.replace(day=1) for row in rows}
    return {pk: letter for pk, letter in found.items() if letter and letter.written_on >= first[pk]}


def case_of(borrower_id: int, portfolio_id: int) -> Case | None:
    """The latest case of a borrower in a portfolio, to which a letter belongs."""
    return Case.objects.filter(borrower=borrower_id, portfolio=portfolio_id).order_by("-pk").first()


def corrections_since(dispute: RecordDispute) -> list[RecordRow]:
    """The rows of the disputed loan that say something else since the dispute came in."""
    rows = RecordRow.objects.filter(loan=dispute.loan_id, version__gt=1, reported_on__gte=dispute.opened_on)
    return list(rows.exclude(changed=["source"]).order_by("pk"))


def codes_of(run: ReportRun) -> list[tuple[str, int]]:
    """How many rows of a run have which code."""
    counted = RecordRow.objects.filter(run=run).order_by("code").values_list("code").annotate(Count("pk"))
    return list(counted)


@dataclass(frozen=True, slots=True)
class Cell:
    """One month of a loan in the grid: its code, or that it was held back, and whether it was corrected."""

    month_end: dt.date
    code: str = ""
    is_adverse: bool = False
    is_corrected: bool = False
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class LoanLine:
    """One loan of a borrower's record: where it stands, its months, and its open dispute."""

    loan: Loan
    record: LoanRecord | None
    cells: Sequence[Cell]
    dispute: RecordDispute | None


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened to a record, for the timeline; `what` names its sentence."""

    on: dt.date
    what: str
    loan_no: str = ""
    row: RecordRow | None = None
    dispute: RecordDispute | None = None
    notice: LetterSent | None = None
    letter: Letter | None = None


@dataclass(frozen=True, slots=True)
class BorrowerRecord:
    """A borrower's record in the portfolios somebody may see."""

    borrower: Borrower
    months: Sequence[dt.date]
    lines: Sequence[LoanLine]
    happenings: Sequence[Happening]


def record_of(borrower: Borrower, user: User, on: dt.date) -> BorrowerRecord:
    """A borrower's record: a line of months for each loan, and what happened, newest first."""
    loans = list(loans_visible_to(user).filter(borrower=borrower).order_by("loan_no"))
    rows = list(RecordRow.objects.filter(loan__in=loans).select_related("loan", "cause", "corrects").order_by("pk"))
    held = list(waiting_rows().filter(loan__in=loans))
    days = [row.as_of_on for row in rows if row.kind == RowKind.MONTHLY] + [its.month_end for its in held]
    months = _months(min(days), max(days)) if days else []
    disputes = list(RecordDispute.objects.filter(loan__in=loans).select_related("loan", "letter").order_by("pk"))
    records = {its.loan_id: its for its in LoanRecord.objects.filter(loan__in=loans).select_related("loan")}
    open_ones = {its.loan_id: its for its in disputes if its.is_open}
    notices = LetterSent.objects.filter(borrower=borrower, kind=LetterKind.REPORT_NOTICE)
    sent = list(notices.filter(portfolio__in={loan.portfolio_id for loan in loans}).order_by("pk"))
    lines = [
        LoanLine(loan, records.get(loan.pk), _cells(loan, months, rows, held), open_ones.get(loan.pk)) for loan in loans
    ]
    happenings = [*_of_rows(rows), *_of_disputes(disputes), *_of_notices(sent), *_of_ends(records.values(), on)]
    return BorrowerRecord(borrower, months, lines, sorted(happenings, key=lambda its: its.on, reverse=True))


def _months(first: dt.date, last: dt.date) -> list[dt.date]:
    months = [last]
    while months[0] > first and len(months) < MONTHS:
        months.insert(0, months[0].replace(day=1) - dt.timedelta(days=1))
    return months


def _cells(loan: Loan, months: Sequence[dt.date], rows: Sequence[RecordRow], held: Sequence[HeldBack]) -> list[Cell]:
    mine = {row.as_of_on: row for row in rows if row.loan_id == loan.pk and row.kind == RowKind.MONTHLY}
    waits = {its.month_end for its in held if its.loan_id == loan.pk}
    return [
        Cell(on, row.code, row.is_adverse, row.version > 1, on in waits)
        if (row := mine.get(on))
        else Cell(on, is_held=on in waits)
        for on in months
    ]


def _of_rows(rows: Sequence[RecordRow]) -> list[Happening]:
    """The first adverse row of each overdue, every correction that says something else, and every end."""
    found, open_loans = [], set()
    for row in rows:
        what = ""
        if row.version > 1:
            what = "corrected" if row.changed != ["source"] else ""
        elif row.kind == RowKind.CLEARED:
            what = "cleared"
        elif row.is_adverse and row.loan_id not in open_loans:
            what = "first_report"
        if row.kind == RowKind.CLEARED and not row.is_adverse:
            open_loans.discard(row.loan_id)
        elif row.is_adverse:
            open_loans.add(row.loan_id)
        if what:
            found.append(Happening(row.reported_on, what, row.loan.loan_no, row=row))
    return found


def _of_disputes(disputes: Sequence[RecordDispute]) -> list[Happening]:
    came = [Happening(its.opened_on, "disputed", its.loan.loan_no, dispute=its) for its in disputes]
    went = [Happening(its.decided_on, "answered", its.loan.loan_no, dispute=its) for its in disputes if its.decided_on]
    return came + went


def _of_notices(sent: Sequence[LetterSent]) -> list[Happening]:
    letters = {letter.sent_id: letter for letter in Letter.objects.filter(sent__in=sent)}
    return [Happening(notice.on, "notice", notice=notice, letter=letters.get(notice.pk)) for notice in sent]


def _of_ends(records: Iterable[LoanRecord], on: dt.date) -> list[Happening]:
    """The day a record has to go, which stands ahead until it comes."""
    return [
        Happening(its.expires_on, "expires" if its.expires_on > on else "expired", its.loan.loan_no)
        for its in records
        if its.expires_on
    ]


@dataclass(frozen=True, slots=True)
class PanelLine:
    """One loan of a case: where it stands with the bureau, and what is disputed."""

    record: LoanRecord
    dispute: RecordDispute | None


def panel_of(case: Case) -> list[PanelLine]:
    """The loans of a case of which something was reported."""
    its = Q(borrower=case.borrower_id, portfolio=case.portfolio_id)
    disputes = {dispute.loan_id: dispute for dispute in RecordDispute.objects.filter(its, decision="")}
    records = LoanRecord.objects.filter(its).select_related("loan", "latest").order_by("loan__loan_no")
    return [PanelLine(record, disputes.get(record.loan_id)) for record in records]


def held_of(case: Case) -> QuerySet[HeldBack]:
    """What waits for a notice of a case's loans."""
    waiting = waiting_rows().filter(borrower=case.borrower_id, portfolio=case.portfolio_id)
    return waiting.select_related("loan").order_by("month_end", "pk")
