"""The named cast of the tests: one of each role in team East, and an other collector in team South."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from staff import services
from staff.models import Team, User
from staff.roles import Role

AT = dt.datetime(2026, 10, 31, 9, 0, tzinfo=dt.UTC)
PASSWORD = "correct-horse-battery"

SignedIn = Callable[[User], Client]


def hire(username: str, role: Role, team: Team | None = None, *, password: str = PASSWORD) -> User:
    """Somebody new, speaking English so that tests can read their pages."""
    return services.add_person(
        username=username,
        name=username.title(),
        role=role,
        team=team,
        password=password,
        language="en",
        by=None,
        at=AT,
    )


@pytest.fixture
def east(db: None) -> Team:
    return Team.objects.create(name="East")


@pytest.fixture
def south(db: None) -> Team:
    return Team.objects.create(name="South")


@pytest.fixture
def collector(east: Team) -> User:
    return hire("collector", Role.COLLECTOR, east)


@pytest.fixture
def other_collector(south: Team) -> User:
    return hire("other_collector", Role.COLLECTOR, south)


@pytest.fixture
def field_agent(east: Team) -> User:
    return hire("field_agent", Role.FIELD_AGENT, east)


@pytest.fixture
def supervisor(east: Team) -> User:
    return hire("supervisor", Role.SUPERVISOR, east)


@pytest.fixture
def operations(east: Team) -> User:
    return hire("operations", Role.OPERATIONS, east)


@pytest.fixture
def legal_officer(east: Team) -> User:
    return hire("legal_officer", Role.LEGAL_OFFICER, east)


@pytest.fixture
def policy_admin(db: None) -> User:
    return hire("policy_admin", Role.POLICY_ADMIN)


@pytest.fixture
def system_admin(db: None) -> User:
    return hire("system_admin", Role.SYSTEM_ADMIN)


@pytest.fixture
def auditor(db: None) -> User:
    return hire("auditor", Role.AUDITOR)


@pytest.fixture
def signed_in() -> SignedIn:
    """A browser in which somebody has signed in."""

    def sign_in(person: User) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(person, backend="staff.backends.RoleBackend")
        return client

    return sign_in
