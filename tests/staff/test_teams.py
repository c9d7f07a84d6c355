"""Teams are added and renamed, each under its own name."""

from audit.models import AuditEntry
from staff.models import Team, User
from tests.cast import SignedIn


def test_a_team_is_added_and_written_down(system_admin: User, signed_in: SignedIn) -> None:
    page = signed_in(system_admin).post("/teams/add/", {"name": "North"}, follow=True)

    assert "The team is added." in page.content.decode()
    assert AuditEntry.objects.filter(action="staff.add_team", subject="team North").exists()


def test_a_team_is_renamed_and_keeps_its_people(system_admin: User, collector: User, signed_in: SignedIn) -> None:
    team = collector.team
    assert team is not None
    signed_in(system_admin).post(f"/teams/{team.pk}/", {"name": "Far East"})

    team.refresh_from_db()
    assert team.name == "Far East"
    entry = AuditEntry.objects.get(action="staff.rename_team")
    assert (entry.subject, entry.details) == ("team East", {"name": ["East", "Far East"]})


def test_two_teams_cannot_have_one_name(system_admin: User, east: Team, south: Team, signed_in: SignedIn) -> None:
    page = signed_in(system_admin).post(f"/teams/{south.pk}/", {"name": "East"})

    south.refresh_from_db()
    assert (page.status_code, south.name) == (200, "South")


def test_a_list_without_teams_says_what_to_do(system_admin: User, signed_in: SignedIn) -> None:
    assert "No teams yet" in signed_in(system_admin).get("/teams/").content.decode()
