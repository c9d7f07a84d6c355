"""Whether a ZIP that somebody has is one that the portal made."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from legal.models import Bundle


class Origin(StrEnum):
    """What the portal knows of a ZIP."""

    SAME = "same"
    OTHER = "other"
    UNKNOWN = "unknown"


def origin_of(file: Path, about: Mapping[str, Any]) -> Origin:
    """Whether the portal made exactly this ZIP, another one at that moment about that case, or none."""
    with file.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    if Bundle.objects.filter(sha256=sha256).exists():
        return Origin.SAME
    try:
        made_at = dt.datetime.fromisoformat(str(about.get("made_at")))
    except ValueError:
        return Origin.UNKNOWN
    its = [bundle for bundle in Bundle.objects.filter(at=made_at) if str(bundle.referral) == about.get("referral")]
    return Origin.OTHER if its else Origin.UNKNOWN
