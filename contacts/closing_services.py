"""A case is closed: what was promised and what was still to be done about it comes to an end."""

import datetime as dt

from django.db import transaction

from contacts.lifecycle import PromiseState
from contacts.models import FollowUp, Promise, PromiseChange
from holds.selectors import Pair

WAITING = (PromiseState.OPEN, PromiseState.ASKED)


@transaction.atomic
def end_work(*, pair: Pair, reason: str, by_name: str, at: dt.datetime) -> None:
    """Cancel the promises that nobody can keep any more and finish what is left to do, each with the reason.

    The caller holds the lock on the borrower.
    """
    standing = Promise.objects.filter(borrower=pair[0], portfolio=pair[1], state__in=WAITING)
    for promise in standing.order_by("pk").select_for_update(of=("self",)):
        source = promise.state
        promise.cancel()
        promise.save()
        PromiseChange.objects.create(
            promise=promise,
            source=source,
            target=promise.state,
            counted=promise.counted,
            at=at,
            by_name=by_name,
            reason=reason,
        )
    tasks = FollowUp.objects.filter(borrower=pair[0], portfolio=pair[1], done_at=None)
    tasks.update(done_at=at, done_by_name=by_name, note=reason)
