"""`manage.py close_day --on DATE`: open and move cases until nothing is left to do, and plan the day's messages."""

import argparse
import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.night_services import DayRefused, close_day
from reminders.plan_services import plan_day


class Command(BaseCommand):
    """Closes a business date; a second run finds nothing to do."""

    help = "Close a business date: open and move cases until nothing is left to do, and plan the day's messages."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which date."""
        parser.add_argument("--on", type=dt.date.fromisoformat, help="YYYY-MM-DD; today if left out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Close it and say what changed."""
        try:
            report = close_day(on=options["on"] or timezone.localdate(), at=timezone.now())
            plan = plan_day(on=report.on, at=timezone.now())
        except DayRefused as refused:
            raise CommandError(str(refused)) from refused
        aside = f", {report.set_aside} set aside" if report.set_aside else ""
        changed = f"{report.opened} cases opened, {report.moved} moves, {report.changes} changes"
        planned = f"{plan.planned} messages and {plan.courtesy_calls} courtesy calls planned"
        self.stdout.write(f"{report.on}: {changed}{aside}; {planned}")
