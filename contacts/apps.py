"""The contacts room."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    """Who was reached when, why that was allowed, and what they promised."""

    name = "contacts"
    verbose_name = _("Contacts")

    def import_models(self) -> None:
        """Know the rows that stand in files of their own too, whoever asks first."""
        super().import_models()
        for name in ("effect_models", "letter_models"):
            import_module(f"{self.name}.{name}")
