"""`manage.py explain LOAN --on DATE`: why every number of a loan is what it is."""

import argparse
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from loans.models import Loan, LoanEvent
from loans.selectors import book_of
from rulebook.derivation import Derivation, Line, derive
from rulebook.penalty_interest import Segment


class Command(BaseCommand):
    """Prints the derivation of a loan's numbers; the lines of each add up to it."""

    help = "Print why every number of a loan is what it is on a date; the lines add up to the number."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which loan, which date, and whether for people or programs."""
        parser.add_argument("loan_no")
        parser.add_argument("--on", type=dt.date.fromisoformat, help="YYYY-MM-DD; today if left out")
        parser.add_argument("--json", action="store_true", help="as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the loan's numbers, one after the other."""
        loan = Loan.objects.select_related("portfolio").filter(loan_no=options["loan_no"]).first()
        if loan is None:
            raise CommandError(f"There is no loan {options['loan_no']}.")
        on = options["on"] or timezone.localdate()
        book = book_of(loan)
        found = book.standing(on)
        references = dict(LoanEvent.objects.filter(loan=loan).values_list("pk", "reference"))
        numbers = [_as_dict(number, references) for number in derive(book.contract, found)]
        if options["json"]:
            about = {"loan_no": loan.loan_no, "on": on.isoformat(), "dpd": found.days_past_due, "numbers": numbers}
            self.stdout.write(json.dumps(about, indent=2))
            return
        self.stdout.write(f"{loan.loan_no} on {on}: {found.days_past_due} days past due")
        for number in numbers:
            self.stdout.write(f"\n{number['name']} {number['amount']}")
            for line in _as_text(number):
                self.stdout.write(line)


def _as_dict(number: Derivation, references: dict[int, str | None]) -> dict[str, Any]:
    lines = [_line(line, references) for line in number.lines]
    return {"name": number.name, "amount": str(number.amount), "lines": lines}


def _line(line: Line, references: dict[int, str | None]) -> dict[str, Any]:
    return {
        "kind": line.kind.value,
        "on": line.on.isoformat(),
        "instalment": line.seq,
        "amount": str(line.amount),
        "event": line.sequence,
        "reference": None if line.sequence is None else references[line.sequence],
        "policy_version": line.version,
        "segments": [_segment(segment) for segment in line.segments],
    }


def _segment(segment: Segment) -> dict[str, Any]:
    return {
        "from": segment.from_on.isoformat(),
        "until": segment.until_on.isoformat(),
        "days": segment.days,
        "base": str(segment.base),
        "annual_rate": None if segment.annual_rate is None else f"{segment.annual_rate.normalize():f}",
        "per_day": None if segment.per_day is None else str(segment.per_day),
        "day_count": segment.day_count,
        "amount": f"{segment.amount:.6f}",
        "policy_version": segment.version,
    }


def _as_text(number: dict[str, Any]) -> Iterator[str]:
    for line in number["lines"]:
        instalment = "" if line["instalment"] is None else f" instalment {line['instalment']}"
        reference = "" if line["reference"] is None else f" ({line['reference']})"
        yield f"  {line['amount']:>14}  {line['on']} {line['kind'].replace('_', ' ')}{instalment}{reference}"
        for part in line["segments"]:
            rate = f"{part['annual_rate']} / {part['day_count']}" if part["per_day"] is None else "per day"
            what = f"{part['base'] if part['per_day'] is None else part['per_day']} x {rate} x {part['days']} days"
            version = f"policy v{part['policy_version']}"
            yield f"{'':18}{part['from']} to {part['until']}: {what} = {part['amount']}  {version}"
