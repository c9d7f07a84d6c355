"""The database goes between the gateway's answer and our mark: nothing is sent twice, and a person looks at it."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from reminders.models import OutboxMessage
from reminders.send_services import LEASE, doubt_the_unmarked
from tests.reminders.build import a_late_loan, moment, night, send
from tests.reminders.faults import Arrived
from tests.reminders.mail_sink import MailSink
from tests.reminders.sms_sink import SmsSink
from tests.reminders.worker import a_worker, ask_for, environment, forget_tasks, wait_until

pytestmark = pytest.mark.xdist_group("away_and_back")

SMS, EMAIL = (("reminders.tasks.send_due", (medium,)) for medium in ("sms", "email"))
WORKER = "the_worker"


class LastWord(SmsSink):
    """An SMS gateway that accepts a message, and before it can say so the worker has lost its database."""

    def keep(self, message: Arrived) -> None:
        super().keep(message)
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = %s", [WORKER]
                )
        finally:
            connection.close()


def named(database: str) -> str:
    """The address of the database under which its server knows the worker."""
    return f"{database}{'&' if urlsplit(database).query else '?'}application_name={WORKER}"


def states(medium: str) -> list[str]:
    return list(OutboxMessage.objects.filter(medium=medium).order_by("pk").values_list("state", flat=True))


def test_what_a_gateway_took_while_the_database_went_needs_a_look_and_the_worker_goes_on(
    committed: None, tmp_path: Path
) -> None:
    a_late_loan(loan_no="L1")
    a_late_loan(loan_no="L2")
    a_late_loan(loan_no="L3", email="b3@example.test", phone="")
    night("01-11")
    assert (states("sms"), states("email")) == (["planned"] * 2, ["planned"])
    forget_tasks()
    with LastWord(any_time=True) as sms, MailSink() as mail:
        env = environment({"smtp": mail.url, "sms": sms.url})
        env["DATABASE_URL"] = named(env["DATABASE_URL"])
        log = tmp_path / "worker.log"
        with a_worker(moment("01-11 09:05"), env, log):
            ask_for(SMS, EMAIL)
            # One task after the other, so when the mail is sent the text messages have had their turn.
            assert wait_until(lambda: states("email") == ["sent"]), log.read_text(encoding="utf-8")[-4000:]
            ask_for(SMS, EMAIL)
        assert states("sms") == ["sending", "sending"]
        assert doubt_the_unmarked(at=moment("01-11 09:05")) == 0
        later = moment("01-11 09:10") + LEASE
        assert doubt_the_unmarked(at=later) == 2
        assert send(f"{later:%m-%d %H:%M}") == 0
        assert states("sms") == ["in_doubt", "in_doubt"]
        assert (len(sms.keys), len(mail.keys), sms.asked_again) == (1, 1, [])
