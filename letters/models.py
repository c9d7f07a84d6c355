"""Letters on paper: what was written to whom, on what amounts, and what became of it."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from borrowers.models import Address, Borrower
from cases.models import Case
from contacts.letter_models import LetterKind, LetterSent
from evidence.models import StoredFile
from letters.lifecycle import LetterLifecycle, State
from loans.models import Portfolio
from policies.models import PolicyVersion
from reminders.models import Language


class Letter(LetterLifecycle):
    """One letter; its text is the PDF that was kept, and here stands what it says in figures."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name=_("case"), related_name="letters")
    # How many letters the case had with it; with the case it is the reference that stands on the letter.
    number = models.PositiveSmallIntegerField(_("letter"))
    borrower = models.ForeignKey(Borrower, models.PROTECT, verbose_name=_("borrower"), related_name="letters")
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, verbose_name=_("portfolio"), related_name="+")
    kind = models.CharField(_("kind"), max_length=16, choices=LetterKind)
    language = models.CharField(_("language"), max_length=10, choices=Language)
    address = models.ForeignKey(Address, models.PROTECT, verbose_name=_("address"), related_name="+")
    file = models.OneToOneField(StoredFile, models.PROTECT, verbose_name=_("file"), related_name="letter")
    # Amounts by loan, days, and what the writer said; nothing of who the borrower is.
    facts = models.JSONField(_("what it says"))
    policy_version = models.ForeignKey(
        PolicyVersion, models.PROTECT, verbose_name=_("policy version"), related_name="+"
    )
    # The day whose amounts it states.
    written_on = models.DateField(_("as of"))
    written_at = models.DateTimeField(_("written"))
    # Empty where the portal wrote it by itself.
    written_by_name = models.CharField(_("written by"), max_length=150, blank=True)
    # Decided by the gate, and kept among the contacts with the borrower; what became of it stands there too.
    sent = models.OneToOneField(
        LetterSent, models.PROTECT, verbose_name=_("posted"), null=True, related_name="written_as"
    )
    voided_at = models.DateTimeField(_("called off"), null=True)
    voided_by_name = models.CharField(_("called off by"), max_length=150, blank=True)
    void_reason = models.CharField(_("why called off"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes: ClassVar[list[models.Index]] = [
            # The list of a portfolio's letters, newest first.
            models.Index(fields=["portfolio", "-id"], name="letters_letter_newest"),
            # What is to be posted or confirmed.
            models.Index(
                fields=["state", "-id"], name="letters_letter_in_work", condition=Q(state__in=["written", "posted"])
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "number"], name="letters_letter_numbered"),
            models.UniqueConstraint(
                fields=["case", "kind", "written_on"],
                condition=~Q(state=State.VOID),
                name="letters_letter_once_a_day",
            ),
            # The sweep that writes them, run twice at once, writes one.
            models.UniqueConstraint(
                fields=["case"], condition=Q(kind="closing") & ~Q(state=State.VOID), name="letters_letter_closes_once"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="letters_letter_state_known"),
            models.CheckConstraint(condition=Q(kind__in=LetterKind.values), name="letters_letter_kind_known"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="letters_letter_language_known"),
            models.CheckConstraint(
                condition=Q(state__in=[State.WRITTEN, State.VOID], sent=None)
                | Q(state__in=[State.POSTED, State.DELIVERED, State.RETURNED], sent__isnull=False),
                name="letters_letter_posted_was_cleared",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """C0000012-03: what stands on the letter, and what a borrower quotes."""
        return reference_of(self.case_id, self.number)

    @property
    def amounts(self) -> list[dict[str, Any]]:
        """What it says of each loan."""
        return list(self.facts.get("loans", []))


def reference_of(case_id: int, number: int) -> str:
    """The reference of a case's letter."""
    return f"C{case_id:07d}-{number:02d}"
