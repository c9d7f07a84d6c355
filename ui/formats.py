"""How amounts, days and moments are written, the same on every page and in both languages."""

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from rulebook.money import to_cents


def money(amount: Decimal | int | None) -> str:
    """12,345.60; nothing for no amount. A float is refused: it was never an exact amount."""
    if amount is None or amount == "":
        return ""
    if isinstance(amount, float):
        raise TypeError("money is a Decimal, not a float")
    return f"{to_cents(Decimal(amount)):,.2f}"


def day(value: dt.date | None) -> str:
    """2026-10-31, of a moment the day in the reader's zone."""
    if not value:
        return ""
    return (timezone.localtime(value).date() if isinstance(value, dt.datetime) else value).isoformat()


def moment(value: dt.datetime | None) -> str:
    """2026-10-31 14:05:09 in the reader's zone."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S") if value else ""


def share(fraction: Decimal | None) -> str:
    """0.666… as 67 %."""
    return "" if fraction is None else f"{fraction * 100:.0f} %"


def percent(fraction: Decimal | None) -> str:
    """0.24 as 24 %, with as many decimals as it needs."""
    return "" if fraction is None else f"{(fraction * 100).normalize():f} %"
