"""Saying that the next close of day has to look at a case, though the calendar alone would not have asked it to."""

import datetime as dt
from collections.abc import Collection

from django.db.models import Q
from django.db.models.functions import Least

from cases.selectors import open_cases
from holds.selectors import Pair


def look_again(*, pairs: Collection[Pair], on: dt.date) -> int:
    """A message was sent or delivered, which may be what a case was waiting for. Says how many cases."""
    about = Q()
    for borrower, portfolio in pairs:
        about |= Q(borrower=borrower, portfolio=portfolio)
    later = open_cases().filter(about) if pairs else open_cases().none()
    # Of two dates the earlier; LEAST passes over an empty one.
    return later.filter(Q(review_on=None) | Q(review_on__gt=on)).update(review_on=Least("review_on", on))
