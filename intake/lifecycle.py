"""The life of an import, on one page: checking → checked → loading → loaded, or discarded; interrupted in between."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition


class State(models.TextChoices):
    """How far an import has come."""

    CHECKING = "checking", _("checking")
    CHECKED = "checked", _("checked")
    LOADING = "loading", _("loading")
    LOADED = "loaded", _("loaded")
    INTERRUPTED = "interrupted", _("interrupted")
    DISCARDED = "discarded", _("discarded")


UNDER_WAY = (State.CHECKING, State.LOADING)


class RunLifecycle(models.Model):
    """The moves an import can make; only `intake/services.py` calls them, under a row lock."""

    state = FSMField(_("state"), max_length=12, choices=State, default=State.CHECKING, protected=True)

    class Meta:
        abstract = True

    @transition(field=state, source=[State.CHECKING, State.LOADING], target=State.CHECKED)
    def finish_checking(self) -> None:
        """The verdict is there; also when a load found that the tape is no longer clean."""

    @transition(field=state, source=[State.CHECKED, State.INTERRUPTED], target=State.LOADING)
    def start_loading(self) -> None:
        """Somebody wants the tape in."""

    @transition(field=state, source=State.LOADING, target=State.LOADED)
    def finish_loading(self) -> None:
        """Everything is on file."""

    @transition(field=state, source=UNDER_WAY, target=State.INTERRUPTED)
    def interrupt(self) -> None:
        """Whoever worked on it is gone, and what they had begun was undone."""

    @transition(field=state, source=State.INTERRUPTED, target=State.CHECKING)
    def check_again(self) -> None:
        """Start over from the files."""

    @transition(field=state, source=[State.CHECKED, State.INTERRUPTED], target=State.DISCARDED)
    def discard(self) -> None:
        """Not wanted; the files are removed."""
