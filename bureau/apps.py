"""The bureau room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BureauConfig(AppConfig):
    """What is reported to the credit bureau, disputed, corrected and cleared."""

    name = "bureau"
    verbose_name = _("Overdue record")
