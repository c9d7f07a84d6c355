"""The lifecycle is declared once: its page in docs follows from it, every move has words, and only services move."""

import io
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from cases import wording
from cases.lifecycle import CHASED, OPEN
from cases.models import Case
from cases.services import AGREED, AUTOMATIC, STEPS_BACK, described_moves, labels
from rulebook import escalation, promises

ROOT = Path(settings.BASE_DIR)


def test_the_page_in_docs_is_what_the_code_says() -> None:
    out = io.StringIO()
    call_command("case_lifecycle", stdout=out)
    message = "run `manage.py case_lifecycle > docs/case-lifecycle.md`"
    assert (ROOT / "docs/case-lifecycle.md").read_text(encoding="utf-8") == out.getvalue(), message


def test_every_move_is_automatic_agreed_a_step_back_or_a_closing() -> None:
    closings = {"settle", "write_off", "withdraw"}
    assert set(labels()) == AUTOMATIC.keys() | AGREED.keys() | set(STEPS_BACK) | closings


def test_what_a_person_does_takes_a_permission_and_what_the_portal_does_takes_none() -> None:
    for name, _label, _sources, _target, permission in described_moves():
        assert bool(permission) != (name in AUTOMATIC), name


def test_every_reason_of_the_rulebook_has_its_sentence() -> None:
    source = "".join(Path(str(rules.__file__)).read_text(encoding="utf-8") for rules in (escalation, promises))
    codes = set(re.findall(r'(?:Blocker|_days)\("(\w+)"', source))
    assert codes | {"stage", "reason"} == set(wording.SENTENCES)
    assert set(wording.MENDS) <= codes


def test_the_stage_is_protected_and_a_watch_follows_every_chase() -> None:
    with pytest.raises(AttributeError):
        Case().stage = "phone"
    cured = next(move for move in described_moves() if move[0] == "cure")
    assert cured[2] == [str(stage) for stage in CHASED]
    assert set(OPEN) - set(CHASED) == {"watch"}


def test_only_services_make_moves() -> None:
    moves = "|".join(labels())
    calls = re.compile(rf"\.(?:{moves})\(\)|create\([^)]*stage=|update\([^)]*stage=")
    rooms = [path for path in ROOT.glob("*/**/*.py") if path.parts[len(ROOT.parts)] not in {"tests", ".venv", "var"}]
    guilty = [path for path in rooms if calls.search(path.read_text(encoding="utf-8"))]
    assert [path for path in guilty if path != ROOT / "cases/services.py"] == []
