"""Servers, keys and a var/ of one process, gone when it ends: for tests and benchmarks."""

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

from collections_portal.embedded.lease import take


def be_private(prefix: str) -> Path:
    """Point the environment of this process, and of those it starts, to a var/ of its own.

    A DATABASE_URL and REDIS_URL that are both set stay as they are, and no server is started.
    """
    var = Path(tempfile.mkdtemp(prefix=prefix))
    (var / "static").mkdir()
    atexit.register(shutil.rmtree, var, ignore_errors=True)
    os.environ |= {
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
    return var
