"""The cast of the borrowers room: two people who owe, and staff who may or may not see them in clear."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from borrowers.models import Borrower
from borrowers.services import register
from rulebook.tape import NewBorrower, NewContact
from staff.models import User
from staff.roles import Role

AT = dt.datetime(2026, 10, 31, 9, 0, tzinfo=dt.UTC)

LI = NewBorrower(
    borrower_no="B00000001",
    name="李顺华",
    id_number="99000020020202002X",
    phone="15800000001",
    phone_source="contract",
    email="b1@example.test",
    province="北京市",
    city="北京市",
    address="海淀区中关村大街2号",
    language="zh-hans",
)
SHAN = NewBorrower(
    borrower_no="B00000002",
    name="单小明",
    id_number="990000200003030041",
    phone="+86 177-0000-0002",
    phone_source="authorised",
    email="",
    province="广东省",
    city="深圳市",
    address="南山区科苑路3号",
    language="en",
)
FATHER = NewContact(borrower_no="B00000001", name="李贵", relation="parent", phone="17700000009", source="contract")
# Everything that must never be seen outside an encrypted column.
SECRETS = (
    *(LI.name, LI.id_number, LI.phone, LI.email, LI.address, FATHER.name, FATHER.phone),
    *(SHAN.name, SHAN.id_number, "17700000002", "177-0000-0002", SHAN.address),
)


@pytest.fixture
def at() -> dt.datetime:
    return AT


@pytest.fixture
def person(db: None) -> Callable[[str, Role], User]:
    return lambda username, role: User.objects.create_user(username, password="not-a-secret", role=role)


@pytest.fixture
def collector(person: Callable[[str, Role], User]) -> User:
    return person("collector", Role.COLLECTOR)


@pytest.fixture
def other_collector(person: Callable[[str, Role], User]) -> User:
    return person("other_collector", Role.COLLECTOR)


@pytest.fixture
def auditor(person: Callable[[str, Role], User]) -> User:
    return person("auditor", Role.AUDITOR)


@pytest.fixture
def on_file(db: None) -> None:
    register(borrowers=[LI, SHAN], contacts=[FATHER], by=None, at=AT)


@pytest.fixture
def li(on_file: None) -> Borrower:
    return Borrower.objects.get(borrower_no=LI.borrower_no)


@pytest.fixture
def shan(on_file: None) -> Borrower:
    return Borrower.objects.get(borrower_no=SHAN.borrower_no)


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Rows that other connections see; afterwards they are taken away, past the triggers of append-only tables."""
    with django_db_blocker.unblock():
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                tables = connection.introspection.table_names(cursor)
                cursor.execute("SET session_replication_role = replica")
                for table in tables:
                    if table.startswith(("audit_", "borrowers_", "staff_")):
                        cursor.execute(f'DELETE FROM "{table}"')
            connection.close()
