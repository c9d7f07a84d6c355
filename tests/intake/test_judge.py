"""A tape judged as a whole: every error at once, what hangs on a rejected row, what is new."""

from intake.columns import Kind
from intake.facts import OnFile
from intake.rules import SENTENCES, sentence
from intake.verdicts import Counts, judge
from tests.intake.build import changed, facts, good_tape, told


def test_a_good_tape_is_clean_and_all_new() -> None:
    verdict = judge(facts(good_tape()))
    assert verdict.clean
    assert verdict.counts[Kind.INSTALMENTS] == Counts(read=4, new=4, unchanged=0, rejected=0)


def test_all_errors_are_told_not_only_the_first() -> None:
    tape = changed(Kind.PAYMENTS, amount="1e3", received_on="2026-02-30", channel="")
    tape[Kind.BORROWERS][1]["phone_source"] = ""
    found = told(judge(facts(tape)).findings)
    assert ("borrowers.csv", 3, "phone_source", "number_without_source") in found
    assert {rule for file, line, _field, rule in found if (file, line) == ("payments.csv", 2)} == {
        "malformed_amount",
        "impossible_date",
        "required",
    }


def test_a_rejected_borrower_takes_contacts_loans_instalments_and_payments_along() -> None:
    verdict = judge(facts(changed(Kind.BORROWERS, id_number="990000200202020023")))
    assert verdict.rejected == {
        Kind.BORROWERS: {2},
        Kind.CONTACTS: {2},
        Kind.LOANS: {2},
        Kind.INSTALMENTS: {2, 3, 4},
        Kind.PAYMENTS: {2, 3},
    }
    first = next(finding for finding in verdict.findings if finding.rule == "depends_on_rejected")
    assert sentence(first.rule, dict(first.details)) == (
        "Depends on a rejected row: borrowers.csv, line 2, field id_number."
    )
    # Every one of them names the row to be mended, not the one in between.
    assert {dict(finding.details)["file"] for finding in verdict.findings[1:]} == {"borrowers.csv"}
    assert [line.row.loan_no for line in verdict.new.loans] == ["L2"]


def test_one_bad_instalment_rejects_its_whole_loan_and_no_other() -> None:
    verdict = judge(facts(changed(Kind.INSTALMENTS, 1, interest_due="10.001")))
    assert verdict.rejected[Kind.INSTALMENTS] == {2, 3, 4}
    assert verdict.rejected[Kind.LOANS] == {2}
    assert verdict.rejected[Kind.BORROWERS] == set()
    assert [line.row.loan_no for line in verdict.new.instalments] == ["L2"]


def test_a_bad_payment_rejects_nothing_but_itself() -> None:
    verdict = judge(facts(changed(Kind.PAYMENTS, amount="-1")))
    assert {kind: len(lines) for kind, lines in verdict.rejected.items() if lines} == {Kind.PAYMENTS: 1}
    assert [line.row.payment_ref for line in verdict.new.payments] == ["P2"]


def test_what_is_on_file_already_is_unchanged() -> None:
    good = facts(good_tape())
    on_file = OnFile(
        borrowers={"B1": good.digests.borrowers[2]},
        contacts=dict(good.digests.contacts.values()),
        loans={"L1": good.rows.loans[0].row},
        schedules={"L1": tuple(line.row for line in good.schedules["L1"])},
        payments={"P1": good.rows.payments[0].row},
    )
    counts = judge(facts(good_tape(), on_file)).counts
    assert {kind: (count.new, count.unchanged) for kind, count in counts.items()} == {
        Kind.BORROWERS: (1, 1),
        Kind.CONTACTS: (0, 1),
        Kind.LOANS: (1, 1),
        Kind.INSTALMENTS: (1, 3),
        Kind.PAYMENTS: (1, 1),
    }


def test_every_sentence_can_be_filled() -> None:
    tape = changed(Kind.BORROWERS, language="fr", phone_source="bought")
    for finding in judge(facts(tape)).findings:
        assert finding.rule in SENTENCES
        assert "%(" not in sentence(finding.rule, dict(finding.details))


def test_no_error_shows_a_whole_number_or_name() -> None:
    bad = {
        "id_number": "11010519491231002",
        "phone": "158000000011111",
        "name": "李顺华\x00",
        "email": "li@@example.test",
    }
    values = [finding.value for finding in judge(facts(changed(Kind.BORROWERS, **bad))).findings]
    for secret in ("19491231", "5800000001", "顺华", "li@@"):
        assert not any(secret in value for value in values)
