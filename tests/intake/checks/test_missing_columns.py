"""Every column is there, once."""

from intake.checks.missing_columns import check
from intake.columns import Kind
from intake.facts import Facts, OnFile
from intake.readers import TapeFile, read_tape
from intake.understanding import understand
from tests.intake.build import ON, csv_text, header, told


def facts_of(file: TapeFile) -> Facts:
    tape = read_tape([file])
    return Facts(tape, understand(tape), OnFile(), ON)


def test_a_missing_column_is_named() -> None:
    columns = [name for name in header(Kind.PAYMENTS) if name != "amount"]
    file = TapeFile("payments.csv", csv_text(Kind.PAYMENTS, [], columns).encode())
    assert told(check(facts_of(file))) == [("payments.csv", 1, "amount", "missing_column")]


def test_two_columns_that_mean_the_same_are_named() -> None:
    text = "payment_ref,loan_no,received_on,amount,金额,channel\n"
    assert told(check(facts_of(TapeFile("payments.csv", text.encode())))) == [
        ("payments.csv", 1, "amount", "repeated_column")
    ]


def test_any_order_any_case_and_chinese_labels_are_fine_and_other_columns_are_reported() -> None:
    text = "渠道, Amount ,RECEIVED ON,借据号,branch,流水号\ntransfer,5.00,2026-01-10,L1,North,P9\n"
    read = facts_of(TapeFile("payments.csv", text.encode()))
    assert told(check(read)) == []
    assert read.tape.sheets[Kind.PAYMENTS].extra == ("branch",)
    assert read.rows.payments[0].row.payment_ref == "P9"
