"""Imports: who brought which tape, what the checks said and what became of it."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from intake.lifecycle import RunLifecycle, State
from staff.models import Team, User


class ImportRun(RunLifecycle):
    """One tape on its way in. Values in `findings` are masked."""

    uploaded_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("uploaded by"), null=True, blank=True, related_name="+"
    )
    team = models.ForeignKey(Team, models.PROTECT, verbose_name=_("team"), null=True, blank=True, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"))
    # Each start of a check or a load is a new attempt; a task left over from an older one does nothing.
    attempt = models.PositiveIntegerField(default=1)
    requested_at = models.DateTimeField(_("asked for"))
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    loaded_at = models.DateTimeField(_("loaded"), null=True, blank=True)
    loaded_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("loaded by"), null=True, blank=True, related_name="+"
    )
    # Load the good rows and leave the others in reject files.
    partial = models.BooleanField(_("good rows only"), default=False)
    summary = models.JSONField(_("result"), default=dict)
    findings = models.JSONField(_("errors"), default=list)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes: ClassVar[list[models.Index]] = [
            # The list of a team's imports, newest first.
            models.Index(fields=["team", "-uploaded_at", "-id"], name="intake_run_of_team"),
            # The auditor's list of all imports, newest first.
            models.Index(fields=["-uploaded_at", "-id"], name="intake_run_newest"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="intake_run_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state=State.LOADED) | models.Q(loaded_at__isnull=False),
                name="intake_run_loaded_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"

    @property
    def total(self) -> dict[str, Any]:
        """Rows over all files: read, new, unchanged, rejected."""
        files = self.summary.get("files", [])
        return {name: sum(file[name] for file in files) for name in ("read", "new", "unchanged", "rejected")}

    @property
    def own_errors(self) -> int:
        """Errors to be mended: those that are not only rows hanging on a refused one."""
        return int(self.summary.get("errors", 0)) - int(self.summary.get("dependent", 0))

    @property
    def is_clean(self) -> bool:
        """Whether the checks refused nothing."""
        return not self.summary.get("errors", 0)

    @property
    def can_load_part(self) -> bool:
        """Whether there are good rows beside the refused ones."""
        return not self.is_clean and bool(self.summary.get("readable")) and self.total["new"] > 0


class ImportFile(models.Model):
    """One file of a tape; its content is encrypted, and removed once the import is loaded or discarded."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="files")
    name = models.CharField(_("file"), max_length=200)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(null=True)
    # The refused rows of this file with the reasons, encrypted too.
    rejects = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("imported file")
        verbose_name_plural = _("imported files")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "name"], name="intake_file_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
