"""All that a letter's template is given: the figures, who it is to, and what the lender says of itself."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.views.decorators.debug import sensitive_variables

from borrowers.models import Address
from reminders.models import Language, Voice
from ui.formats import money

TEMPLATES = Path(__file__).resolve().parent / "typst"
AMOUNTS = frozenset({"principal", "interest", "penalty", "cost", "total"})


@sensitive_variables()
def content_of(
    facts: Mapping[str, Any], language: str, *, to: Address, voice: Voice, reference: str, answer: str
) -> dict[str, Any]:
    """The data of one letter, with personal data in clear; it goes into a sealed PDF and nowhere else."""
    is_chinese = language == Language.ZH
    return {
        "lang": "zh" if is_chinese else "en",
        "name": " ".join(to.borrower.name.split()),
        "address": " ".join(to.in_full.split()),
        "lender": voice.lender_zh if is_chinese else voice.lender,
        "how_to_pay": voice.how_to_pay_zh if is_chinese else voice.how_to_pay,
        "hotline": voice.hotline,
        "reference": reference,
        "answer": answer.strip(),
        **_printed(facts),
    }


def _printed(value: Any, name: str = "") -> Any:
    """The figures as they are printed: 12345.60 becomes 12,345.60, in lists and tables too."""
    if isinstance(value, Mapping):
        return {key: _printed(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_printed(inner) for inner in value]
    if name in AMOUNTS and isinstance(value, str):
        return money(Decimal(value))
    return value
