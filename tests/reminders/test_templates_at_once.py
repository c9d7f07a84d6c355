"""Two people at the same text at the same moment: one of them is told so."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from reminders.models import TemplateVersion
from reminders.template_services import TemplateRefused, approve, send_back
from tests.loans.build import AT
from tests.reminders.test_templates import draft, submitted, writer


def at_once(*actions: Callable[[], object]) -> list[str]:
    """Run them at the same moment; the codes of those that were refused."""
    ready, codes = threading.Barrier(len(actions), timeout=10), []

    def run(action: Callable[[], object]) -> None:
        try:
            ready.wait()
            action()
        except TemplateRefused as refused:
            codes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return codes


@pytest.mark.usefixtures("committed")
def test_of_two_people_who_decide_at_once_one_is_told_that_it_is_decided() -> None:
    version, ann, bea = submitted(), writer("ann"), writer("bea")
    codes = at_once(
        lambda: approve(version=version, said="yes", by=ann, at=AT),
        lambda: send_back(version=version, said="no", by=bea, at=AT),
    )
    decided = TemplateVersion.objects.get(pk=version.pk)
    assert codes == ["state"]
    assert (decided.state, decided.decision) in {("approved", "yes"), ("returned", "no")}
    assert TemplateVersion.objects.filter(template=decided.template, state="approved").count() == 1


@pytest.mark.usefixtures("committed")
def test_of_two_people_who_begin_a_text_at_once_one_is_told_of_the_others_draft() -> None:
    ann, bea = writer("ann"), writer("bea")
    codes = at_once(lambda: draft(by=ann), lambda: draft(by=bea, at=AT + dt.timedelta(seconds=1)))
    assert codes == ["changed"]
    assert TemplateVersion.objects.filter(is_shipped=False).count() == 1
