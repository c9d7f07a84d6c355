"""The letters room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LettersConfig(AppConfig):
    """What the house writes to borrowers on paper, and what became of it."""

    name = "letters"
    verbose_name = _("Letters")
