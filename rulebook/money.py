"""Amounts are exact decimals; cents appear only where money is posted or shown."""

from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")
CENT = Decimal("0.01")


def to_cents(amount: Decimal) -> Decimal:
    """The amount as it is posted or shown: rounded half up to the cent."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)
