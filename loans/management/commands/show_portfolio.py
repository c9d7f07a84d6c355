"""`manage.py show_portfolio CODE TEAM`: let a team see a portfolio."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from loans.models import Portfolio
from loans.services import show_portfolio
from staff.models import Team


class Command(BaseCommand):
    """Lets a team see a portfolio, such as one that `import_tape` opened without a team."""

    help = "Let a team see a portfolio."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which portfolio, and who."""
        parser.add_argument("code")
        parser.add_argument("team")

    def handle(self, *args: Any, **options: Any) -> None:
        """Show it, or say what there is instead."""
        team = Team.objects.filter(name=options["team"]).first()
        if team is None:
            raise CommandError(f"There is no team {options['team']}; known are: {_known(Team, 'name')}.")
        try:
            show_portfolio(code=options["code"], team=team, by=None, at=timezone.now())
        except Portfolio.DoesNotExist:
            there = _known(Portfolio, "code")
            raise CommandError(f"There is no portfolio {options['code']}; known are: {there}.") from None
        self.stdout.write(f"{team} sees {options['code']}.")


def _known(model: type[Team] | type[Portfolio], column: str) -> str:
    return ", ".join(model._default_manager.order_by(column).values_list(column, flat=True)) or "none yet"
