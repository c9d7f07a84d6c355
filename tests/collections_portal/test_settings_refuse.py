"""Settings come from the environment; what is not understood, or not fit for production, refuses to start."""

import secrets
import threading
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
    "SMTP_URL": "smtp://portal:p%40ss@mail.example:587?starttls=1",
    "MESSAGES_FROM": "reminders@portal.example",
    "SMS_URL": "https://sms.example/v1",
    "SMS_KEY": secrets.token_urlsafe(48),
    "HOOK_KEY": f"{secrets.token_urlsafe(48)}, {secrets.token_urlsafe(48)}",
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
        ("SMTP_URL", "imap://mail.example"),
        ("SMTP_URL", "smtp://mail.example"),  # would send names and amounts in clear
        ("SMTP_URL", "smtp://mail.example?starttls=0"),
        ("SMTP_URL", "smtp://mail.example?starttls=yes"),
        ("SMTP_URL", "smtp://mail.example?starttls=1&verify=0"),
        ("SMTP_URL", "smtps://mail.example?ca=/nowhere/ca.pem"),
        ("SMTP_URL", "smtps://"),
        ("SMTP_URL", "smtps://mail.example:many"),
        ("MESSAGES_FROM", "Reminders <reminders@portal.example>"),
        ("SMS_URL", "ftp://sms.example"),
        ("SMS_URL", "http://sms.example/v1"),
        ("SMS_URL", "https://user:x@sms.example/v1"),
        ("SMS_URL", "https://sms.example/v1?key=1"),
        ("SMS_KEY", "short"),
        ("HOOK_KEY", "short"),
        ("HOOK_KEY", "x" * 40 + ",short"),
        ("GATEWAY_SECONDS", "0"),
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
    for name in ("SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY", "HOOK_KEY"):
        assert_one_line_about(manage(tmp_path, "check", **PRODUCTION | {name: keys[name]}).stderr, name)
    beside_another = f"{'x' * 40}, {keys['HOOK_KEY']}"
    assert_one_line_about(manage(tmp_path, "check", **PRODUCTION | {"HOOK_KEY": beside_another}).stderr, "HOOK_KEY")


@pytest.mark.parametrize(
    ("name", "value"), [("SMTP_URL", "smtp://127.0.0.1:25"), ("SMS_URL", "http://localhost:8080/v1")]
)
def test_a_gateway_on_this_machine_needs_no_tls(tmp_path: Path, name: str, value: str) -> None:
    outcome = manage(tmp_path, "check", **PRODUCTION | {name: value})
    assert outcome.returncode == 0, outcome.stderr


def test_development_without_gateways_starts_but_not_with_one_that_has_no_secret(tmp_path: Path) -> None:
    assert "HOOK_KEY=" in make_keys(tmp_path)
    servers = {"DATABASE_URL": "postgres://x@database.example/x", "REDIS_URL": "redis://broker.example/0"}
    sms = {"SMS_URL": "http://sms.example/v1"}
    assert_one_line_about(manage(tmp_path, "check", **servers, **sms).stderr, "SMS_KEY")
    outcome = manage(tmp_path, "check", **servers, **sms, SMS_KEY="x" * 32)
    assert outcome.returncode == 0, outcome.stderr


def test_keys_of_an_older_portal_are_kept_and_what_is_missing_is_added(tmp_path: Path) -> None:
    before = [line for line in make_keys(tmp_path).splitlines() if not line.startswith("HOOK_KEY=")]
    (tmp_path / "keys.env").write_text("\n".join(before), encoding="utf-8")  # no line end, as an editor may leave it
    both = [threading.Thread(target=make_keys, args=(tmp_path,)) for _n in range(2)]
    for start in both:
        start.start()
    for start in both:
        start.join()
    after = make_keys(tmp_path).splitlines()
    assert after[:-1] == before
    assert after[-1].startswith("HOOK_KEY=")
    assert (tmp_path / "keys.env").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".keys")] == []


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
