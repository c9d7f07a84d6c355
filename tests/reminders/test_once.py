"""The proof: whatever is killed or does not answer, each message arrives at most once and each is accounted for."""

import datetime as dt
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from borrowers.services import register
from cases.night_services import close_day
from loans.models import Portfolio
from loans.services import open_loans
from reminders.claim_services import BATCH
from reminders.lifecycle import State
from reminders.models import OutboxMessage, Sender
from reminders.plan_services import plan_day
from reminders.send_services import LEASE, doubt_the_unmarked
from rulebook.tape import NewInstalment
from tests.loans.build import borrower_row, day, loan_row, team
from tests.proof import size
from tests.reminders.build import a_voice, moment
from tests.reminders.worker import a_worker, ask_for, environment, forget_tasks, gateways, kill, lines_of, wait_until

pytestmark = pytest.mark.xdist_group("once")

MESSAGES = size(full=2000, every_day=400)
KILLS = size(full=20, every_day=6)
# How often each of the faults of `sinks.shares_of` happens to a message.
SHARE = 4 / MESSAGES
BEGIN = moment("01-11 09:05")
SEND = (("reminders.tasks.send_due", ("sms",)), ("reminders.tasks.send_due", ("email",)))


@pytest.fixture
def addresses(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A mail server and an SMS gateway in a process of their own, which misbehave at random."""
    with gateways(tmp_path, f"--share={SHARE}", "--seed=7") as addresses:
        yield addresses


def plan_messages() -> None:
    """As many late borrowers, every other one with a telephone, the others with a mailbox."""
    numbers = range(1, MESSAGES + 1)
    people = [
        replace(
            borrower_row(f"B{n}"),
            phone=f"158{n:08d}" if n % 2 else "",
            email="" if n % 2 else f"b{n}@example.test",
        )
        for n in numbers
    ]
    register(borrowers=people, contacts=[], by=None, at=moment("01-01 09:00"))
    loans = [loan_row(f"L{n}", (("01-10", "800.00", "0.00"),), borrower_no=f"B{n}") for n in numbers]
    dues = [NewInstalment(f"L{n}", 1, day("01-10"), loans[0].principal, loans[0].principal * 0) for n in numbers]
    open_loans(loans=loans, instalments=dues, by=None, at=moment("01-01 09:00"), team=team())
    a_voice(Portfolio.objects.get())
    at = moment("01-11 00:30")
    close_day(on=day("01-11"), at=at)
    assert plan_day(on=day("01-11"), at=at).planned == MESSAGES
    Sender.objects.update(per_minute=1_000_000)


def left(*states: str) -> int:
    return OutboxMessage.objects.filter(state__in=states).count()


def test_many_messages_and_a_worker_killed_again_and_again(
    committed: None, addresses: dict[str, str], tmp_path: Path
) -> None:
    plan_messages()
    env = environment(addresses, GATEWAY_SECONDS="1")
    began, dice, log = time.monotonic(), random.Random(11), tmp_path / "worker.log"

    def taken() -> list[str]:
        return lines_of(tmp_path / "sms.txt") + lines_of(tmp_path / "email.txt")

    def now() -> dt.datetime:
        return BEGIN + dt.timedelta(seconds=time.monotonic() - began)

    for _kill in range(KILLS):
        forget_tasks()
        grown = partial(_more_than, len(taken()), taken)
        with a_worker(now(), env, log) as worker:
            ask_for(*SEND)
            assert wait_until(grown), log.read_text(encoding="utf-8")[-4000:]
            time.sleep(dice.uniform(0, 0.4))
            kill(worker)
    # What surely never left is tried again later; each worker starts a quarter of an hour after the one before.
    for later in range(1, 8):
        forget_tasks()
        starts = now() + later * dt.timedelta(minutes=15)
        with a_worker(starts, env, log):
            ask_for(*SEND)
            wait_until(partial(_nothing_is_due, starts), 90)
        if not left(State.PLANNED):
            break
    doubt_the_unmarked(at=now() + dt.timedelta(hours=3) + LEASE)

    arrivals = Counter(taken())
    assert max(arrivals.values()) == 1, "a message arrived twice"
    by_state: dict[str, set[str]] = {}
    for key, state in OutboxMessage.objects.values_list("key", "state"):
        by_state.setdefault(state, set()).add(key)
    assert sum(len(keys) for keys in by_state.values()) == MESSAGES
    assert set(by_state) <= {State.SENT, State.IN_DOUBT, State.FAILED}, {s: len(k) for s, k in by_state.items()}
    sent, in_doubt = by_state[State.SENT], by_state.get(State.IN_DOUBT, set())
    assert sent <= arrivals.keys(), "marked as sent, and never arrived"
    assert arrivals.keys() <= sent | in_doubt, "arrived, and nobody knows"
    assert len(in_doubt) <= KILLS * BATCH


def _more_than(before: int, taken: Callable[[], list[str]]) -> bool:
    return len(taken()) > before


def _nothing_is_due(at: dt.datetime) -> bool:
    """Whether all that could go out at a moment has been claimed; a worker that is ended does what it has in hand."""
    return not OutboxMessage.objects.filter(state=State.PLANNED, send_after__lte=at).exists()
