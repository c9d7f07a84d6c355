"""The demo has two of each role that four eyes need, and refuses to exist in a production house."""

import pytest
from django.conf import settings as portal

from staff import services
from staff.models import User
from staff.roles import Role
from tests.cast import AT


def test_the_demo_people_can_sign_in(db: None) -> None:
    people = services.add_demo_people(at=AT)

    assert ("Operations", "operations") in people
    assert User.objects.get(username="operations").check_password(portal.DEMO_PASSWORD)
    for role in (Role.SUPERVISOR, Role.POLICY_ADMIN, Role.SYSTEM_ADMIN, Role.OPERATIONS, Role.COLLECTOR):
        assert User.objects.filter(role=role).count() == 2
    collectors = User.objects.filter(role=Role.COLLECTOR).values_list("team__name", flat=True)
    assert len(set(collectors)) == 2


def test_adding_them_again_changes_nobody(db: None) -> None:
    first = services.add_demo_people(at=AT)
    User.objects.filter(username="operations").update(name="renamed")

    assert services.add_demo_people(at=AT) == first
    assert User.objects.get(username="operations").name == "renamed"


def test_a_production_house_refuses_them(db: None, settings: object) -> None:
    settings.DEBUG = False  # type: ignore[attr-defined]
    with pytest.raises(services.DemoRefused):
        services.add_demo_people(at=AT)
    assert not User.objects.exists()


@pytest.fixture(autouse=True)
def as_in_the_demo(settings: object) -> None:
    settings.DEBUG = True  # type: ignore[attr-defined]
