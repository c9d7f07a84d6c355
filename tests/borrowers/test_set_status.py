"""Saying whether a number may still be used: written down with what it was before, and without the number."""

import pytest

from audit.models import AuditEntry
from borrowers.models import Phone
from borrowers.services import number_to_dial, set_status
from tests.loans.build import AT, a_loan, person

pytestmark = pytest.mark.django_db


def test_a_number_changes_its_status_and_the_answer_is_what_it_was() -> None:
    phone = a_loan().borrower.phones.get()
    assert set_status(point=phone, status="invalid", by=person(), at=AT) == "ok"
    assert Phone.objects.get().status == "invalid"
    entry = AuditEntry.objects.get(action="borrowers.set_status")
    assert entry.details == {"point": f"phone {phone.pk}", "status": ["ok", "invalid"]}


def test_what_is_so_already_is_not_written_again() -> None:
    phone = a_loan().borrower.phones.get()
    assert set_status(point=phone, status="ok", by=person(), at=AT) == "ok"
    assert not AuditEntry.objects.filter(action="borrowers.set_status").exists()


def test_a_number_that_is_dialled_is_written_down_without_the_number() -> None:
    phone = a_loan().borrower.phones.get()
    assert number_to_dial(point=phone, by=person(), purpose="collect", at=AT) == "15800000001"
    entry = AuditEntry.objects.get(action="borrowers.dial")
    assert entry.details == {"point": f"phone {phone.pk}", "purpose": "collect"}
