"""Reading a promise beyond a collector's limits the way whoever decides on it has to see it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from contacts.lifecycle import PromiseState
from contacts.models import Promise
from contacts.selectors import NOT_KEPT, local_day, money_of
from holds.selectors import Pair
from loans.selectors import portfolios_visible_to
from policies.selectors import terms_history
from rulebook.escalation import Blocker
from rulebook.promises import NewPromise, blocks_promise
from staff.models import User


@dataclass(frozen=True, slots=True)
class Asked:
    """A promise against the limits of today, and what agreeing to it changes.

    `beyond` are the collector's limits it passes and `too_far` the supervisor's: with one of these nobody may agree.
    Once agreed, nobody calls about it before the day it is due, and it takes the place of `replaces`.
    """

    promise: Promise
    overdue: Decimal
    beyond: Sequence[Blocker]
    too_far: Sequence[Blocker]
    replaces: Promise | None
    is_own: bool

    @property
    def share(self) -> Decimal | None:
        """Which share of the overdue amount is promised; none where nothing is overdue."""
        return self.promise.amount / self.overdue if self.overdue else None


def promises_visible_to(user: User) -> QuerySet[Promise]:
    """The promises about portfolios the user may see."""
    visible = Promise.objects.filter(portfolio__in=portfolios_visible_to(user))
    return visible.select_related("borrower", "portfolio")


def asked(promises: Sequence[Promise], viewer: User, at: dt.datetime) -> list[Asked]:
    """What somebody decides on; the same number of queries however many, with their portfolios selected."""
    if not promises:
        return []
    pairs: set[Pair] = {(promise.borrower_id, promise.portfolio_id) for promise in promises}
    histories = {line: terms_history(line) for line in {promise.portfolio.policy_line for promise in promises}}
    money = money_of(pairs)
    standing, broken_on = _others(pairs)
    found = []
    for promise in promises:
        pair, on = (promise.borrower_id, promise.portfolio_id), local_day(at, promise.portfolio.timezone)
        terms = histories[promise.portfolio.policy_line].on(on).terms.promises
        since = on - dt.timedelta(days=terms.broken_window_days)
        lately = sum(day > since for day in broken_on[pair])
        new = NewPromise(promise.amount, promise.due_on, money[pair].overdue(on), lately)
        found.append(
            Asked(
                promise=promise,
                overdue=new.overdue,
                beyond=list(blocks_promise(new, terms.collector, on)),
                too_far=list(blocks_promise(new, terms.supervisor, on)),
                replaces=standing.get(pair),
                is_own=promise.made_by_id_then == viewer.pk,
            )
        )
    return found


def _others(pairs: set[Pair]) -> tuple[dict[Pair, Promise], dict[Pair, list[dt.date]]]:
    """The open promise of each, and the days on which others were found broken."""
    standing: dict[Pair, Promise] = {}
    broken_on: dict[Pair, list[dt.date]] = defaultdict(list)
    others = Promise.objects.filter(borrower__in={pair[0] for pair in pairs})
    for other in others.filter(state__in=(PromiseState.OPEN, *NOT_KEPT)):
        pair = (other.borrower_id, other.portfolio_id)
        if other.state == PromiseState.OPEN:
            standing[pair] = other
        elif other.settled_on:
            broken_on[pair].append(other.settled_on)
    return standing, broken_on
