"""The life of a handover on one page: planned → running → done → undone.

Only `cases/assignment_services.py` calls a transition, under a row lock.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition


class HandoverState(models.TextChoices):
    """How far a handover has come."""

    PLANNED = "planned", _("planned")
    RUNNING = "running", _("under way")
    DONE = "done", _("done")
    UNDONE = "undone", _("undone")


UNDER_WAY = (HandoverState.PLANNED, HandoverState.RUNNING)


class HandoverLifecycle(models.Model):
    """The moves a handover can make."""

    state = FSMField(_("state"), max_length=8, choices=HandoverState, default=HandoverState.PLANNED, protected=True)

    class Meta:
        abstract = True

    @transition(field=state, source=HandoverState.PLANNED, target=HandoverState.RUNNING)
    def start(self) -> None:
        """A worker has begun with it."""

    @transition(field=state, source=HandoverState.RUNNING, target=HandoverState.DONE)
    def finish(self) -> None:
        """Every case of the plan was moved or skipped."""

    @transition(field=state, source=HandoverState.DONE, target=HandoverState.UNDONE)
    def undo(self) -> None:
        """What nobody has moved on since was put back."""
