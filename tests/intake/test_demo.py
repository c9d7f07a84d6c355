"""The made-up tape: the same every time, clean, and as late as the UCI panel says."""

import datetime as dt
from collections import Counter, defaultdict
from decimal import Decimal
from functools import lru_cache

import phonenumbers
import pytest
from stdnum.iso7064 import mod_11_2

from intake.checks import CHECKS
from intake.demo.count_transitions import moves, rows
from intake.demo.files import files_of
from intake.demo.histories import TERMS
from intake.demo.tape import KNOWN_LOAN, DemoTape, make_tape
from intake.demo.transitions import TABLE, uci_transitions
from intake.facts import Digests, Facts, OnFile
from intake.readers import read_tape
from intake.understanding import understand
from rulebook.accounts import Instalment
from rulebook.replay import Contract, Event, EventKind, replay
from rulebook.standing import Standing, standing

ON = dt.date(2026, 11, 23)
# Days on which months are short, long or begin, so that "a month ago" is another day of the month.
AWKWARD_DAYS = [dt.date(2024, 2, 29), dt.date(2025, 3, 1), dt.date(2026, 3, 30), dt.date(2026, 10, 31)]


@lru_cache(maxsize=8)
def tape_of(loans: int = 300, seed: int = 1, on: dt.date = ON) -> DemoTape:
    return make_tape(loans=loans, seed=seed, on=on)


def standings_of(tape: DemoTape, on: dt.date) -> dict[str, Standing]:
    schedules, events = defaultdict(list), defaultdict(list)
    for row in tape.instalments:
        schedules[row.loan_no].append(Instalment(row.seq, row.due_on, row.principal_due, row.interest_due))
    for sequence, paid in enumerate(tape.payments):
        events[paid.loan_no].append(Event(sequence, EventKind.PAYMENT, paid.received_on, paid.amount))
    found = {}
    for loan in tape.loans:
        contract = Contract(loan.annual_rate, schedules[loan.loan_no], loan.disbursed_on)
        happened = events[loan.loan_no]
        found[loan.loan_no] = standing(contract, happened, replay(contract, happened, TERMS), TERMS, on)
    return found


def unpaid_past_due(found: Standing) -> int:
    return sum(1 for row in found.instalments if row.due_on < found.on and row.principal + row.interest)


def test_the_frequencies_of_every_status_add_up_to_one():
    table = uci_transitions()
    assert table.statuses == list(range(9))
    for late in table.statuses:
        assert sum(table.frequencies(late).values()) == pytest.approx(1)
        assert max(table.frequencies(late)) <= late + 1


def test_the_table_counts_five_moves_of_thirty_thousand_clients_and_its_shares_are_its_counts():
    table = uci_transitions()
    with TABLE.open(encoding="ascii") as lines:
        cells = [line.strip().split(",") for line in lines][1:]
    assert sum(int(row[2]) for row in cells) == 30_000 * 5
    for late, then, _count, frequency, _paid in cells:
        assert float(frequency) == pytest.approx(table.frequencies(int(late))[int(then)], abs=1e-6)


def client(*status: int, paid: str = "0") -> dict[str, str]:
    names = ("PAY_6", "PAY_5", "PAY_4", "PAY_3", "PAY_2", "PAY_0")
    return {name: str(late) for name, late in zip(names, status, strict=True)} | {
        f"PAY_AMT{month}": paid for month in range(1, 6)
    }


def test_counting_takes_every_kind_of_on_time_as_zero_and_lets_nobody_get_two_months_later_at_once():
    assert [move[:2] for move in moves(client(-2, -1, 0, 2, 2, 0))] == [(0, 0), (0, 0), (0, 1), (1, 2), (2, 0)]


def test_counting_reads_amounts_that_a_spreadsheet_wrote_with_an_exponent():
    assert all(paid for _late, _then, paid in moves(client(0, 0, 0, 0, 0, 0, paid="1.00E+05")))


def test_counting_gives_each_move_as_a_count_a_share_and_how_often_money_came():
    panel = [client(1, 0, 0, 0, 0, 0, paid="5"), client(1, 2, 0, 0, 0, 0)]
    assert list(rows(panel)) == [
        (0, 0, 7, "1.000000", "0.5714"),
        (1, 0, 1, "0.500000", "1.0000"),
        (1, 2, 1, "0.500000", "0.0000"),
        (2, 0, 1, "1.000000", "0.0000"),
    ]


def test_the_same_seed_and_day_give_the_same_tape():
    assert make_tape(loans=60, seed=7, on=ON) == make_tape(loans=60, seed=7, on=ON)


def test_another_seed_or_day_gives_another_tape():
    tape = tape_of(60, 7)
    assert tape_of(60, 8).loans != tape.loans
    assert tape_of(60, 7, ON - dt.timedelta(days=1)).payments != tape.payments


