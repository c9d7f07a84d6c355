"""Loaded by pytest before anything else: a private PostgreSQL and Valkey, and keys for this run only.

A DATABASE_URL or REDIS_URL in the environment is used instead. The parallel workers of one run share its servers, each
with databases of its own.
"""

import os

from collections_portal.embedded.private import be_private

if "PORTAL_TEST_RUN" not in os.environ:
    os.environ["PORTAL_TEST_RUN"] = str(be_private("portal-test-"))

if worker := os.environ.get("PYTEST_XDIST_WORKER"):  # gw0, gw1, ...; pytest-django does the same for PostgreSQL
    server, _slash, _number = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{server}/{int(worker.removeprefix('gw')) + 1}"
