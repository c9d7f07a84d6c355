"""The rulebook and the day-by-day oracle must say the same, to the cent, on any date of any history."""

import datetime as dt

from hypothesis import example, given, note
from hypothesis import strategies as st

from rulebook.replay import Contract, Event, live, replay, schedule_that_counts
from rulebook.standing import Standing, standing
from rulebook.terms import TermsHistory
from tests.rulebook.build import DEFAULT, contract, day, owed, payment
from tests.rulebook.histories import contracts, dates, examples, histories, policy_lines
from tests.rulebook.oracle import Owes, owes

BAR = contract(owed("01-10", "8000.00"))


def as_owes(found: Standing) -> Owes:
    return Owes(
        found.days_past_due,
        found.overdue_principal,
        found.overdue_interest,
        found.penalty,
        found.cost,
        found.unapplied,
        tuple((i.seq, i.principal, i.interest, i.penalty) for i in sorted(found.instalments, key=lambda i: i.seq)),
    )


def telling_days(of: Contract, events: list[Event], history: TermsHistory) -> set[dt.date]:
    """Days on which something changes, and the day after each: events, due dates, last days of grace, new versions."""
    changes = {e.value_on for e in events} | {e.until_on for e in events if e.until_on} | set(history.starts())
    for i in [*of.schedule, *schedule_that_counts(of, live(events))]:
        grace = history.on(i.due_on).terms.penalty.grace_days
        changes |= {i.due_on, i.due_on + dt.timedelta(days=grace)}
    return changes | {on + dt.timedelta(days=1) for on in changes}


@examples(400)
@given(contracts(), histories(), policy_lines(), st.lists(dates(0, 130), max_size=3))
@example(BAR, [payment(1, "01-25", "2000.00")], DEFAULT, [day("02-09")])
def test_replay_and_standing_say_what_the_oracle_says(
    of: Contract, events: list[Event], history: TermsHistory, any_days: list[dt.date]
) -> None:
    on_dates = telling_days(of, events, history) | set(any_days)
    expected = owes(of, events, history.versions, on_dates)
    entries = replay(of, events, history)
    for on in sorted(on_dates):
        note(f"on {on}")
        assert as_owes(standing(of, events, entries, history, on)) == expected[on]
