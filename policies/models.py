"""Policies: dated, approved versions of the terms that bind everyone."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from rulebook.terms import DatedTerms, Terms


class PolicyVersion(models.Model):
    """One version of a policy line; never changed, only followed by the next."""

    line = models.CharField(_("policy line"), max_length=40)
    number = models.PositiveIntegerField(_("version"))
    # Empty means from the beginning: every line has exactly one such version.
    effective_on = models.DateField(_("in force from"), null=True, blank=True)
    terms = models.JSONField(_("terms"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"))
    created_by_name = models.CharField(_("created by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["line", "number"], name="policies_version_number_once"),
            models.UniqueConstraint(
                fields=["line"], condition=models.Q(effective_on=None), name="policies_version_one_beginning"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} v{self.number}"

    def dated(self) -> DatedTerms:
        """The version as the rulebook reads it."""
        return DatedTerms(self.number, self.effective_on, Terms.model_validate(self.terms))
