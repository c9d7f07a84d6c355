"""Loaded by pytest before anything else: a private PostgreSQL and Valkey, and keys for this run only.

A DATABASE_URL or REDIS_URL in the environment is used instead. The parallel workers of one run share its servers, each
with databases of its own.
"""

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

from collections_portal.embedded.lease import take

if "PORTAL_TEST_RUN" not in os.environ:
    var = Path(tempfile.mkdtemp(prefix="portal-test-"))
    (var / "static").mkdir()
    atexit.register(shutil.rmtree, var, ignore_errors=True)
    os.environ |= {
        "PORTAL_TEST_RUN": str(var),
        "PORTAL_VAR": str(var),
        "DEBUG": "1",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "BLIND_INDEX_KEY": secrets.token_urlsafe(48),
        "FIELD_KEYS": Fernet.generate_key().decode(),
    }
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        lease = take(var, scratch=True)
        os.environ |= lease.addresses | {name: os.environ[name] for name in lease.addresses if os.environ.get(name)}
        atexit.register(lease.give_back)

if worker := os.environ.get("PYTEST_XDIST_WORKER"):  # gw0, gw1, ...; pytest-django does the same for PostgreSQL
    server, _slash, _number = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{server}/{int(worker.removeprefix('gw')) + 1}"
