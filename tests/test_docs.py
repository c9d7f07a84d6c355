"""What the documentation names is there: files, commands, make targets and environment variables."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```\w*\n(.*?)```|^ {4}([^\n]+)$|`([^`\n]+)`", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
# What reads a variable by its first argument: the portal's own readers, and Python's.
READERS = {
    "choice",
    "flag",
    "folder",
    "words",
    "number",
    "listed",
    "address",
    "key",
    "field_keys",
    "shared_keys",
    "gateway",
    "mailbox",
}
OF_ENVIRON = {"get", "setdefault", "pop"}

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@every_page
def test_a_link_to_a_file_finds_it(page: Path) -> None:
    assert [link for link in links(page) if not target(page, link).exists()] == []


@every_page
def test_a_link_into_a_page_finds_its_heading(page: Path) -> None:
    lost = [
        link
        for link in links(page)
        if "#" in link and target(page, link).suffix == ".md" and target(page, link).exists()
        if link.partition("#")[2] not in anchors(target(page, link))
    ]
    assert lost == []


@every_page
def test_a_manage_command_that_is_named_exists(page: Path) -> None:
    assert named(page, r"manage\.py ([a-z]\w*)") - set(get_commands()) == set()


@every_page
def test_a_make_target_that_is_named_exists(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert named(page, r"\bmake ([a-z][a-z-]*)") - set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)) == set()


def test_every_make_target_stands_in_the_page_about_running() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)) - {"help"}
    assert targets - named(ROOT / "docs" / "running.md", r"\bmake ([a-z][a-z-]*)") == set()


def test_every_environment_variable_that_is_read_stands_in_the_table_and_nothing_else_does() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "running.md").read_text(encoding="utf-8"), re.MULTILINE)
    code = {name for path in (ROOT / "collections_portal").rglob("*.py") for name in variables(path)}
    makefile = re.findall(r"^(?:export )?([A-Z]+) \?=", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    of_tests = {"CI"}
    assert len(rows) == len(set(rows))
    assert set(rows) == code | set(makefile) | of_tests


def test_a_variable_is_found_however_it_is_read(tmp_path: Path) -> None:
    source = tmp_path / "some.py"
    source.write_text(
        "A = flag('ONE', default=True) + environment.key('TWO')\n"
        "B = os.environ.get('THREE') or os.environ['FOUR'] or getenv('FIVE') or 'SIX' in os.environ\n"
        "C = address(name) or other('SEVEN')\n",
        encoding="utf-8",
    )
    assert set(variables(source)) == {"ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX"}


def links(page: Path) -> list[str]:
    """The links of a page that lead to files of ours or into the page itself."""
    found: list[str] = LINK.findall(page.read_text(encoding="utf-8"))
    return [link for link in found if "://" not in link and not link.startswith("mailto:")]


def target(page: Path, link: str) -> Path:
    path = link.partition("#")[0]
    return page.parent / path if path else page


def anchors(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    headings = HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def named(page: Path, pattern: str) -> set[str]:
    """What a pattern finds in the code of a page, inline and in blocks."""
    parts = ("".join(found) for found in CODE.findall(page.read_text(encoding="utf-8")))
    return {name for part in parts for name in re.findall(pattern, part)}


def variables(path: Path) -> Iterator[str]:
    """The environment variables that a module reads under a name it spells out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        asked: ast.expr | None = None
        if isinstance(node, ast.Call) and node.args and reads(node.func):
            asked = node.args[0]
        elif isinstance(node, ast.Subscript) and last_word(node.value) == "environ":
            asked = node.slice
        elif isinstance(node, ast.Compare) and last_word(node.comparators[0]) == "environ":
            asked = node.left
        if isinstance(asked, ast.Constant) and isinstance(asked.value, str):
            yield asked.value


def reads(function: ast.expr) -> bool:
    if isinstance(function, ast.Attribute) and function.attr in OF_ENVIRON:
        return last_word(function.value) == "environ"
    return last_word(function) in READERS | {"getenv"}


def last_word(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
