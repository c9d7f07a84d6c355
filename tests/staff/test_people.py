"""System admins add, change and let go people; somebody is always left who can; everything is written down."""

import pytest
from django.db import IntegrityError, transaction

from audit.models import AuditEntry
from staff import services
from staff.models import Team, User
from staff.roles import Role
from tests.cast import AT, SignedIn, hire


def done(action: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action=action, actor_name="system_admin"))


def as_edited(person: User, **changes: object) -> dict[str, object]:
    return {
        "name": person.name,
        "role": person.role,
        "team": person.team_id or "",
        "language": "en",
        "is_active": "on",
    } | changes


def test_a_new_person_gets_a_password_shown_once(system_admin: User, east: Team, signed_in: SignedIn) -> None:
    asked = {"username": "lin", "name": "林", "role": Role.COLLECTOR, "team": east.pk, "language": "zh-hans"}

    response = signed_in(system_admin).post("/staff/add/", asked)

    lin = User.objects.get(username="lin")
    assert (lin.role, lin.team, lin.must_change_password) == (Role.COLLECTOR, east, True)
    assert lin.check_password(response.context["secret"])
    assert response.context["secret"] in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    (entry,) = done("staff.add")
    assert entry.subject == "person lin"
    assert response.context["secret"] not in str(entry.details)


def test_two_people_cannot_sign_in_with_the_same_name(system_admin: User, collector: User, signed_in: SignedIn) -> None:
    asked = {"username": "Collector", "role": Role.COLLECTOR, "language": "en"}

    assert "already signs in" in signed_in(system_admin).post("/staff/add/", asked).content.decode()


def test_a_changed_role_takes_effect_at_once_and_says_what_it_was(
    system_admin: User, collector: User, signed_in: SignedIn
) -> None:
    client = signed_in(collector)
    assert client.get("/imports/").status_code == 403

    signed_in(system_admin).post(f"/staff/{collector.pk}/", as_edited(collector, role=Role.OPERATIONS))

    assert client.get("/imports/").status_code == 200
    assert done("staff.edit")[0].details == {"role": ["collector", "operations"]}


def test_saving_without_a_change_writes_nothing(system_admin: User, collector: User, signed_in: SignedIn) -> None:
    signed_in(system_admin).post(f"/staff/{collector.pk}/", as_edited(collector))

    assert done("staff.edit") == []


@pytest.mark.parametrize("change", [{"role": Role.AUDITOR}, {"is_active": ""}])
def test_the_last_system_admin_stays(change: dict[str, str], system_admin: User, signed_in: SignedIn) -> None:
    page = signed_in(system_admin).post(f"/staff/{system_admin.pk}/", as_edited(system_admin, **change))

    system_admin.refresh_from_db()
    assert "only system admin left" in page.content.decode()
    assert (system_admin.role, system_admin.is_active) == (Role.SYSTEM_ADMIN, True)


def test_one_of_two_system_admins_may_go(system_admin: User, signed_in: SignedIn) -> None:
    other = hire("other_admin", Role.SYSTEM_ADMIN)
    signed_in(system_admin).post(f"/staff/{other.pk}/", as_edited(other, is_active=""))

    other.refresh_from_db()
    assert not other.is_active
    with pytest.raises(services.LastAdminRefused):
        services.edit_person(
            person=system_admin, name="", role=Role.AUDITOR, team=None, language="en", is_active=True, by=None, at=AT
        )


def test_a_temporary_password_is_shown_once_and_signs_the_person_out(
    system_admin: User, collector: User, signed_in: SignedIn
) -> None:
    theirs, admin = signed_in(collector), signed_in(system_admin)
    assert admin.get(f"/staff/{collector.pk}/password/").context["secret"] == ""

    secret = admin.post(f"/staff/{collector.pk}/password/").context["secret"]

    collector.refresh_from_db()
    assert collector.check_password(secret)
    assert theirs.get("/").status_code == 302
    assert done("staff.temporary_password")[0].subject == "person collector"


def test_the_list_of_people_is_narrowed_by_its_address(
    system_admin: User, collector: User, other_collector: User, signed_in: SignedIn
) -> None:
    User.objects.filter(pk=other_collector.pk).update(is_active=False)
    client = signed_in(system_admin)

    def shown(asked: str) -> set[str]:
        return {row.record.username for row in client.get(f"/staff/?{asked}").context["table"].rows}

    assert shown("") == {"system_admin", "collector", "other_collector"}
    assert shown("role=collector") == {"collector", "other_collector"}
    assert shown("role=collector&gone=no") == {"collector"}
    assert shown("gone=yes") == {"other_collector"}
    assert shown(f"team={collector.team_id}") == {"collector"}
    assert shown("q=OTHER") == {"other_collector"}


def test_the_auditor_sees_people_but_no_way_to_change_them(auditor: User, collector: User, signed_in: SignedIn) -> None:
    page = signed_in(auditor).get("/staff/").content.decode()

    assert "collector" in page
    assert f"/staff/{collector.pk}/" not in page
    assert "/staff/add/" not in page


def test_nobody_stands_above_the_table_of_roles(db: None) -> None:
    boss = User.objects.create_superuser("boss", password="long-enough-secret")

    assert (boss.role, boss.is_superuser) == (Role.SYSTEM_ADMIN, False)
    assert boss.has_perm("staff.manage")
    assert not boss.has_perm("loans.book")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.update(is_superuser=True)


def test_a_role_that_is_not_in_the_table_is_refused_by_the_database(collector: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=collector.pk).update(role="king")
