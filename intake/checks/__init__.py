"""Every check of a tape, one to a file: frozen facts in, findings out."""

from collections.abc import Callable, Iterator

from intake.checks import (
    amounts,
    control_characters,
    counts,
    dates,
    disbursement_dates,
    doubtful_cells,
    due_dates,
    duplicates,
    emails,
    id_numbers,
    languages,
    missing_columns,
    number_sources,
    phones,
    portfolios,
    rates,
    reference_spaces,
    required_fields,
    reused_references,
    row_shapes,
    schedules,
    text_lengths,
    unknown_references,
)
from intake.facts import Facts, Finding

Check = Callable[[Facts], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    missing_columns.check,
    row_shapes.check,
    doubtful_cells.check,
    required_fields.check,
    text_lengths.check,
    control_characters.check,
    reference_spaces.check,
    amounts.check,
    rates.check,
    counts.check,
    dates.check,
    id_numbers.check,
    phones.check,
    number_sources.check,
    emails.check,
    languages.check,
    duplicates.check,
    unknown_references.check,
    portfolios.check,
    reused_references.check,
    disbursement_dates.check,
    due_dates.check,
    schedules.check,
)
