"""`manage.py verify_ledger`: does every ledger say what a replay from zero says?"""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from loans.models import Loan
from loans.verification import broken_cancellations, verify


class Command(BaseCommand):
    """Replays every loan and compares it with its ledger; writes nothing."""

    help = "Replay every loan from zero, compare it with its ledger, and name each difference."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """One loan, or all of them."""
        parser.add_argument("--loan", metavar="NO", help="only this loan")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each difference; exit code 1 when there is any."""
        loans = Loan.objects.all()
        if options["loan"]:
            loans = loans.filter(loan_no=options["loan"])
            if not loans.exists():
                raise CommandError(f"There is no loan {options['loan']}.")
        compared, differ = 0, set()
        for verified in verify(loans):
            compared += 1
            for fault in verified.faults:
                differ.add(verified.loan_no)
                self.stdout.write(f"{verified.loan_no}: {fault}")
        for loan_no, fault in broken_cancellations(loans):
            differ.add(loan_no)
            self.stdout.write(f"{loan_no}: {fault}")
        if differ:
            raise CommandError(f"{compared} loans replayed, {len(differ)} differ from their ledger.")
        self.stdout.write(f"{compared} loans replayed, each equal to its ledger.")
