"""How the text of one cell becomes an amount, a rate, a date or a count, or the code of the rule it breaks."""

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache

# Only ASCII digits: full-width ones, thousands separators, exponents and words are somebody's typing, not money.
_DECIMAL = re.compile(r"-?[0-9]{1,18}(?:\.([0-9]+))?")
# Four digits are more instalments than anybody lives to pay.
_COUNT = re.compile(r"[1-9][0-9]{0,3}")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
AMOUNT_PLACES = 2
RATE_PLACES = 6
# More than a ledger column holds.
TOO_LARGE = Decimal(10**12)
# A year outside these is a slip of the keyboard, and a replay from the year 202 would never end.
FIRST_YEAR, LAST_YEAR = 1980, 2100


@lru_cache(maxsize=200_000)
def read_amount(text: str) -> Decimal | str:
    """An amount of money with at most two decimals, or the code of the rule it breaks."""
    match = _DECIMAL.fullmatch(text)
    if match is None:
        return "malformed_amount"
    if _places(match) > AMOUNT_PLACES:
        return "over_precise_amount"
    amount = Decimal(text)
    return amount if amount < TOO_LARGE else "too_large_amount"


@lru_cache(maxsize=10_000)
def read_rate(text: str) -> Decimal | str:
    """A yearly rate as a fraction with at most six decimals, or the code of the rule it breaks."""
    match = _DECIMAL.fullmatch(text)
    if match is None:
        return "malformed_rate"
    return "over_precise_rate" if _places(match) > RATE_PLACES else Decimal(text)


@lru_cache(maxsize=50_000)
def read_date(text: str) -> dt.date | str:
    """A date written YYYY-MM-DD that is in the calendar, or `malformed_date` or `impossible_date`."""
    match = _DATE.fullmatch(text)
    if match is None:
        return "malformed_date"
    try:
        day = dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return "impossible_date"
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else "impossible_date"


@lru_cache(maxsize=10_000)
def read_count(text: str) -> int | str:
    """A whole number from 1, or `malformed_count`."""
    return int(text) if _COUNT.fullmatch(text) else "malformed_count"


def _places(match: re.Match[str]) -> int:
    return len(match[1] or "")


# Which fields are not text.
READERS = {
    "principal": read_amount,
    "principal_due": read_amount,
    "interest_due": read_amount,
    "amount": read_amount,
    "annual_rate": read_rate,
    "disbursed_on": read_date,
    "due_on": read_date,
    "received_on": read_date,
    "instalment_count": read_count,
    "seq": read_count,
}
