"""Settings come from the environment; what is not understood, or not fit for production, refuses to start."""

import secrets
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.collections_portal.portal import manage

PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": secrets.token_urlsafe(48),
    "BLIND_INDEX_KEY": secrets.token_urlsafe(48),
    "FIELD_KEYS": Fernet.generate_key().decode(),
    "DATABASE_URL": "postgres://portal:x@database.example/portal",
    "REDIS_URL": "redis://broker.example/0",
    "ALLOWED_HOSTS": "portal.example",
}


def test_production_starts_with_everything_named(tmp_path: Path) -> None:
    outcome = manage(tmp_path, "check", **PRODUCTION)
    assert outcome.returncode == 0, outcome.stderr


@pytest.mark.parametrize("name", [name for name in PRODUCTION if name != "DEBUG"])
def test_production_refuses_to_start_without(tmp_path: Path, name: str) -> None:
    outcome = manage(tmp_path, "check", **PRODUCTION | {name: ""})
    assert_one_line_about(outcome.stderr, name)
    assert not (tmp_path / "pg").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "yes"),
        ("LOG_LEVEL", "LOUD"),
        ("BEHIND_PROXY", "maybe"),
        ("REVEALS_PER_HOUR", "-3"),
        ("FIELD_KEYS", "x" * 44),
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", "mysql://portal@database.example/portal"),
        ("DATABASE_URL", "postgres://embedded:x@127.0.0.1:5000/portal"),
        ("REDIS_URL", "http://broker.example"),
        ("REDIS_URL", "unix:///run/redis.sock"),  # Celery has no such transport
    ],
)
def test_a_value_that_is_not_understood_refuses_to_start(tmp_path: Path, name: str, value: str) -> None:
    outcome = manage(tmp_path, "check", **PRODUCTION | {name: value})
    assert_one_line_about(outcome.stderr, name)


def test_what_else_stands_in_the_database_address_reaches_libpq(tmp_path: Path) -> None:
    url = "postgres://portal:p%40ss@/portal?host=/run/postgresql&sslmode=verify-full&connect_timeout=3"
    ask = "from django.db import connection; print(connection.get_connection_params())"
    outcome = manage(tmp_path, "shell", "-c", ask, **PRODUCTION | {"DATABASE_URL": url})
    for said in ("'host': '/run/postgresql'", "'sslmode': 'verify-full'", "'connect_timeout': '3'", "'p@ss'"):
        assert said in outcome.stdout, outcome.stderr


def test_production_refuses_the_keys_of_development(tmp_path: Path) -> None:
    keys = dict(line.split("=", 1) for line in make_keys(tmp_path).splitlines())
    for name in ("SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY"):
        assert_one_line_about(manage(tmp_path, "check", **PRODUCTION | {name: keys[name]}).stderr, name)


def test_production_makes_no_demo_people(tmp_path: Path) -> None:
    outcome = manage(
        tmp_path, "shell", "-c", "from django.conf import settings; print([settings.DEMO_PASSWORD])", **PRODUCTION
    )
    assert "['']" in outcome.stdout


def make_keys(var: Path) -> str:
    manage(var, "check", DATABASE_URL="postgres://x@database.example/x", REDIS_URL="redis://broker.example/0")
    return (var / "keys.env").read_text(encoding="utf-8")


def assert_one_line_about(stderr: str, name: str) -> None:
    assert len(stderr.splitlines()) == 1, stderr
    assert name in stderr
