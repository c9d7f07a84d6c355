"""The demo's loan tape: the same for the same seed and day, and the first loans of a larger one."""

import datetime as dt
from collections import defaultdict
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

    def part(self, after: dt.date, until: dt.date) -> "DemoTape":
        """What a lender sends of the days after one and up to another: new loans with their people, and payments."""
        loans = [loan for loan in self.loans if after < loan.disbursed_on <= until]
        names, people = {loan.loan_no for loan in loans}, {loan.borrower_no for loan in loans}
        # Who had a loan before is on file.
        people -= {loan.borrower_no for loan in self.loans if loan.disbursed_on <= after}
        return DemoTape(
            borrowers=[row for row in self.borrowers if row.borrower_no in people],
            contacts=[row for row in self.contacts if row.borrower_no in people],
            loans=loans,
            instalments=[row for row in self.instalments if row.loan_no in names],
            payments=[row for row in self.payments if after < row.received_on <= until],
        )

    def late_on(self, on: dt.date) -> dict[str, tuple[int, Decimal]]:
        """The days past due of each late loan on the tape's own day, and what its unpaid instalments came to."""
        past: dict[str, list[NewInstalment]] = defaultdict(list)
        for row in self.instalments:
            if row.due_on < on:
                past[row.loan_no].append(row)
        late = {loan_no: past[loan_no][-path[-1] :] for loan_no, path in self.paths.items() if path[-1]}
        return {
            loan_no: (
                (on - rows[0].due_on).days,
                sum((row.principal_due + row.interest_due for row in rows), Decimal(0)),
            )
            for loan_no, rows in late.items()
        }


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
