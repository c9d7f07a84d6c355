"""What is installed is pinned, with hashes, and development installs the very same."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PIN = re.compile(r"^([a-z0-9-]+)(?:\[[a-z,-]+\])?==([^ ;]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / name).read_text(encoding="utf-8")))


def test_development_has_everything_the_portal_has_in_the_same_version() -> None:
    ours, developers = pins("requirements.txt"), pins("requirements-dev.txt")
    assert ours
    assert ours.items() <= developers.items()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_has_a_version_and_a_hash(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert len(lines) == len(pins(name))
    for line in lines:
        assert PIN.match(line), line
        assert "--hash=sha256:" in line, line
