"""Changing who works here: every change is one call, refused by name or written to the audit log."""

import datetime as dt
import secrets
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from audit import services as audit
from staff.models import Team, User
from staff.roles import Role

# Without 0/o, 1/l/i: a temporary password is read out over the telephone.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
TRACKED = ("name", "role", "team_id", "language", "is_active")


class StaffRefused(Exception):
    """A change to the staff that must not happen; the text says why and what to do."""


class LastAdminRefused(StaffRefused):
    """Nobody would be left who can manage people."""


class DemoRefused(StaffRefused):
    """Demo people have a known password and belong in no production house."""


@transaction.atomic
def add_person(
    *,
    username: str,
    name: str,
    role: str,
    team: Team | None,
    password: str,
    by: User | None,
    at: dt.datetime,
    language: str = "zh-hans",
    must_change_password: bool = False,
) -> User:
    """A new member of staff who can sign in at once."""
    person = User.objects.create_user(
        username,
        password=password,
        name=name,
        role=role,
        team=team,
        language=language,
        must_change_password=must_change_password,
    )
    details = {"role": role, "team": team.name if team else None}
    audit.record(actor=by, action="staff.add", subject=f"person {username}", details=details, at=at)
    return person


@transaction.atomic
def edit_person(
    *,
    person: User,
    name: str,
    role: str,
    team: Team | None,
    language: str,
    is_active: bool,
    by: User | None,
    at: dt.datetime,
) -> User:
    """Change what somebody is called, may do or belongs to. Raises LastAdminRefused."""
    admins = _admins_locked()
    person = User.objects.select_for_update().get(pk=person.pk)
    stays_admin = is_active and role == Role.SYSTEM_ADMIN
    if admins == {person.pk} and not stays_admin:
        raise LastAdminRefused(
            gettext("This is the only system admin left. Make somebody else system admin first, then change this one.")
        )
    before = {field: getattr(person, field) for field in TRACKED}
    person.name, person.role, person.team, person.language, person.is_active = name, role, team, language, is_active
    person.save(update_fields=["name", "role", "team", "language", "is_active"])
    changes = {field: [old, getattr(person, field)] for field, old in before.items() if old != getattr(person, field)}
    if changes:
        audit.record(actor=by, action="staff.edit", subject=f"person {person.username}", details=changes, at=at)
    return person


def _admins_locked() -> set[int]:
    # Locked, so that two admins cannot remove each other at the same moment and leave nobody.
    admins = User.objects.select_for_update().filter(role=Role.SYSTEM_ADMIN, is_active=True).order_by("pk")
    return {admin.pk for admin in admins}


@transaction.atomic
def welcome(
    *, username: str, name: str, role: str, team: Team | None, language: str, by: User, at: dt.datetime
) -> tuple[User, str]:
    """A new member of staff and the temporary password to tell them."""
    password = _temporary()
    person = add_person(
        username=username,
        name=name,
        role=role,
        team=team,
        password=password,
        language=language,
        must_change_password=True,
        by=by,
        at=at,
    )
    return person, password


@transaction.atomic
def set_temporary_password(*, person: User, by: User | None, at: dt.datetime) -> str:
    """A password to tell somebody once; they choose their own when they next sign in, and are signed out now."""
    password = _temporary()
    person.set_password(password)
    person.must_change_password = True
    person.save(update_fields=["password", "must_change_password"])
    audit.record(actor=by, action="staff.temporary_password", subject=f"person {person.username}", at=at)
    return password


def _temporary() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _letter in range(4)) for _group in range(3))


@transaction.atomic
def change_own_password(*, password: str, by: User, at: dt.datetime) -> None:
    """Somebody chooses their own password."""
    by.set_password(password)
    by.must_change_password = False
    by.save(update_fields=["password", "must_change_password"])
    audit.record(actor=by, action="staff.own_password", subject=f"person {by.username}", at=at)


@transaction.atomic
def choose_language(*, language: str, by: User) -> None:
    """The language somebody reads the portal in, on every machine."""
    User.objects.filter(pk=by.pk).update(language=language)


@transaction.atomic
def sign_in(*, by: User, at: dt.datetime) -> None:
    """Write down that somebody signed in."""
    audit.record(actor=by, action="staff.sign_in", subject=f"person {by.username}", at=at)


@transaction.atomic
def add_team(*, name: str, by: User | None, at: dt.datetime) -> Team:
    """A new team."""
    team = Team.objects.create(name=name)
    audit.record(actor=by, action="staff.add_team", subject=f"team {name}", at=at)
    return team


@transaction.atomic
def rename_team(*, team: Team, name: str, by: User | None, at: dt.datetime) -> Team:
    """The same team under another name."""
    team = Team.objects.select_for_update().get(pk=team.pk)
    before, team.name = team.name, name
    team.save(update_fields=["name"])
    if before != name:
        details: dict[str, Any] = {"name": [before, name]}
        audit.record(actor=by, action="staff.rename_team", subject=f"team {before}", details=details, at=at)
    return team


# Role, name and team (first or second) of the people of the demo: two of each that four eyes need,
# and two visitors in the first team.
DEMO_PEOPLE: Iterable[tuple[str, Role, str, int | None]] = (
    ("operations", Role.OPERATIONS, "周敏", 0),
    ("operations2", Role.OPERATIONS, "Helen Zhou", 1),
    ("collector", Role.COLLECTOR, "李娜", 0),
    ("collector2", Role.COLLECTOR, "王强", 1),
    ("field_agent", Role.FIELD_AGENT, "陈刚", 0),
    ("field_agent2", Role.FIELD_AGENT, "刘洋", 1),
    ("field_agent3", Role.FIELD_AGENT, "马晓峰", 0),
    ("supervisor", Role.SUPERVISOR, "赵静", 0),
    ("supervisor2", Role.SUPERVISOR, "孙磊", 1),
    ("legal_officer", Role.LEGAL_OFFICER, "何薇", 0),
    ("policy_admin", Role.POLICY_ADMIN, "郑凯", None),
    ("policy_admin2", Role.POLICY_ADMIN, "冯雪", None),
    ("system_admin", Role.SYSTEM_ADMIN, "林涛", None),
    ("system_admin2", Role.SYSTEM_ADMIN, "吴昊", None),
    ("auditor", Role.AUDITOR, "许岚", None),
)
DEMO_TEAMS = ("华东 East", "华南 South")


@transaction.atomic
def add_demo_people(*, at: dt.datetime) -> list[tuple[str, str]]:
    """The people of the demo, unless they are there already; answers (role, username) of each. Raises DemoRefused."""
    if not settings.DEBUG:
        raise DemoRefused(gettext("Demo people have a known password; they are only added with DEBUG=1."))
    teams = [Team.objects.filter(name=name).first() or add_team(name=name, by=None, at=at) for name in DEMO_TEAMS]
    there = set(User.objects.values_list("username", flat=True))
    for username, role, name, team in DEMO_PEOPLE:
        if username not in there:
            add_person(
                username=username,
                name=name,
                role=role,
                team=None if team is None else teams[team],
                password=settings.DEMO_PASSWORD,
                by=None,
                at=at,
            )
    return [(str(role.label), username) for username, role, _name, _team in DEMO_PEOPLE]
