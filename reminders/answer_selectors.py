"""What borrowers wrote and nobody has answered yet, also where no case of theirs is being chased."""

from django.db.models import OuterRef, QuerySet, Subquery

from cases.lifecycle import CHASED
from cases.models import Case
from contacts.message_models import InboundMessage
from contacts.message_selectors import unanswered_visible_to
from rulebook.masking import redact
from staff.models import User


def waiting_for_answer(user: User) -> QuerySet[InboundMessage]:
    """What waits for an answer, oldest first, each with its latest case as `case_pk` and `case_stage`, if there is one.

    An open case is always the latest: the next one comes only when it is closed.
    """
    cases = Case.objects.filter(borrower=OuterRef("borrower"), portfolio=OuterRef("portfolio")).order_by("-pk")
    return (
        unanswered_visible_to(user)
        .select_related("borrower", "portfolio")
        .annotate(case_pk=Subquery(cases.values("pk")[:1]), case_stage=Subquery(cases.values("stage")[:1]))
    )


def is_chased(stage: str | None) -> bool:
    """Whether a case is being chased, so that its page is where the answer is given."""
    return stage in CHASED


def words_of(inbound: InboundMessage) -> str:
    """What somebody wrote, as a page may show it: numbers and addresses masked."""
    return redact(inbound.text)
