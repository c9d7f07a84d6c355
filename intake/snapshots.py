"""What is on file of the references that a tape uses, read once before the checks."""

from borrowers.models import Borrower
from borrowers.selectors import contact_digest_of, contact_digests, content_digests, digest_of
from intake.columns import Kind
from intake.facts import Digests, OnFile, Tape, Understood
from loans.models import Portfolio
from loans.selectors import (
    borrowers_visible_to,
    loans_visible_to,
    portfolios_visible_to,
    stored_loans,
    stored_payments,
    stored_schedules,
)
from staff.models import User


def digests_of(rows: Understood) -> Digests:
    """The content of the tape's borrowers and contacts, to be compared with what is on file."""
    return Digests(
        borrowers={line.line: digest_of(line.row) for line in rows.borrowers},
        contacts={line.line: contact_digest_of(line.row) for line in rows.contacts},
    )


def on_file(tape: Tape, *, by: User | None) -> OnFile:
    """What the portal holds of a tape's references, as far as `by` may see it; the portal itself (None) sees all."""
    borrower_nos = _all(tape, "borrower_no", Kind.BORROWERS, Kind.CONTACTS, Kind.LOANS)
    loan_nos = list(_all(tape, "loan_no", Kind.LOANS, Kind.INSTALMENTS, Kind.PAYMENTS))
    loans = stored_loans(loan_nos)
    hidden_portfolios, hidden_loans = _hidden(tape, set(loans), by)
    scheduled = tape.references(Kind.INSTALMENTS, "loan_no") & loans.keys()
    return OnFile(
        borrowers=content_digests(borrower_nos),
        contacts=contact_digests(_all(tape, "borrower_no", Kind.CONTACTS)),
        known_borrowers=_known_borrowers(borrower_nos, by),
        loans=loans,
        schedules=stored_schedules(list(scheduled)) if scheduled else {},
        payments=stored_payments(list(_all(tape, "payment_ref", Kind.PAYMENTS))),
        hidden_portfolios=hidden_portfolios,
        hidden_loans=hidden_loans,
    )


def _all(tape: Tape, field: str, *kinds: Kind) -> set[str]:
    return {text for kind in kinds for text in tape.references(kind, field) if _storable(text)}


def _storable(text: str) -> bool:
    # The database keeps no NUL and refuses to be asked for one.
    return bool(text) and "\x00" not in text


def _known_borrowers(borrower_nos: set[str], by: User | None) -> frozenset[str]:
    people = Borrower.objects.all() if by is None else borrowers_visible_to(by)
    return frozenset(people.filter(borrower_no__in=borrower_nos).values_list("borrower_no", flat=True))


def _hidden(tape: Tape, loan_nos: set[str], by: User | None) -> tuple[frozenset[str], frozenset[str]]:
    if by is None:
        return frozenset(), frozenset()
    codes = _all(tape, "portfolio", Kind.LOANS)
    others = Portfolio.objects.filter(code__in=codes).exclude(pk__in=portfolios_visible_to(by).values("pk"))
    seen = loans_visible_to(by).filter(loan_no__in=loan_nos).values_list("loan_no", flat=True)
    return frozenset(others.values_list("code", flat=True)), frozenset(loan_nos - set(seen))
