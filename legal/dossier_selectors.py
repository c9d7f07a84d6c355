"""What stands on file about a case, as the sheets of a bundle: amounts and days as they are, people masked."""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet

from cases.models import Case, CaseMove
from contacts.letter_models import LetterReceipt, LetterSent
from contacts.message_models import InboundMessage, Message
from contacts.models import Attempt, Clearance
from legal.models import Cost, Referral
from loans.models import LedgerEntry, LoanEvent
from loans.selectors import LoanBook
from policies.models import PolicyVersion
from visits.models import Visit

# What a spreadsheet would take for a formula; an amount such as -1.00 is none.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
Rows = Iterable[Sequence[Any]]


def sheet(columns: Sequence[str], rows: Rows) -> bytes:
    """A CSV file that spreadsheets open as text: UTF-8 with its mark, and no cell that is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    is_text = not isinstance(value, Decimal | int | dt.date)
    return f"'{text}" if is_text and text.startswith(FORMULA) else text


def contract_of(book: LoanBook) -> dict[str, Any]:
    """What the contract of a loan says, with the policy versions that have ruled it; amounts as text."""
    loan = book.loan
    schedule = [
        {
            "seq": row.seq,
            "due_on": f"{row.due_on}",
            "principal": f"{row.principal_due:f}",
            "interest": f"{row.interest_due:f}",
        }
        for row in book.contract.schedule
    ]
    versions = PolicyVersion.objects.filter(line=loan.portfolio.policy_line).order_by("number")
    return {
        "loan_no": loan.loan_no,
        "product": loan.product,
        "portfolio": loan.portfolio.name,
        "currency": loan.portfolio.currency,
        "principal": f"{loan.principal:f}",
        "annual_rate": f"{loan.annual_rate:f}",
        "disbursed_on": f"{loan.disbursed_on}",
        "schedule": schedule,
        "policy": [
            {"version": v.number, "effective_on": f"{v.effective_on or ''}", "terms": v.terms} for v in versions
        ],
    }


def ledger_sheets(book: LoanBook, on: dt.date) -> Iterator[tuple[str, bytes]]:
    """Events, entries, penalty to the day and what is owed on a day, of one loan."""
    yield (
        "events.csv",
        sheet(
            (
                *("event", "kind", "value_on", "until_on", "amount", "reference", "channel"),
                *("reverses", "reason", "booked_at", "booked_by"),
            ),
            LoanEvent.objects.filter(loan=book.loan)
            .order_by("value_on", "pk")
            .values_list(
                *("pk", "kind", "value_on", "until_on", "amount", "reference", "channel"),
                *("reverses", "reason", "booked_at", "booked_by_name"),
            ),
        ),
    )
    yield (
        "entries.csv",
        sheet(
            (
                *("entry", "value_on", "kind", "component", "instalment", "amount"),
                *("event", "policy_version", "cancels", "written_at"),
            ),
            LedgerEntry.objects.filter(loan=book.loan)
            .order_by("value_on", "pk")
            .values_list(
                *("pk", "value_on", "kind", "component", "instalment__seq", "amount"),
                *("event", "policy_version__number", "cancels", "written_at"),
            ),
        ),
    )
    found = book.standing(on)
    yield (
        "penalty.csv",
        sheet(
            (
                *("instalment", "posted_on", "posted_amount", "from_on", "until_on", "days", "base"),
                *("annual_rate", "per_day", "day_count", "policy_version", "exact_amount"),
            ),
            (
                (
                    *(accrual.seq, accrual.posted_on, accrual.amount, s.from_on, s.until_on, s.days, s.base),
                    *(s.annual_rate, s.per_day, s.day_count, s.version, f"{s.amount:f}"),
                )
                for accrual in found.accruals
                for s in accrual.segments
            ),
        ),
    )
    yield (
        "standing.csv",
        sheet(
            ("number", "value"),
            [
                *(("on", found.on), ("days_past_due", found.days_past_due)),
                *(("overdue_principal", found.overdue_principal), ("overdue_interest", found.overdue_interest)),
                *(("penalty", found.penalty), ("cost", found.cost), ("waiting_credit", found.unapplied)),
                *(
                    ("overdue_amount", found.overdue_amount),
                    ("due_amount", found.due_amount),
                    ("to_come", found.to_come),
                ),
            ],
        ),
    )


def _about(model: type[Model], case: Case) -> QuerySet[Any]:
    return model._default_manager.filter(borrower=case.borrower_id, portfolio=case.portfolio_id)


def contact_sheets(case: Case) -> Iterator[tuple[str, bytes]]:
    """Every contact with the borrower about this portfolio, and every decision of the gate with its rule."""
    yield (
        "contacts.csv",
        sheet(
            (
                *("contact", "at", "channel", "purpose", "with", "number", "outcome", "met", "inbound", "clearance"),
                *("willingness", "ability", "consequences_explained", "said", "note", "by", "taken_back_at"),
            ),
            (
                _contact(attempt)
                for attempt in _about(Attempt, case).select_related(*POINTS, "undone").order_by("at", "pk")
            ),
        ),
    )
    yield (
        "clearances.csv",
        sheet(
            (
                *(
                    "clearance",
                    "at",
                    "channel",
                    "medium",
                    "purpose",
                    "with",
                    "allowed",
                    "refused_by_rule",
                    "next_allowed_at",
                ),
                *("rule_preset", "rules_version", "by", "decided_on"),
            ),
            _about(Clearance, case)
            .order_by("at", "pk")
            .values_list(
                *("pk", "at", "channel", "medium", "purpose", "who", "allowed", "rule_id", "next_allowed_at"),
                *("preset", "rules_version", "by_name", "facts"),
            ),
        ),
    )
    yield (
        "messages.csv",
        sheet(
            ("message", "at", "medium", "purpose", "step", "clearance", "receipts"),
            (
                (
                    m.pk,
                    m.at,
                    m.medium,
                    m.purpose,
                    m.step,
                    m.clearance_id,
                    [[r.kind, f"{r.at:%FT%TZ}"] for r in m.receipts.all()],
                )
                for m in _about(Message, case).prefetch_related("receipts").order_by("at", "pk")
            ),
        ),
    )
    yield (
        "answers.csv",
        sheet(
            ("answer", "at", "medium", "answers", "text", "asked_to_stop", "answered_at", "answered_by"),
            _about(InboundMessage, case)
            .order_by("at", "pk")
            .values_list("pk", "at", "medium", "answers", "text", "is_stop", "answered_at", "answered_by_name"),
        ),
    )
    yield (
        "letters.csv",
        sheet(
            ("letter", "on", "kind", "reference", "clearance", "by"),
            _about(LetterSent, case)
            .order_by("at", "pk")
            .values_list("pk", "on", "kind", "reference", "clearance", "by_name"),
        ),
    )
    yield (
        "letter_receipts.csv",
        sheet(
            ("letter", "what", "on", "how", "written_down_at", "by"),
            LetterReceipt.objects.filter(letter__in=_about(LetterSent, case))
            .order_by("at", "pk")
            .values_list("letter", "kind", "on", "how", "at", "by_name"),
        ),
    )


POINTS = ("phone", "third_party", "address")


def _contact(attempt: Attempt) -> Sequence[Any]:
    point = attempt.phone or attempt.third_party
    place = point.masked_number if point else attempt.address.masked_street if attempt.address else ""
    undone = getattr(attempt, "undone", None)
    return (
        *(
            attempt.pk,
            attempt.at,
            attempt.channel,
            attempt.purpose,
            attempt.who,
            place,
            attempt.outcome_id,
            attempt.met,
        ),
        *(attempt.is_inbound, attempt.clearance_id, attempt.willingness, attempt.ability, attempt.explained),
        *(attempt.said, attempt.note, attempt.by_name, undone.at if undone else None),
    )


def visit_sheet(case: Case) -> bytes:
    """The visits of a case and who made them."""
    visits = Visit.objects.filter(case=case).select_related("lead", "companion", "address").order_by("pk")
    return sheet(
        (
            *("visit", "state", "day", "district", "lead", "companion", "clearance", "arrived_at", "contact"),
            *("accuracy_m", "position_note", "consent_to_enter", "photo_note", "reviewed_by", "reviewed_at"),
        ),
        (
            (
                *(v, v.state, v.day, v.district, v.lead or "", v.companion or "", v.clearance_id, v.arrived_at),
                *(v.attempt_id, v.accuracy_m, v.position_note, v.consent, v.photo_note, v.reviewed_by_name),
                v.reviewed_at,
            )
            for v in visits
        ),
    )


def case_sheets(case: Case) -> Iterator[tuple[str, bytes]]:
    """Every move of a case with what it was decided on, every step of its referrals, and their costs."""
    yield (
        "moves.csv",
        sheet(
            ("move", "on", "at", "from", "to", "asked_by", "by", "reason", "policy", "policy_version", "decided_on"),
            CaseMove.objects.filter(case=case)
            .order_by("pk")
            .values_list(
                *("move", "on", "at", "source", "target", "asked_by_name", "by_name", "reason"),
                *("policy_version__line", "policy_version__number", "facts"),
            ),
        ),
    )
    yield (
        "referral_steps.csv",
        sheet(
            ("referral", "row", "step", "on", "from", "to", "document", "note", "ended", "takes_back", "at", "by"),
            (
                (
                    *(referral, s.pk, s.step, s.on, s.source, s.target, s.document, s.note, s.ended_as),
                    *(s.corrects_id, s.at, s.by_name),
                )
                for referral in Referral.objects.filter(case=case).order_by("pk")
                for s in referral.steps.order_by("pk")
            ),
        ),
    )
    yield (
        "costs.csv",
        sheet(
            ("referral", "kind", "event", "loan", "on", "amount", "reference", "receipt_sha256", "taken_back"),
            Cost.objects.filter(referral__case=case)
            .order_by("pk")
            .values_list(
                *("referral", "kind", "event", "event__loan__loan_no", "event__value_on", "event__amount"),
                *("event__reference", "receipt__sha256", "event__reversed_by"),
            ),
        ),
    )
