"""Letters on paper: which the gate lets go, what became of them, and that a slip is put right by the next word."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from borrowers.services import set_status
from contacts.letter_models import LetterKind, LetterReceipt, LetterSent
from contacts.letter_selectors import Delivered, delivered_letters
from contacts.letter_services import LetterRefused, note_letter, send_letter
from contacts.models import Clearance
from contacts.services import GateRefused
from holds.services import place as place_hold
from staff.roles import Role
from tests.contacts.build import a_case, day, moment, pay, person, promise
from tests.contacts.build_places import address_of, arrived, letter, place

pytestmark = pytest.mark.django_db
NOTICES = set(LetterKind) - {LetterKind.DEMAND}


def test_a_letter_goes_with_what_allowed_it() -> None:
    case = a_case()
    sent = letter(case)
    assert (sent.kind, sent.reference, sent.on, sent.address) == ("demand", "EMS 1", day("02-09"), address_of(case))
    assert (sent.clearance.channel, sent.clearance.purpose, sent.clearance.allowed) == ("letter", "collect", True)
    assert letter(case, "dispute_answer", "02-09 23:00").clearance.purpose == "service"
    assert letter(case, "closing", "02-09 23:00").clearance.purpose == "notice"


def test_a_demand_waits_where_collecting_waits_and_notices_go_on() -> None:
    case = a_case()
    promise(case, "2000.00", "02-12")
    for kind in LetterKind:
        if kind in NOTICES:
            assert letter(case, kind).kind == kind
            continue
        with pytest.raises(GateRefused) as refused:
            letter(case, kind)
        assert refused.value.clearance.rule_id == "HOUSE-PROMISE-01"
    pay(case, "9000.00", "02-12 11:00")
    with pytest.raises(GateRefused):
        letter(case, "demand", "02-12 12:00")
    assert letter(case, "closing", "02-12 12:00")
    # What was refused is on file, and no letter went with it.
    assert Clearance.objects.filter(channel="letter", allowed=False).count() == 2
    assert not LetterSent.objects.filter(kind="demand").exists()


@pytest.mark.parametrize(("kind", "lets_through"), [("dispute", NOTICES), ("represented", set()), ("deceased", set())])
def test_a_hold_that_stops_messages_stops_letters(kind: str, lets_through: set[str]) -> None:
    case = a_case()
    place_hold(
        borrower=case.borrower,
        portfolio=case.portfolio,
        kind=kind,
        from_on=day("02-09"),
        until_on=None,
        stops_penalty=False,
        stops_clock=False,
        reason="said so",
        evidence="paper",
        by=person(),
        at=moment("02-09 09:00"),
    )
    gone = set()
    for each in LetterKind:
        try:
            gone.add(letter(case, each).kind)
        except GateRefused as refused:
            assert refused.clearance.rule_id == "HOUSE-HOLD-01"
    assert gone == lets_through


def test_nothing_goes_to_an_address_that_is_wrong() -> None:
    case = a_case()
    set_status(point=address_of(case), status="invalid", by=None, at=moment("02-09 09:00"))
    with pytest.raises(GateRefused) as refused:
        letter(case, "report_notice")
    assert refused.value.clearance.rule_id == "HOUSE-NUMBER-01"


def test_a_letter_needs_a_kind_a_number_a_day_and_somebody_who_may() -> None:
    case = a_case()
    right: dict[str, Any] = {"kind": "demand", "reference": "EMS 1", "by": person(), "on": day("02-09")}
    for wrong, code in (({"kind": "poem"}, "kind"), ({"reference": " "}, "reference"), ({"on": day("02-10")}, "date")):
        with pytest.raises(LetterRefused) as refused:
            send_letter(target=place(case, "letter"), at=moment("02-09 10:00"), **{**right, **wrong})
        assert refused.value.code == code
    with pytest.raises(PermissionDenied):
        send_letter(target=place(case, "letter"), at=moment("02-09 10:00"), **{**right, "by": person(Role.COLLECTOR)})
    assert not LetterSent.objects.exists()


def test_of_what_is_said_of_a_letter_the_latest_counts() -> None:
    case = a_case()
    pair = (case.borrower_id, case.portfolio_id)
    sent, other = letter(case), letter(case, "report_notice")
    arrived(sent, "02-11")
    arrived(other, "02-12", kind="returned")
    assert delivered_letters([pair], day("02-12"))[pair] == [Delivered("demand", day("02-11"))]
    assert pair not in delivered_letters([pair], day("02-10"))
    # The slips had been mixed up.
    arrived(sent, "02-12", kind="returned")
    arrived(other, "02-11", at="02-12 19:00")
    assert delivered_letters([pair], day("02-12"))[pair] == [Delivered("report_notice", day("02-11"))]


def test_what_became_of_a_letter_has_its_day_and_its_proof() -> None:
    sent = letter(a_case())
    right: dict[str, Any] = {"kind": "delivered", "on": day("02-11"), "how": "slip 13800001111", "by": person()}
    wrongs: tuple[tuple[dict[str, Any], str], ...] = (
        ({"kind": "eaten"}, "fate"),
        ({"how": " "}, "how"),
        ({"on": day("02-08")}, "date"),
        ({"on": day("02-13")}, "date"),
    )
    for wrong, code in wrongs:
        with pytest.raises(LetterRefused) as refused:
            note_letter(sent=sent, at=moment("02-12 10:00"), **{**right, **wrong})
        assert refused.value.code == code
    assert note_letter(sent=sent, at=moment("02-12 10:00"), **right).how == "slip 138****1111"
    with pytest.raises(LetterRefused) as refused:
        note_letter(sent=sent, at=moment("02-12 10:00"), **right)
    assert refused.value.code == "noted"
    with pytest.raises(PermissionDenied):
        note_letter(sent=sent, at=moment("02-12 10:00"), **{**right, "by": person(Role.COLLECTOR)})


def test_the_database_refuses_to_change_a_letter_and_its_receipts() -> None:
    sent = letter(a_case())
    arrived(sent, "02-11")
    for rows in (LetterSent.objects, LetterReceipt.objects):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(by_name="somebody else")
