"""The evidence room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    """Files that must not change: photos, letters, bundles; hashed, sealed, served only by the room that owns them."""

    name = "evidence"
    verbose_name = _("Evidence")
