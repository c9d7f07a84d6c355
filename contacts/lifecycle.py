"""The whole life of a promise on one page. Only `contacts/promise_services.py` calls a transition."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, FSMField, transition


class PromiseState(models.TextChoices):
    """How a promise stands."""

    ASKED = "asked", _("waits for a supervisor")
    DECLINED = "declined", _("declined")
    OPEN = "open", _("open")
    KEPT = "kept", _("kept")
    PARTIAL = "partial", _("kept in part")
    BROKEN = "broken", _("broken")
    CANCELLED = "cancelled", _("cancelled")
    SUPERSEDED = "superseded", _("renegotiated")


# What money decides, over and over: a payment, its reversal, a day that ends.
JUDGED = (PromiseState.OPEN, PromiseState.KEPT, PromiseState.PARTIAL, PromiseState.BROKEN)


class PromiseLifecycle(models.Model):
    """The moves of a promise."""

    state = FSMField(_("state"), max_length=10, choices=PromiseState, default=PromiseState.OPEN, protected=True)

    class Meta:
        abstract = True

    @transition(state, source=PromiseState.ASKED, target=PromiseState.OPEN, permission="promises.decide")
    def agree(self) -> None:
        """Another person agrees to a promise beyond the limits."""

    @transition(state, source=PromiseState.ASKED, target=PromiseState.DECLINED, permission="promises.decide")
    def decline(self) -> None:
        """Another person does not agree to it."""

    @transition(state, source=JUDGED, target=RETURN_VALUE(*JUDGED))
    def stand(self, as_judged: str) -> PromiseState:
        """What the money that came in makes of it."""
        return PromiseState(as_judged)

    @transition(state, source=PromiseState.OPEN, target=PromiseState.SUPERSEDED)
    def supersede(self) -> None:
        """The borrower promised something else before it was due."""

    @transition(state, source=(PromiseState.OPEN, PromiseState.ASKED), target=PromiseState.CANCELLED)
    def cancel(self) -> None:
        """It was written down by mistake, or nothing is owed any more."""

    @transition(state, source=PromiseState.SUPERSEDED, target=PromiseState.OPEN)
    def reopen(self) -> None:
        """The promise that replaced it was taken back."""
