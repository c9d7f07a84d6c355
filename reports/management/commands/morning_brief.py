"""`manage.py morning_brief --on DATE`: say for every portfolio why its overdue total changed."""

import argparse
import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.services import BriefRefused, make_briefs


class Command(BaseCommand):
    """Makes the brief of every portfolio; the same day again replaces it."""

    help = "Make the morning brief of every portfolio: why its overdue total changed since the brief before."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which date."""
        parser.add_argument("--on", type=dt.date.fromisoformat, help="YYYY-MM-DD; today if left out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them and say how many."""
        on = options["on"] or timezone.localdate()
        try:
            made = make_briefs(on=on, at=timezone.now())
        except BriefRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{on}: {made} briefs")
