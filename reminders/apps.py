"""The reminders room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RemindersConfig(AppConfig):
    """What the portal writes to borrowers by itself: when, in which words, by what, and what became of it."""

    name = "reminders"
    verbose_name = _("Reminders")
