"""What is to be done without anybody having called: the policy asks for it, or money that came in settles it."""

import datetime as dt
from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils.translation import gettext

from contacts.models import FollowUp, FollowUpKind
from holds.selectors import Pair
from loans.models import EventKind, LoanEvent


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


@transaction.atomic
def settle_verifications(*, pairs: Collection[Pair], at: dt.datetime) -> int:
    """Money has come in: whoever was said to have paid is no longer looked for. Says how many."""
    waiting = FollowUp.objects.filter(borrower__in={pair[0] for pair in pairs}, kind=FollowUpKind.VERIFY, done_at=None)
    tasks = [task for task in waiting.select_related("attempt") if (task.borrower_id, task.portfolio_id) in pairs]
    found = [task.pk for task in tasks if _has_paid(task)]
    return FollowUp.objects.filter(pk__in=found).update(done_at=at, note=gettext("A payment was booked."))


def _has_paid(task: FollowUp) -> bool:
    since = task.attempt.at if task.attempt else task.due_at
    payments = LoanEvent.objects.filter(kind=EventKind.PAYMENT, reversed_by=None, booked_at__gte=since)
    return payments.filter(loan__borrower=task.borrower_id, loan__portfolio=task.portfolio_id).exists()
