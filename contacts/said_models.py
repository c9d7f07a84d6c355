"""How far a borrower wants to pay and can, in steps that everybody uses alike."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Willingness(models.IntegerChoices):
    """How far the borrower wants to pay."""

    REFUSES = 0, _("0 · refuses")
    RELUCTANT = 1, _("1 · reluctant")
    WILLING = 2, _("2 · willing")
    EAGER = 3, _("3 · eager")


class Ability(models.IntegerChoices):
    """How far the borrower can pay."""

    NOTHING = 0, _("0 · nothing")
    A_LITTLE = 1, _("1 · a little")
    IN_PARTS = 2, _("2 · in parts")
    IN_FULL = 3, _("3 · in full")
