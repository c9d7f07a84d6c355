"""The approvals room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    """Four eyes: what one asks for and another decides; this room carries it out in the rooms below."""

    name = "approvals"
    verbose_name = _("Approvals")
