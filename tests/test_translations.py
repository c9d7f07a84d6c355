"""Whatever the portal says, it says in Chinese too: every word is collected, translated and shown."""

import ast
import io
import re
from collections import Counter, defaultdict
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages import pofile
from babel.messages.catalog import Catalog, Message
from django.template.base import Lexer, TokenType
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from collections_portal.translations import KEYWORDS, LOCALE, compile_changed, messages, update
from intake.columns import COLUMNS
from intake.rules import SENTENCES, sentence
from staff.models import User
from tests.cast import SignedIn
from tests.test_architecture import ROOT, modules, tree

PO = LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
LETTER = re.compile(r"[^\W\d_]")
# What stands for a value, and HTML: a translation has the same as the original, in any order.
FIXED_PARTS = re.compile(r"%\(\w+\)[a-z]|%[%sdr]|\{\w*\}|</?\w[^>]*>")
SAME_IN_CHINESE = {"English", "SHA-256"}
# The languages in their own words; files and columns of a tape, which are called the same everywhere.
SAME_IN_EVERY_LANGUAGE = {"English", "中文", "SHA-256", "·", "±", "m", "—", *COLUMNS} | {
    column.field for kind in COLUMNS.values() for column in kind
}
SHOWN_ATTRIBUTES = {"title", "aria-label", "placeholder", "alt"}
# A key is called the same in every language.
UNSHOWN_TAGS = {"script", "style", "kbd"}
MARKS = {name for name in KEYWORDS if "pgettext" not in name}
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
WORD_IN_FILTER = re.compile(r"""\|(?:default|default_if_none|yesno|add):("[^"]*"|'[^']*')""")


@cache
def collected() -> Catalog:
    """What the sources say."""
    return messages()


@cache
def chinese() -> Catalog:
    """What is on file, in Chinese."""
    return pofile.read_po(io.BytesIO(PO.read_bytes()))


def words(catalog: Catalog) -> list[Message]:
    """The messages of a catalog, without its header."""
    return [message for message in catalog if message.id]


def forms(text: object) -> list[str]:
    """A text without a plural, or all its forms."""
    return [text] if isinstance(text, str) else [str(form) for form in text] if isinstance(text, list | tuple) else []


class ShownText(HTMLParser):
    """Collects what a reader of a page sees or hears, each with its line."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self.unshown = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unshown += tag in UNSHOWN_TAGS
        self.found += [(self.getpos()[0], value or "") for name, value in attrs if name in SHOWN_ATTRIBUTES]

    def handle_endtag(self, tag: str) -> None:
        self.unshown -= tag in UNSHOWN_TAGS

    def handle_data(self, data: str) -> None:
        if not self.unshown:
            margin = data[: len(data) - len(data.lstrip())]
            self.found.append((self.getpos()[0] + margin.count("\n"), data.strip()))


def without_translated(template: str) -> str:
    """What a template says by itself, with its lines where they were; what is marked for translation is left out."""
    kept, until = [], ""
    for token in Lexer(template).tokenize():
        tag = token.contents.split()[0] if token.token_type is TokenType.BLOCK else ""
        if tag in {"blocktranslate", "blocktrans", "comment"}:
            until = f"end{tag}"
        elif tag and tag == until:
            until = ""
        elif token.token_type is TokenType.TEXT:
            kept.append("\n" * token.contents.count("\n") if until else token.contents)
        elif token.token_type is TokenType.VAR:
            kept += WORD_IN_FILTER.findall(token.contents)
    return "".join(kept)


def is_same_everywhere(text: str) -> bool:
    return not LETTER.search(text) or {part for part in re.split(r"[\s,]+", text) if part} <= SAME_IN_EVERY_LANGUAGE


@pytest.fixture
def speaks_chinese(tmp_path: Path, settings: Settings) -> None:
    """The translations as they are on file, compiled for this test only."""
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / PO.name).write_bytes(PO.read_bytes())
    compile_changed(tmp_path)
    settings.LOCALE_PATHS = [tmp_path]


def test_every_word_of_the_sources_is_on_file_and_no_other() -> None:
    found, on_file = ({(word.context, *forms(word.id)) for word in words(said)} for said in (collected(), chinese()))

    assert (found - on_file, on_file - found) == (set(), set()), "run `make messages`"


def test_collecting_twice_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    copy = tmp_path / "zh_Hans" / "LC_MESSAGES" / PO.name
    copy.parent.mkdir(parents=True)
    copy.write_bytes(PO.read_bytes())

    update(tmp_path)
    once = copy.read_bytes()
    update(tmp_path)

    assert copy.read_bytes() == once


@pytest.mark.parametrize("path", modules(), ids=str)
def test_every_word_marked_in_a_module_is_collected(path: Path) -> None:
    found = {form for word in words(collected()) for form in forms(word.id)}
    missed = [
        (word.lineno, word.value)
        for call in ast.walk(tree(path))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MARKS
        for word in call.args
        if isinstance(word, ast.Constant) and isinstance(word.value, str) and word.value not in found
    ]
    assert missed == []


def test_every_word_is_translated_and_none_is_a_guess() -> None:
    assert [word.id for word in words(chinese()) if word.fuzzy or not all(forms(word.string) or [""])] == []


def test_a_translation_has_the_values_and_tags_of_the_original() -> None:
    wrong = [
        (word.id, form)
        for word in words(chinese())
        for form in forms(word.string)
        if Counter(FIXED_PARTS.findall(form)) != Counter(FIXED_PARTS.findall(forms(word.id)[-1]))
    ]
    assert wrong == []
    assert [(word.id, errors) for word in words(chinese()) if (errors := word.check(chinese()))] == []


def test_a_translation_is_chinese() -> None:
    others = {word.id for word in words(chinese()) if not all(CHINESE.search(form) for form in forms(word.string))}

    assert others == SAME_IN_CHINESE


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_says_nothing_that_is_not_translated(path: Path) -> None:
    page = ShownText(without_translated(path.read_text(encoding="utf-8")))

    assert [(line, text) for line, text in page.found if not is_same_everywhere(text)] == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("rule", SENTENCES)
def test_every_rule_of_a_tape_can_be_said(rule: str, language: str, speaks_chinese: None) -> None:
    details: dict[str, str] = defaultdict(lambda: "7")
    with translation.override(language):
        said = sentence(rule, details)

    assert "{" not in said
    assert bool(CHINESE.search(said)) == (language == "zh-hans")


@pytest.mark.django_db
def test_the_sign_in_page_speaks_chinese(client: Client, speaks_chinese: None) -> None:
    page = client.get("/login/", headers={"accept-language": "zh-hans"}).content.decode()

    assert 'lang="zh-hans"' in page
    assert "<h1>登录</h1>" in page
    assert "忘记密码？请联系系统管理员重新设置。" in page
    assert "Sign in" not in page


def test_my_day_speaks_chinese_to_whoever_reads_chinese(
    operations: User, signed_in: SignedIn, speaks_chinese: None
) -> None:
    page = signed_in(operations).get("/", headers={"accept-language": "zh-hans"}).content.decode()

    assert "我的工作" in page
    assert "运营" in page
    assert "My day" not in page
