"""Signing in and out, the lock after wrong passwords, and the first own password."""

from django.test import Client

from audit.models import AuditEntry
from staff import services
from staff.models import User
from tests.cast import AT, PASSWORD, SignedIn


def test_the_right_password_opens_my_day_and_is_written_down(operations: User, client: Client) -> None:
    response = client.post("/login/", {"username": "operations", "password": PASSWORD}, follow=True)

    assert response.redirect_chain == [("/", 302)]
    assert AuditEntry.objects.filter(action="staff.sign_in", actor_id=operations.pk).count() == 1


def test_a_wrong_password_does_not(operations: User, client: Client) -> None:
    response = client.post(
        "/login/", {"username": "operations", "password": "wrong"}, headers={"accept-language": "en"}
    )

    assert response.status_code == 200
    assert "correct username and password" in response.content.decode()


def test_somebody_who_left_cannot_sign_in_and_is_out_at_once(
    operations: User, client: Client, signed_in: SignedIn
) -> None:
    inside = signed_in(operations)
    User.objects.filter(pk=operations.pk).update(is_active=False)

    assert client.post("/login/", {"username": "operations", "password": PASSWORD}).status_code == 200
    assert inside.get("/").status_code == 302


def test_five_wrong_passwords_lock_the_name_and_say_what_to_do(operations: User, client: Client) -> None:
    for _attempt in range(5):
        client.post("/login/", {"username": "operations", "password": "wrong"})

    response = client.post(
        "/login/", {"username": "operations", "password": PASSWORD}, headers={"accept-language": "en"}
    )

    assert response.status_code == 429
    assert "Wait 15 minutes" in response.content.decode()


def test_another_name_is_not_locked_with_it(operations: User, auditor: User, client: Client) -> None:
    for _attempt in range(5):
        client.post("/login/", {"username": "operations", "password": "wrong"})

    assert client.post("/login/", {"username": "auditor", "password": PASSWORD}).status_code == 302


def test_a_page_that_asks_for_its_parts_is_sent_to_sign_in_as_a_whole(client: Client, db: None) -> None:
    part = client.get("/queue/", headers={"hx-request": "true"})
    assert (part.status_code, part["HX-Redirect"]) == (204, "/login/")
    assert client.get("/queue/").status_code == 302


def test_signing_out_ends_the_session(operations: User, signed_in: SignedIn) -> None:
    client = signed_in(operations)

    assert client.post("/logout/").url == "/login/"  # type: ignore[attr-defined]
    assert client.get("/").status_code == 302


def test_a_temporary_password_leads_only_to_the_page_for_ones_own(
    operations: User, system_admin: User, client: Client
) -> None:
    secret = services.set_temporary_password(person=operations, by=system_admin, at=AT)
    client.post("/login/", {"username": "operations", "password": secret})

    assert client.get("/").headers["Location"] == "/password/"
    assert client.get("/password/").status_code == 200

    client.post(
        "/password/", {"old_password": secret, "new_password1": "my-own-secret-9", "new_password2": "my-own-secret-9"}
    )
    assert client.get("/").status_code == 200
    assert AuditEntry.objects.filter(action="staff.own_password").exists()


def test_ones_own_password_needs_the_old_one(operations: User, signed_in: SignedIn) -> None:
    asked = {"old_password": "wrong", "new_password1": "my-own-secret-9", "new_password2": "my-own-secret-9"}

    assert signed_in(operations).post("/password/", asked).status_code == 200
    operations.refresh_from_db()
    assert operations.check_password(PASSWORD)
