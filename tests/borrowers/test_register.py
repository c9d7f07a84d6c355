"""New people of a tape go on file once, sealed, findable and comparable."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEntry
from borrowers.models import Address, Borrower, Phone, SearchKey, ThirdParty
from borrowers.selectors import contact_digest_of, contact_digests, content_digests, digest_of, search
from borrowers.services import register
from rulebook.tape import NewBorrower, NewContact
from staff.models import User
from tests.borrowers.conftest import AT, FATHER, LI, SHAN


def test_everything_the_lender_told_is_on_file(li: Borrower) -> None:
    phone, address, father = li.phones.get(), li.addresses.get(), li.third_parties.get()
    assert (li.name, li.id_number, li.email, li.language) == (LI.name, LI.id_number, LI.email, "zh-hans")
    assert (phone.number, phone.source, phone.status) == (LI.phone, "contract", "ok")
    assert address.in_full == "北京市海淀区中关村大街2号"
    assert (father.name, father.number, father.relation, father.source) == ("李贵", FATHER.phone, "parent", "contract")


def test_the_page_sees_it_masked(li: Borrower, shan: Borrower) -> None:
    assert (li.masked_name, li.masked_phone) == ("李*", "158****0001")
    assert (li.masked_id_number, li.masked_email) == ("990000********002X", "b***@example.test")
    assert (li.masked_address, shan.masked_address) == ("北京市****", "广东省深圳市****")
    assert shan.addresses.get().in_full == "广东省深圳市南山区科苑路3号"
    assert (shan.masked_email, li.third_parties.get().masked_name) == ("", "李*")


def test_somebody_without_phone_and_address_is_on_file_too(db: None) -> None:
    register(borrowers=[replace(LI, phone="", province="", city="", address="")], contacts=[], by=None, at=AT)
    person = Borrower.objects.get()
    assert (Phone.objects.count(), Address.objects.count()) == (0, 0)
    assert (person.masked_phone, person.masked_address) == ("", "")
    assert search("lsh").get() == person


def test_the_count_and_the_audit_say_how_many_and_not_who(db: None, collector: User) -> None:
    assert register(borrowers=[LI, SHAN], contacts=[FATHER], by=collector, at=AT) == 2
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_name, entry.at) == ("borrowers.register", "collector", AT)
    assert entry.details == {"borrowers": 2, "contacts": 1}


def test_nobody_to_register_leaves_no_trace(db: None) -> None:
    assert register(borrowers=[], contacts=[], by=None, at=AT) == 0
    assert AuditEntry.objects.count() == 0


def test_a_contact_of_somebody_on_file_is_added(shan: Borrower) -> None:
    assert register(borrowers=[], contacts=[replace(FATHER, borrower_no="B00000002")], by=None, at=AT) == 0
    assert shan.third_parties.get().masked_number == "177****0009"


def test_a_number_that_is_on_file_is_refused_and_nothing_of_the_tape_stays(on_file: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        register(borrowers=[replace(SHAN, borrower_no="B00000003"), LI], contacts=[], by=None, at=AT)
    assert Borrower.objects.count() == 2


def test_the_same_contact_twice_is_refused(on_file: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        register(borrowers=[], contacts=[FATHER], by=None, at=AT)
    assert ThirdParty.objects.count() == 1


@pytest.mark.parametrize(("column", "value"), [("source", "bought"), ("status", "whatever")])
@pytest.mark.parametrize("model", [Phone, Address, ThirdParty])
def test_the_database_refuses_a_source_the_law_does_not_know(
    on_file: None, model: Any, column: str, value: str
) -> None:
    with pytest.raises(IntegrityError, match=column), transaction.atomic():
        model.objects.update(**{column: value})
    assert model.objects.update(**{column: {"source": "public", "status": "wrong"}[column]}) > 0


def test_the_same_row_is_recognised_and_a_changed_one_too(on_file: None) -> None:
    on_record = content_digests(["B00000001", "B00000002", "B99999999"])
    assert on_record == {"B00000001": digest_of(LI), "B00000002": digest_of(SHAN)}
    for field in ("name", "id_number", "phone", "phone_source", "email", "province", "city", "address", "language"):
        assert digest_of(replace(LI, **{field: "other"})) != digest_of(LI)


def test_the_same_contact_is_recognised_and_a_changed_one_too(on_file: None) -> None:
    assert contact_digests(["B00000001", "B00000002"]) == dict([contact_digest_of(FATHER)])
    assert contact_digests(["B00000002"]) == {}
    for field in ("borrower_no", "name", "relation", "phone", "source"):
        changed = contact_digest_of(replace(FATHER, **{field: "other"}))
        assert changed.content != contact_digest_of(FATHER).content
        same_person = field in {"relation", "source"}
        assert (changed.identity == contact_digest_of(FATHER).identity) == same_person


def test_a_person_has_each_search_key_once(on_file: None) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        key = SearchKey.objects.first()
        assert key
        SearchKey.objects.create(borrower_id=key.borrower_id, kind=key.kind, digest=bytes(key.digest))


def whole_tape() -> tuple[list[NewBorrower], list[NewContact]]:
    people = [replace(LI, borrower_no=f"B{n:08}", phone=f"158{n:08}", email=f"b{n}@example.test") for n in range(1600)]
    return people, [replace(FATHER, borrower_no=person.borrower_no) for person in people[::2]]


def test_a_whole_tape_takes_a_few_statements(db: None) -> None:
    people, contacts = whole_tape()
    with CaptureQueriesContext(connection) as seen:
        assert register(borrowers=people, contacts=contacts, by=None, at=AT) == 1600
    assert len(seen) <= 20
    assert search("15800001599").get().borrower_no == "B00001599"
