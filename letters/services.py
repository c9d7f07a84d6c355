"""Writing letters, posting them, and saying what became of them."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from audit.services import record
from borrowers.models import Address, Borrower, Status
from borrowers.services import set_status
from cases.desk_services import place_anew
from cases.models import Case
from cases.selectors import found_of
from contacts.letter_models import LetterFate, LetterKind
from contacts.letter_services import LetterRefused, note_letter, send_letter
from contacts.selectors import local_day
from contacts.services import GateRefused
from evidence.models import FileType
from evidence.services import keep
from letters.content import TEMPLATES, content_of
from letters.figures_selectors import figures
from letters.lifecycle import GONE, State
from letters.models import Letter, reference_of
from letters.selectors import addresses_of, events_since, target_of
from letters.typeset_services import typeset
from reminders.models import Voice
from reminders.text_selectors import language_of
from rulebook.masking import redact
from staff.models import User

MAY = "letters.write"
ON_PAPER = "letter"  # how the audit log calls one


@transaction.atomic
@sensitive_variables("content", "to", "more")
def write(
    *,
    case: Case,
    kind: str,
    by: User | None,
    on: dt.date,
    at: dt.datetime,
    more: Mapping[str, str] | None = None,
    address: Address | None = None,
) -> Letter:
    """Write a letter about a case with the amounts of the day, and keep it as a PDF; it is not posted by that.

    `more` is what its writer says (see `figures_selectors.figures`); without an address it goes to the latest that may
    be used. `by` None is the portal itself. Raises LetterRefused, or PermissionDenied.
    """
    _check_may(by)
    more = more or {}
    locked = _locked_case(case)
    _refuse_twice(locked, kind, on)
    to = _address_of(locked.borrower, address)
    voice = Voice.objects.filter(portfolio=locked.portfolio_id).first()
    if voice is None:
        text = _("Nobody has said yet who the lender of %(portfolio)s is, how to pay and whom to call.")
        raise LetterRefused("no_lender", text % {"portfolio": locked.portfolio})
    found = found_of(locked, on)
    facts = figures(kind, locked, found, on, more)
    facts["policy_version"] = found.terms.version
    number, language = _next_number(locked), language_of(locked.borrower)
    reference = reference_of(locked.pk, number)
    content = content_of(facts, language, to=to, voice=voice, reference=reference, answer=more.get("answer", ""))
    by_name = by.get_username() if by else ""
    file = keep(
        content=typeset(TEMPLATES / f"{kind}.typ", content, at=at),
        name=f"{reference}.pdf",
        allowed={FileType.PDF},
        by_name=by_name,
        at=at,
    )
    letter = Letter.objects.create(
        case=locked,
        number=number,
        borrower=locked.borrower,
        portfolio=locked.portfolio,
        kind=kind,
        language=language,
        address=to,
        file=file,
        facts=facts,
        policy_version_id=found.version_id,
        written_on=on,
        written_at=at,
        written_by_name=by_name,
    )
    _record("letters.write", letter, by, at, {"kind": kind, "sha256": file.sha256, "total": facts["total"]})
    return letter


def post(
    *, letter: Letter, reference: str, by: User, on: dt.date, at: dt.datetime, despite_changes: bool = False
) -> Letter:
    """Say that a letter goes out now, by registered mail under a number or by hand, if the gate allows it.

    What was booked since it was written refuses it, unless whoever posts it has looked and says so. Raises
    LetterRefused, PermissionDenied, or GateRefused, which stays on file.
    """
    _check_may(by)
    posted = _post(letter, reference, by, on, at, despite_changes)
    if isinstance(posted, GateRefused):
        raise posted
    return posted


@transaction.atomic
def _post(
    letter: Letter, reference: str, by: User, on: dt.date, at: dt.datetime, despite_changes: bool
) -> Letter | GateRefused:
    locked = _locked(letter)
    _refuse_unless(locked, State.WRITTEN)
    said = redact(" ".join(reference.split()))[:60]
    if not said:
        raise LetterRefused("reference", _("Give the number of the registered mail, or say who takes it there."))
    if locked.address.status != Status.OK:
        raise LetterRefused("address", _("This address is known to be no good; call the letter off and write it anew."))
    _refuse_too_late(locked, on)
    if not despite_changes and events_since(locked):
        raise LetterRefused(
            "changed", _("Money was booked since it was written; look whether it still says the truth.")
        )
    try:
        locked.sent = send_letter(target=target_of(locked), kind=locked.kind, reference=said, by=by, on=on, at=at)
    except GateRefused as refused:
        return refused
    locked.go_out()
    locked.save(update_fields=["state", "sent"])
    _place_anew(locked, at)
    _record("letters.post", locked, by, at, {"kind": locked.kind, "reference": said})
    return locked


@transaction.atomic
def note_delivery(*, letter: Letter, delivered: bool, on: dt.date, how: str, by: User, at: dt.datetime) -> Letter:
    """Say that a posted letter was delivered or came back on a day, and how that is known.

    An address it came back from is not used any more. The latest word counts: a slip is put right by saying it anew.
    Raises LetterRefused or PermissionDenied.
    """
    _check_may(by)
    locked = _locked(letter)
    _refuse_unless(locked, *GONE)
    was_returned, said = locked.state == State.RETURNED, redact(" ".join(how.split()))[:200]
    assert locked.sent is not None  # the database holds it for what left the house
    fate = LetterFate.DELIVERED if delivered else LetterFate.RETURNED
    note_letter(sent=locked.sent, kind=fate, on=on, how=said, by=by, at=at)
    if locked.state != fate:
        (locked.arrive if delivered else locked.come_back)()
    if was_returned or not delivered:
        set_status(point=locked.address, status=Status.OK if delivered else Status.INVALID, by=by, at=at)
    locked.save(update_fields=["state"])
    _place_anew(locked, at)
    _record("letters.note_delivery", locked, by, at, {"fate": fate, "on": on.isoformat()}, said)
    return locked


@transaction.atomic
def void(*, letter: Letter, reason: str, by: User, at: dt.datetime) -> Letter:
    """Call a letter off before it is posted; it stays readable. Raises LetterRefused or PermissionDenied."""
    _check_may(by)
    locked = _locked(letter)
    _refuse_unless(locked, State.WRITTEN)
    said = redact(" ".join(reason.split()))[:200]
    if not said:
        raise LetterRefused("reason", _("Say why."))
    locked.call_off()
    locked.voided_at, locked.voided_by_name, locked.void_reason = at, by.get_username(), said
    locked.save(update_fields=["state", "voided_at", "voided_by_name", "void_reason"])
    _record("letters.void", locked, by, at, {"kind": locked.kind}, said)
    return locked


def note_reading(*, letter: Letter, by: User, at: dt.datetime) -> None:
    """Write down that somebody opened a letter, which names the borrower in clear."""
    _record("letters.read", letter, by, at, {"kind": letter.kind})


def _place_anew(letter: Letter, at: dt.datetime) -> None:
    """What may be done with the case can be another now, and pages that show it are told."""
    place_anew(borrower_id=letter.borrower_id, on=local_day(at, letter.portfolio.timezone), at=at)


def _check_may(by: User | None) -> None:
    if by is not None and not by.has_perm(MAY):
        raise PermissionDenied(MAY)


def _locked_case(case: Case) -> Case:
    # Of two letters written at once, the second waits here and then counts the first.
    cases = Case.objects.select_for_update(of=("self",), no_key=True)
    return cases.select_related("borrower", "portfolio", "lead_loan").get(pk=case.pk)


def _locked(letter: Letter) -> Letter:
    letters = Letter.objects.select_for_update(of=("self",), no_key=True)
    return letters.select_related("borrower", "portfolio", "address", "sent").get(pk=letter.pk)


def _refuse_twice(case: Case, kind: str, on: dt.date) -> None:
    its = Letter.objects.filter(case=case, kind=kind).exclude(state=State.VOID)
    if kind == LetterKind.CLOSING and its.exists():
        raise LetterRefused("twice", _("The closing letter of this case is written already."))
    if its.filter(written_on=on).exists():
        raise LetterRefused("twice", _("Such a letter was written today already; call that one off first."))


def _refuse_too_late(letter: Letter, on: dt.date) -> None:
    """Whoever gets a letter must still have the days that it names."""
    pay_by, report_on = letter.facts.get("pay_by"), letter.facts.get("report_on")
    if (pay_by and pay_by <= on.isoformat()) or (report_on and report_on < on.isoformat()):
        text = _("It names %(day)s, and that day has come; call the letter off and write it anew.")
        raise LetterRefused("too_late", text % {"day": pay_by or report_on})


def _refuse_unless(letter: Letter, *states: State) -> None:
    if letter.state not in states:
        text = _("The letter is %(state)s; nothing was changed.")
        raise LetterRefused("state", text % {"state": letter.get_state_display()})


def _address_of(borrower: Borrower, asked: Address | None) -> Address:
    usable = addresses_of(borrower)
    found = (usable.filter(pk=asked.pk) if asked else usable).first()
    if found is None:
        raise LetterRefused("address", _("The borrower has no address that may be used."))
    return found


def _next_number(case: Case) -> int:
    last = Letter.objects.filter(case=case).order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def _record(
    action: str, letter: Letter, by: User | None, at: dt.datetime, details: dict[str, Any], reason: str = ""
) -> None:
    details = {"case": str(letter.case), **details}
    record(actor=by, action=action, subject=f"{ON_PAPER} {letter}", details=details, reason=reason, at=at)
