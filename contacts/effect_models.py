"""What logging a contact changed elsewhere, and that it was taken back."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models import Attempt


class AttemptUndone(models.Model):
    """An attempt that was logged by mistake and taken back within seconds; the database refuses to change it."""

    attempt = models.OneToOneField(Attempt, models.PROTECT, related_name="undone")
    at = models.DateTimeField(_("when"))
    by_name = models.CharField(_("who"), max_length=150)

    class Meta:
        verbose_name = _("attempt taken back")
        verbose_name_plural = _("attempts taken back")

    def __str__(self) -> str:
        return f"undone {self.attempt_id}"


class EffectKind(models.TextChoices):
    """What logging an attempt changed elsewhere."""

    PHONE = "phone", _("number")
    THIRD_PARTY = "third_party", _("third party")
    HOLD = "hold", _("hold")
    PROMISE = "promise", _("promise")
    FOLLOW_UP = "follow_up", _("what follows")
    FOLLOWED_UP = "followed_up", _("done with it")
    SUPERSEDED = "superseded", _("renegotiated")
    INBOUND = "inbound", _("message answered")
    OPT_OUT = "opt_out", _("medium stopped")
    ADDRESS = "address", _("address")


class AttemptEffect(models.Model):
    """One thing an attempt changed, with what it was before, so that undoing puts it back."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="effects")
    kind = models.CharField(_("kind"), max_length=12, choices=EffectKind)
    # The row it changed, in the table its kind names.
    row = models.BigIntegerField()
    before = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name = _("effect of an attempt")
        verbose_name_plural = _("effects of attempts")

    def __str__(self) -> str:
        return f"{self.kind} {self.row}"
