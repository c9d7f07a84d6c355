"""The holds room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HoldsConfig(AppConfig):
    """Why we must not act."""

    name = "holds"
    verbose_name = _("Holds")
