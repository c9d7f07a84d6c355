"""The cases room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """What somebody has overdue, and how far collection has gone."""

    name = "cases"
    verbose_name = _("Cases")
