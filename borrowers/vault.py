"""Sealing and opening single values with the portal's field keys."""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class WrongKey(Exception):
    """A stored value was sealed with a key that is not among FIELD_KEYS, or was damaged."""


@lru_cache(maxsize=8)
def _ring(keys: tuple[str, ...]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as broken:
        # The message counts the keys and never shows one.
        text = f"FIELD_KEYS must be a list of Fernet keys (32 bytes in url-safe base64); {len(keys)} given."
        raise ImproperlyConfigured(text) from broken


def ring() -> MultiFernet:
    """All field keys: the first seals, every one opens."""
    return _ring(tuple(key.strip() for key in settings.FIELD_KEYS if key.strip()))


def seal(clear: str) -> str:
    """Encrypt one value with the newest key."""
    return seal_bytes(clear.encode()).decode("ascii")


def unseal(token: str) -> str:
    """Decrypt one value, or raise WrongKey."""
    return unseal_bytes(token.encode()).decode()


def seal_bytes(clear: bytes) -> bytes:
    """Encrypt a whole file with the newest key."""
    return ring().encrypt(clear)


def unseal_bytes(token: bytes) -> bytes:
    """Decrypt a whole file, or raise WrongKey."""
    try:
        return ring().decrypt(token)
    except InvalidToken:
        raise WrongKey(_refusal()) from None


def reseal(token: str) -> str:
    """Encrypt an encrypted value again with the newest key, or raise WrongKey."""
    return reseal_bytes(token.encode()).decode("ascii")


def reseal_bytes(token: bytes) -> bytes:
    """Encrypt an encrypted file again with the newest key, or raise WrongKey."""
    try:
        return ring().rotate(token)
    except InvalidToken:
        raise WrongKey(_refusal()) from None


def _refusal() -> str:
    count = len([key for key in settings.FIELD_KEYS if key.strip()])
    return f"A personal field opens with none of the {count} FIELD_KEYS: a key is missing, or the value is damaged."
