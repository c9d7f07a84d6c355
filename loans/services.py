"""Opening loans, and booking what happens to them."""

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.services import record
from borrowers.models import Borrower
from loans.bulk import copy_in
from loans.ledger import rewrite
from loans.models import ClosedAs, EventKind, Instalment, Loan, LoanEvent, Portfolio
from loans.selectors import book_of, ids_of
from loans.statements import Preview, try_payment, try_reversal
from policies.models import PolicyVersion
from policies.services import add_version, hold_versions
from rulebook.money import CENT, ZERO
from rulebook.tape import NewInstalment, NewLoan, NewPayment
from rulebook.terms import Terms
from staff.models import Team, User

Progress = Callable[[int], None]
# What the amount columns cannot hold.
TOO_MUCH = Decimal(10) ** 12
# What the text columns of an event can hold.
LONGEST = {"reason": 200, "reference": 60}


class BookingRefused(Exception):
    """Why something was not booked, in a sentence for the person who tried."""

    def __init__(self, code: str, message: str | Promise) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


@transaction.atomic
def open_loans(
    *,
    loans: Sequence[NewLoan],
    instalments: Sequence[NewInstalment],
    by: User | None,
    at: dt.datetime,
    team: Team | None = None,
) -> int:
    """Take new contracts into the portal; a portfolio named for the first time is made and shown to `team`."""
    portfolios = _portfolios({loan.portfolio for loan in loans}, by, at, team)
    # A version adopted at this moment would not see these loans, nor they it: it waits for us, or we wait for it.
    hold_versions({portfolio.policy_line for portfolio in portfolios.values()})
    borrower_nos = {loan.borrower_no for loan in loans}
    borrowers = dict(Borrower.objects.filter(borrower_no__in=borrower_nos).values_list("borrower_no", "pk"))
    Loan.objects.bulk_create(
        (
            Loan(
                loan_no=loan.loan_no,
                borrower_id=borrowers[loan.borrower_no],
                portfolio=portfolios[loan.portfolio],
                product=loan.product,
                principal=loan.principal,
                annual_rate=loan.annual_rate,
                disbursed_on=loan.disbursed_on,
                instalment_count=loan.instalment_count,
            )
            for loan in loans
        ),
        batch_size=5000,
    )
    ids = ids_of([loan.loan_no for loan in loans])
    copy_in(
        Instalment,
        ("loan", "seq", "due_on", "principal_due", "interest_due"),
        ((ids[row.loan_no], row.seq, row.due_on, row.principal_due, row.interest_due) for row in instalments),
    )
    rewrite(list(ids.values()), at)
    return len(loans)


def _portfolios(codes: set[str], by: User | None, at: dt.datetime, team: Team | None) -> dict[str, Portfolio]:
    portfolios = {portfolio.code: portfolio for portfolio in Portfolio.objects.filter(code__in=codes)}
    for code in sorted(codes - portfolios.keys()):
        portfolios[code] = Portfolio.objects.create(code=code, name=code)
        if team:
            portfolios[code].teams.add(team)
        record(actor=by, action="loans.open_portfolio", subject=f"portfolio {code}", at=at)
    return portfolios


@transaction.atomic
def show_portfolio(*, code: str, team: Team, by: User | None, at: dt.datetime) -> None:
    """Let a team see a portfolio; nothing happens where it does already."""
    portfolio = Portfolio.objects.select_for_update().get(code=code)
    if not portfolio.teams.filter(pk=team.pk).exists():
        portfolio.teams.add(team)
        details = {"team": team.name}
        record(actor=by, action="loans.show_portfolio", subject=f"portfolio {code}", details=details, at=at)


@transaction.atomic
def book_payments(
    *, payments: Sequence[NewPayment], by: User | None, at: dt.datetime, on_progress: Progress | None = None
) -> int:
    """Book many checked payments at once, each with its own value date, and replay the loans they touch."""
    ids = ids_of({payment.loan_no for payment in payments})
    # Locked before the events get their numbers, so that the numbers follow the order of booking.
    list(Loan.objects.select_for_update(no_key=True).filter(pk__in=ids.values()).order_by("pk").values_list("pk"))
    name = by.get_username() if by else ""
    columns = ("loan", "value_on", "amount", "reference", "channel")
    same = {"kind": EventKind.PAYMENT.value, "booked_at": at, "booked_by_name": name}
    same |= {"stops_penalty": False, "stops_clock": False, "reason": ""}
    rows = ((ids[p.loan_no], p.received_on, p.amount, p.payment_ref, p.channel, *same.values()) for p in payments)
    copy_in(LoanEvent, (*columns, *same), rows)
    rewrite(list(ids.values()), at, on_progress)
    return len(payments)


