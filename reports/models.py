"""The morning brief: what every case of a portfolio counted for on a day, and in the brief before."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from loans.models import Portfolio
from rulebook import brief


class Kind(models.TextChoices):
    """Why a case counts for more or less than in the brief before; in the order in which they are read."""

    NEW = brief.Kind.NEW.value, _("New")
    REVERSED = brief.Kind.REVERSED.value, _("Reversed")
    GROWN = brief.Kind.GROWN.value, _("Grown")
    PAID = brief.Kind.PAID.value, _("Paid in part")
    CURED = brief.Kind.CURED.value, _("Cured")
    ENDED = brief.Kind.ENDED.value, _("Settled, written off or withdrawn")
    CLOSED = brief.Kind.CLOSED.value, _("Closed")
    SAME = brief.Kind.SAME.value, _("Unchanged")


class Brief(models.Model):
    """Why the overdue total of a portfolio changed; a report, so it may be made again on its day."""

    portfolio = models.ForeignKey(Portfolio, models.PROTECT, verbose_name=_("portfolio"), related_name="briefs")
    on = models.DateField(_("business date"))
    # The day of the brief it is compared with; empty for the first of a portfolio.
    before_on = models.DateField(_("compared with"), null=True)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("brief")
        verbose_name_plural = _("briefs")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["portfolio", "on"], name="reports_brief_one_a_day"),
            models.CheckConstraint(
                condition=Q(before_on=None) | Q(before_on__lt=F("on")), name="reports_brief_compared_with_earlier"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.portfolio} {self.on}"


class BriefLine(models.Model):
    """One case in a brief: what it counted for in the brief before, and counts for now."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="lines")
    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("case"), related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    before = models.DecimalField(_("before"), max_digits=14, decimal_places=2)
    after = models.DecimalField(_("after"), max_digits=14, decimal_places=2)
    # It stood in the brief before, owing nothing: late again, not new to the portfolio.
    is_back = models.BooleanField(_("late again"), default=False)

    class Meta:
        verbose_name = _("line of a brief")
        verbose_name_plural = _("lines of briefs")
        indexes: ClassVar[list[models.Index]] = [
            # The cases behind one figure.
            models.Index(fields=["brief", "kind"], name="reports_line_of_figure"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["brief", "case"], name="reports_line_one_a_case"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="reports_line_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.difference}"

    @property
    def difference(self) -> Decimal:
        """How much more the case counts for now; negative where less."""
        return self.after - self.before
