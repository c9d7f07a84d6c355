"""`manage.py demo`: people who sign in, and loans that look alive, in a portal that holds nothing yet."""

import argparse
import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from intake.demo.loading import DemoClashes, load_demo
from loans.models import Loan
from staff.services import DemoRefused


class Command(BaseCommand):
    """Loads a made-up tape through the same checks and services as a lender's."""

    help = "Load a made-up portfolio as it stands today, and people who may sign in and look at it."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """How many loans, which dice, which day, and whether only into an empty portal."""
        parser.add_argument("--loans", type=_count, default=300, help="how many loans (300)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed and day give the same demo (1)")
        parser.add_argument("--on", type=_day, help="the day on which the loans stand so, YYYY-MM-DD (today)")
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there is any loan")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the demo and say what was new."""
        at, today = timezone.now(), timezone.localdate()
        on = options["on"] or today
        if on > today:
            raise CommandError(f"{on} is still to come: the demo's payments would lie in the future.")
        if options["if_empty"] and Loan.objects.exists():
            self.stdout.write("There are loans already; the demo is not loaded.")
            return
        try:
            counts = load_demo(loans=options["loans"], seed=options["seed"], on=on, at=at)
        except DemoRefused as refused:
            raise CommandError(str(refused)) from refused
        except DemoClashes as clash:
            why = f"Another demo is on file ({clash}): use the seed and the day (--on) that it was made with."
            raise CommandError(why) from clash
        for kind, count in counts.items():
            self.stdout.write(f"{kind.value}: {count.new} new, {count.unchanged} on file already")


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 20_000:
        raise argparse.ArgumentTypeError("a number from 1 to 20000")
    return int(text)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("not a date: write YYYY-MM-DD") from error
