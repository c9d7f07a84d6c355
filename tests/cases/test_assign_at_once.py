"""Two supervisors and their workers at the same moment: nobody gets too many, and no case moves twice."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from cases import assignment_services
from cases.assignment_services import hand_over
from cases.models import Case, Handover, HandoverCase
from rulebook.assignment import Move
from tests.cases.build import AT
from tests.cases.build_assignment import carried_out, collector, desk, some_cases, supervisor


def at_once(*actions: Callable[[], object]) -> None:
    ready = threading.Barrier(len(actions), timeout=10)

    def run(action: Callable[[], object]) -> None:
        try:
            ready.wait()
            action()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.usefixtures("committed")
def test_two_handovers_with_two_workers_each_give_nobody_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assignment_services, "CHUNK", 2)
    ann = collector("ann")
    desk(ann, 5), desk(supervisor(), 0)
    cases = some_cases(8)
    moves = [Move(case.pk, None, ann.pk) for case in cases]
    halves = [
        hand_over(moves=half, strategy="load", reason="more", by=supervisor(), at=AT) for half in (moves[:4], moves[4:])
    ]
    at_once(*[lambda one=one: carried_out(one) for one in halves for _worker in range(2)])
    done = Handover.objects.order_by("pk")
    assert {one.state for one in done} == {"done"}
    assert sum(one.moved for one in done) == Case.objects.filter(owner=ann).count() == HandoverCase.objects.count() == 5
