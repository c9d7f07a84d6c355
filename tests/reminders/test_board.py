"""The board of messages: its sums are the rows, its senders say how they stand, and others' portfolios stay out."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from reminders.board_selectors import Board, Days, SenderNow, board_of, outbox_visible_to
from reminders.models import OutboxMessage, Sender
from reminders.outbox_forms import DAYS_BEFORE, asked_days
from reminders.wording import WHY, step_order, step_words, why_words
from staff.models import User
from staff.roles import Role
from tests.cases.build import a_case, day, person
from tests.reminders.build_outbox import HOUR, NOW, PATHS, a_message

pytestmark = pytest.mark.django_db

WEEK = Days(day("02-03"), day("02-09"))
MINUTE = dt.timedelta(minutes=1)


def board(viewer: User | None = None, days: Days = WEEK, at: dt.datetime = NOW) -> Board:
    return board_of(viewer or person(Role.OPERATIONS), days, at)


def sms(at: dt.datetime = NOW, **changes: Any) -> SenderNow:
    Sender.objects.filter(pk="sms").update(**changes)
    return next(now for now in board(at=at).senders if now.sender.medium == "sms")


def one_of_each(case: Case, **more: Any) -> None:
    for state in PATHS:
        a_message(case, state, **more)


def test_the_sums_of_the_board_are_the_rows_by_step_by_medium_and_by_state() -> None:
    case = a_case()
    one_of_each(case)
    one_of_each(case, step="overdue_1", medium="email")
    a_message(case, "sent", step="overdue_1")
    a_message(case, "planned", planned_on=day("02-03"))
    found = board()
    assert found.total == OutboxMessage.objects.count() == 22
    for state in PATHS:
        assert found.totals[state] == OutboxMessage.objects.filter(state=state).count()
        assert found.totals[state] == sum(row.counts.get(state, 0) for row in found.rows)
    for row in found.rows:
        its = OutboxMessage.objects.filter(step=row.step, medium=row.medium)
        assert row.total == its.count()
        for state, count in row.counts.items():
            assert count == its.filter(state=state).count()
    assert [(row.step, row.medium, row.total) for row in found.rows] == [
        ("overdue_1", "email", 10),
        ("overdue_1", "sms", 1),
        ("overdue_7", "sms", 11),
    ]


def test_days_outside_the_range_are_not_counted_but_what_needs_a_look_is_said_whatever_its_day() -> None:
    case = a_case()
    a_message(case, "in_doubt", planned_on=day("02-02"))
    a_message(case, "sent", planned_on=day("02-10"))
    a_message(case, "sent", planned_on=day("02-03"))
    found = board()
    assert (found.total, found.in_doubt) == (1, 1)


def test_everybody_sees_the_portfolios_of_their_team_and_the_auditor_all() -> None:
    a_message(a_case(), "in_doubt")
    a_message(a_case(loan_no="L2", portfolio="cards", seen_by="South"), "sent")
    mine, theirs = board(), board(person(Role.SUPERVISOR, of="South"))
    assert (mine.totals["in_doubt"], mine.total, mine.in_doubt) == (1, 1, 1)
    assert (theirs.totals["sent"], theirs.total, theirs.in_doubt) == (1, 1, 0)
    assert board(person(Role.AUDITOR, of=None)).total == 2
    assert board(person(Role.SUPERVISOR, of=None)).total == 0
    assert outbox_visible_to(person(Role.SUPERVISOR, of=None)).count() == 0


def test_the_board_asks_the_same_queries_for_few_messages_and_for_many() -> None:
    case, viewer, costs = a_case(), person(Role.OPERATIONS), []
    for steps in ((1,), (3, 7, 15, 30)):
        for step in steps:
            one_of_each(case, step=f"overdue_{step}")
        with CaptureQueriesContext(connection) as queries:
            board(viewer)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 6


def test_a_sender_runs_is_paused_rests_and_tries() -> None:
    assert sms().standing == "running"
    assert sms(failures=5, closed_until=NOW + MINUTE).standing == "resting"
    assert sms(at=NOW + MINUTE).standing == "trying"
    assert sms(is_paused=True, changed_at=NOW).standing == "paused"


def test_a_planned_message_a_quarter_of_an_hour_past_its_time_with_nobody_sending_is_a_worker_away() -> None:
    a_message(a_case(), "planned", send_after=NOW)
    assert (sms(at=NOW + 15 * MINUTE).late, sms(at=NOW + 15 * MINUTE).is_away) == (0, False)
    later = NOW + 16 * MINUTE
    assert (sms(at=later).late, sms(at=later).is_away) == (1, True)


def test_a_late_message_of_a_sender_at_work_or_at_rest_is_no_worker_away() -> None:
    case = a_case()
    a_message(case, "planned", send_after=NOW - HOUR)
    at_work = a_message(case, "sent")
    assert (sms().late, sms().is_away) == (1, False)
    OutboxMessage.objects.filter(pk=at_work.pk).update(claimed_at=NOW - 6 * MINUTE)
    assert sms().is_away
    assert not sms(is_paused=True, changed_at=NOW).is_away
    assert not sms(is_paused=False, failures=5, closed_until=NOW + MINUTE).is_away


def test_without_days_in_the_address_the_board_shows_a_week_until_today() -> None:
    days, form = asked_days({}, day("02-09"))
    assert days == WEEK
    assert (WEEK.last - WEEK.first).days == DAYS_BEFORE
    assert form.data == {"first_on": WEEK.first, "last_on": WEEK.last}


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ({"first_on": "2025-02-01", "last_on": "2025-02-05"}, "02-01", "02-05"),
        ({"first_on": "2025-02-01"}, "02-01", "02-01"),
        ({"last_on": "2025-02-05"}, "02-05", "02-05"),
        ({"first_on": "2025-01-01", "last_on": "2025-04-02"}, "01-01", "04-02"),
    ],
)
def test_the_days_in_the_address_are_shown(asked: dict[str, str], first: str, last: str) -> None:
    days, form = asked_days(asked, day("02-09"))
    assert days == Days(day(first), day(last))
    assert not form.errors


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"first_on": "2025-02-30"}, "first_on"),
        ({"first_on": "2025-02-05", "last_on": "2025-02-01"}, "last_on"),
        ({"first_on": "2025-01-01", "last_on": "2025-04-03"}, "first_on"),
    ],
)
def test_days_that_are_none_run_backwards_or_are_too_many_show_the_week_and_say_so(
    asked: dict[str, str], named: str
) -> None:
    days, form = asked_days(asked, day("02-09"))
    assert days == WEEK
    assert list(form.errors) == [named]


def test_every_reason_has_words_and_an_unknown_one_shows_itself() -> None:
    assert all(why_words(code) != code for code in WHY)
    assert why_words("by_hand") == "a person decided"
    assert why_words("gate", "refused") != why_words("gate", "sending")
    assert why_words("something_new") == "something_new"


def test_steps_have_words_and_stand_in_the_order_of_days() -> None:
    assert step_words("overdue", "overdue_7") == "7 days past due"
    assert step_words("promise", "promise_eve") == "1 day before a promise is due"
    assert step_words("overdue", "last_call") == "last_call"
    steps = [
        ("watch", "watch_1"),
        ("overdue", "overdue_15"),
        ("due", "due_1"),
        ("overdue", "overdue_3"),
        ("due", "due_3"),
    ]
    assert [step for _anchor, step in sorted(steps, key=lambda found: step_order(*found))] == [
        *("due_3", "due_1", "overdue_3", "overdue_15", "watch_1")
    ]
