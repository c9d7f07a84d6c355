"""The whole life of a version of a text on one page. Only `reminders/template_services.py` calls a transition."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition


class VersionState(models.TextChoices):
    """How a version of a text stands."""

    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("waits for a second person")
    RETURNED = "returned", _("returned")
    APPROVED = "approved", _("in use")
    SUPERSEDED = "superseded", _("superseded")


class VersionLifecycle(models.Model):
    """The moves of a version of a text."""

    state = FSMField(_("state"), max_length=10, choices=VersionState, default=VersionState.DRAFT, protected=True)

    class Meta:
        abstract = True

    @transition(state, source=VersionState.DRAFT, target=VersionState.SUBMITTED, permission="templates.edit")
    def submit(self) -> None:
        """Its author is done with it."""

    @transition(state, source=VersionState.SUBMITTED, target=VersionState.DRAFT, permission="templates.edit")
    def take_back(self) -> None:
        """Its author wants to go on writing."""

    @transition(state, source=VersionState.SUBMITTED, target=VersionState.APPROVED, permission="templates.approve")
    def approve(self) -> None:
        """Another person agrees: it is sent from now on."""

    @transition(state, source=VersionState.SUBMITTED, target=VersionState.RETURNED, permission="templates.approve")
    def send_back(self) -> None:
        """Another person does not agree, and says why."""

    @transition(state, source=VersionState.APPROVED, target=VersionState.SUPERSEDED)
    def supersede(self) -> None:
        """A later version took its place."""
