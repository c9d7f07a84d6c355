"""The portal speaks the language that a person chose, on every machine."""

from django.conf import settings
from django.test import Client

from staff.models import User
from tests.cast import PASSWORD, SignedIn


def test_the_choice_is_kept_for_the_person_and_for_the_machine(operations: User, signed_in: SignedIn) -> None:
    response = signed_in(operations).post("/language/", {"language": "zh-hans", "next": "/password/"})

    operations.refresh_from_db()
    assert operations.language == "zh-hans"
    assert response.headers["Location"] == "/password/"
    assert response.cookies[settings.LANGUAGE_COOKIE_NAME].value == "zh-hans"


def test_signing_in_on_another_machine_brings_the_language_along(operations: User, client: Client) -> None:
    User.objects.filter(pk=operations.pk).update(language="zh-hans")
    client.post("/login/", {"username": "operations", "password": PASSWORD})

    assert 'lang="zh-hans"' in client.get("/").content.decode()


def test_a_stranger_may_choose_for_the_sign_in_page(db: None, client: Client) -> None:
    client.post("/language/", {"language": "zh-hans", "next": "/login/"})

    assert 'lang="zh-hans"' in client.get("/login/").content.decode()


def test_a_language_the_portal_does_not_speak_changes_nothing(operations: User, signed_in: SignedIn) -> None:
    response = signed_in(operations).post("/language/", {"language": "fr"})

    operations.refresh_from_db()
    assert operations.language == "en"
    assert settings.LANGUAGE_COOKIE_NAME not in response.cookies


def test_the_way_back_never_leaves_the_house(db: None, client: Client) -> None:
    response = client.post("/language/", {"language": "en", "next": "https://elsewhere.example/"})

    assert response.headers["Location"] == "/"
