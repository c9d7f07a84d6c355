"""While Valkey is away people go on working, and a press that needs a worker is answered with a sentence."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases.models import Handover
from contacts.models import Attempt
from intake.models import ImportRun
from staff.roles import Role
from tests.cases.build import a_case
from tests.cases.build_assignment import collector, desk, planned, previewed, some_cases, supervisor
from tests.intake.build import files_of, good_tape
from tests.loans.test_loan_page import signed_in
from tests.outages import Broker, asked_through
from ui.errands import NOT_PASSED_ON

pytestmark = pytest.mark.django_db

TEN = "2025-02-10T10:00:00+08:00"
# What somebody waits at most for the answer to a press.
PATIENCE = 15


@pytest.fixture
def broker(tmp_path: Path, settings: Any) -> Iterator[Broker]:
    """A Valkey of our own, for tasks and for the cache."""
    own = Broker(tmp_path)
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": own.url}}
    try:
        with asked_through(own):
            yield own
    finally:
        own.stop()


@pytest.fixture(params=["stopped", "frozen"])
def away(broker: Broker, request: pytest.FixtureRequest) -> Iterator[Broker]:
    """The same, not running or not answering."""
    if request.param == "stopped":
        broker.stop()
        yield broker
    else:
        broker.freeze()
        yield broker
        broker.thaw()


def waiting(broker: Broker) -> int:
    """How many tasks wait for a worker."""
    with redis.Redis.from_url(broker.url) as client:
        return int(client.llen("celery"))


def told(response: Any) -> bool:
    """Whether the page that follows a press says that it was not passed on."""
    assert response.status_code == 200
    return str(NOT_PASSED_ON) in response.content.decode()


def press(client: Client, address: str, *numbers: int, **posted: Any) -> bool:
    began = time.monotonic()
    response = client.post(reverse(address, args=numbers), posted, follow=True)
    assert time.monotonic() - began < PATIENCE
    return told(response)


@pytest.mark.usefixtures("away")
def test_a_collector_opens_a_case_and_logs_a_call() -> None:
    with time_machine.travel(TEN, tick=True):
        case, client = a_case(), signed_in(Role.COLLECTOR)
        assert client.get(reverse("cases:case", args=[case.pk])).status_code == 200
        phone = case.borrower.phones.get()
        assert client.post(reverse("desk:call", args=[case.pk]), {"point": f"phone:{phone.pk}"}).status_code == 200
        assert client.post(reverse("desk:log", args=[case.pk]), {"line": "RNR"}).status_code == 302
    assert Attempt.objects.get().outcome_id == "RNR"


@pytest.mark.usefixtures("away")
def test_a_brief_that_cannot_be_asked_for_is_said_and_not_announced() -> None:
    client = signed_in(Role.SUPERVISOR)
    assert press(client, "reports:make_brief")


def test_a_tape_is_kept_shown_as_interrupted_and_checked_when_valkey_is_back(broker: Broker) -> None:
    client = signed_in(Role.OPERATIONS)
    files = [SimpleUploadedFile(file.name, file.content) for file in files_of(good_tape())]
    broker.stop()
    assert press(client, "intake:new", tape=files)
    run = ImportRun.objects.get()
    assert run.state == "interrupted"
    assert press(client, "intake:check_again", run.pk)
    broker.come_back()
    assert not press(client, "intake:check_again", run.pk)
    assert (ImportRun.objects.get().state, waiting(broker)) == ("checking", 1)
    broker.stop()
    assert client.get(reverse("intake:run", args=[run.pk])).status_code == 200  # its progress was in the cache


def test_a_handover_that_was_agreed_to_waits_and_goes_on_at_a_press_when_valkey_is_back(broker: Broker) -> None:
    collector("ann")
    desk(supervisor(), 0)
    some_cases(2)
    handover, client = planned(previewed()), signed_in(Role.SUPERVISOR)
    broker.stop()
    assert press(client, "assignment:resume", handover.pk)
    broker.come_back()
    assert not press(client, "assignment:resume", handover.pk)
    assert (Handover.objects.get().state, waiting(broker)) == ("planned", 1)
