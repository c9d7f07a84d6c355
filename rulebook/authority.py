"""How many people it takes to let money go."""

from decimal import Decimal

from rulebook.terms import AuthorityTerms


def takes_two(given_up: Decimal, overdue: Decimal, terms: AuthorityTerms) -> bool:
    """Whether giving up so much, of so much that is overdue, is beyond what one person alone may agree to."""
    return given_up > terms.one_decider_amount or given_up > overdue * terms.one_decider_share
