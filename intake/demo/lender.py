"""The lender of the demo: sends its tape in parts, as loans are paid out and money comes in."""

import datetime as dt
from collections.abc import Mapping

from intake.columns import Kind
from intake.demo.files import files_of
from intake.demo.tape import CARDS, CONSUMER, DemoTape
from intake.services import import_tape
from intake.verdicts import Counts
from loans.models import Portfolio
from loans.services import show_portfolio
from reminders.template_services import describe_lender
from staff.models import Team
from staff.services import DEMO_TEAMS

# The first team sees both portfolios, the second only the cards.
SHOWN = ((CONSUMER, DEMO_TEAMS[0]), (CARDS, DEMO_TEAMS[0]), (CARDS, DEMO_TEAMS[1]))
# What messages say of the lender: nobody answers at this number, and the app does not exist.
LENDER = {
    "lender": "Demo Finance",
    "lender_zh": "演示金融",
    "how_to_pay": "Pay in the Demo Finance app under Repay.",
    "how_to_pay_zh": "请在“演示金融”App的“还款”页面支付。",
    "hotline": "400-000-0000",
}


class Lender:
    """What of a tape was sent, and what became of its rows."""

    def __init__(self, tape: DemoTape) -> None:
        self._tape = tape
        self._team = Team.objects.get(name=DEMO_TEAMS[0])
        self._sent_until = dt.date.min
        self._counts: dict[Kind, Counts] = {}

    @property
    def counts(self) -> Mapping[Kind, Counts]:
        """How many rows were new and on file already, in all parts together."""
        return self._counts

    def send(self, *, until: dt.date, at: dt.datetime) -> None:
        """Everything up to a day that was not sent yet. Raises TapeRefused."""
        part = self._tape.part(self._sent_until, until)
        self._sent_until = until
        files = files_of(part)
        verdict = import_tape(files=files, partial=False, by=None, team=self._team, at=at, on=until, progress=_silent)
        for kind, more in verdict.counts.items():
            so_far = self._counts.get(kind, Counts(0, 0, 0, 0))
            self._counts[kind] = Counts(
                so_far.read + more.read,
                so_far.new + more.new,
                so_far.unchanged + more.unchanged,
                so_far.rejected + more.rejected,
            )
        _introduce(at)


def _introduce(at: dt.datetime) -> None:
    """Show the portfolios that are there to their teams, and say who the lender is; again it changes nothing."""
    # A demo of one loan may have made one portfolio only.
    there = {portfolio.code: portfolio for portfolio in Portfolio.objects.filter(code__in=[CONSUMER, CARDS])}
    for code, name in SHOWN:
        if code in there:
            show_portfolio(code=code, team=Team.objects.get(name=name), by=None, at=at)
    for portfolio in there.values():
        describe_lender(portfolio=portfolio, said=LENDER, by=None, at=at)


def _silent(done: int, total: int) -> None:
    """A terminal shows no progress bar."""
