"""Reading the environment: a value that is not understood refuses to start, in one line."""

import fcntl
import ipaddress
import os
import re
import secrets
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlsplit

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
KEYS_FILE = "keys.env"
EMBEDDED_USER = "embedded"
SHORTEST_SHARED = 32  # characters of a secret that another machine knows too
KEYS = {"SECRET_KEY", "BLIND_INDEX_KEY", "EMBEDDED_PASSWORD", "FIELD_KEYS", "HOOK_KEY"}
MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def var_dir() -> Path:
    """The folder for everything the portal writes on this machine; PORTAL_VAR moves it."""
    return BASE_DIR / (os.environ.get("PORTAL_VAR") or "var")


def folder(name: str, default: Path, *, never_in: Path) -> Path:
    """A folder for what nobody may fetch by its address: it must not lie under the files that are served."""
    chosen = BASE_DIR / (os.environ.get(name) or default)
    if chosen.resolve().is_relative_to(never_in.resolve()):
        raise ImproperlyConfigured(f"{name} lies in {never_in}, from which files are served to everybody.")
    return chosen


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
    if production and {part.strip() for part in value.split(",")} & set(_made_here(var_dir()).values()):
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


def shared_keys(name: str, *, production: bool) -> list[str]:
    """Secrets between commas that another machine knows too, newest first; any of them is believed."""
    keys = [part.strip() for part in key(name, production=production, shortest=SHORTEST_SHARED).split(",")]
    if any(len(value) < SHORTEST_SHARED for value in keys):
        raise ImproperlyConfigured(f"{name} holds a secret shorter than {SHORTEST_SHARED} characters.")
    return keys


def gateway(name: str, schemes: Sequence[str], *, production: bool) -> str:
    """The address of what takes messages away; empty when unset, and then development writes them to files.

    `smtp://` may have `?starttls=1&ca=FILE`. In production nothing personal leaves this machine unencrypted.
    """
    url = os.environ.get(name, "")
    if not url and production:
        raise ImproperlyConfigured(f"{name} must name a gateway: with DEBUG=0 messages are not written to files.")
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme not in schemes:
        raise ImproperlyConfigured(f"{name} begins with {parts.scheme}: it can begin with {', '.join(schemes)}.")
    _check_host(name, parts)
    options = _gateway_options(name, parts)
    is_encrypted = parts.scheme in ("smtps", "https") or options.get("starttls") == "1"
    if production and not is_encrypted and not _is_this_machine(parts.hostname or ""):
        raise ImproperlyConfigured(f"{name} would send personal data unencrypted: it needs https, smtps or starttls=1.")
    return url


def mailbox(name: str, default: str, *, production: bool) -> str:
    """An e-mail address, without a name before it; production has to set its own."""
    value = os.environ.get(name) or ("" if production else default)
    if not MAILBOX.fullmatch(value):
        raise ImproperlyConfigured(f"{name} must be set to an e-mail address, such as reminders@portal.example.")
    return value


def _check_host(name: str, parts: SplitResult) -> None:
    try:
        understood = bool(parts.hostname) and parts.port != 0 and (parts.hostname or "").isascii()
    except ValueError:  # a port that is no number
        understood = False
    if not understood or parts.fragment:
        raise ImproperlyConfigured(f"{name} is not understood; it can be scheme://host:port.")


def _gateway_options(name: str, parts: SplitResult) -> dict[str, str]:
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    is_mail = parts.scheme.startswith("smtp")
    if not is_mail and (options or parts.username):
        raise ImproperlyConfigured(f"{name} takes no user and no ?: the signature says who sends.")
    if options.keys() - {"starttls", "ca"} or options.get("starttls", "0") not in ("0", "1"):
        raise ImproperlyConfigured(f"{name} is not understood behind its ?: it can be starttls=1 and ca=FILE.")
    if "ca" in options and not os.access(options["ca"], os.R_OK):
        raise ImproperlyConfigured(f"{name} names a CA file that cannot be read.")
    return options


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def development_keys(var: Path) -> dict[str, str]:
    """This machine's own keys, made once: a key in the repository would be everybody's key."""
    if not (var / KEYS_FILE).exists():
        _make_keys(var)
    elif KEYS - _made_here(var).keys():
        _add_keys(var)
    return _made_here(var)


def _made_here(var: Path) -> dict[str, str]:
    try:
        lines = (var / KEYS_FILE).read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _new_lines(names: set[str]) -> str:
    made = {name: secrets.token_urlsafe(48) for name in names}
    if "FIELD_KEYS" in names:
        made["FIELD_KEYS"] = Fernet.generate_key().decode()
    return "".join(f"{name}={value}\n" for name, value in sorted(made.items()))


def _make_keys(var: Path) -> None:
    try:
        var.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=var, prefix=".keys", encoding="utf-8") as draft:  # made with mode 600
            draft.write(_new_lines(KEYS))
            draft.flush()
            # A link appears complete or not at all, so two first starts at once agree on one file.
            with suppress(FileExistsError):
                os.link(draft.name, var / KEYS_FILE)
    except OSError as reason:
        raise ImproperlyConfigured(f"{var} cannot be written: {reason.strerror}. PORTAL_VAR moves it.") from reason


def _add_keys(var: Path) -> None:
    """Give a file of an older portal the keys that have come since; what stands in it stays, letter by letter."""
    try:
        with (var / KEYS_FILE).open("r+", encoding="utf-8") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            # By its name again: whoever held the lock before us has put another file in its place.
            text = (var / KEYS_FILE).read_text(encoding="utf-8")
            missing = KEYS - {line.partition("=")[0] for line in text.splitlines() if "=" in line}
            if not missing:
                return
            if text and not text.endswith("\n"):
                text += "\n"
            draft, name = tempfile.mkstemp(dir=var, prefix=".keys")  # made with mode 600
            with open(draft, "w", encoding="utf-8") as file:
                file.write(text + _new_lines(missing))
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, var / KEYS_FILE)
    except OSError as reason:
        raise ImproperlyConfigured(f"{var / KEYS_FILE} cannot be written: {reason.strerror}.") from reason
