"""Sessions end with the working day, and what is left of them is removed at night."""

import datetime as dt

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from staff.models import User
from staff.tasks import forget_sessions
from tests.cast import SignedIn

pytestmark = pytest.mark.django_db


def test_a_session_that_has_ended_is_forgotten_and_another_stays(
    operations: User, auditor: User, signed_in: SignedIn
) -> None:
    ended, going_on = signed_in(operations), signed_in(auditor)
    Session.objects.filter(pk=ended.session.session_key).update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    forget_sessions()
    assert Session.objects.get().pk == going_on.session.session_key


def test_who_signed_in_yesterday_signs_in_again(operations: User, signed_in: SignedIn) -> None:
    client: Client = signed_in(operations)
    assert client.get("/").status_code == 200
    assert settings.SESSION_COOKIE_AGE <= 12 * 3600
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    assert client.get("/").status_code == 302
