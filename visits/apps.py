"""The visits room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VisitsConfig(AppConfig):
    """Who goes to whom on which day, what was found there, and whether it stands."""

    name = "visits"
    verbose_name = _("Visits")
