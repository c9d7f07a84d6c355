"""The demo's loan tape: the same for the same seed and day, and the first loans of a larger one."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from intake.demo.histories import History, annuity, months_later
from intake.demo.people import borrower_no, make_borrower, make_contacts
from intake.demo.transitions import Transitions, uci_transitions
from rulebook.tape import NewBorrower, NewContact, NewInstalment, NewLoan, NewPayment

CONSUMER, CARDS = "consumer", "cards"
CONSUMER_SHARE = 0.7
COUNTS = {CONSUMER: (6, 9, 12, 12, 18, 24, 36), CARDS: (6, 12, 24)}
PRODUCTS = {CONSUMER: "instalment", CARDS: "card"}
RATES = tuple(Decimal(rate) for rate in ("0.108", "0.12", "0.144", "0.156", "0.18"))
# In thousands.
SMALLEST, LARGEST = 3, 80
# Every fifth loan belongs to the borrower before it.
SECOND_LOAN = 5
# One loan in a hundred paid in time and then stopped, months ago: the panel's chain hardly ever leads to a court.
STOPPED, STOPPED_EVERY, MONTHS_STOPPED = 7, 100, 5
# In thousands; enough to be worth a court.
SMALLEST_STOPPED = 60
# The loan that the documentation counts with: 8,000 due 2025-01-10 at 18 %.
KNOWN_BORROWER = 0
KNOWN_LOAN = NewLoan(
    loan_no="DEMO-8000",
    borrower_no=borrower_no(KNOWN_BORROWER),
    portfolio=CONSUMER,
    product=PRODUCTS[CONSUMER],
    principal=Decimal("8000.00"),
    annual_rate=Decimal("0.18"),
    disbursed_on=dt.date(2024, 12, 10),
    instalment_count=1,
)
KNOWN_INSTALMENT = NewInstalment(
    KNOWN_LOAN.loan_no, 1, dt.date(2025, 1, 10), KNOWN_LOAN.principal, interest_due=Decimal("0.00")
)


@dataclass
class DemoTape:
    """The five files of a tape as rows; `paths` is how late each loan was meant to be, month by month."""

    borrowers: list[NewBorrower] = field(default_factory=list)
    contacts: list[NewContact] = field(default_factory=list)
    loans: list[NewLoan] = field(default_factory=list)
    instalments: list[NewInstalment] = field(default_factory=list)
    payments: list[NewPayment] = field(default_factory=list)
    paths: dict[str, list[int]] = field(default_factory=dict)


def make_tape(*, loans: int, seed: int, on: dt.date) -> DemoTape:
    """A tape of so many loans as they stand on a day, and the loan of the documentation once that was paid out."""
    tape, transitions = DemoTape(), uci_transitions()
    for number in _borrowers(loans, on):
        # Everybody has dice of their own, so that asking for more loans changes nobody.
        dice = Random(f"{seed} borrower {number}")  # noqa: S311 (made-up people, not secrets)
        tape.borrowers.append(make_borrower(number, dice, on))
        tape.contacts.extend(make_contacts(number, dice))
    if on >= KNOWN_LOAN.disbursed_on:
        tape.loans.append(KNOWN_LOAN)
        tape.instalments.append(KNOWN_INSTALMENT)
    for number in range(1, loans + 1):
        _add_loan(tape, number, Random(f"{seed} loan {number}"), transitions, on)  # noqa: S311
    return tape


def _borrowers(loans: int, on: dt.date) -> Iterator[int]:
    if on >= KNOWN_LOAN.disbursed_on:
        yield KNOWN_BORROWER
    yield from (number for number in range(1, loans + 1) if number % SECOND_LOAN)


def _add_loan(tape: DemoTape, number: int, dice: Random, transitions: Transitions, on: dt.date) -> None:
    portfolio = CONSUMER if dice.random() < CONSUMER_SHARE else CARDS
    count = dice.choice(COUNTS[portfolio])
    age, last_due_on = dice.randint(0, count), _last_due(dice.randint(1, 28), on)
    smallest, has_stopped = SMALLEST, number % STOPPED_EVERY == STOPPED
    if has_stopped:
        age, smallest = max(age, MONTHS_STOPPED + 1), SMALLEST_STOPPED
    loan = NewLoan(
        loan_no=f"DL{number:07d}",
        borrower_no=borrower_no(number if number % SECOND_LOAN else number - 1),
        portfolio=portfolio,
        product=PRODUCTS[portfolio],
        principal=Decimal(dice.randint(smallest, LARGEST) * 1000).quantize(Decimal("0.01")),
        annual_rate=dice.choice(RATES),
        disbursed_on=months_later(last_due_on, -age),
        instalment_count=count,
    )
    schedule = annuity(loan, months_later(loan.disbursed_on, 1))
    path = [*[0] * (age - MONTHS_STOPPED), *range(MONTHS_STOPPED + 1)] if has_stopped else transitions.walk(age, dice)
    tape.loans.append(loan)
    tape.instalments.extend(schedule)
    tape.payments.extend(History(loan, schedule, path, on, dice, transitions).live())
    tape.paths[loan.loan_no] = path


def _last_due(day_of_month: int, on: dt.date) -> dt.date:
    """The last day before `on` with this day of the month."""
    this_month = on.replace(day=day_of_month)
    return this_month if this_month < on else months_later(this_month, -1)
