"""The portal's settings, addresses and processes."""

from collections_portal.celery import app as celery_app

__all__ = ["celery_app"]
