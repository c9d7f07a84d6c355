"""The reports room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """What those who lead others read: where the overdue money is, and why it changed."""

    name = "reports"
    verbose_name = _("Reports")
