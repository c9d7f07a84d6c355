"""Reading the letters on paper: which were sent, and which reached the borrower."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import QuerySet

from contacts.letter_models import LetterFate, LetterReceipt, LetterSent
from holds.selectors import Pair


@dataclass(frozen=True, slots=True)
class Delivered:
    """One letter that reached the borrower: its kind and the day."""

    kind: str
    on: dt.date


def delivered_letters(pairs: Collection[Pair], on: dt.date) -> dict[Pair, list[Delivered]]:
    """The letters that reached many up to a day, in one query; of each letter the latest word counts."""
    said = LetterReceipt.objects.filter(letter__borrower__in={pair[0] for pair in pairs}, on__lte=on).order_by("pk")
    columns = ("letter_id", "letter__borrower_id", "letter__portfolio_id", "letter__kind", "kind", "on")
    latest = {letter: rest for letter, *rest in said.values_list(*columns)}
    found: dict[Pair, list[Delivered]] = defaultdict(list)
    for borrower, portfolio, kind, fate, day in latest.values():
        if fate == LetterFate.DELIVERED:
            found[borrower, portfolio].append(Delivered(kind, day))
    return found


def letters_sent_of(borrower_id: int, portfolio_id: int) -> QuerySet[LetterSent]:
    """The letters to a borrower about a portfolio and what became of them, newest first."""
    its = LetterSent.objects.filter(borrower=borrower_id, portfolio=portfolio_id)
    return its.select_related("address").prefetch_related("receipts").order_by("-at", "-pk")
