"""The whole life of a message in the outbox on one page. Only the services of this room call a transition."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition


class State(models.TextChoices):
    """How a message stands."""

    PLANNED = "planned", _("planned")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("not delivered")
    BOUNCED = "bounced", _("came back")
    IN_DOUBT = "in_doubt", _("needs a look")
    REFUSED = "refused", _("refused")
    EXPIRED = "expired", _("too late")
    CANCELLED = "cancelled", _("no longer needed")


# What may still go out, or may have; of these there is one for each step and reason.
ON_ITS_WAY = (State.PLANNED, State.SENDING, State.IN_DOUBT)
# What went out, as far as anybody knows.
GONE = (State.SENT, State.DELIVERED, State.IN_DOUBT)
# What a receipt can still change: they may come late, twice, and before our own mark.
OPEN_TO_RECEIPTS = (State.SENDING, State.SENT, State.IN_DOUBT)


class OutboxLifecycle(models.Model):
    """The moves of a message."""

    state = FSMField(_("state"), max_length=10, choices=State, default=State.PLANNED, protected=True)

    class Meta:
        abstract = True

    @transition(state, source=State.PLANNED, target=State.SENDING)
    def claim(self) -> None:
        """A worker takes it and will hand it to a gateway; from here on nobody sends it a second time."""

    @transition(state, source=State.PLANNED, target=State.REFUSED)
    def refuse(self) -> None:
        """The gate, or what its text came to, said no."""

    @transition(state, source=State.PLANNED, target=State.EXPIRED)
    def expire(self) -> None:
        """Its time is over; a reminder that comes too late confuses."""

    @transition(state, source=State.PLANNED, target=State.CANCELLED)
    def cancel(self) -> None:
        """What it was about is settled, held or promised."""

    @transition(state, source=State.SENDING, target=State.PLANNED)
    def put_back(self) -> None:
        """Surely nothing was sent: it may be tried again."""

    @transition(state, source=(State.SENDING, State.IN_DOUBT), target=State.SENT)
    def accept(self) -> None:
        """The gateway took it."""

    @transition(state, source=OPEN_TO_RECEIPTS, target=State.DELIVERED)
    def deliver(self) -> None:
        """It reached the borrower's telephone or mailbox."""

    @transition(state, source=OPEN_TO_RECEIPTS, target=State.FAILED)
    def fail(self) -> None:
        """It reached nobody."""

    @transition(state, source=(*OPEN_TO_RECEIPTS, State.DELIVERED), target=State.BOUNCED)
    def bounce(self) -> None:
        """It came back; an e-mail may do so after it was taken for delivered."""

    @transition(state, source=State.SENDING, target=State.IN_DOUBT)
    def doubt(self) -> None:
        """Nobody knows whether it went out: a person looks, nothing is sent again by itself."""
