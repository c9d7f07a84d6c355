"""What every test gets: plain static files and cheap passwords. The servers come from tests/servers.py."""

import pytest
from django.conf import settings

from tests.cast import (
    auditor,
    collector,
    east,
    field_agent,
    legal_officer,
    operations,
    other_collector,
    policy_admin,
    signed_in,
    south,
    supervisor,
    system_admin,
)

__all__ = [
    "auditor",
    "collector",
    "east",
    "field_agent",
    "legal_officer",
    "operations",
    "other_collector",
    "policy_admin",
    "signed_in",
    "south",
    "supervisor",
    "system_admin",
]


def pytest_configure(config: pytest.Config) -> None:
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CELERY_TASK_ALWAYS_EAGER = settings.CELERY_TASK_EAGER_PROPAGATES = True
