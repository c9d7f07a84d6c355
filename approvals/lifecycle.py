"""The whole life of a request on one page. Only `approvals/services.py` calls a transition."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition


class ApprovalState(models.TextChoices):
    """How a request stands."""

    ASKED = "asked", _("waits")
    HALF_AGREED = "half_agreed", _("one of two has agreed")
    AGREED = "agreed", _("agreed and done")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("expired")
    MOOT = "moot", _("no longer fits the case")


WAITING = (ApprovalState.ASKED, ApprovalState.HALF_AGREED)


class ApprovalLifecycle(models.Model):
    """The moves of a request. Which permission agreeing takes depends on what is asked for."""

    state = FSMField(_("state"), max_length=12, choices=ApprovalState, default=ApprovalState.ASKED, protected=True)

    class Meta:
        abstract = True

    @transition(state, source=ApprovalState.ASKED, target=ApprovalState.HALF_AGREED)
    def agree_first(self) -> None:
        """One of two has agreed; it takes the other."""

    @transition(state, source=WAITING, target=ApprovalState.AGREED)
    def agree_last(self) -> None:
        """Everybody it takes has agreed, and it is done."""

    @transition(state, source=WAITING, target=ApprovalState.DECLINED)
    def decline(self) -> None:
        """Somebody who might have agreed does not."""

    @transition(state, source=WAITING, target=ApprovalState.WITHDRAWN, permission="approvals.request")
    def withdraw(self) -> None:
        """Whoever asked does not ask any more."""

    @transition(state, source=WAITING, target=ApprovalState.EXPIRED)
    def expire(self) -> None:
        """Nobody decided in time."""

    @transition(state, source=WAITING, target=ApprovalState.MOOT)
    def fall_away(self) -> None:
        """The case is in another stage by now."""
