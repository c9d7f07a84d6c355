"""What is measured. Each suite answers ratios; the portfolio is the demo's, loaded through the services."""

import datetime as dt
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache

from django.db import connection, transaction
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from bench.crowd import grow_queue
from bench.measure import Ratio, best, seconds
from cases.desk_services import next_case
from cases.models import Case
from collections_portal.environment import BASE_DIR
from intake.demo.loading import load_demo
from loans.models import Instalment, LedgerEntry, Loan, LoanEvent
from loans.selectors import books_by_number, state_rows
from loans.services import post_payment
from rulebook.replay import replay
from rulebook.standing import standing
from staff.models import User
from tests.rulebook.oracle import owes

ON = dt.date(2026, 10, 31)
AT = dt.datetime(2026, 10, 31, 1, 0, tzinfo=dt.UTC)
SEED = 1
FEW, MANY = 250, 2000
GROWTH = MANY / FEW
PREPARE = [sys.executable, "-m", "collections_portal.prepare"]
CHECK = [sys.executable, "manage.py", "check"]
QUEUE_FEW, QUEUE_MANY = 1_000, 100_000
SAMPLE = 40  # loans that are looked at one by one


@cache
def load(loans: int) -> float:
    """Bring the portfolio to so many loans; the seconds it took. The loans of a smaller one are among them."""
    taken = seconds(lambda: load_demo(loans=loans, seed=SEED, on=ON, at=AT))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does on a server that runs for longer than a minute
    return taken


def load_few() -> float:
    """The small portfolio, less what is done once: making the people of the demo."""
    load(1)
    return load(FEW)


def imports() -> Iterator[Ratio]:
    """A tape eight times as large takes eight times as long, and the same tape again a fraction."""
    few, many = load_few(), load(MANY)
    per_loan = (many / (MANY - FEW)) / (few / FEW)
    yield Ratio("import", f"per loan, {MANY} loans : {FEW} loans", per_loan, 1.3)
    again = seconds(lambda: load_demo(loans=MANY, seed=SEED, on=ON, at=AT))
    yield Ratio("import", "the same tape again : the first time", again / many, 0.8)


def ledger() -> Iterator[Ratio]:
    """Booking one payment costs the same in a small and in a large portfolio."""
    load_few()
    small = best(_book_payments)[0]
    load(MANY)
    large = best(_book_payments)[0]
    yield Ratio("ledger", f"one booking, among {MANY} loans : among {FEW}", large / small, 1.5)


def _book_payments() -> None:
    by = User.objects.get(username="operations")
    with transaction.atomic():
        for number in range(1, SAMPLE + 1):
            loan = Loan.objects.get(loan_no=f"DL{number:07d}")
            day = max(loan.disbursed_on, ON - dt.timedelta(days=60))
            post_payment(
                loan=loan, amount=Decimal("1.00"), received_on=day, reference=f"BENCH{number}", by=by, on=ON, at=AT
            )
        transaction.set_rollback(True)


def replays() -> Iterator[Ratio]:
    """A replay in segments against living through every day, and how it grows with the history."""
    load_few()
    books = [book for book, _ in zip(books_by_number(Loan.objects.all()), range(SAMPLE), strict=False)]

    def by_segments() -> None:
        for book in books:
            standing(book.contract, book.events, replay(book.contract, book.events, book.history), book.history, ON)

    def by_days() -> None:
        for book in books:
            owes(book.contract, book.events, book.history.versions, [ON])

    fast, slow = best(by_segments, by_days)
    yield Ratio("replay", "replay and standing : every day lived through", fast / slow, 0.1)


def states() -> Iterator[Ratio]:
    """The states of all loans against reading the rows they come from, and how they grow with the portfolio."""
    load(MANY)
    pks = list(Loan.objects.order_by("pk").values_list("pk", flat=True))
    some = Loan.objects.filter(pk__in=pks[:: len(pks) // FEW])
    small, large, reading = best(lambda: _states(some), lambda: _states(Loan.objects.all()), _all_rows)
    yield Ratio("states", f"per loan, {MANY} loans : {FEW} loans", large / small / GROWTH, 1.5)
    yield Ratio("states", "all states : reading the rows they come from", large / reading, 4.0)


def _states(loans: QuerySet[Loan]) -> None:
    for _row in state_rows(loans, ON):
        pass


def _all_rows() -> None:
    for model in (Loan, Instalment, LoanEvent, LedgerEntry):
        list(model._default_manager.values_list())


def starts() -> Iterator[Ratio]:
    """Preparing a portal that has everything already, against Django's own start: a second `make run` is quick."""
    load_few()
    subprocess.run(PREPARE, cwd=BASE_DIR, check=True, capture_output=True)
    again, django = best(
        lambda: subprocess.run(PREPARE, cwd=BASE_DIR, check=True, capture_output=True),
        lambda: subprocess.run(CHECK, cwd=BASE_DIR, check=True, capture_output=True),
        rounds=3,
    )
    yield Ratio("start", "preparing again : Django's own start", again / django, 3.0)


def queue() -> Iterator[Ratio]:
    """The queue, "Next case" and the workspace cost the same among a few cases and among 100,000."""
    load_few()
    by = User.objects.get(username="collector")
    client = Client(SERVER_NAME="localhost")
    client.force_login(by, backend="staff.backends.RoleBackend")
    works = [lambda: _page(client, reverse("desk:queue")), lambda: _next(by), lambda: _page(client, _some_case())]
    grow_queue(QUEUE_FEW)
    small = best(*works)
    grow_queue(QUEUE_MANY)
    large = best(*works)
    for name, many, few in zip(("the queue's page", '"Next case"', "a case's page"), large, small, strict=True):
        yield Ratio("queue", f"{name}, among {QUEUE_MANY} cases : among {QUEUE_FEW}", many / few, 1.5)


def _page(client: Client, url: str) -> None:
    if client.get(url).status_code != 200:
        raise RuntimeError(f"{url} did not answer")


def _some_case() -> str:
    return reverse("cases:case", args=[Case.objects.order_by("pk").values_list("pk", flat=True)[0]])


def _next(by: User) -> None:
    with transaction.atomic():
        if next_case(by=by, at=AT) is None:
            raise RuntimeError("the queue is empty")
        transaction.set_rollback(True)


# In this order the small portfolio is measured before it grows.
SUITES: dict[str, Callable[[], Iterator[Ratio]]] = {
    "replay": replays,
    "start": starts,
    "ledger": ledger,
    "states": states,
    "import": imports,
    "queue": queue,
}
