"""Briefs as the portal makes them: at one o'clock of their day."""

import datetime as dt
from decimal import Decimal

from loans.models import Portfolio
from reports.models import Brief, BriefLine
from reports.selectors import Summary, summaries
from reports.services import make_brief
from tests.cases.build import close, day

CHINA = dt.timezone(dt.timedelta(hours=8))


def at_one(on: str) -> dt.datetime:
    return dt.datetime.combine(day(on), dt.time(1), tzinfo=CHINA)


def brief(on: str, portfolio: str = "consumer") -> Brief:
    return make_brief(portfolio=Portfolio.objects.get(code=portfolio), on=day(on), at=at_one(on))


def morning(on: str) -> Brief:
    """Close of day, then the brief."""
    close(on)
    return brief(on)


def summary(its: Brief) -> Summary:
    return summaries([its])[0]


def figures(its: Brief) -> dict[str, tuple[int, str]]:
    """The figures that are not empty: how many cases, and how much."""
    found = summary(its)
    every = (found.before, *found.changes, found.after)
    return {figure.name: (figure.cases, str(figure.amount)) for figure in every if figure.cases}


def kinds(its: Brief) -> dict[str, str]:
    """Why each case is listed, by its lead loan."""
    return {line.case.lead_loan.loan_no: line.kind for line in its.lines.select_related("case__lead_loan")}


def adds_up(its: Brief) -> bool:
    """Whether the total before and all differences make the total now, by the page's figures and by the rows."""
    found, lines = summary(its), list(BriefLine.objects.filter(brief=its))
    of_page = found.before.amount + sum((figure.amount for figure in found.changes), Decimal(0))
    of_rows = sum((line.before + line.difference for line in lines), Decimal(0))
    return of_page == of_rows == found.after.amount == sum((line.after for line in lines), Decimal(0))
