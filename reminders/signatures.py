"""How a call between the portal and a gateway proves who sent it: a secret both know, over the call and its time."""

import hashlib
import hmac
from collections.abc import Iterable

# A call that was signed more seconds ago, or ahead, is not believed: it may be an old one played again.
TOLERANCE = 300
LONGEST_TIMESTAMP = 12


def sign(secret: str, timestamp: int | str, method: str, path: str, body: bytes) -> str:
    """The signature of one call in hex; `timestamp` is in Unix seconds, `path` as it is sent, with its query."""
    head = f"{timestamp}.{method.upper()}.{path}."
    return hmac.new(secret.encode(), head.encode() + body, hashlib.sha256).hexdigest()


def is_signed(
    secrets: Iterable[str], signature: str, timestamp: str, method: str, path: str, body: bytes, *, now: float
) -> bool:
    """Whether one of the secrets signed exactly this call, within five minutes of `now` (Unix seconds)."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= LONGEST_TIMESTAMP):
        return False
    if abs(now - int(timestamp)) > TOLERANCE:
        return False
    given = signature.encode(errors="replace")
    # All are compared, so that the time it takes does not tell which secret was nearly right.
    matches = [
        hmac.compare_digest(sign(secret, timestamp, method, path, body).encode(), given) for secret in secrets if secret
    ]
    return any(matches)
