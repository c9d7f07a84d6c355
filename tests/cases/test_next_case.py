"""Next case: each person gets one of their own, in the order of the queue, and none is lost when a browser dies."""

import datetime as dt
import threading
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from cases.desk_services import LEASE, DeskRefused, call, log, next_case, take_case, wake
from cases.models import Case
from staff.models import User
from staff.roles import Role
from tests.cases.build import a_case, a_loan, close, person
from tests.loans.build import team
from tests.loans.test_loan_page import signed_in

TEN = dt.datetime(2025, 2, 10, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
SESSIONS = 20


def collector(name: str) -> User:
    return User.objects.create_user(name, role=Role.COLLECTOR, team=team())


def cases(count: int) -> list[Case]:
    for number in range(count):
        a_loan(loan_no=f"L{number:02}")
    close("02-10")
    return list(Case.objects.order_by("pk"))


@pytest.mark.django_db
def test_ones_own_cases_and_the_pools_come_in_the_order_of_the_queue_and_a_colleagues_never() -> None:
    me, other = collector("me"), collector("other")
    mine, pool, theirs = cases(3)
    Case.objects.filter(pk=mine.pk).update(owner=me)
    Case.objects.filter(pk=theirs.pk).update(owner=other, line=1)
    Case.objects.filter(pk=pool.pk).update(line=2)
    assert [next_case(by=me, at=TEN), next_case(by=me, at=TEN), next_case(by=me, at=TEN)] == [pool, mine, None]


@pytest.mark.django_db
def test_a_case_that_somebody_is_on_is_offered_again_after_a_quarter_of_an_hour() -> None:
    (case,) = cases(1)
    first, second = collector("first"), collector("second")
    assert next_case(by=first, at=TEN) == case
    assert next_case(by=second, at=TEN + LEASE - dt.timedelta(seconds=1)) is None
    assert next_case(by=second, at=TEN + LEASE) == case


@pytest.mark.django_db
def test_a_colleague_cannot_take_it_meanwhile_but_somebody_who_answers_for_the_team_can() -> None:
    (case,) = cases(1)
    first, second = collector("first"), collector("second")
    next_case(by=first, at=TEN)
    with pytest.raises(DeskRefused, match="is working on this case"):
        call(case=case, point=case.borrower.phones.get(), by=second, at=TEN)
    take_case(case=case, by=person(Role.SUPERVISOR), at=TEN)
    assert Case.objects.get(pk=case.pk).lease_by == person(Role.SUPERVISOR)


@pytest.mark.django_db
def test_after_no_answer_the_case_waits_four_hours_and_comes_back_by_the_clock() -> None:
    (case,) = cases(1)
    me = collector("me")
    next_case(by=me, at=TEN)
    log(case=case, point=case.borrower.phones.get(), outcome="RNR", said={}, by=me, at=TEN)
    assert next_case(by=me, at=TEN + dt.timedelta(minutes=1)) is None
    assert wake(at=TEN + dt.timedelta(hours=3, minutes=59)) == 0
    later = TEN + dt.timedelta(hours=4)
    assert wake(at=later) == 1
    assert next_case(by=me, at=later) == case


@pytest.mark.django_db
def test_a_call_back_is_first_when_its_time_has_come() -> None:
    waits, urgent = cases(2)
    me = collector("me")
    two = TEN + dt.timedelta(hours=4)
    log(case=waits, point=waits.borrower.phones.get(), outcome="CB", said={"at": two}, by=me, at=TEN)
    assert next_case(by=me, at=TEN) == urgent
    Case.objects.update(lease_until=None, lease_by=None)
    wake(at=two)
    assert next_case(by=me, at=two) == waits


@pytest.mark.django_db
def test_who_may_not_log_gets_no_case_and_another_team_finds_nothing() -> None:
    cases(1)
    with pytest.raises(PermissionDenied):
        next_case(by=person(Role.OPERATIONS), at=TEN)
    assert next_case(by=person(Role.COLLECTOR, of="Elsewhere"), at=TEN) is None


@pytest.mark.django_db
def test_the_button_leads_to_the_case_or_says_when_the_next_one_comes() -> None:
    case = a_case(on="02-10")
    with time_machine.travel(TEN, tick=False):
        client = signed_in(Role.COLLECTOR)
        assert client.post(reverse("desk:next"))["location"] == reverse("cases:case", args=[case.pk])
        by, phone = person(Role.COLLECTOR), case.borrower.phones.get()
        log(case=case, point=phone, outcome="RNR", said={}, by=by, at=TEN)
        shown = client.post(reverse("desk:next"), follow=True).content.decode()
        assert "Nothing to do now; the next case comes at 2025-02-10 14:00:00." in shown


@pytest.mark.django_db
def test_who_finds_nothing_is_told_of_ones_own_next_moment_not_of_a_colleagues() -> None:
    (theirs,) = cases(1)
    other = collector("other")
    log(case=theirs, point=theirs.borrower.phones.get(), outcome="RNR", said={}, by=other, at=TEN)
    Case.objects.filter(pk=theirs.pk).update(owner=other)
    assert "every case waits for something else than time" in told()
    Case.objects.filter(pk=theirs.pk).update(owner=None)
    assert "the next case comes at 2025-02-10 14:00:00." in told()


@pytest.mark.django_db
def test_who_finds_colleagues_on_everything_is_told_when_the_first_lease_ends() -> None:
    cases(1)
    next_case(by=collector("other"), at=TEN)
    assert "the next case comes at 2025-02-10 10:15:00." in told()


def told() -> str:
    """What the page says to a collector who pressed "Next case" at ten."""
    with time_machine.travel(TEN, tick=False):
        return signed_in(Role.COLLECTOR).post(reverse("desk:next"), follow=True).content.decode()


def test_twenty_sessions_at_once_get_twenty_cases(committed: None) -> None:
    expected = {case.pk for case in cases(SESSIONS)}
    people = [collector(f"collector{number}") for number in range(SESSIONS)]
    ready = threading.Barrier(SESSIONS, timeout=20)
    got: list[int | None] = []

    def press(by: User) -> None:
        try:
            ready.wait()
            case = next_case(by=by, at=TEN)
            got.append(case.pk if case else None)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(by,)) for by in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(got) == SESSIONS
    assert set(got) == expected
    assert next_case(by=people[0], at=TEN) is None
