"""`manage.py import_tape`: all or nothing, part of it, or a look only."""

import csv
import datetime as dt
import io
import stat
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from borrowers.models import Borrower, ThirdParty
from intake.columns import Kind
from intake.models import ImportRun
from loans.models import Instalment, LedgerEntry, Loan, LoanEvent
from loans.selectors import book_of, portfolios_visible_to
from staff.models import User
from tests.intake.build import Rows, as_xlsx, changed, files_of, good_tape, payment

pytestmark = pytest.mark.django_db


def put(folder: Path, tape: dict[Kind, Rows]) -> Path:
    folder.mkdir(exist_ok=True)
    for file in files_of(tape):
        (folder / file.name).write_bytes(file.content)
    return folder


def run(folder: Path, *options: str) -> tuple[int, str, str]:
    """Exit code, output and errors."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("import_tape", str(folder), "--on", "2026-03-01", *options, stdout=out, stderr=err)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def on_file() -> tuple[int, ...]:
    tables = (Borrower, ThirdParty, Loan, Instalment, LoanEvent, LedgerEntry)
    return tuple(model.objects.count() for model in tables)


def test_a_good_tape_is_loaded_and_written_down(tmp_path: Path) -> None:
    code, out, err = run(put(tmp_path, good_tape()))
    assert (code, err) == (0, "")
    assert "loans.csv: 2 read, 2 new, 0 unchanged, 0 rejected" in out
    assert on_file()[:5] == (2, 1, 2, 4, 2)
    assert ImportRun.objects.get().state == "loaded"
    entry = AuditEntry.objects.get(action="intake.load")
    assert entry.details["new"] == 11
    assert len(entry.details["files"]["payments.csv"]) == 64


def test_the_same_tape_again_changes_nothing(tmp_path: Path) -> None:
    run(put(tmp_path, good_tape()))
    before = on_file()
    code, out, _err = run(tmp_path)
    assert code == 0
    assert "payments.csv: 2 read, 0 new, 2 unchanged, 0 rejected" in out
    assert on_file() == before


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    code, out, _err = run(put(tmp_path, good_tape()), "--dry-run")
    assert (code, sum(on_file())) == (0, 0)
    assert "borrowers.csv: 2 read, 2 new" in out
    assert not ImportRun.objects.exists()


def test_one_bad_row_keeps_the_whole_tape_out(tmp_path: Path) -> None:
    code, out, err = run(put(tmp_path, changed(Kind.PAYMENTS, amount="1,010.00")))
    assert (code, sum(on_file())) == (1, 0)
    assert "payments.csv:2: amount='1,010.00' malformed_amount" in err
    assert "nothing was loaded" in out
    assert not (tmp_path / "rejects").exists()


def test_partial_loads_the_good_rows_and_writes_the_others_to_a_file_for_the_owner_only(tmp_path: Path) -> None:
    code, _out, _err = run(put(tmp_path, changed(Kind.BORROWERS, phone="123")), "--partial")
    assert code == 1
    assert on_file()[:5] == (1, 0, 1, 1, 0)
    path = tmp_path / "rejects" / "borrowers.rejected.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    row = next(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    assert (row["line"], row["field"], row["phone"], row["name"]) == ("2", "phone", "123", "李顺华")


def test_reject_files_once_mended_are_a_tape(tmp_path: Path) -> None:
    run(put(tmp_path, changed(Kind.BORROWERS, phone="123")), "--partial")
    rejects = tmp_path / "rejects"
    broken = rejects / "borrowers.rejected.csv"
    broken.write_text(broken.read_text("utf-8-sig").replace(",123,", ",15800000001,"), "utf-8")
    code, _out, err = run(rejects)
    assert (code, err) == (0, "")
    assert on_file()[:5] == (2, 1, 2, 4, 2)


def test_a_cell_that_a_spreadsheet_would_run_is_disarmed_in_the_reject_file(tmp_path: Path) -> None:
    tape = changed(Kind.PAYMENTS, amount="-5.00", channel='=HYPERLINK("x")')
    run(put(tmp_path, tape), "--partial")
    text = (tmp_path / "rejects" / "payments.rejected.csv").read_text("utf-8-sig")
    assert ",-5.00," in text
    assert "'=HYPERLINK" in text


def test_good_rows_are_not_loaded_when_the_reject_file_cannot_be_written(tmp_path: Path) -> None:
    put(tmp_path, changed(Kind.BORROWERS, phone="123"))
    (tmp_path / "rejects").write_text("a file where the folder should be")
    with pytest.raises(CommandError, match="nothing was loaded"):
        run(tmp_path, "--partial")
    assert sum(on_file()) == 0


def test_a_daily_tape_of_payments_books_a_late_one_with_its_value_date(tmp_path: Path) -> None:
    run(put(tmp_path / "first", good_tape()))
    before = book_of(Loan.objects.get(loan_no="L2")).standing(dt.date(2026, 3, 1)).penalty
    late = {Kind.PAYMENTS: [payment("P9", "L2", "2026-01-09", "1010.00")]}
    code, out, _err = run(put(tmp_path / "late", late))
    assert (code, "payments.csv: 1 read, 1 new" in out) == (0, True)
    after = book_of(Loan.objects.get(loan_no="L2")).standing(dt.date(2026, 3, 1)).penalty
    assert before > after == Decimal(0)


def test_payments_for_loans_that_nobody_knows_are_refused(tmp_path: Path) -> None:
    code, _out, err = run(put(tmp_path, {Kind.PAYMENTS: good_tape()[Kind.PAYMENTS]}))
    assert code == 1
    assert err.count("unknown_loan") == 2


def test_a_reference_with_other_content_than_on_file_is_refused(tmp_path: Path) -> None:
    run(put(tmp_path / "first", good_tape()))
    code, _out, err = run(put(tmp_path / "second", changed(Kind.BORROWERS, address="elsewhere")))
    assert (code, "borrowers.csv:2: borrower_no='B1' reused_reference" in err) == (1, True)


def test_workbooks_and_csv_files_may_come_together(tmp_path: Path) -> None:
    tape = good_tape()
    put(tmp_path, {kind: rows for kind, rows in tape.items() if kind != Kind.LOANS})
    (tmp_path / "Loans.XLSX").write_bytes(as_xlsx(Kind.LOANS, list(tape[Kind.LOANS])).content)
    assert run(tmp_path)[0] == 0
    assert Loan.objects.count() == 2


def test_an_unreadable_file_is_named_with_its_byte_even_with_partial(tmp_path: Path) -> None:
    put(tmp_path, good_tape())
    (tmp_path / "contacts.csv").write_bytes(b"borrower_no,name\n\xff\xff")
    code, _out, err = run(tmp_path, "--partial")
    assert (code, sum(on_file())) == (1, 0)
    assert "contacts.csv: undecodable" in err
    assert "byte 17" in err


def test_a_folder_without_a_tape_gets_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("nothing here")
    with pytest.raises(CommandError, match=r"holds none of the files of a tape"):
        run(tmp_path)
    with pytest.raises(CommandError, match=r"is not a folder"):
        run(tmp_path / "nowhere")


def test_the_team_that_is_named_sees_the_import_and_its_portfolios(tmp_path: Path, operations: User) -> None:
    put(tmp_path, good_tape())
    run(tmp_path, "--team", "North")
    assert portfolios_visible_to(operations).count() == 1
    assert ImportRun.objects.get().team == operations.team


def test_a_team_that_does_not_exist_is_said_and_nothing_is_loaded(tmp_path: Path, operations: User) -> None:
    put(tmp_path, good_tape())
    with pytest.raises(CommandError, match="There is no team Nroth; known are: North"):
        run(tmp_path, "--team", "Nroth")
    assert on_file() == (0, 0, 0, 0, 0, 0)


def test_files_that_are_none_of_the_five_are_named_and_not_read(tmp_path: Path) -> None:
    put(tmp_path, good_tape())
    (tmp_path / "payments_2026-10.csv").write_text("a,b\n")
    code, out, err = run(tmp_path)
    assert (code, "loaded" in out) == (0, True)
    assert err == (
        "payments_2026-10.csv: not read; its name is none of borrowers, contacts, loans, instalments, payments\n"
    )


def test_what_cannot_be_read_at_all_is_named(tmp_path: Path) -> None:
    (tmp_path / "payments.csv").mkdir()
    with pytest.raises(CommandError, match=r"payments\.csv cannot be read: Is a directory\."):
        run(tmp_path)


def test_every_mistake_is_printed_however_many_there_are(tmp_path: Path) -> None:
    tape = good_tape()
    tape[Kind.PAYMENTS] = [{**tape[Kind.PAYMENTS][0], "payment_ref": f"P{n}", "amount": "x"} for n in range(150)]
    _code, _out, err = run(put(tmp_path, tape))
    assert err.count("malformed_amount") == 150


def test_a_reference_that_stands_on_every_line_is_said_shortly(tmp_path: Path) -> None:
    tape = good_tape()
    tape[Kind.PAYMENTS] = [{**tape[Kind.PAYMENTS][0], "payment_ref": "-"} for _n in range(30)]
    _code, _out, err = run(put(tmp_path, tape))
    assert "The same reference stands on line 3, 4, 5, 6, 7, … too." in err
    assert max(map(len, err.splitlines())) < 200


def test_a_phone_in_the_column_of_a_reference_is_masked(tmp_path: Path) -> None:
    tape = good_tape()
    tape[Kind.PAYMENTS][0]["loan_no"] = "15800000001"
    _code, _out, err = run(put(tmp_path, tape))
    assert "loan_no='158****0001' unknown_loan" in err


def test_lines_of_spaces_only_are_no_rows(tmp_path: Path) -> None:
    put(tmp_path, good_tape())
    with (tmp_path / "payments.csv").open("a") as file:
        file.write("   \n \n")
    assert run(tmp_path)[0] == 0


def test_a_file_that_both_encodings_can_read_is_read_like_the_rest_of_its_tape(tmp_path: Path) -> None:
    tape = good_tape()
    tape[Kind.CONTACTS] = [{**tape[Kind.CONTACTS][0], "name": "谢英"}]
    put(tmp_path, tape)
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    assert (tmp_path / "contacts.csv").read_bytes().decode("utf-8")  # it is valid UTF-8 too
    assert run(tmp_path)[0] == 0
    assert ThirdParty.objects.get().name == "谢英"


def test_a_contact_on_file_that_comes_with_another_relation_is_refused_like_any_reference(tmp_path: Path) -> None:
    run(put(tmp_path, good_tape()))
    code, _out, err = run(put(tmp_path, changed(Kind.CONTACTS, relation="friend")))
    assert code == 1
    assert err.startswith("contacts.csv:2: phone='")
    assert "reused_reference" in err
    assert ThirdParty.objects.count() == 1