@transaction.atomic
def post_payment(
    *,
    loan: Loan,
    amount: Decimal,
    received_on: dt.date,
    reference: str,
    channel: str = "",
    seen_event_id: int | None = None,
    by: User,
    on: dt.date,
    at: dt.datetime,
) -> LoanEvent:
    """Book one payment with its value date; `seen_event_id` is the last event the person saw when deciding."""
    locked = lock_to_book(loan, by, seen_event_id)
    refuse_impossible_payment(locked, amount=amount, received_on=received_on, reference=reference, on=on)
    return book_event(
        loan=locked,
        kind=EventKind.PAYMENT,
        value_on=received_on,
        amount=amount,
        reference=reference,
        channel=channel,
        by=by,
        at=at,
    )


def look_at_payment(
    loan: Loan, *, amount: Decimal, received_on: dt.date, reference: str, today: dt.date, on: dt.date
) -> Preview:
    """What a payment would change on a date; nothing is written. Raises BookingRefused where it cannot be booked."""
    refuse_impossible_payment(loan, amount=amount, received_on=received_on, reference=reference, on=today)
    return try_payment(book_of(loan), amount=amount, received_on=received_on, on=on)


def look_at_reversal(event: LoanEvent, *, on: dt.date) -> Preview:
    """What undoing an event would change on a date; nothing is written. Raises BookingRefused where it cannot be."""
    refuse_impossible_reversal(event)
    return try_reversal(book_of(event.loan), undone_with(event), on)


def refuse_impossible_payment(
    loan: Loan, *, amount: Decimal, received_on: dt.date, reference: str, on: dt.date
) -> None:
    """Raise BookingRefused for money that cannot have come that day, or that is booked already."""
    _refuse_impossible(loan, amount=amount, value_on=received_on, on=on)
    _refuse_used_reference(reference or None)


def _refuse_used_reference(reference: str | None) -> None:
    if reference is not None and LoanEvent.objects.filter(reference=reference).exists():
        raise BookingRefused("reference_used", _("This reference is booked already."))


def _refuse_impossible(loan: Loan, *, amount: Decimal, value_on: dt.date, on: dt.date) -> None:
    if not amount.is_finite() or not ZERO < amount < TOO_MUCH or amount != amount.quantize(CENT):
        raise BookingRefused("amount", _("The amount must be more than zero, with at most two decimals."))
    refuse_impossible_day(loan, value_on=value_on, on=on)


def refuse_impossible_day(loan: Loan, *, value_on: dt.date, on: dt.date) -> None:
    """Raise BookingRefused for a day that has not come, or lies before the loan was paid out."""
    if value_on > on:
        raise BookingRefused("future", _("The value date lies in the future."))
    if value_on < loan.disbursed_on:
        raise BookingRefused("before_disbursement", _("The value date lies before the loan was paid out."))


@transaction.atomic
def post_cost(
    *,
    loan: Loan,
    amount: Decimal,
    incurred_on: dt.date,
    reference: str | None,
    reason: str,
    by: User,
    on: dt.date,
    at: dt.datetime,
) -> LoanEvent:
    """Charge a cost to the borrower; waiting credit settles it at once. Raises BookingRefused, also once settled."""
    locked = lock_to_book(loan, by, permission="loans.charge_costs")
    _refuse_impossible(locked, amount=amount, value_on=incurred_on, on=on)
    _refuse_used_reference(reference or None)
    if locked.closed_as == ClosedAs.SETTLED and locked.closed_on is not None and incurred_on >= locked.closed_on:
        raise BookingRefused("settled", _("This loan is settled: nothing is charged to its borrower any more."))
    return book_event(
        loan=locked,
        kind=EventKind.COST,
        value_on=incurred_on,
        amount=amount,
        reference=reference or None,
        reason=reason,
        by=by,
        at=at,
    )


@transaction.atomic
def pause(
    *,
    loan: Loan,
    from_on: dt.date,
    until_on: dt.date | None,
    stops_penalty: bool,
    stops_clock: bool,
    reason: str,
    by: User,
    at: dt.datetime,
) -> LoanEvent:
    """Stop penalty, the overdue clock, or both, for the days `[from_on, until_on)`, or until further notice."""
    locked = lock_to_book(loan, by, permission="loans.pause")
    if until_on is not None and until_on <= from_on:
        raise BookingRefused("empty_pause", _("The pause must end after it begins."))
    if not (stops_penalty or stops_clock):
        raise BookingRefused("idle_pause", _("Say what the pause stops: the penalty, the overdue clock, or both."))
    return book_event(
        loan=locked,
        kind=EventKind.PAUSE,
        value_on=from_on,
        until_on=until_on,
        stops_penalty=stops_penalty,
        stops_clock=stops_clock,
        reason=reason,
        by=by,
        at=at,
    )


