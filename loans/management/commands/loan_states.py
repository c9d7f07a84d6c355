"""`manage.py loan_states --on DATE`: what every loan owed on a date, as CSV."""

import argparse
import csv
import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from loans.models import Loan
from loans.selectors import STATE_COLUMNS, state_rows


class Command(BaseCommand):
    """Prints the file a lender reconciles with its core system: what was true on a date, by value date."""

    help = "Print what every loan owed on a date, by value date, as CSV."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The date, and whose loans."""
        parser.add_argument("--on", type=dt.date.fromisoformat, help="YYYY-MM-DD; today if left out")
        parser.add_argument("--portfolio", help="only the loans of this portfolio (its code)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the header and one line for each loan, by loan number."""
        loans = Loan.objects.all()
        if options["portfolio"]:
            loans = loans.filter(portfolio__code=options["portfolio"])
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(STATE_COLUMNS)
        writer.writerows(state_rows(loans, options["on"] or timezone.localdate()))
