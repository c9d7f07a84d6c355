"""A diary of what is to happen: stories that go on at moments of their own, lived in the order of time."""

import datetime as dt
import heapq
from collections.abc import Iterator

from approvals.services import ApprovalRefused
from bureau.services import RecordRefused
from cases.desk_services import DeskRefused
from cases.services import MoveRefused
from contacts.letter_services import LetterRefused
from contacts.promise_services import PromiseRefused
from contacts.services import ContactRefused, GateRefused
from legal.services import StepRefused
from loans.services import BookingRefused
from visits.plan_services import PlanRefused
from visits.services import VisitRefused

# A story says the moment of its next act, and then acts.
Story = Iterator[dt.datetime]
REFUSED = (
    *(ApprovalRefused, BookingRefused, ContactRefused, DeskRefused, GateRefused, LetterRefused),
    *(MoveRefused, PlanRefused, PromiseRefused, RecordRefused, StepRefused, VisitRefused),
)


class Diary:
    """Stories that are not over, by the moment at which each goes on."""

    def __init__(self) -> None:
        self._next: list[tuple[dt.datetime, int, Story]] = []
        self._begun = 0

    def begin(self, story: Story) -> None:
        """Add a story; of two that go on at the same moment the one that was added first does."""
        self._begun += 1
        self._go_on(story, self._begun)

    def live_until(self, moment: dt.datetime) -> None:
        """Let every story go on up to a moment, excluded; what is refused ends its story, as on any day."""
        while self._next and self._next[0][0] < moment:
            _at, number, story = heapq.heappop(self._next)
            self._go_on(story, number)

    def _go_on(self, story: Story, number: int) -> None:
        try:
            heapq.heappush(self._next, (next(story), number, story))
        except (StopIteration, *REFUSED):
            return