@transaction.atomic
def end_pause(*, event: LoanEvent, until_on: dt.date, reason: str, by: User, at: dt.datetime) -> None:
    """Let a pause end on a day, or never have been where that is its first day; one that ends earlier stays."""
    if event.until_on is not None and event.until_on <= until_on:
        return
    locked = lock_to_book(event.loan, by, permission="loans.pause")
    refuse_impossible_reversal(event)
    book_event(
        loan=locked, kind=EventKind.REVERSAL, value_on=event.value_on, reverses=event, reason=reason, by=by, at=at
    )
    if until_on > event.value_on:
        pause(
            loan=locked,
            from_on=event.value_on,
            until_on=until_on,
            stops_penalty=event.stops_penalty,
            stops_clock=event.stops_clock,
            reason=event.reason,
            by=by,
            at=at,
        )


@transaction.atomic
def reverse(*, event: LoanEvent, reason: str, seen_event_id: int | None = None, by: User, at: dt.datetime) -> LoanEvent:
    """Undo an event as if it had never been, from its own value date on; both stay on file.

    A settlement is undone whole: of its closing and its waiver, one takes the other back with it.
    """
    locked = lock_to_book(event.loan, by, seen_event_id)
    refuse_impossible_reversal(event)
    why = reason_given(reason)
    reversals = [
        book_event(
            loan=locked, kind=EventKind.REVERSAL, value_on=each.value_on, reverses=each, reason=why, by=by, at=at
        )
        for each in undone_with(event)
    ]
    return reversals[0]


def undone_with(event: LoanEvent) -> list[LoanEvent]:
    """An event, and what is undone together with it: a waiver and the closing it was booked with."""
    kinds = (EventKind.WAIVER, EventKind.CLOSING)
    if event.kind not in kinds:
        return [event]
    same = LoanEvent.objects.filter(loan=event.loan, booked_at=event.booked_at, kind__in=kinds, reversed_by=None)
    return [event, *same.exclude(pk=event.pk).order_by("pk")]


def reason_given(reason: str) -> str:
    """The reason without blanks around it. Raises BookingRefused where there is none."""
    if not reason.strip():
        raise BookingRefused("reason", _("Say why."))
    return reason.strip()


def refuse_impossible_reversal(event: LoanEvent) -> None:
    """Raise BookingRefused for a second reversal, or the reversal of a reversal."""
    if event.kind == EventKind.REVERSAL:
        raise BookingRefused("reversal", _("A reversal cannot be reversed; book the payment again."))
    if LoanEvent.objects.filter(reverses=event).exists():
        raise BookingRefused("reversed", _("This was reversed already."))


@transaction.atomic
def adopt_terms(
    *, line: str, terms: Terms, effective_on: dt.date, note: str = "", by: User | None, at: dt.datetime
) -> PolicyVersion:
    """Put the next version of a policy line in force and replay the loans it rules."""
    version = add_version(line=line, terms=terms, effective_on=effective_on, note=note, by=by, at=at)
    rewrite(list(Loan.objects.filter(portfolio__policy_line=line).values_list("pk", flat=True)), at)
    return version


def lock_to_book(loan: Loan, by: User, seen_event_id: int | None = None, permission: str = "loans.book") -> Loan:
    """The loan, locked until its event is booked. Raises BookingRefused where it changed since it was seen."""
    if not by.has_perm(permission):
        raise PermissionDenied(permission)
    # Of the weaker kind: at the end of its work a case only makes sure that its loan is there, and need not wait.
    locked = Loan.objects.select_for_update(no_key=True).get(pk=loan.pk)
    if seen_event_id is not None and seen_event_id != last_event_id(locked):
        raise BookingRefused(
            "changed_meanwhile", _("Something was booked on this loan meanwhile. Look at the new figures first.")
        )
    return locked


def last_event_id(loan: Loan) -> int:
    """The newest event of a loan, 0 where there is none: what a preview was made from."""
    return LoanEvent.objects.filter(loan=loan).order_by("-pk").values_list("pk", flat=True).first() or 0


def book_event(*, loan: Loan, kind: EventKind, by: User, at: dt.datetime, **columns: Any) -> LoanEvent:
    """Put an event on file and replay its loan; the caller has locked it and made sure that it may happen."""
    if any(len(columns.get(name) or "") > longest for name, longest in LONGEST.items()):
        raise BookingRefused("too_long", _("The text is too long."))
    try:
        with transaction.atomic():
            event = LoanEvent.objects.create(
                loan=loan, kind=kind, booked_at=at, booked_by_name=by.get_username(), **columns
            )
    except IntegrityError:
        # On another loan, which our lock does not hold, the same reference was booked at the same moment.
        _refuse_used_reference(columns.get("reference"))
        raise
    rewrite([loan.pk], at)
    details = {"event": event.pk, "value_on": event.value_on.isoformat(), "amount": str(event.amount)}
    record(
        actor=by,
        action=f"loans.book_{kind}",
        subject=f"loan {loan.loan_no}",
        details=details,
        reason=event.reason,
        at=at,
    )
    return event
