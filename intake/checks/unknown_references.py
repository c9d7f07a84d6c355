"""Is everybody and everything that a row names in the tape or on file?"""

from collections.abc import Iterator

from intake.columns import Kind
from intake.facts import Facts, Finding


def check(facts: Facts) -> Iterator[Finding]:
    """Loans and contacts need their borrower, instalments and payments their loan; others' loans count as unknown."""
    borrowers = facts.tape.references(Kind.BORROWERS, "borrower_no") | facts.on_file.known_borrowers
    for sheet in facts.tape.of(Kind.CONTACTS, Kind.LOANS):
        yield from sheet.findings("borrower_no", lambda text: None if text in borrowers else "unknown_borrower")
    loans = (facts.tape.references(Kind.LOANS, "loan_no") | set(facts.on_file.loans)) - facts.on_file.hidden_loans
    for sheet in facts.tape.of(Kind.INSTALMENTS, Kind.PAYMENTS):
        yield from sheet.findings("loan_no", lambda text: None if text in loans else "unknown_loan")
