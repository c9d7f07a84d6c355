"""The rules as data: what is loaded, what a refusal says, and that the page about the gate tells the same."""

import hashlib
import re
from pathlib import Path

import pytest

from rulebook.contact_checks import CHECKS
from rulebook.contact_rules import FILES, FOLDER, Channel, Rule, UnknownPreset, preset
from rulebook.local_time import zone_named

ROOT = Path(__file__).resolve().parents[2]
EVERY_RULE = [rule for name in FILES for rule in preset(name).rules.values()]
every_rule = pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: rule.id)


@pytest.mark.parametrize("name", FILES)
def test_a_preset_is_loaded_once_with_its_time_zone_and_every_rule_of_its_files(name: str):
    texts = [(FOLDER / file).read_text(encoding="utf-8") for file in FILES[name]]
    assert len(preset(name).rules) == sum(text.count("[[rule]]") for text in texts)
    assert preset(name) is preset(name)
    assert zone_named(preset(name).timezone)


@pytest.mark.parametrize("name", ["", "house", "CN", "../cn"])
def test_an_unknown_preset_is_refused(name: str):
    with pytest.raises(UnknownPreset):
        preset(name)


def test_the_version_of_a_preset_is_that_of_its_files():
    content = b"\n".join((FOLDER / file).read_bytes() for file in ("cn.toml", "house.toml"))
    assert preset("cn").version == hashlib.sha256(content).hexdigest()[:12]


def test_every_rule_has_a_version_of_its_own():
    assert len({rule.version for rule in EVERY_RULE}) == len(EVERY_RULE)
    assert all(re.fullmatch(r"[0-9a-f]{12}", rule.version) for rule in EVERY_RULE)


@every_rule
def test_a_rule_says_what_it_does_and_where_it_comes_from(rule: Rule):
    assert rule.effect == "block"
    assert rule.override in {"none", "second_person"}
    assert rule.exception in {"none", "agreement"}
    assert rule.confidence in {"text", "press", "practice"}
    assert rule.source
    assert set(rule.applies_to) <= set(Channel)
    assert rule.override == "none" or not rule.floor, "what is a floor cannot be passed over"


@every_rule
def test_a_rule_is_said_in_the_language_of_the_reader(rule: Rule):
    assert rule.said("zh-hans") == rule.said("ZH") == rule.sentence_zh
    assert rule.said("en") == rule.said("de") == rule.sentence
    assert re.search("[一-鿿]", rule.sentence_zh) and rule.sentence.isascii()


@every_rule
def test_a_sentence_names_the_limit_that_is_counted(rule: Rule):
    counted = ("max", "max_sms", "max_email", "quiet_from", "quiet_until")
    limits = [str(rule.values[key])[:5] for key in counted if key in rule.values]
    assert [limit for limit in limits if limit not in rule.sentence or limit not in rule.sentence_zh] == []


def test_a_rule_may_be_held_in_a_set_and_its_values_stay_as_they_are():
    rule = preset("cn").rules["CN-WHO-06"]
    assert rule in {rule}
    assert isinstance(rule.values["sources"], tuple)
    with pytest.raises(TypeError):
        rule.values["sources"] = ()  # type: ignore[index]


def test_the_page_about_the_gate_lists_the_rules_in_the_order_in_which_they_are_asked():
    page = (ROOT / "docs" / "contact-gate.md").read_text(encoding="utf-8")
    rules = [preset("cn").rules[rule_id] for rule_id in CHECKS]
    rows = [
        f"| {rule.id} | {rule.sentence} | {rule.source} | {rule.confidence} | {'yes' if rule.floor else 'no'} |"
        for rule in rules
    ]
    assert [line for line in page.splitlines() if re.match(r"\| [A-Z]+-[A-Z]+-\d", line)] == rows
