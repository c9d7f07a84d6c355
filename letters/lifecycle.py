"""The whole life of a letter on one page. Only the services of this room call a transition."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition


class State(models.TextChoices):
    """How a letter stands."""

    WRITTEN = "written", _("not posted yet")
    POSTED = "posted", _("posted")
    DELIVERED = "delivered", _("delivered")
    RETURNED = "returned", _("came back")
    VOID = "void", _("void")


# What somebody still has to do something about: post it, or say what became of it.
IN_WORK = (State.WRITTEN, State.POSTED)
# What left the house: only of these can somebody say what became of them.
GONE = (State.POSTED, State.DELIVERED, State.RETURNED)


class LetterLifecycle(models.Model):
    """The moves of a letter."""

    state = FSMField(_("state"), max_length=10, choices=State, default=State.WRITTEN, protected=True)

    class Meta:
        abstract = True

    @transition(state, source=State.WRITTEN, target=State.POSTED)
    def go_out(self) -> None:
        """It left the house, by registered mail or by hand; from here on it cannot be taken back."""

    @transition(state, source=(State.POSTED, State.RETURNED), target=State.DELIVERED)
    def arrive(self) -> None:
        """It was handed over at the address; whoever had said that it came back was wrong."""

    @transition(state, source=(State.POSTED, State.DELIVERED), target=State.RETURNED)
    def come_back(self) -> None:
        """It could not be delivered, so the address is no good; whoever had said it arrived was wrong."""

    @transition(state, source=State.WRITTEN, target=State.VOID)
    def call_off(self) -> None:
        """It is not to go out: something in it was wrong, or it is no longer needed."""
