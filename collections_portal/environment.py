"""Reading the environment: a value that is not understood refuses to start, in one line."""

import os
import secrets
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
KEYS_FILE = "keys.env"
EMBEDDED_USER = "embedded"


def var_dir() -> Path:
    """The folder for everything the portal writes on this machine; PORTAL_VAR moves it."""
    return BASE_DIR / (os.environ.get("PORTAL_VAR") or "var")


def choice(name: str, default: str, allowed: Sequence[str]) -> str:
    """One of a few words, or a refusal that lists them."""
    value = os.environ.get(name) or default
    if value not in allowed:
        raise ImproperlyConfigured(f"{name}={value} is not understood; it can be {', '.join(allowed)}.")
    return value


def flag(name: str, *, default: bool) -> bool:
    """0 or 1, and nothing else."""
    return choice(name, "1" if default else "0", ("0", "1")) == "1"


def words(name: str, default: str) -> str:
    """Free text."""
    return os.environ.get(name) or default


def number(name: str, default: int, *, least: int = 1) -> int:
    """A whole number, not below `least`."""
    value = os.environ.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise ImproperlyConfigured(f"{name}={value} is not understood; it can be a whole number from {least} up.")
    return int(value)


def listed(name: str, default: str = "") -> list[str]:
    """Values between commas."""
    return [part.strip() for part in (os.environ.get(name) or default).split(",") if part.strip()]


def address(name: str, schemes: Sequence[str], *, production: bool) -> str:
    """The address of a server; empty when unset, which only development may leave so."""
    url = os.environ.get(name, "")
    scheme = urlsplit(url).scheme
    if url and scheme not in schemes:
        raise ImproperlyConfigured(f"{name} begins with {scheme}: it can begin with {', '.join(schemes)}.")
    if production and (not url or urlsplit(url).username == EMBEDDED_USER):
        raise ImproperlyConfigured(f"{name} must name a server of your own: with DEBUG=0 nothing embedded is used.")
    return url


def key(name: str, *, production: bool, shortest: int = 50) -> str:
    """A secret from the environment; development makes its own under var/ on the first start."""
    value = os.environ.get(name, "")
    if not value and not production:
        return development_keys(var_dir())[name]
    if len(value) < shortest:
        raise ImproperlyConfigured(f"{name} must be set to a secret of {shortest} characters or more.")
    if production and value in _made_here(var_dir()).values():
        raise ImproperlyConfigured(f"{name} is this machine's development key; production needs its own.")
    return value


def field_keys(name: str, *, production: bool) -> list[str]:
    """Fernet keys between commas, newest first: it encrypts, all of them decrypt."""
    keys = [part.strip() for part in key(name, production=production, shortest=44).split(",")]
    for value in keys:
        try:
            Fernet(value)
        except ValueError as reason:
            raise ImproperlyConfigured(f"{name} holds something that is not a Fernet key.") from reason
    return keys


def development_keys(var: Path) -> dict[str, str]:
    """This machine's own keys, made once: a key in the repository would be everybody's key."""
    if not (var / KEYS_FILE).exists():
        _make_keys(var)
    return _made_here(var)


def _made_here(var: Path) -> dict[str, str]:
    try:
        lines = (var / KEYS_FILE).read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _make_keys(var: Path) -> None:
    made = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "BLIND_INDEX_KEY", "EMBEDDED_PASSWORD")}
    made["FIELD_KEYS"] = Fernet.generate_key().decode()
    try:
        var.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=var, prefix=".keys", encoding="utf-8") as draft:  # made with mode 600
            draft.writelines(f"{name}={value}\n" for name, value in made.items())
            draft.flush()
            # A link appears complete or not at all, so two first starts at once agree on one file.
            with suppress(FileExistsError):
                os.link(draft.name, var / KEYS_FILE)
    except OSError as reason:
        raise ImproperlyConfigured(f"{var} cannot be written: {reason.strerror}. PORTAL_VAR moves it.") from reason
