"""Why a case cannot move, in sentences, for the rooms above."""

from collections.abc import Iterable

from cases.wording import Reason, reason
from rulebook.escalation import Blocker


def reasons_of(blockers: Iterable[Blocker]) -> list[Reason]:
    """Blockers in the reader's language, with how to mend them and from which day time alone has."""
    return [reason(blocker) for blocker in blockers]
