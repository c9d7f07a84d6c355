"""The legal room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LegalConfig(AppConfig):
    """What is taken to court: referral, steps, deadlines, and the bundle that proves it."""

    name = "legal"
    verbose_name = _("Legal")
