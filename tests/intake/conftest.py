"""The cast of an import, and transactions that other connections see."""

import pytest
from django.core.cache import cache

from intake.selectors import progress_key
from staff.models import User
from staff.roles import Role
from tests.committed import committed, emptied_by_us  # noqa: F401 (fixtures)
from tests.loans.build import person


@pytest.fixture(autouse=True)
def no_old_progress() -> None:
    # Import numbers begin anew in each test database; progress of an older import 1 must not be taken for this one's.
    cache.delete_many(progress_key(run_id, attempt) for run_id in range(1, 300) for attempt in (1, 2, 3))


@pytest.fixture
def operations(db: None) -> User:
    return person(Role.OPERATIONS, of="North")


@pytest.fixture
def other_operations(db: None) -> User:
    return person(Role.OPERATIONS, of="South")


@pytest.fixture
def auditor(db: None) -> User:
    return person(Role.AUDITOR, of=None)


@pytest.fixture
def collector(db: None) -> User:
    return person(Role.COLLECTOR, of="North")
