"""The whole life of a visit on one page: which moves exist, from where to where, and who may make them.

Only the services of this room call a transition, under a row lock.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition


class State(models.TextChoices):
    """How far a visit has come."""

    REQUESTED = "requested", _("requested")
    APPROVED = "approved", _("approved")
    SCHEDULED = "scheduled", _("scheduled")
    ACCEPTED = "accepted", _("accepted")
    ARRIVED = "arrived", _("on the spot")
    DONE = "done", _("done, to be reviewed")
    REVIEWED = "reviewed", _("reviewed")
    RETURNED = "returned", _("returned to the visitors")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("expired")


# Of these a case has one at most.
OPEN = (State.REQUESTED, State.APPROVED, State.SCHEDULED, State.ACCEPTED, State.ARRIVED)
# What nobody has set out for: it can still be called off by what happens meanwhile.
AHEAD = (State.REQUESTED, State.APPROVED, State.SCHEDULED, State.ACCEPTED)
PLANNED = (State.SCHEDULED, State.ACCEPTED)
# What stands on an agent's day, also when it is over.
ON_A_DAY = (*PLANNED, State.ARRIVED, State.DONE, State.REVIEWED, State.RETURNED)
# What came of the visit is written down.
MADE = (State.DONE, State.REVIEWED, State.RETURNED)


class VisitLifecycle(models.Model):
    """The moves of a visit."""

    state = FSMField(_("state"), max_length=10, choices=State, default=State.REQUESTED, protected=True)

    class Meta:
        abstract = True

    @transition(state, source=State.REQUESTED, target=State.APPROVED, permission="visits.assign")
    def approve(self) -> None:
        """Somebody else than who asked for it agrees."""

    @transition(state, source=State.REQUESTED, target=State.CANCELLED, permission="visits.assign")
    def decline(self) -> None:
        """A supervisor does not agree, with a reason."""

    @transition(state, source=(State.APPROVED, *PLANNED), target=State.SCHEDULED, permission="visits.assign")
    def schedule(self) -> None:
        """Two people are sent on a day; who had accepted another day is asked anew."""

    @transition(state, source=PLANNED, target=State.APPROVED, permission="visits.assign")
    def unschedule(self) -> None:
        """It is taken off its day and waits for another."""

    @transition(state, source=State.SCHEDULED, target=State.ACCEPTED, permission="visits.make")
    def accept(self) -> None:
        """One of the visitors says that they will go."""

    @transition(state, source=PLANNED, target=State.ARRIVED, permission="visits.make")
    def arrive(self) -> None:
        """The visitors stand before the door, and the gate lets them knock."""

    @transition(state, source=State.ARRIVED, target=State.DONE, permission="visits.make")
    def finish(self) -> None:
        """What came of it is logged."""

    @transition(state, source=State.RETURNED, target=State.DONE, permission="visits.make")
    def hand_in_again(self) -> None:
        """What was missing is added or explained."""

    @transition(state, source=State.DONE, target=State.REVIEWED, permission="visits.review")
    def stand(self) -> None:
        """A supervisor finds that the visit stands."""

    @transition(state, source=State.DONE, target=State.RETURNED, permission="visits.review")
    def give_back(self) -> None:
        """A supervisor misses something."""

    @transition(state, source=OPEN, target=State.CANCELLED)
    def cancel(self) -> None:
        """It is not needed, or not allowed, any more."""

    @transition(state, source=AHEAD, target=State.EXPIRED)
    def expire(self) -> None:
        """Its time is over and nobody went."""
