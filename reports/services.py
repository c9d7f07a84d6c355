"""Making the morning brief."""

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.services import record
from cases.models import ClosedDay
from cases.selectors import found_for
from loans.models import Portfolio
from loans.selectors import portfolios_visible_to
from reports.models import Brief, BriefLine
from reports.selectors import (
    Candidate,
    borrowers_with_closed_loans,
    borrowers_with_reversals,
    candidates,
    earlier_brief,
)
from rulebook.brief import CaseChange, Kind, kind_of
from rulebook.money import ZERO
from staff.models import User


class BriefRefused(Exception):
    """Why a brief was not made, in a sentence for the person who tried."""

    def __init__(self, code: str, message: str | Promise) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message


def make_briefs(*, on: dt.date, at: dt.datetime, by: User | None = None) -> int:
    """Make the brief of every portfolio (of those a person may see) for a day; says how many. Raises BriefRefused."""
    portfolios = Portfolio.objects.all() if by is None else portfolios_visible_to(by)
    return len([make_brief(portfolio=portfolio, on=on, at=at, by=by) for portfolio in portfolios.order_by("pk")])


def make_missing_briefs(*, on: dt.date, at: dt.datetime) -> int:
    """Make the briefs of a day that nobody has made, once the day is closed; says how many.

    A portfolio whose brief somebody is making, or that has a later one, is left alone.
    """
    if not ClosedDay.objects.filter(on=on, finished_at__isnull=False).exists():
        return 0
    missing = Portfolio.objects.exclude(briefs__on__gte=on).order_by("pk").values_list("pk", flat=True)
    return sum(_make_if_missing(pk, on, at) for pk in list(missing))


@transaction.atomic
def _make_if_missing(portfolio_pk: int, on: dt.date, at: dt.datetime) -> bool:
    free = Portfolio.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=portfolio_pk).first()
    # Looked for again under the lock: somebody may have made it meanwhile.
    if free is None or free.briefs.filter(on__gte=on).exists():
        return False
    make_brief(portfolio=free, on=on, at=at)
    return True


@transaction.atomic
def make_brief(*, portfolio: Portfolio, on: dt.date, at: dt.datetime, by: User | None = None) -> Brief:
    """Say why the overdue total of a portfolio changed since its brief before; `by=None` is the portal itself.

    Made again on the same day it replaces its lines. Raises BriefRefused for a day before the newest brief, which
    would no longer add up, and for a day that has not come.
    """
    if by is not None and not by.has_perm("reports.make"):
        raise PermissionDenied("reports.make")
    # One at a time for a portfolio; loans and cases may still be written.
    Portfolio.objects.select_for_update(no_key=True).get(pk=portfolio.pk)
    _refuse_impossible(portfolio, on, at)
    earlier = earlier_brief(portfolio, on)
    facts = {"before_on": earlier.on if earlier else None, "made_at": at}
    brief, _made = Brief.objects.update_or_create(portfolio=portfolio, on=on, defaults=facts)
    brief.lines.all().delete()
    written, last = 0, 0
    while chunk := candidates(portfolio, on, earlier, last):
        written += len(BriefLine.objects.bulk_create(_lines(brief, earlier, chunk)))
        last = chunk[-1].case_id
    subject = f"brief of {portfolio.code} on {on}"
    record(actor=by, action="reports.make_brief", subject=subject, details={"cases": written}, at=at)
    return brief


def _refuse_impossible(portfolio: Portfolio, on: dt.date, at: dt.datetime) -> None:
    if on > timezone.localtime(at).date():
        raise BriefRefused("future", _("%(on)s has not come yet.") % {"on": on})
    later = Brief.objects.filter(portfolio=portfolio, on__gt=on).order_by("-on").first()
    if later:
        words = {"portfolio": portfolio, "later": later.on}
        raise BriefRefused(
            "later", _("%(portfolio)s has a brief of %(later)s already; an earlier one cannot follow.") % words
        )


def _lines(brief: Brief, earlier: Brief | None, chunk: Sequence[Candidate]) -> list[BriefLine]:
    still_open = {(case.borrower_id, brief.portfolio_id) for case in chunk if not case.is_closed}
    found = found_for(still_open, brief.on) if still_open else {}
    reversed_for: set[int] = set()
    ended_for: set[int] = set()
    if earlier:
        borrowers = {borrower for borrower, _portfolio in still_open}
        ended_for = borrowers_with_closed_loans(brief.portfolio, borrowers, earlier.on, brief.on)
        reversed_for = borrowers_with_reversals(brief.portfolio, borrowers, earlier.made_at, brief.made_at)
    lines = []
    for case in chunk:
        # What has ended is no longer collected, whatever was left of it.
        its = None if case.is_closed else found[case.borrower_id, brief.portfolio_id]
        change = CaseChange(
            before=case.before or ZERO,
            after=its.facts.overdue_amount if its else ZERO,
            is_closed=case.is_closed,
            has_ended=case.has_ended or case.borrower_id in ended_for,
            is_watched=case.is_watched,
            was_reversed=case.borrower_id in reversed_for,
        )
        lines.append(_line(brief, case, change))
    return lines


def _line(brief: Brief, case: Candidate, change: CaseChange) -> BriefLine:
    kind = kind_of(change)
    return BriefLine(
        brief=brief,
        case_id=case.case_id,
        kind=kind.value,
        before=change.before,
        after=change.after,
        is_back=kind is Kind.NEW and case.before is not None,
    )
