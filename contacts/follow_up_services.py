"""What the policy asks to be done, without anybody having called yet."""

import datetime as dt
from collections.abc import Mapping

from contacts.models import FollowUp, FollowUpKind
from holds.selectors import Pair


def ask_for_courtesy_calls(calls: Mapping[Pair, dt.datetime]) -> int:
    """Put a friendly call on the list for each pair, due at its moment; who has one open is left alone. Says how many.

    The caller holds the transaction.
    """
    waiting = FollowUp.objects.filter(
        borrower__in={pair[0] for pair in calls}, kind=FollowUpKind.COURTESY, done_at=None
    )
    there = set(waiting.values_list("borrower_id", "portfolio_id"))
    made = FollowUp.objects.bulk_create(
        FollowUp(borrower_id=borrower, portfolio_id=portfolio, kind=FollowUpKind.COURTESY, due_at=due_at)
        for (borrower, portfolio), due_at in calls.items()
        if (borrower, portfolio) not in there
    )
    return len(made)
