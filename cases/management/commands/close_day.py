"""`manage.py close_day --on DATE`: open and move cases until nothing is left to do."""

import argparse
import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.services import DayRefused, close_day


class Command(BaseCommand):
    """Closes a business date; a second run finds nothing to do."""

    help = "Close a business date: open and move cases until nothing is left to do."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which date."""
        parser.add_argument("--on", type=dt.date.fromisoformat, help="YYYY-MM-DD; today if left out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Close it and say what changed."""
        try:
            report = close_day(on=options["on"] or timezone.localdate(), at=timezone.now())
        except DayRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{report.on}: {report.opened} cases opened, {report.moved} moves, {report.changes} changes")
