"""A wording filled in on a real case before anybody gets it, with the name and the loan masked."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Case as Choice
from django.db.models import QuerySet, Value, When

from borrowers.models import Borrower, Medium
from cases.models import Case
from cases.selectors import Found, cases_visible_to, found_for, open_cases
from contacts.lifecycle import PromiseState
from contacts.models import Promise
from holds.selectors import Pair
from loans.models import Instalment, Loan, Portfolio
from loans.selectors import portfolios_visible_to
from reminders.models import Anchor, Voice
from reminders.template_selectors import Place, findings_of
from reminders.text_selectors import Occasion, TextRefused, filled_in, refuse_wording, values_of
from rulebook.message_text import Finding
from rulebook.sms_segments import Segments, segments
from staff.models import User

# How many cases are looked at to find one that a text fits.
TRIED = 10
# Beyond so many digits it is no number of a case, and the database does not count so far.
LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class TextPreview:
    """What a wording looks like on a case, and what is wrong with it.

    `case` is empty for a loan that is not late. Without `occasion` there is nothing to show it on; `refusal` says why
    it cannot be filled in there.
    """

    findings: Sequence[Finding]
    occasion: Occasion | None
    case: Case | None
    title: str
    body: str
    refusal: TextRefused | None
    parts: Segments | None


def preview_text(*, place: Place, title: str, body: str, case_no: str, user: User, on: dt.date) -> TextPreview:
    """Fill a wording in on the case somebody asks for, or else on the first that it fits."""
    occasion: Occasion | None = None
    refusal: TextRefused | None = None
    shown = ("", "")
    for occasion in _occasions(place, case_no, user, on):
        try:
            voice = Voice.objects.filter(portfolio=occasion.portfolio).first()
            values = values_of(occasion, voice, place.language, is_masked=True)
            shown = filled_in(title, body, values, place.language)
            refuse_wording(*shown, occasion)
        except TextRefused as refused:
            refusal = refused
        else:
            refusal = None
            break
    return TextPreview(
        findings=findings_of(title, body, place),
        occasion=occasion,
        case=_case_of(occasion, user) if occasion else None,
        title=shown[0],
        body=shown[1],
        refusal=refusal,
        parts=segments(shown[1]) if place.medium == Medium.SMS and shown[1] else None,
    )


def _cases(user: User) -> QuerySet[Case]:
    """The open cases somebody may try a text on: any for whoever writes the texts, since they bind all portfolios."""
    if user.has_perm("templates.edit"):
        return open_cases()
    return cases_visible_to(user) & open_cases()


def _case_of(occasion: Occasion, user: User) -> Case | None:
    return _cases(user).filter(borrower=occasion.borrower, portfolio=occasion.portfolio).first()


def _occasions(place: Place, case_no: str, user: User, on: dt.date) -> Iterator[Occasion]:
    """What the text could be sent for, the borrowers who read its language first."""
    pairs = _numbered(case_no, user) if case_no.strip() else _pairs(place, user, on)
    found = found_for(pairs, on)
    borrowers = Borrower.objects.in_bulk([pair[0] for pair in pairs])
    for pair in pairs:
        its = _occasion(place, borrowers[pair[0]], found[pair], on)
        if its is not None:
            yield its


def _numbered(case_no: str, user: User) -> list[Pair]:
    digits = case_no.strip().upper().removeprefix("C")
    if not digits.isdecimal() or len(digits) > LONGEST_NUMBER:
        return []
    return list(_cases(user).filter(pk=int(digits)).values_list("borrower_id", "portfolio_id"))


def _pairs(place: Place, user: User, on: dt.date) -> list[Pair]:
    if place.anchor == Anchor.OVERDUE:
        cases = _cases(user).order_by(_readers_first(place, "borrower__language"), "pk")
        return list(cases.values_list("borrower_id", "portfolio_id")[:TRIED])
    portfolios = Portfolio.objects.all() if user.has_perm("templates.edit") else portfolios_visible_to(user)
    if place.anchor == Anchor.PROMISE:
        promises = Promise.objects.filter(state=PromiseState.OPEN, portfolio__in=portfolios)
        in_order = promises.order_by(_readers_first(place, "borrower__language"), "due_on", "pk")
        return list(in_order.values_list("borrower_id", "portfolio_id")[:TRIED])
    dues = Instalment.objects.filter(due_on__gt=on, loan__portfolio__in=portfolios, loan__closed_on=None)
    in_order_of_dues = dues.order_by(_readers_first(place, "loan__borrower__language"), "due_on", "pk")
    pairs = in_order_of_dues.values_list("loan__borrower_id", "loan__portfolio_id")[:TRIED]
    return list(dict.fromkeys(pairs))


def _readers_first(place: Place, field: str) -> Choice:
    return Choice(When(**{field: place.language}, then=Value(0)), default=Value(1))


def _occasion(place: Place, borrower: Borrower, found: Found, on: dt.date) -> Occasion | None:
    """The occasion that a borrower has for such a text; None where there is none."""
    promise, loan, anchor_on = None, found.lead, on
    if place.anchor == Anchor.PROMISE:
        promise = found.work.open_promise
        if promise is None:
            return None
        anchor_on = promise.due_on
    elif place.anchor != Anchor.OVERDUE:
        due = _next_due(found, on)
        if due is None:
            return None
        anchor_on, loan = due
    return Occasion(
        anchor=place.anchor,
        step=place.step,
        medium=place.medium,
        borrower=borrower,
        portfolio=found.books[0].loan.portfolio,
        loan=loan,
        anchor_on=anchor_on,
        promise=promise,
        found=found,
        on=on,
    )


def _next_due(found: Found, on: dt.date) -> tuple[dt.date, Loan] | None:
    dues = [(row.due_on, book.loan) for book in found.books for row in book.schedule if row.due_on > on]
    return min(dues, key=lambda due: (due[0], due[1].pk), default=None)