def test_a_smaller_tape_is_the_beginning_of_a_larger_one():
    small, large = tape_of(60), tape_of(90)
    assert large.loans[: len(small.loans)] == small.loans
    assert large.payments[: len(small.payments)] == small.payments
    assert large.borrowers[: len(small.borrowers)] == small.borrowers


@pytest.mark.parametrize("on", [ON, *AWKWARD_DAYS])
def test_every_loan_is_exactly_as_late_as_its_path_says(on: dt.date):
    tape = tape_of(150, 3, on)
    found = standings_of(tape, on)
    assert {loan_no: unpaid_past_due(found[loan_no]) for loan_no in tape.paths} == {
        loan_no: path[-1] for loan_no, path in tape.paths.items()
    }


def test_no_payment_lies_in_the_future_or_before_its_loan():
    for on in [ON, *AWKWARD_DAYS]:
        tape = tape_of(150, 3, on)
        disbursed = {loan.loan_no: loan.disbursed_on for loan in tape.loans}
        assert all(disbursed[paid.loan_no] <= paid.received_on <= on for paid in tape.payments)


def test_the_arrears_of_some_hundred_loans_are_near_those_the_chain_leads_to():
    tape, table = tape_of(500), uci_transitions()
    expected: Counter[int] = Counter()
    for path in tape.paths.values():
        expected.update({late: share for late, share in table.expected(len(path) - 1).items()})
    found = Counter(path[-1] for path in tape.paths.values())
    for late in (0, 1, 2, 3):
        # Within three standard errors of what five hundred draws give.
        assert abs(found[late] - expected[late]) < 3 * (expected[late] * (1 - expected[late] / 500)) ** 0.5
    assert sum(found.values()) == 500


def test_there_are_loans_on_time_and_in_several_bands_of_arrears():
    bands = Counter((found.days_past_due + 29) // 30 for found in standings_of(tape_of(), ON).values())
    assert bands[0] > 200
    assert all(bands[band] for band in (1, 2, 3))


def test_every_schedule_repays_its_principal_in_equal_instalments():
    tape = tape_of()
    schedules = defaultdict(list)
    for row in tape.instalments:
        schedules[row.loan_no].append(row)
    for loan in tape.loans:
        schedule = schedules[loan.loan_no]
        assert sum(row.principal_due for row in schedule) == loan.principal
        assert [row.seq for row in schedule] == list(range(1, loan.instalment_count + 1))
        assert len({row.principal_due + row.interest_due for row in schedule[:-1]}) <= 1
        assert 1 <= loan.instalment_count <= 36


def test_some_pay_a_part_some_ahead_and_some_twice_on_a_day():
    tape = tape_of()
    found = standings_of(tape, ON).values()
    assert any(loan.unapplied for loan in found)
    assert any(
        0 < row.principal < full.principal_due
        for loan_no, loan in standings_of(tape, ON).items()
        for row in loan.instalments
        for full in tape.instalments
        if (full.loan_no, full.seq) == (loan_no, row.seq)
    )
    assert max(Counter((paid.loan_no, paid.received_on) for paid in tape.payments).values()) == 2


def test_the_people_pass_every_check_of_the_import():
    tape = read_tape(files_of(tape_of()))
    digests = Digests(borrowers=defaultdict(str), contacts=defaultdict(lambda: ("", "")))
    facts = Facts(tape=tape, rows=understand(tape), on_file=OnFile(), on=ON, digests=digests)
    assert [finding for check in CHECKS for finding in check(facts)] == []


def test_every_number_is_valid_and_belongs_to_nobody_twice():
    tape = tape_of()
    numbers = [*(person.phone for person in tape.borrowers), *(person.phone for person in tape.contacts)]
    assert all(
        number.startswith("+86") and phonenumbers.is_valid_number(phonenumbers.parse(number)) for number in numbers
    )
    assert len(set(numbers)) == len(numbers)
    for borrower in tape.borrowers:
        assert borrower.id_number.startswith("990000")
        assert mod_11_2.is_valid(borrower.id_number)


def test_references_begin_with_d_and_some_borrowers_have_two_loans():
    tape = tape_of()
    names = [
        *(b.borrower_no for b in tape.borrowers),
        *(x.loan_no for x in tape.loans),
        *(p.payment_ref for p in tape.payments),
    ]
    assert all(name.startswith("D") for name in names)
    assert max(Counter(loan.borrower_no for loan in tape.loans).values()) == 2
    assert {loan.portfolio for loan in tape.loans} == {"consumer", "cards"}


def test_the_loan_of_the_documentation_owes_what_the_documentation_says():
    found = standings_of(tape_of(5), dt.date(2025, 2, 9))[KNOWN_LOAN.loan_no]
    assert (found.overdue_principal, found.penalty) == (Decimal("8000.00"), Decimal("160.00"))


def test_the_loan_of_the_documentation_is_left_out_before_it_was_paid_out():
    assert KNOWN_LOAN not in tape_of(5, 1, dt.date(2024, 12, 9)).loans
    assert KNOWN_LOAN in tape_of(5, 1, dt.date(2024, 12, 10)).loans
