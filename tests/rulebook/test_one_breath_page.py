"""The page about the one-breath line: it lists every word, and its keystrokes are counted, not claimed."""

import re
from pathlib import Path

import pytest

from rulebook import one_breath_words as words
from tests.rulebook.one_breath import said

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "one-breath.md").read_text(encoding="utf-8")
QUOTED = set(re.findall(r"`([^`\n]+)`", PAGE))
LOGS = re.findall(r"^\| [^|]+ \| `([^`]+)` \| ([0-9]+) \|$", PAGE, re.MULTILINE)
LISTS = {"method": words.METHODS, "reason": words.REASONS, "relation": words.RELATIONS, "channel": words.CHANNELS}


def test_every_word_stands_in_the_page():
    single = {*words.EXPLAINED, *words.INBOUND, *words.NEAR_DAYS, *words.MONTH_END, *words.WEEKDAYS, *words.WEEK_WORDS}
    parts = {*words.WEEKDAY_SIGNS, *words.WEEK_SHIFTS, *words.DAY_PARTS, *words.DELAY_UNITS}
    assert ({*words.MEANINGS} | single | parts) - QUOTED == set()
    assert [unit for unit in words.AMOUNT_UNITS if unit and f'"{unit}"' not in PAGE] == []


@pytest.mark.parametrize("name", LISTS)
def test_every_word_stands_beside_what_it_means_and_none_that_is_not_read(name):
    rows = re.search(rf"^\| `{name}` .*\n(?:\| \| .*\n)*", PAGE, re.MULTILINE)
    assert rows
    listed = re.findall(r"^\| (?:`\w+` )?\| (\w+) \| (.+) \|$", rows.group(), re.MULTILINE)
    assert {code: tuple(re.findall(r"`([^`]+)`", row)) for code, row in listed} == LISTS[name]


def test_there_are_ten_common_logs():
    assert len(LOGS) == 10


@pytest.mark.parametrize(("line", "keystrokes"), LOGS)
def test_a_common_log_is_complete_and_its_keystrokes_are_counted(line, keystrokes):
    assert said(line).is_complete
    assert int(keystrokes) == len(line) + len("\n")
