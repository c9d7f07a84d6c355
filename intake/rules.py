"""Every rule a line of a tape can break, in a sentence that tells the lender what to mend."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise] = {
    # The file
    "undecodable": _("The file is not in %(encodings)s: byte %(offset)s cannot be read."),
    "broken_csv": _("From this line on the file cannot be read as CSV: a quote is open or stands inside a text."),
    "broken_xlsx": _("The file is not an XLSX workbook, or it is damaged."),
    "swollen_xlsx": _("The workbook is too large once unpacked."),
    "unknown_ending": _("Only .csv and .xlsx files can be read."),
    "empty_file": _("The file is empty."),
    "unknown_kind": _("Neither its name nor its columns say which file of a tape it is."),
    "same_kind": _("The file %(other)s holds %(kind)s too: send one of them."),
    "missing_column": _("A column is missing."),
    "repeated_column": _("Two columns of the header mean the same field."),
    "row_shape": _("The row has %(cells)s cells, the header has %(header)s."),
    # One cell
    "required": _("The field is empty."),
    "too_long": _("The text is longer than %(longest)s characters."),
    "control_character": _("The text contains a control character."),
    "reference_with_space": _("A reference must not contain spaces."),
    "lost_digits": _("A number cell keeps 15 digits; the rest is lost. Send the column as text."),
    "error_cell": _("The cell holds a spreadsheet error."),
    "malformed_amount": _(
        "Not an amount: write digits with at most one point, like 1234.50; no thousands separators, no exponent."
    ),
    "over_precise_amount": _("An amount has at most two decimals."),
    "too_large_amount": _("The amount is too large."),
    "amount_not_positive": _("The amount must be more than zero."),
    "amount_negative": _("The amount must not be negative."),
    "malformed_rate": _("Not a rate: write 0.18 for 18 %% a year."),
    "over_precise_rate": _("A rate has at most six decimals."),
    "rate_out_of_range": _("A yearly rate lies between 0 and 1; write 0.18 for 18 %%."),
    "malformed_count": _("Not a whole number from 1 to 9999."),
    "malformed_date": _("Not a date: write YYYY-MM-DD."),
    "impossible_date": _("This day is not in the calendar, or its year is before 1980 or after 2100."),
    "future_date": _("The date is after today, %(today)s."),
    "malformed_id_number": _("An ID number has 17 digits and a check digit (0 to 9 or X)."),
    "id_birth_date": _("The birth date inside the ID number does not exist or is still to come."),
    "id_checksum": _("The check digit of the ID number is wrong (ISO 7064 MOD 11-2)."),
    "impossible_phone": _("No such number can exist: write a Chinese number, or + and the country code."),
    "number_without_source": _("A number needs a source (rule CN-WHO-06)."),
    "unknown_source": _("The source is unknown; known are %(known)s (rule CN-WHO-06)."),
    "malformed_email": _("Not an e-mail address."),
    "unknown_language": _("The language is unknown; known are %(known)s."),
    # The row among others
    "duplicate": _("The same reference stands on line %(lines)s too."),
    "reused_reference": _("The reference is already on file with other content."),
    "schedule_on_file": _("The loan is on file with a schedule of %(count)s instalments; it cannot be added to."),
    "unknown_borrower": _("The borrower is neither in the tape nor on file."),
    "unknown_loan": _("The loan is neither in the tape nor on file."),
    "portfolio_of_others": _("The portfolio belongs to another team."),
    "before_disbursement": _("The date is before the loan was disbursed, %(disbursed)s."),
    "due_dates_not_increasing": _("The due date is not after that of the instalment before it, %(before)s."),
    "no_schedule": _("The loan has no instalments."),
    "schedule_gap": _("The instalments must be numbered 1 to %(count)s without a gap; missing: %(missing)s."),
    "schedule_too_long": _("The loan has %(count)s instalments, but the schedule goes on to number %(last)s."),
    "schedule_sum": _("The instalments repay %(sum)s, not the principal."),
    "depends_on_rejected": _("Depends on a rejected row: %(file)s, line %(line)s, field %(field)s."),
}


def sentence(rule: str, details: dict[str, str]) -> str:
    """What rule was broken, in the reader's language."""
    return str(SENTENCES[rule]) % details
