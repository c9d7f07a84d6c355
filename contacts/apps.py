"""The contacts room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    """Who was reached when, why that was allowed, and what they promised."""

    name = "contacts"
    verbose_name = _("Contacts")
