"""Makes the Celery application the one that every task of the rooms belongs to."""

from django.apps import AppConfig

from collections_portal.celery import app as celery_app

__all__ = ["PortalConfig", "celery_app"]


class PortalConfig(AppConfig):
    name = "collections_portal"
